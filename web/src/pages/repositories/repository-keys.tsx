import { Stack, Text, Title } from '@mantine/core'
import { IconKey, IconServer } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { RepositoryKeys as Keys, Repository } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { repositoryKeysQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Command, quoted } from '../../parts/command.tsx'
import { Listing } from '../../parts/listing.tsx'
import { ToneBadge } from '../../parts/state-badge.tsx'
import { NewRecoveryKey } from './new-recovery-key.tsx'
import classes from './repositories.module.css'

interface KeysProps {
  readonly repository: Repository
}

/** What opens a repository, what to do where a key is lost, and how to restore with nothing but a key. */
export function RepositoryKeys({ repository }: KeysProps) {
  return (
    <div className={classes.sections}>
      <OnlyFor role="admin">
        <KeyList repository={repository} />
      </OnlyFor>
      <Emergency repository={repository} />
      <LostKey repository={repository} />
    </div>
  )
}

type Key = Keys['keys'][number]

function KeyList({ repository }: KeysProps) {
  const t = useMessages().repositories.keys
  const query = useQuery(repositoryKeysQuery(repository.id))
  return (
    <section aria-label={t.title}>
      <Stack gap="sm">
        <div>
          <Title order={2}>{t.title}</Title>
          <Text size="sm" c="dimmed">
            {t.lead}
          </Text>
        </div>
        <Answer query={query}>
          {({ keys }) => (
            <Listing
              label={t.title}
              narrow={48}
              rows={keys}
              keyOf={({ id }) => id}
              head={{ name: t.label, renderCell: key => <KeyName {...key} /> }}
              columns={[
                { name: t.kind, renderCell: ({ kind }) => t.kinds[kind] },
                { name: t.added, renderCell: ({ createdAt }) => <Ago time={createdAt} /> },
                { name: t.slot, renderCell: ({ id }) => <code>{id.slice(0, 8)}</code> },
              ]}
            />
          )}
        </Answer>
      </Stack>
    </section>
  )
}

function KeyName({ label, isServers }: Key) {
  const t = useMessages().repositories.keys
  return (
    <Stack gap={4} align="flex-start">
      <Text span size="sm" fw={550}>
        {label}
      </Text>
      <ToneBadge
        icon={isServers ? IconServer : IconKey}
        tone={isServers ? 'busy' : 'muted'}
        size="sm"
      >
        {isServers ? t.servers : t.yours}
      </ToneBadge>
    </Stack>
  )
}

/** The commands that restore on any machine that reaches the repository. */
function Emergency({ repository }: KeysProps) {
  const t = useMessages().repositories.keys
  return (
    <section aria-label={t.emergency}>
      <Stack gap="sm">
        <Title order={2}>{t.emergency}</Title>
        <Command
          lead={t.emergencyLead}
          lines={[
            'read -rs HOLDFAST_RECOVERY_KEY; export HOLDFAST_RECOVERY_KEY',
            `export HOLDFAST_REPOSITORY=${quoted(repository.place)}`,
            'holdfast list',
            'holdfast restore BACKUP --target postgres://postgres@new-server/database',
          ]}
        />
        <Text size="sm" c="dimmed">
          {t.emergencyHint}
        </Text>
      </Stack>
    </section>
  )
}

function LostKey({ repository: { id, place } }: KeysProps) {
  const t = useMessages().repositories.keys
  const at = `-r ${quoted(place)}`
  return (
    <section aria-label={t.lost}>
      <Stack gap="sm">
        <Title order={2}>{t.lost}</Title>
        <OnlyFor role="admin">
          <NewRecoveryKey repository={id} />
        </OnlyFor>
        <Text size="sm">{t.lostLead}</Text>
        <Command lead={t.newRecovery} lines={[`holdfast keys recovery ${at} --label "safe"`]} />
        <Command lead={t.newPassphrase} lines={[`holdfast keys add ${at}`]} />
        <Command
          lead={t.remove}
          lines={[`holdfast keys list ${at}`, `holdfast keys remove ${at} SLOT`]}
        />
        <Text size="sm" c="dimmed">
          {t.copies}
        </Text>
      </Stack>
    </section>
  )
}
