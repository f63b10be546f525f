import { Group, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Backup } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { backupQuery, sourcesQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { keyOf, sourceOf } from './backup-signs.tsx'

/** So many are offered; older ones are found in the list of all. */
const OFFERED = 200

export interface Picked {
  readonly backup: string | undefined
  readonly repository: string | undefined
}

interface BackupPickerProps {
  readonly label: string
  readonly value: Picked
  /** Whose backups are offered first: the source of the other one. */
  readonly source?: string | undefined
  readonly onPick: (backup: Pick<Backup, 'id' | 'repository'>) => void
}

const newestOf = (source: string | undefined) => ({
  queryKey: ['backups', 'newest', source],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    client.listBackups({ ...(source && { source }), limit: OFFERED }, { signal }),
})

/** Chooses one of the newest backups of a source. */
export function BackupPicker({ label, value, source: offered, onPick }: BackupPickerProps) {
  const t = useMessages().backups
  const { source: sourceWord } = useMessages().common
  const format = useFormat()
  const { data: sources } = useQuery(sourcesQuery)
  const { data: picked } = useQuery({
    ...backupQuery(value.backup ?? '', value.repository),
    enabled: value.backup !== undefined,
  })
  const [chosen, setChosen] = useState<string | null>()
  const source = chosen === undefined ? (picked?.source?.id ?? offered) : (chosen ?? undefined)
  const { data } = useQuery(newestOf(source))
  const all = new Map<string, Pick<Backup, 'id' | 'repository' | 'source' | 'sourceLabel'>>()
  const words = new Map<string, string>()
  for (const backup of [...(data?.backups ?? []), ...(picked ? [picked] : [])]) {
    all.set(keyOf(backup), backup)
    const name = source === undefined ? `${sourceOf(backup)}, ` : ''
    words.set(
      keyOf(backup),
      `${name}${format.dateTime(backup.finishedAt)} · ${backup.id.slice(0, 8)}`,
    )
  }
  return (
    <Group
      component="fieldset"
      grow
      preventGrowOverflow={false}
      align="flex-start"
      gap="sm"
      bd={0}
      p={0}
      m={0}
    >
      <Select
        label={`${label}: ${sourceWord}`}
        placeholder={t.anySource}
        data={(sources?.sources ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={source ?? null}
        onChange={setChosen}
        searchable
        clearable
      />
      <Select
        label={`${label}: ${t.pickBackup}`}
        placeholder={t.pickNone}
        description={data?.next ? t.pickHint : undefined}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={[...words].map(([key, text]) => ({ value: key, label: text }))}
        value={picked ? keyOf(picked) : null}
        onChange={key => {
          const backup = key === null ? undefined : all.get(key)
          if (backup) onPick(backup)
        }}
        allowDeselect={false}
        searchable
      />
    </Group>
  )
}
