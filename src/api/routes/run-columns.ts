import type { ListedRun } from '../../catalog/run-list.ts'
import type { Cell } from '../csv.ts'

const COLUMNS: Readonly<Record<string, (run: ListedRun) => Cell>> = {
  id: run => run.id,
  kind: run => run.kind,
  state: run => run.state,
  source: run => run.source,
  repository: run => run.repository,
  schedule: run => run.scheduleId,
  trigger: run => run.trigger,
  triggered_by: run => run.triggeredBy,
  queued_at: run => run.queuedAt,
  started_at: run => run.startedAt,
  finished_at: run => run.finishedAt,
  seconds: run => secondsOf(run),
  attempts: run => run.attempt,
  bytes: run => numberIn(run, 'bytes'),
  stored_bytes: run => numberIn(run, 'storedBytes'),
  backup: run => run.backupId,
  repeats: run => run.repeats,
  failure_code: run => run.failure?.code,
  failure: run => run.failure?.message,
  warnings: run => run.warnings.length,
}

/** The columns of an exported run; docs/guide/api/runs.md says what they mean. */
export const RUN_COLUMNS: readonly string[] = Object.keys(COLUMNS)

export const runCells = (run: ListedRun): Cell[] => Object.values(COLUMNS).map(of => of(run))

function secondsOf({ startedAt, finishedAt }: ListedRun): number | undefined {
  if (startedAt === null || finishedAt === null) return undefined
  return (finishedAt.getTime() - startedAt.getTime()) / 1000
}

function numberIn({ result }: ListedRun, field: string): number | undefined {
  const value = result?.[field]
  return typeof value === 'number' ? value : undefined
}
