import { LeaseLost, RunIsFinal } from '../core/faults.ts'
import { isFinal, type RetryPolicy, type RunState } from '../core/run.ts'
import { line } from '../core/run-lines.ts'
import type { Catalog, Sql } from './db.ts'
import { jsonText } from './json.ts'
import { type Claim, moveRun } from './run-moves.ts'
import type { Run } from './runs.ts'

/** Whoever claims a run, or pauses everything, holds this advisory lock of the catalog's database. */
export const CLAIM_LOCK = 7_420_002

/** A run that a node holds, as a heartbeat finds it. */
export interface HeldRun extends Claim {
  readonly state: RunState
  readonly wanted: 'pause' | 'cancel' | null
}

/**
 * Claims the next run for a node, if there is one that it may perform now: the highest priority first,
 * manual before all others, then the longest waiting. A paused run keeps its place on its node.
 */
export async function claimRun(
  catalog: Catalog,
  node: { readonly id: string; readonly leaseMs: number },
): Promise<Run | undefined> {
  return await catalog.transaction(async sql => {
    // One after the other: two claims at once would both see the last free place of a limit.
    await sql.query('select pg_advisory_xact_lock($1)', [CLAIM_LOCK])
    const [next] = await sql.query<Claim & { attempt: number }>(NEXT, [node.id])
    if (next === undefined) return undefined
    const claim = { nodeId: node.id, leaseMs: node.leaseMs }
    return await moveRun(sql, next, 'running', { claim, line: line('CLAIMED') })
  })
}

const NEXT = `
  with held as materialized (
    select node_id, repository_id, host from runs where state in ('running', 'paused')
  ), full_repositories as (
    select p.id from held join repositories p on p.id = held.repository_id
    group by p.id having count(*) >= p.max_runs
  ), full_hosts as (
    select host from held where host <> '' group by host
    having count(*) >= (select (value #>> '{}')::int from settings where name = 'maxRunsPerHost')
  )
  select id, fence::float8 as fence from runs
  where state in ('queued', 'retrying') and not_before <= clock_now() and wanted is null
    and not exists (select from settings where name = 'paused' and value = 'true')
    and (select count(*) from held where node_id = $1) < (select max_runs from nodes where id = $1)
    and repository_id not in (select id from full_repositories)
    and host not in (select host from full_hosts)
  order by priority desc, (trigger = 'manual') desc, queued_at, id
  limit 1 for update`

/**
 * Says that a node lives, and renews its lease on the runs it performs. Answers every run that the catalog
 * gives it, also one whose claim it never heard the answer of; a run that is missing is no longer its own.
 */
export async function heartbeat(
  catalog: Catalog,
  node: { readonly id: string; readonly leaseMs: number },
  performs: readonly Claim[],
): Promise<HeldRun[]> {
  return await catalog.query<HeldRun>(
    `with seen as (update nodes set seen_at = clock_now(), stopped_at = null where id = $1),
     performed as (select * from jsonb_to_recordset($3::jsonb) as p (id uuid, fence bigint)),
     renewed as (
       update runs set lease_until = clock_now() + $2 * interval '1 millisecond'
       from performed p
       where runs.id = p.id and runs.fence = p.fence and node_id = $1
         and state in ('running', 'paused')
     )
     select id, fence::float8 as fence, state, wanted from runs
     where node_id = $1 and state in ('running', 'paused')`,
    [node.id, node.leaseMs, JSON.stringify(performs)],
  )
}

/** Shows how far runs are; what is no longer the caller's is passed over. */
export async function writeProgress(
  sql: Sql,
  runs: readonly (Claim & { readonly progress: object })[],
): Promise<void> {
  await sql.query(
    `update runs set progress = p.progress
     from jsonb_to_recordset($1::jsonb) as p (id uuid, fence bigint, progress jsonb)
     where runs.id = p.id and runs.fence = p.fence and state in ('running', 'paused')`,
    [jsonText(runs.map(({ id, fence, progress }) => ({ id, fence, progress })))],
  )
}

/**
 * The point of no return: from here on what the run does may stand, also when nobody hears of it. Throws
 * LeaseLost, and RunIsFinal when it is over or to be cancelled.
 */
export async function beginCommit(sql: Sql, claim: Claim): Promise<void> {
  const begun = await sql.query(
    `with begun as (
       update runs set committing = true
       where id = $1 and fence = $2 and state in ('running', 'paused')
         and wanted is distinct from 'cancel' returning id, attempt
     )
     update run_attempts set committing = true from begun
     where run_id = begun.id and run_attempts.attempt = begun.attempt returning run_id`,
    [claim.id, claim.fence],
  )
  if (begun.length > 0) return
  const [now] = await sql.query<Pick<Run, 'state' | 'fence' | 'wanted'>>(
    'select state, fence::float8 as fence, wanted from runs where id = $1',
    [claim.id],
  )
  const wanted = 'completed'
  if (now !== undefined && isFinal(now.state)) {
    throw new RunIsFinal({ run: claim.id, state: now.state, wanted })
  }
  if (now?.fence === claim.fence && now.wanted === 'cancel') {
    throw new RunIsFinal({ run: claim.id, state: 'being cancelled', wanted })
  }
  throw new LeaseLost({ run: claim.id })
}

/** Takes back a leave that was recorded, of which the runner never heard or by which it changed nothing. */
export async function withdrawCommit(sql: Sql, claim: Claim): Promise<void> {
  await sql.query(
    `with withdrawn as (
       update run_attempts set committing = false where run_id = $1 and fence = $2
     )
     update runs set committing = false where id = $1 and fence = $2 and finished_at is null`,
    [claim.id, claim.fence],
  )
}

/** A run that nobody has renewed the lease of. */
export interface ExpiredRun extends Claim {
  readonly leaseUntil: Date
  readonly lost: number
  readonly retry: RetryPolicy
  readonly wanted: 'pause' | 'cancel' | null
  readonly nodeId: string
  /** Where its worker was. */
  readonly host: string
}

const EXPIRED = `
  select runs.id, runs.fence::float8 as fence, runs.lease_until as "leaseUntil", runs.lost,
    runs.wanted, runs.retry, runs.node_id as "nodeId", nodes.host
  from runs join nodes on nodes.id = runs.node_id
  where runs.state in ('running', 'paused') and runs.lease_until < clock_now()`

/** Runs whose worker has not been heard of until the end of its lease. */
export const expiredRuns = (sql: Sql): Promise<ExpiredRun[]> => sql.query(EXPIRED)

/** Ends the leases of nodes whose processes are gone: nobody is left to renew them. */
export async function endLeases(sql: Sql, nodeIds: readonly string[]): Promise<void> {
  await sql.query(
    `update runs set lease_until = clock_now() - interval '1 millisecond'
     where node_id = any($1) and state in ('running', 'paused') and lease_until >= clock_now()`,
    [nodeIds],
  )
}

/** The same run with its row locked, or undefined when its lease was renewed or the run has moved on. */
export async function lockExpired(sql: Sql, claim: Claim): Promise<ExpiredRun | undefined> {
  const [run] = await sql.query<ExpiredRun>(
    `${EXPIRED} and runs.id = $1 and runs.fence = $2 for update of runs`,
    [claim.id, claim.fence],
  )
  return run
}

/** Runs that their worker should have cancelled long ago. */
export async function overdueCancels(sql: Sql, afterMs: number): Promise<Claim[]> {
  return await sql.query<Claim>(
    `select id, fence::float8 as fence from runs
     where state in ('running', 'paused') and wanted = 'cancel'
       and wanted_at < clock_now() - $1 * interval '1 millisecond'`,
    [afterMs],
  )
}
