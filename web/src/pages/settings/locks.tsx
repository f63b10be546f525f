import { Anchor, Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Lock } from '../../../../src/client/index.ts'
import { useMay } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { locksQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Listing } from '../../parts/listing.tsx'
import { Section } from '../../parts/section.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'

/** Who has what to themselves, and how it is taken from them. */
export function Locks() {
  const t = useMessages().settings.locks
  const query = useQuery(locksQuery)
  const mayRelease = useMay('admin')
  const [asked, setAsked] = useState<Lock>()
  const release = {
    name: t.action,
    renderCell: (lock: Lock) => <Release onAsk={() => setAsked(lock)} lock={lock} />,
  }
  return (
    <Section title={t.title} lead={t.lead}>
      <Answer query={query} lines={2}>
        {({ locks }) =>
          locks.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t.none}
            </Text>
          ) : (
            <Listing
              label={t.title}
              rows={locks}
              keyOf={({ key }) => key}
              head={{ name: t.what, renderCell: lock => <What lock={lock} /> }}
              columns={[
                { name: t.run, renderCell: lock => <LockRun lock={lock} /> },
                { name: t.since, renderCell: ({ since }) => <Ago time={since} /> },
                { name: t.who, renderCell: ({ triggeredBy }) => triggeredBy },
                { name: t.host, renderCell: ({ host }) => host ?? t.notYet },
              ]}
              acts={mayRelease ? release : undefined}
            />
          )
        }
      </Answer>
      {asked && <ReleaseQuestion lock={asked} onClose={() => setAsked(undefined)} />}
    </Section>
  )
}

interface LockProps {
  readonly lock: Lock
}

/** The server says `source shop`; the first word is said here. */
function What({ lock: { key, name } }: LockProps) {
  const t = useMessages().settings.locks
  const kind = key.slice(0, key.indexOf(':'))
  return (
    <>
      <Text span inherit fw={600}>
        {name.replace(/^\w+ /, '')}
      </Text>
      <Text size="xs" c="dimmed">
        {t.kinds[kind] ?? kind}
      </Text>
    </>
  )
}

function LockRun({ lock: { runId, kind, state } }: LockProps) {
  const kinds = useMessages().states.kind
  return (
    <>
      <Anchor
        inherit
        mr="xs"
        renderRoot={props => <Link to="/runs/$run" params={{ run: runId }} {...props} />}
      >
        {kinds[kind]}
      </Anchor>
      <StateBadge run={{ state }} size="sm" />
    </>
  )
}

function Release({ lock, onAsk }: LockProps & { readonly onAsk: () => void }) {
  const t = useMessages().settings.locks
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={t.releaseOf(lock.name.replace(/^\w+ /, ''))}
      onClick={onAsk}
    >
      {t.release}
    </Button>
  )
}

function ReleaseQuestion({ lock, onClose }: LockProps & { readonly onClose: () => void }) {
  const t = useMessages().settings.locks
  const release = useAct(() => client.releaseLock({ lock: lock.key }), {
    done: t.released,
    showsFault: true,
  })
  return (
    <Confirm
      title={t.releaseTitle}
      action={t.releaseYes}
      onConfirm={async () => await release.mutateAsync()}
      onClose={onClose}
    >
      <p>{t.releaseText(lock.name.replace(/^\w+ /, ''))}</p>
      <p>{t.releaseWhen}</p>
    </Confirm>
  )
}
