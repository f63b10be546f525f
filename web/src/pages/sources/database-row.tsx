import { Checkbox, Group, Text, TextInput } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { ToneBadge } from '../../parts/state-badge.tsx'
import classes from './database-row.module.css'
import type { FoundDatabase } from './place.ts'

interface DatabaseRowProps {
  readonly found: FoundDatabase
  /** What it is called as a source, where it is one already. */
  readonly source: string | null
  /** What it is to be called; undefined: it is not picked. */
  readonly name: string | undefined
  readonly error: unknown
  readonly onToggle: () => void
  readonly onRename: (name: string) => void
}

/** One database of a server: to pick, and to name. */
export function DatabaseRow({ found, source, name, error, onToggle, onRename }: DatabaseRowProps) {
  const t = useMessages().newSource
  const format = useFormat()
  const { database, owner, bytes } = found
  const { of } = besideFields(error, ['name'], { NAME_TAKEN: 'name' })
  const about = [
    ...(owner === '' ? [] : [t.ownedBy(owner)]),
    ...(bytes === null ? [] : [format.bytes(bytes)]),
  ].join(' · ')
  return (
    <li className={classes.row} data-picked={name !== undefined || undefined}>
      <Group justify="space-between" gap="xs">
        <Checkbox
          className={classes.name}
          label={database}
          description={about}
          checked={name !== undefined || source !== null}
          disabled={source !== null}
          onChange={onToggle}
        />
        {source !== null && (
          <ToneBadge icon={IconCircleCheck} tone="good">
            {t.isSource}
          </ToneBadge>
        )}
      </Group>
      {source !== null && source !== database && (
        <Text size="xs" c="dimmed" className={classes.name}>
          {t.calledAlready(source)}
        </Text>
      )}
      {name !== undefined && (
        <TextInput
          mt="xs"
          label={t.nameOf(database)}
          description={t.nameHint}
          maxLength={100}
          required
          withAsterisk={false}
          value={name}
          onChange={event => onRename(event.currentTarget.value)}
          error={of('name')}
        />
      )}
    </li>
  )
}
