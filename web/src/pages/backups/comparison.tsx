import { Alert, Box, Group, Switch, Table, Text, TextInput } from '@mantine/core'
import {
  IconArrowsDiff,
  IconEqual,
  IconMinus,
  IconPencil,
  IconPlus,
  IconSearch,
} from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Comparison } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { type Look, ToneBadge } from '../../parts/state-badge.tsx'
import type { Picked } from './backup-picker.tsx'
import classes from './backups.module.css'
import { ObjectChanges } from './object-changes.tsx'

type Change = Comparison['tables'][number]
type Facts = NonNullable<Change['before']>

const LOOKS: Readonly<Record<Change['change'], Look>> = {
  added: { icon: IconPlus, tone: 'good' },
  gone: { icon: IconMinus, tone: 'bad' },
  changed: { icon: IconPencil, tone: 'busy' },
  same: { icon: IconEqual, tone: 'muted' },
}
/** So many lines of each kind does the server name. */
const MOST = 1000

interface ComparisonOfProps {
  readonly before: Picked
  readonly after: Picked
}

/** Two backups side by side, told from what was recorded of them when they were made. */
export function ComparisonOf({ before, after }: ComparisonOfProps) {
  const [withSame, setWithSame] = useState(false)
  const query = useQuery({
    queryKey: ['comparison', before, after, withSame],
    queryFn: ({ signal }) =>
      client.compareBackups(
        before.backup ?? '',
        after.backup ?? '',
        {
          beforeRepository: before.repository,
          afterRepository: after.repository,
          same: withSame ? 'true' : 'false',
        },
        { signal },
      ),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Answer query={query} lines={8}>
      {found => (
        <>
          <Sentence found={found} />
          <TableChanges found={found} withSame={withSame} onWithSame={setWithSame} />
          <ObjectChanges found={found} />
        </>
      )}
    </Answer>
  )
}

function Sentence({ found }: { readonly found: Comparison }) {
  const t = useMessages().backups
  const format = useFormat()
  const { counts, largeObjects, before, after } = found
  const kinds = ['changed', 'added', 'gone', 'objects', 'sequences'] as const
  const parts = kinds
    .filter(kind => counts[kind] > 0)
    .map(kind => t.counts[kind](counts[kind], format.number(counts[kind])))
  if (largeObjects.change === 'changed') parts.push(t.counts.largeObjects)
  const differs = parts.length > 0
  if (counts.same > 0) parts.push(t.counts.same(counts.same, format.number(counts.same)))
  const isSame = before.id === after.id && before.repository.id === after.repository.id
  const words = isSame ? t.sameTwo : differs ? t.differs(format.list(parts)) : t.equal
  return (
    <Alert
      color={differs ? 'blue' : 'kelp'}
      icon={differs ? <IconArrowsDiff /> : <IconEqual />}
      role="status"
    >
      <Text size="sm">{words}</Text>
    </Alert>
  )
}

interface TableChangesProps {
  readonly found: Comparison
  readonly withSame: boolean
  readonly onWithSame: (withSame: boolean) => void
}

function TableChanges({ found, withSame, onWithSame }: TableChangesProps) {
  const t = useMessages().backups
  const format = useFormat()
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const shown = found.tables.filter(({ name }) => name.toLowerCase().includes(wanted))
  return (
    <Section
      title={t.changedTables}
      lead={found.tables.length >= MOST ? t.firstOnly(format.number(MOST)) : undefined}
      flush
      actions={
        <Group>
          <Switch
            label={t.showSame}
            checked={withSame}
            onChange={event => onWithSame(event.currentTarget.checked)}
          />
          <TextInput
            type="search"
            aria-label={t.searchChanges}
            placeholder={t.searchChanges}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={text}
            onChange={event => setText(event.currentTarget.value)}
          />
        </Group>
      }
    >
      {shown.length === 0 ? (
        <Text size="sm" c="dimmed" p="lg">
          {found.tables.length === 0 ? t.nothingElse : t.noTable}
        </Text>
      ) : (
        <ChangeTable changes={shown} />
      )}
    </Section>
  )
}

function ChangeTable({ changes }: { readonly changes: readonly Change[] }) {
  const t = useMessages().backups
  const { state } = useMessages().common
  return (
    <Table.ScrollContainer
      minWidth={820}
      type="native"
      tabIndex={0}
      role="region"
      aria-label={t.boxOf(t.changedTables)}
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.table}</Table.Th>
            <Table.Th>{state}</Table.Th>
            <Table.Th className={classes.number}>{t.rowsBefore}</Table.Th>
            <Table.Th className={classes.number}>{t.rowsAfter}</Table.Th>
            <Table.Th className={classes.number}>{t.difference}</Table.Th>
            <Table.Th className={classes.number}>{t.bytesAfter}</Table.Th>
            <Table.Th>{t.contents}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(change => (
            <ChangeRow key={change.name} change={change} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function ChangeRow({ change: { name, change, before, after } }: { readonly change: Change }) {
  const t = useMessages().backups
  const { none } = useMessages().units
  const format = useFormat()
  const rows = (facts: Facts | undefined) => (facts ? format.number(facts.rows) : none)
  const difference = (after?.rows ?? 0) - (before?.rows ?? 0)
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500} className={classes.wrap}>
        {name}
      </Table.Th>
      <Table.Td>
        <ToneBadge {...LOOKS[change]}>{t.change[change]}</ToneBadge>
      </Table.Td>
      <Table.Td className={classes.number}>{rows(before)}</Table.Td>
      <Table.Td className={classes.number}>{rows(after)}</Table.Td>
      <Table.Td className={classes.number}>
        {signed(difference, format.number(Math.abs(difference)))}
      </Table.Td>
      <Table.Td className={classes.number}>
        {format.bytes((after ?? before)?.bytes ?? 0)}
        {before && after && before.bytes !== after.bytes && (
          <Text size="xs" c="dimmed">
            {signed(after.bytes - before.bytes, format.bytes(Math.abs(after.bytes - before.bytes)))}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Digests before={before} after={after} />
      </Table.Td>
    </Table.Tr>
  )
}

function Digests({ before, after }: Pick<Change, 'before' | 'after'>) {
  const t = useMessages().backups
  if (!before || !after) {
    return <Box fz="xs">{(after ?? before)?.sha256.slice(0, 8)}</Box>
  }
  const isEqual = before.sha256 === after.sha256
  return (
    <Box fz="sm" title={`${before.sha256}\n${after.sha256}`}>
      {isEqual ? t.contentsEqual : t.contentsDiffer}
      {!isEqual && (
        <Text size="xs" c="dimmed">
          {before.sha256.slice(0, 8)} → {after.sha256.slice(0, 8)}
        </Text>
      )}
    </Box>
  )
}

const signed = (difference: number, text: string): string => {
  if (difference === 0) return '±0'
  return difference > 0 ? `+${text}` : `−${text}`
}
