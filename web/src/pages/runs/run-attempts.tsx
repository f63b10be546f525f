import { Table, Text } from '@mantine/core'
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

const LOOKS: Readonly<Record<string, Look>> = {
  completed: { icon: IconCircleCheck, tone: 'good' },
  failed: { icon: IconExclamationCircle, tone: 'bad' },
  cancelled: { icon: IconBan, tone: 'muted' },
  lost: { icon: IconPlugX, tone: 'bad' },
  'handed back': { icon: IconRefresh, tone: 'still' },
}
const AT_WORK: Look = { icon: IconPlayerPlay, tone: 'busy' }

/** Each time that a run was begun: where, when, and how it ended. */
export function RunAttempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  const t = useMessages().runs.one
  if (attempts.length === 0) return null
  return (
    <Section title={t.attempts} flush>
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
    </Section>
  )
}

function AttemptRows({ attempt }: { readonly attempt: Attempt }) {
  const t = useMessages().runs.one
  const format = useFormat()
  const { outcome, failure, startedAt, finishedAt, host, bytes } = attempt
  const took = finishedAt && (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  return (
    <Table.Tbody>
      <Table.Tr className={failure ? classes.failedRow : undefined}>
        <Table.Td>{attempt.attempt}</Table.Td>
        <Table.Td>
          <ToneBadge {...((outcome && LOOKS[outcome]) || AT_WORK)}>
            {outcome === null ? t.stillRuns : (t.outcomes[outcome] ?? outcome)}
          </ToneBadge>
        </Table.Td>
        <Table.Td className={classes.words}>{host}</Table.Td>
        <Table.Td>{format.dateTime(startedAt)}</Table.Td>
        <Table.Td>
          {finishedAt && format.clock(finishedAt)}
          {took !== null && took !== '' && (
            <Text span size="xs" c="dimmed">
              {' '}
              ({format.duration(took)})
            </Text>
          )}
        </Table.Td>
        <Table.Td className={classes.number}>{bytes === null ? '' : format.bytes(bytes)}</Table.Td>
      </Table.Tr>
      {failure && (
        <Table.Tr className={classes.failureRow}>
          <Table.Td />
          <Table.Td colSpan={5}>
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
                text={[`${failure.code}: ${failure.message}`, failure.hint]
                  .filter(Boolean)
                  .join('\n')}
                label={t.copyError}
              />
            </div>
          </Table.Td>
        </Table.Tr>
      )}
    </Table.Tbody>
  )
}
