import { Group, Table, Text } from '@mantine/core'
import {
  IconBan,
  IconCircleCheck,
  IconExclamationCircle,
  IconPlayerPlay,
  IconPlugX,
  IconRefresh,
} from '@tabler/icons-react'
import type { Attempt } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Copy } from '../../parts/copy.tsx'
import { FaultLine, FaultRest } from '../../parts/fault-text.tsx'
import { Section } from '../../parts/section.tsx'
import { type Look, ToneBadge } from '../../parts/state-badge.tsx'
import classes from './run.module.css'
import { useNarrow } from './use-narrow.ts'

const LOOKS: Readonly<Record<string, Look>> = {
  completed: { icon: IconCircleCheck, tone: 'good' },
  failed: { icon: IconExclamationCircle, tone: 'bad' },
  cancelled: { icon: IconBan, tone: 'muted' },
  lost: { icon: IconPlugX, tone: 'bad' },
  'handed back': { icon: IconRefresh, tone: 'still' },
}
const AT_WORK: Look = { icon: IconPlayerPlay, tone: 'busy' }

interface OneProps {
  readonly attempt: Attempt
}

/** Each time that a run was begun: where, when, and how it ended. */
export function RunAttempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  const t = useMessages().runs.one
  const isNarrow = useNarrow()
  if (attempts.length === 0) return null
  return (
    <Section title={t.attempts} flush>
      {isNarrow ? (
        <ol className={classes.attempts}>
          {attempts.map(attempt => (
            <AttemptCard key={attempt.attempt} attempt={attempt} />
          ))}
        </ol>
      ) : (
        <AttemptTable attempts={attempts} />
      )}
    </Section>
  )
}

function AttemptTable({ attempts }: { readonly attempts: readonly Attempt[] }) {
  const t = useMessages().runs.one
  return (
    <Table.ScrollContainer minWidth={640} scrollAreaProps={{ type: 'auto' }}>
      <Table className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.attempt}</Table.Th>
            <Table.Th className={classes.outcome}>{t.outcome}</Table.Th>
            <Table.Th>{t.node}</Table.Th>
            <Table.Th>{t.begin}</Table.Th>
            <Table.Th>{t.end}</Table.Th>
            <Table.Th className={classes.number}>{t.bytes}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        {attempts.map(attempt => (
          <AttemptRows key={attempt.attempt} attempt={attempt} />
        ))}
      </Table>
    </Table.ScrollContainer>
  )
}

function AttemptRows({ attempt }: OneProps) {
  const format = useFormat()
  const { failure, startedAt, host, bytes } = attempt
  return (
    <Table.Tbody>
      <Table.Tr className={failure ? classes.failedRow : undefined}>
        <Table.Td>{attempt.attempt}</Table.Td>
        <Table.Td>
          <Outcome attempt={attempt} />
        </Table.Td>
        <Table.Td className={classes.words}>{host}</Table.Td>
        <Table.Td>{format.dateTime(startedAt)}</Table.Td>
        <Table.Td>
          <End attempt={attempt} />
        </Table.Td>
        <Table.Td className={classes.number}>{bytes === null ? '' : format.bytes(bytes)}</Table.Td>
      </Table.Tr>
      {failure && (
        <Table.Tr className={classes.failureRow}>
          <Table.Td />
          <Table.Td colSpan={5}>
            <Failure failure={failure} />
          </Table.Td>
        </Table.Tr>
      )}
    </Table.Tbody>
  )
}

/** The same where a table has no room. */
function AttemptCard({ attempt }: OneProps) {
  const t = useMessages().runs.one
  const format = useFormat()
  const { failure, startedAt, finishedAt, host, bytes } = attempt
  return (
    <li>
      <Group justify="space-between" gap="xs" mb={4}>
        <Text fw={550} size="sm">
          {t.attempt} {attempt.attempt}
        </Text>
        <Outcome attempt={attempt} />
      </Group>
      <Text size="sm" className={classes.words}>
        {host}
      </Text>
      <Text size="sm">
        {t.begin}: {format.dateTime(startedAt)}
      </Text>
      {finishedAt && (
        <Text size="sm">
          {t.end}: <End attempt={attempt} />
          {bytes !== null && `, ${format.bytes(bytes)}`}
        </Text>
      )}
      {failure && <Failure failure={failure} />}
    </li>
  )
}

function Outcome({ attempt: { outcome } }: OneProps) {
  const t = useMessages().runs.one
  return (
    <ToneBadge {...((outcome && LOOKS[outcome]) || AT_WORK)}>
      {outcome === null ? t.stillRuns : (t.outcomes[outcome] ?? outcome)}
    </ToneBadge>
  )
}

/** When it ended, and how long it took. */
function End({ attempt: { startedAt, finishedAt } }: OneProps) {
  const format = useFormat()
  if (!finishedAt) return null
  return (
    <>
      {format.clock(finishedAt)}{' '}
      <Text span size="xs" c="dimmed">
        ({format.duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)})
      </Text>
    </>
  )
}

function Failure({ failure }: { readonly failure: NonNullable<Attempt['failure']> }) {
  const t = useMessages().runs.one
  return (
    <div className={classes.failure}>
      <div>
        <Text size="sm" className={classes.words}>
          <FaultLine error={failure} />
        </Text>
        <Text c="dimmed" component="div" className={classes.words}>
          <FaultRest error={failure} />
        </Text>
      </div>
      <Copy
        text={[`${failure.code}: ${failure.message}`, failure.hint].filter(Boolean).join('\n')}
        label={t.copyError}
      />
    </div>
  )
}
