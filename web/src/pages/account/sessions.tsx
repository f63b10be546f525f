import { Button, Text } from '@mantine/core'
import { IconDevices } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { SessionList } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { sessionsQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Listing } from '../../parts/listing.tsx'
import { Section } from '../../parts/section.tsx'
import { ToneBadge } from '../../parts/state-badge.tsx'
import { deviceOf } from './device.ts'

type Session = SessionList['sessions'][number]

/** Where one is logged in. */
export function Sessions() {
  const t = useMessages().account.sessions
  const query = useQuery(sessionsQuery)
  const endOthers = useAct(() => client.endOtherSessions(), {
    done: ({ ended }) => t.endedAll(ended),
    onDone: useForget(),
  })
  const hasOthers = (query.data?.sessions.length ?? 0) > 1
  return (
    <Section
      title={t.title}
      lead={t.lead}
      actions={
        hasOthers && (
          <Button
            variant="default"
            loading={endOthers.isPending}
            onClick={() => endOthers.mutate()}
          >
            {t.endOthers}
          </Button>
        )
      }
    >
      <Answer query={query} lines={3}>
        {({ sessions }) => (
          <Listing
            label={t.title}
            narrow={48}
            rows={sessions}
            keyOf={({ id }) => id}
            head={{ name: t.device, renderCell: session => <Device {...session} /> }}
            columns={[
              { name: t.address, renderCell: ({ address }) => address },
              { name: t.since, renderCell: ({ createdAt }) => <Ago time={createdAt} /> },
              { name: t.seen, renderCell: ({ seenAt }) => <Ago time={seenAt} /> },
            ]}
            acts={{ name: t.action, renderCell: session => <End session={session} /> }}
          />
        )}
      </Answer>
    </Section>
  )
}

/** No event tells of sessions that end. */
function useForget(): () => void {
  const queries = useQueryClient()
  return () => void queries.invalidateQueries({ queryKey: sessionsQuery.queryKey })
}

function Device({ agent, current }: Session) {
  const t = useMessages().account.sessions
  const device = deviceOf(agent)
  return (
    <>
      <Text span inherit fw={550} title={agent} mr="xs">
        {device === undefined ? agent.slice(0, 60) || t.unknown : t.on(...device)}
      </Text>
      {current && (
        <ToneBadge icon={IconDevices} tone="good" size="sm">
          {t.thisOne}
        </ToneBadge>
      )}
    </>
  )
}

function End({ session: { id, agent, current } }: { readonly session: Session }) {
  const t = useMessages().account.sessions
  const end = useAct(() => client.endSession(id), { done: t.ended, onDone: useForget() })
  const device = deviceOf(agent)
  if (current) return null
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={end.isPending}
      aria-label={t.endOf(device === undefined ? t.unknown : t.on(...device))}
      onClick={() => end.mutate()}
    >
      {t.end}
    </Button>
  )
}
