import { ActionIcon, Badge, Group, Text, Tooltip } from '@mantine/core'
import { IconClockExclamation, IconKey, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiKey } from '../../../../src/client/index.ts'
import { useAccount } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { apiKeysQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Listing } from '../../parts/listing.tsx'
import { useNow } from '../../parts/now.tsx'
import { ToneBadge } from '../../parts/state-badge.tsx'

/** API keys: one's own, or for administrators everybody's. */
export function Keys({ whose }: { readonly whose: 'own' | 'all' }) {
  const t = useMessages().users.keys
  const own = useAccount().user?.email
  const query = useQuery(apiKeysQuery)
  const [removed, setRemoved] = useState<ApiKey>()
  return (
    <Answer query={query} lines={5}>
      {data => {
        const keys = data.keys.filter(({ owner }) => whose === 'all' || owner === own)
        return keys.length === 0 ? (
          <Empty icon={IconKey} title={t.none}>
            {t.noneText}
          </Empty>
        ) : (
          <>
            <KeyTable keys={keys} whose={whose} onRemove={setRemoved} />
            {removed && <RemoveKey apiKey={removed} onClose={() => setRemoved(undefined)} />}
          </>
        )
      }}
    </Answer>
  )
}

interface KeyTableProps {
  readonly keys: readonly ApiKey[]
  readonly whose: 'own' | 'all'
  readonly onRemove: (key: ApiKey) => void
}

function KeyTable({ keys, whose, onRemove }: KeyTableProps) {
  const t = useMessages().users.keys
  const roles = useMessages().states.role
  const owner = {
    name: t.owner,
    renderCell: (key: ApiKey) => key.owner ?? <Dimmed>{t.onServer}</Dimmed>,
  }
  return (
    <Listing
      label={t.title}
      rows={keys}
      keyOf={({ id }) => id}
      head={{
        name: t.name,
        renderCell: ({ name }) => (
          <Text span inherit fw={600}>
            {name}
          </Text>
        ),
      }}
      columns={[
        ...(whose === 'all' ? [owner] : []),
        { name: t.role, renderCell: ({ role }) => roles[role] },
        { name: t.scopes, renderCell: key => <Scopes scopes={key.scopes} /> },
        { name: t.expires, renderCell: key => <Expiry at={key.expiresAt} /> },
        { name: t.lastUsed, renderCell: ({ lastUsedAt }) => <Ago time={lastUsedAt} /> },
      ]}
      acts={{
        name: t.action,
        renderCell: key => (
          <Tooltip label={t.remove}>
            <ActionIcon aria-label={t.removeOne(key.name)} onClick={() => onRemove(key)}>
              <IconTrash size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ),
      }}
    />
  )
}

const Dimmed = ({ children }: { readonly children: string }) => (
  <Text span inherit c="dimmed">
    {children}
  </Text>
)

function Scopes({ scopes }: Pick<ApiKey, 'scopes'>) {
  const t = useMessages().users.keys
  if (scopes === null) return t.everything
  return (
    <Group gap={4}>
      {scopes.map(scope => (
        <Badge key={scope} variant="default" size="sm" tt="none" fw={500}>
          {scope}
        </Badge>
      ))}
    </Group>
  )
}

function Expiry({ at }: { readonly at: string | null }) {
  const t = useMessages().users.keys
  const format = useFormat()
  const now = useNow()
  if (at !== null && Date.parse(at) < now) {
    return (
      <ToneBadge icon={IconClockExclamation} tone="warn">
        {t.expired}
      </ToneBadge>
    )
  }
  return at === null ? <Ago time={null} /> : <time dateTime={at}>{format.date(at)}</time>
}

function RemoveKey({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const t = useMessages().users.keys
  const queries = useQueryClient()
  const remove = useAct(() => client.removeApiKey(apiKey.id), {
    done: t.removed(apiKey.name),
    // Events of keys are for administrators only.
    onDone: () => void queries.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
    showsFault: true,
  })
  return (
    <Confirm
      title={t.removeTitle(apiKey.name)}
      action={t.remove}
      onConfirm={async () => await remove.mutateAsync()}
      onClose={onClose}
    >
      {t.removeText}
    </Confirm>
  )
}
