import type { Failure } from '../core/run.ts'
import type { Sql } from './db.ts'
import { jsonText } from './json.ts'

/** How an attempt ended. */
export type Outcome = 'completed' | 'failed' | 'cancelled' | 'lost' | 'handed back'

/** One try at a run, by one node. */
export interface Attempt {
  readonly attempt: number
  readonly nodeId: string
  readonly host: string
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly outcome: Outcome | null
  readonly failure: Failure | null
  readonly bytes: number | null
}

/** A runner whose attempt is over or whose node is gone, and that may still be alive on its host. */
export interface Leftover {
  readonly runId: string
  readonly nodeId: string
  readonly attempt: number
  readonly pid: number
  readonly pidStarted: string
}

export async function openAttempt(
  sql: Sql,
  run: { readonly id: string; readonly attempt: number; readonly fence: number },
  nodeId: string,
): Promise<void> {
  await sql.query(
    `insert into run_attempts (run_id, attempt, node_id, fence, started_at)
     values ($1, $2, $3, $4, clock_now())`,
    [run.id, run.attempt, nodeId, run.fence],
  )
}

/** Ends the attempt that a run is at; one that has ended already keeps its outcome. */
export async function closeAttempt(
  sql: Sql,
  run: { readonly id: string; readonly attempt: number },
  end: {
    readonly outcome: Outcome
    readonly failure?: Failure | undefined
    bytes?: number | undefined
  },
): Promise<void> {
  await sql.query(
    `update run_attempts set finished_at = clock_now(), outcome = $3, failure = $4, bytes = $5
     where run_id = $1 and attempt = $2 and finished_at is null`,
    [run.id, run.attempt, end.outcome, jsonOf(end.failure), end.bytes ?? null],
  )
}

const jsonOf = (value: unknown): string | null => (value === undefined ? null : jsonText(value))

/** Writes down which process works on an attempt, so that whoever takes over on this host can end it. */
export async function recordRunner(
  sql: Sql,
  at: { readonly id: string; readonly fence: number },
  process: { readonly pid: number; readonly started: string },
): Promise<void> {
  await sql.query(
    'update run_attempts set pid = $3, pid_started = $4 where run_id = $1 and fence = $2',
    [at.id, at.fence, process.pid, process.started],
  )
}

/** Whether an attempt of a run got past the point of no return. */
export async function hasCommitted(sql: Sql, runId: string): Promise<boolean> {
  const rows = await sql.query('select from run_attempts where run_id = $1 and committing', [runId])
  return rows.length > 0
}

/** The attempts of a run, first one first. */
export async function attemptsOf(sql: Sql, runId: string): Promise<Attempt[]> {
  return await sql.query<Attempt>(
    `select a.attempt, a.node_id as "nodeId", n.host, a.started_at as "startedAt",
       a.finished_at as "finishedAt", a.outcome, a.failure, a.bytes::float8 as bytes
     from run_attempts a join nodes n on n.id = a.node_id
     where a.run_id = $1 order by a.attempt`,
    [runId],
  )
}

/**
 * Runners on a host that nobody looks after any more: their attempt was lost, or their node was not seen
 * for `silentMs` or is among the `gone`.
 */
export async function leftovers(
  sql: Sql,
  host: string,
  silentMs: number,
  gone: readonly string[],
): Promise<Leftover[]> {
  return await sql.query<Leftover>(
    `select a.run_id as "runId", a.node_id as "nodeId", a.attempt, a.pid, a.pid_started as "pidStarted"
     from run_attempts a join nodes n on n.id = a.node_id
     where n.host = $1 and a.pid is not null and a.pid_started is not null
       and (a.outcome = 'lost'
         or (a.outcome is null
           and (n.id = any($3) or n.seen_at < clock_now() - $2 * interval '1 millisecond')))`,
    [host, silentMs, gone],
  )
}

/** Says that the runner of an attempt is gone, so that nobody looks for it again. */
export async function forgetRunner(
  sql: Sql,
  attempt: Pick<Leftover, 'runId' | 'attempt'>,
): Promise<void> {
  await sql.query('update run_attempts set pid = null where run_id = $1 and attempt = $2', [
    attempt.runId,
    attempt.attempt,
  ])
}
