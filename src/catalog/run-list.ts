import type { RunKind, RunState, RunTrigger } from '../core/run.ts'
import type { Sql } from './db.ts'
import { RUN, type Run } from './runs.ts'

/** Which runs; what is absent does not matter. */
export interface RunFilter {
  readonly states?: readonly RunState[] | undefined
  readonly kinds?: readonly RunKind[] | undefined
  readonly triggers?: readonly RunTrigger[] | undefined
  readonly sourceId?: string | undefined
  readonly repositoryId?: string | undefined
  readonly scheduleId?: string | undefined
  /** Asked for at this time or later. */
  readonly since?: Date | undefined
  /** Asked for before this time. */
  readonly until?: Date | undefined
}

export interface RunPage {
  readonly limit: number
  /** The last run of the page before. */
  readonly after?: string | undefined
}

/** A run that says by name what it works on. */
export interface ListedRun extends Run {
  readonly source: string | null
  readonly repository: string
}

/** The runs of a filter, newest first. `next` continues the list where this page ends. */
export async function listRuns(
  sql: Sql,
  filter: RunFilter,
  page: RunPage,
): Promise<{ readonly runs: ListedRun[]; readonly next: string | undefined }> {
  const values: unknown[] = []
  const where = conditions(filter, values)
  if (page.after) {
    values.push(page.after)
    // Looked up here: a Date would cut the microseconds off, and skip runs.
    where.push(`(queued_at, id) < (select queued_at, id from runs where id = $${values.length})`)
  }
  values.push(page.limit + 1)
  const runs = await sql.query<ListedRun>(
    `select ${RUN}, sources.name as source, repositories.name as repository
     from (select * from runs where ${where.join(' and ')}
       order by queued_at desc, id desc limit $${values.length}) as runs
     left join sources on sources.id = runs.source_id
     join repositories on repositories.id = runs.repository_id
     order by runs.queued_at desc, runs.id desc`,
    values,
  )
  const more = runs.length > page.limit
  if (more) runs.pop()
  return { runs, next: more ? runs.at(-1)?.id : undefined }
}

/** A run with what it works on by name. */
export async function withNames(sql: Sql, run: Run): Promise<ListedRun> {
  const [names] = await sql.query<Pick<ListedRun, 'source' | 'repository'>>(
    `select (select name from sources where id = $1) as source, name as repository
     from repositories where id = $2`,
    [run.sourceId, run.repositoryId],
  )
  return { ...run, source: names?.source ?? null, repository: names?.repository ?? '' }
}

/** Numbers about the runs of a filter. */
export interface RunStatistics {
  readonly total: number
  readonly byState: Readonly<Partial<Record<RunState, number>>>
  /** Completed among those that completed or failed; undefined while there are none. */
  readonly successRate: number | undefined
  /** Seconds that the completed ones took, from their start. */
  readonly meanSeconds: number | undefined
  /** By the day in UTC on which they were asked for, first day first: `2026-03-29`. */
  readonly days: readonly RunDay[]
}

export interface RunDay {
  readonly day: string
  readonly completed: number
  readonly failed: number
  readonly other: number
}

export async function runStatistics(sql: Sql, filter: RunFilter): Promise<RunStatistics> {
  const values: unknown[] = []
  const rows = await sql.query<{ day: string; state: RunState; count: number; seconds: number }>(
    `select to_char(queued_at at time zone 'UTC', 'YYYY-MM-DD') as day, state, count(*)::int as count,
       coalesce(sum(extract(epoch from finished_at - started_at)), 0)::float8 as seconds
     from runs where ${conditions(filter, values).join(' and ')} group by 1, 2 order by 1, 2`,
    values,
  )
  const byState: Partial<Record<RunState, number>> = {}
  for (const { state, count } of rows) byState[state] = (byState[state] ?? 0) + count
  const { completed = 0, failed = 0 } = byState
  const ended = completed + failed
  const seconds = rows
    .filter(row => row.state === 'completed')
    .reduce((sum, row) => sum + row.seconds, 0)
  return {
    total: rows.reduce((sum, row) => sum + row.count, 0),
    byState,
    successRate: ended === 0 ? undefined : completed / ended,
    meanSeconds: completed === 0 ? undefined : seconds / completed,
    days: [...Map.groupBy(rows, row => row.day)].map(([day, of]) => dayOf(day, of)),
  }
}

function dayOf(day: string, rows: readonly { state: RunState; count: number }[]): RunDay {
  const numbers = { completed: 0, failed: 0, other: 0 }
  for (const { state, count } of rows) {
    numbers[state === 'completed' || state === 'failed' ? state : 'other'] += count
  }
  return { day, ...numbers }
}

/** What a filter asks for, in SQL; its parameters are added to `values`. */
function conditions(filter: RunFilter, values: unknown[]): string[] {
  const asked: [string, unknown][] = [
    ['state = any($)', filter.states],
    ['kind = any($)', filter.kinds],
    ['trigger = any($)', filter.triggers],
    ['source_id = $', filter.sourceId],
    ['repository_id = $', filter.repositoryId],
    ['schedule_id = $', filter.scheduleId],
    ['queued_at >= $', filter.since],
    ['queued_at < $', filter.until],
  ]
  const where = ['true']
  for (const [condition, value] of asked) {
    if (value === undefined) continue
    values.push(value)
    where.push(condition.replace('$', () => `$${values.length}`))
  }
  return where
}
