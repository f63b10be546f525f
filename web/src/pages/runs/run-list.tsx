import { Affix, Button, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { Run } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useLiveRun } from '../../live/live.tsx'
import { isOver } from '../../live/live-store.ts'
import { Ago } from '../../parts/ago.tsx'
import { FaultLine } from '../../parts/fault-text.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { useNow } from '../../parts/now.tsx'
import { type Progressing, RunProgress } from '../../parts/run-progress.tsx'
import { secondsOf, whatOf } from '../../parts/run-words.ts'
import { StateBadge } from '../../parts/state-badge.tsx'
import classes from './runs.module.css'
import { useNarrow } from './use-narrow.ts'
import type { SteadyRuns } from './use-steady-runs.ts'

interface RunListProps {
  readonly runs: readonly Run[]
  /** They are those of the filter before. */
  readonly isOld: boolean
  readonly steady: SteadyRuns
}

/** A page of runs: a table, or cards where there is no room for one. */
export function RunList({ runs, isOld, steady: { fresh, showNewest } }: RunListProps) {
  const t = useMessages().runs.list
  const isNarrow = useNarrow()
  const toTop = () => {
    showNewest()
    window.scrollTo({ top: 0 })
  }
  return (
    <div className={classes.list} data-old={isOld || undefined} aria-busy={isOld}>
      <VisuallyHidden role="status">
        {fresh > 0 && t.new(fresh, fresh >= runs.length)}
      </VisuallyHidden>
      {fresh > 0 && (
        <Affix position={{ top: 68, left: '50%' }} className={classes.fresh}>
          <Button
            radius="xl"
            size="xs"
            leftSection={<IconArrowUp size={14} aria-hidden />}
            onClick={toTop}
          >
            {t.new(fresh, fresh >= runs.length)}
          </Button>
        </Affix>
      )}
      {isNarrow ? (
        <ul className={classes.cards} aria-label={t.caption}>
          {runs.map(run => (
            <RunCard key={run.id} run={run} />
          ))}
        </ul>
      ) : (
        <RunTable runs={runs} />
      )}
    </div>
  )
}

function RunTable({ runs }: { readonly runs: readonly Run[] }) {
  const t = useMessages().runs.list
  return (
    <Table className={classes.table} highlightOnHover>
      <caption>
        <VisuallyHidden>{t.caption}</VisuallyHidden>
      </caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.run}</Table.Th>
          <Table.Th className={classes.stateColumn}>{t.state}</Table.Th>
          <Table.Th className={classes.triggerColumn}>{t.trigger}</Table.Th>
          <Table.Th className={classes.timeColumn}>{t.when}</Table.Th>
          <Table.Th className={classes.number}>{t.duration}</Table.Th>
          <Table.Th className={classes.number}>{t.bytes}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map(run => (
          <RunRow key={run.id} run={run} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** A run as it is now: of one that is not over, more is told than was answered. */
function useNewest(run: Run): Run & Progressing {
  const live = useLiveRun(run.id)
  if (live === undefined || isOver(run)) return run
  const { warnings: _, ...told } = live
  return { ...run, ...told }
}

/** Progress is told twice a second; what does not change with it is not drawn with it. */
const Since = memo(Ago)
const State = memo(({ state, wanted }: Pick<Run, 'state' | 'wanted'>) => (
  <StateBadge run={{ state, wanted }} />
))

const RunRow = memo(({ run: answered }: { readonly run: Run }) => {
  const run = useNewest(answered)
  const facts = useFacts(run)
  return (
    <tr className={classes.row}>
      <td>
        <RunName run={run} />
      </td>
      <td>
        <State state={run.state} wanted={run.wanted} />
      </td>
      <td className={classes.trigger}>{facts.trigger}</td>
      <td className={classes.time}>
        <Since time={run.queuedAt} />
      </td>
      <td className={classes.number}>{facts.duration}</td>
      <td className={classes.number}>{facts.bytes}</td>
    </tr>
  )
})

const RunCard = memo(({ run: answered }: { readonly run: Run }) => {
  const run = useNewest(answered)
  const { trigger, duration, bytes } = useFacts(run)
  return (
    <li className={classes.card}>
      <RunName run={run} />
      <div className={classes.cardLine}>
        <State state={run.state} wanted={run.wanted} />
        <span className={classes.time}>
          <Since time={run.queuedAt} />
        </span>
      </div>
      <Text size="xs" c="dimmed" className={classes.cardFacts}>
        {[trigger, duration, bytes].filter(fact => fact !== '').join(' · ')}
      </Text>
    </li>
  )
})

/** What it is, and of one that is not over or failed, how far it is or why. */
function RunName({ run }: { readonly run: Run & Progressing }) {
  const t = useMessages().runs
  return (
    <div className={classes.name}>
      <KindIcon kind={run.kind} />
      <div className={classes.words}>
        <Link to="/runs/$run" params={{ run: run.id }} className={classes.link}>
          {whatOf(t, run)}
        </Link>
        {isOver(run)
          ? run.failure && (
              <Text size="xs" c="dimmed" lineClamp={2}>
                <FaultLine error={run.failure} />
              </Text>
            )
          : run.state !== 'queued' && (
              <div className={classes.progress}>
                <RunProgress run={run} />
              </div>
            )}
      </div>
    </div>
  )
}

function useFacts(run: Run & Progressing) {
  const format = useFormat()
  const { trigger } = useMessages().states
  const seconds = secondsOf(run, useNow())
  const bytes = run.result?.bytes ?? run.progress?.bytes
  return {
    trigger: run.trigger === 'manual' ? run.triggeredBy : trigger[run.trigger],
    duration: seconds === undefined ? '' : format.duration(seconds),
    // A comparison passes bytes and keeps none.
    bytes: bytes === undefined || bytes === 0 ? '' : format.bytes(bytes),
  }
}
