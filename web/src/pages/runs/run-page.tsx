import { Group, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { Run, RunDetails } from '../../../../src/client/index.ts'
import { runQuery, scheduleQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useLiveRun } from '../../live/live.tsx'
import { isOver } from '../../live/live-store.ts'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Page } from '../../parts/page.tsx'
import { RunControls } from '../../parts/run-controls.tsx'
import { whatOf } from '../../parts/run-words.ts'
import { StateBadge } from '../../parts/state-badge.tsx'
import { RunAbout } from './run-about.tsx'
import { RunAttempts } from './run-attempts.tsx'
import { RunFailure, RunWarnings } from './run-failure.tsx'
import { RunLogSection } from './run-log.tsx'
import { RunResultSection } from './run-result.tsx'
import { RunStages } from './run-stages.tsx'
import { useRunLog } from './use-run-log.ts'

const route = getRouteApi('/inside/runs/$run')

/** One run: what it is, how far it is or what came of it, and everything that was written down of it. */
export function RunPage() {
  const t = useMessages().runs
  const { run } = route.useParams()
  const query = useQuery(runQuery(run))
  if (query.data === undefined) {
    return (
      <Page title={t.one.title} crumbs={[{ label: t.title, to: '/runs' }]}>
        <Answer query={query} lines={10}>
          {() => null}
        </Answer>
      </Page>
    )
  }
  // Another run is another log.
  return <OneRun key={query.data.run.id} details={query.data} />
}

function OneRun({ details: { run: answered, attempts } }: { readonly details: RunDetails }) {
  const t = useMessages().runs
  const navigate = useNavigate()
  const run = useNewest(answered)
  const log = useRunLog(run.id, isOver(run))
  const toRun = ({ id }: Run) => void navigate({ to: '/runs/$run', params: { run: id } })
  return (
    <Page
      title={whatOf(t, run)}
      crumbs={[{ label: t.title, to: '/runs' }]}
      badge={<StateBadge run={run} size="lg" />}
      lead={<Why run={run} />}
      actions={
        <Group gap="xs">
          <RunControls run={run} onRepeat={toRun} />
        </Group>
      }
    >
      <Stack gap="lg">
        <RunFailure run={run} />
        <RunStages run={run} events={log.events} />
        <RunResultSection run={run} />
        <RunWarnings warnings={run.warnings} />
        <RunLogSection run={run} log={log} />
        <RunAttempts attempts={attempts} />
        <RunAbout run={run} />
      </Stack>
    </Page>
  )
}

/** A run as it is at this moment: what is told live comes before what was answered. */
function useNewest(run: Run): Run {
  const live = useLiveRun(run.id)
  if (live === undefined || isOver(run)) return run
  const { warnings: _, ...told } = live
  return { ...run, ...told }
}

/** Who or what started it, and when. */
function Why({ run }: { readonly run: Run }) {
  const t = useMessages().runs.one
  const format = useFormat()
  const { data: schedule } = useQuery({
    ...scheduleQuery(run.scheduleId ?? ''),
    enabled: run.scheduleId !== null && run.trigger !== 'manual',
    // It may have been removed, and that is no fault.
    retry: false,
  })
  const words = schedule?.words
  const by = {
    manual: t.byHand(run.triggeredBy),
    schedule: words === undefined ? t.byScheduleOnly : t.bySchedule(words),
    'catch-up': t.byCatchUp,
    after: t.byAfter,
  }[run.trigger]
  return (
    <span>
      {t.started(by)} · <Ago time={run.queuedAt} /> ({format.dateTime(run.queuedAt)})
    </span>
  )
}
