import { ActionIcon, Code, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import {
  IconBan,
  IconChevronDown,
  IconChevronRight,
  IconCircleCheck,
  IconExclamationCircle,
} from '@tabler/icons-react'
import { useId, useState } from 'react'
import type { AuditEntry } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import cards from '../../parts/cards.module.css'
import { Pairs } from '../../parts/pairs.tsx'
import { type Look, ToneBadge } from '../../parts/state-badge.tsx'
import classes from './audit.module.css'

interface AuditEntriesProps {
  readonly entries: readonly AuditEntry[]
  /** They are those of the filter before. */
  readonly isOld: boolean
}

/** Entries, newest first: a table, or cards where there is no room for one. */
export function AuditEntries({ entries, isOld }: AuditEntriesProps) {
  const t = useMessages().audit
  const isNarrow = useMediaQuery('(max-width: 62em)', undefined, { getInitialValueInEffect: false })
  if (isNarrow) {
    return (
      <ul className={cards.cards} aria-label={t.list} aria-busy={isOld}>
        {entries.map(entry => (
          <EntryCard key={entry.id} entry={entry} />
        ))}
      </ul>
    )
  }
  return (
    <Table aria-label={t.list} aria-busy={isOld} className={classes.table} horizontalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Td w={40} />
          <Table.Th w={150}>{t.when}</Table.Th>
          <Table.Th>{t.actor}</Table.Th>
          <Table.Th>{t.action}</Table.Th>
          <Table.Th>{t.object}</Table.Th>
          <Table.Th w={130}>{t.result}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map(entry => (
          <EntryRow key={entry.id} entry={entry} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

interface EntryProps {
  readonly entry: AuditEntry
}

function EntryRow({ entry }: EntryProps) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Expand entry={entry} isOpen={isOpen} controls={id} onChange={setOpen} />
        </Table.Td>
        <Table.Td className={classes.time}>
          <Ago time={entry.at} />
        </Table.Td>
        <Table.Td className={classes.words}>{entry.actor}</Table.Td>
        <Table.Th scope="row" fw={550} className={classes.words}>
          {entry.action}
        </Table.Th>
        <Table.Td className={classes.words}>
          <ObjectName {...entry} />
        </Table.Td>
        <Table.Td>
          <Result result={entry.result} />
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr id={id}>
          <Table.Td />
          <Table.Td colSpan={5}>
            <Details entry={entry} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  )
}

function EntryCard({ entry }: EntryProps) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  return (
    <li className={classes.card}>
      <div className={classes.line}>
        <Text span fw={550} className={classes.words}>
          {entry.action}
        </Text>
        <Result result={entry.result} />
      </div>
      <Text size="sm" className={classes.words}>
        <ObjectName {...entry} />
      </Text>
      <div className={classes.line}>
        <Text size="xs" c="dimmed" className={classes.words} component="div">
          {entry.actor} · <Ago time={entry.at} />
        </Text>
        <Expand entry={entry} isOpen={isOpen} controls={id} onChange={setOpen} />
      </div>
      {isOpen && (
        <div id={id}>
          <Details entry={entry} />
        </div>
      )}
    </li>
  )
}

interface ExpandProps extends EntryProps {
  readonly isOpen: boolean
  readonly controls: string
  readonly onChange: (isOpen: boolean) => void
}

function Expand({ entry, isOpen, controls, onChange }: ExpandProps) {
  const t = useMessages().audit
  const Sign = isOpen ? IconChevronDown : IconChevronRight
  return (
    <ActionIcon
      aria-label={t.detailsOf(entry.action, entry.id)}
      aria-expanded={isOpen}
      aria-controls={isOpen ? controls : undefined}
      onClick={() => onChange(!isOpen)}
    >
      <Sign size={16} />
    </ActionIcon>
  )
}

function ObjectName({ objectKind, objectName, objectId }: AuditEntry) {
  const called = objectName ?? objectId?.slice(0, 8)
  return called === undefined ? (
    <Text span inherit c="dimmed">
      {objectKind}
    </Text>
  ) : (
    called
  )
}

const LOOKS: Readonly<Record<string, Look>> = {
  done: { icon: IconCircleCheck, tone: 'good' },
  refused: { icon: IconBan, tone: 'warn' },
  failed: { icon: IconExclamationCircle, tone: 'bad' },
}
const UNKNOWN: Look = { icon: IconCircleCheck, tone: 'muted' }

function Result({ result }: Pick<AuditEntry, 'result'>) {
  const t = useMessages().audit
  return <ToneBadge {...(LOOKS[result] ?? UNKNOWN)}>{t.results[result] ?? result}</ToneBadge>
}

/** All that was written down. */
function Details({ entry }: EntryProps) {
  const t = useMessages().audit
  const format = useFormat()
  const isMore = Object.keys(entry.details).length > 0
  return (
    <div className={classes.details}>
      <Pairs
        pairs={[
          [t.number, format.number(entry.id)],
          [t.when, format.dateTime(entry.at)],
          [
            t.object,
            [entry.objectKind, entry.objectName, entry.objectId].filter(Boolean).join(' · '),
          ],
          [t.address, entry.address],
          [t.request, entry.requestId],
        ]}
      />
      {isMore && (
        <Code block className={classes.json}>
          {JSON.stringify(entry.details, undefined, 2)}
        </Code>
      )}
    </div>
  )
}
