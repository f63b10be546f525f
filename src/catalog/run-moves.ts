import { LeaseLost, RunIsFinal } from '../core/faults.ts'
import { type Failure, isFinal, RUN_MOVES, type RunState } from '../core/run.ts'
import { line } from '../core/run-lines.ts'
import type { Said } from '../core/said.ts'
import { closeAttempt, type Outcome, openAttempt } from './attempts.ts'
import type { Sql } from './db.ts'
import { jsonText } from './json.ts'
import { doubtsOf } from './run-doubts.ts'
import { addRunEvent } from './run-events.ts'
import { RUN, type Run } from './runs.ts'
import { insertFollowers } from './slots.ts'

/** Which claim of a run somebody speaks for. */
export interface Claim {
  readonly id: string
  readonly fence: number
}

/** What is written down with a move. */
export interface RunChanges {
  /** What the log says; default: the new state. */
  readonly line?: Said
  /** Who did it, where somebody did. */
  readonly by?: string
  /** How the attempt ended; default: as the state says. */
  readonly outcome?: Outcome
  readonly failure?: Failure
  /** What the move counts as towards giving up. */
  readonly countsAs?: 'failure' | 'lost'
  /** Milliseconds from now until the run may be claimed again. */
  readonly notBefore?: number
  /** A claim: by which node, and for how many milliseconds. */
  readonly claim?: { readonly nodeId: string; readonly leaseMs: number }
  readonly result?: object
  readonly warnings?: readonly string[]
  readonly backupId?: string
  readonly bytes?: number | undefined
}

/** States in which a node holds a run. */
const HELD = new Set<RunState>(['running', 'paused'])

/** Attempts that end with a move end like this unless the changes say otherwise. */
const OUTCOMES: Partial<Record<RunState, Outcome>> = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  retrying: 'failed',
}

/** What a run that is to be cancelled does not become any more. */
const OVERRULED = new Set<RunState>(['completed', 'retrying', 'failed'])

/**
 * Moves a run to another state: the only function that does. State, log and attempt change together, so
 * `sql` must be a transaction. A run that somebody wants cancelled becomes cancelled, whatever else was to
 * become of it, unless it had leave to complete and did. Throws LeaseLost when the run was claimed anew, RunIsFinal when it is over.
 */
export async function moveRun(
  sql: Sql,
  claim: Claim,
  to: RunState,
  changes: RunChanges = {},
): Promise<Run> {
  const [now] = await sql.query<
    Pick<Run, 'state' | 'fence' | 'wanted' | 'wantedBy' | 'committing'>
  >(
    `select state, fence::float8 as fence, wanted, wanted_by as "wantedBy", committing from runs
     where id = $1 for update`,
    [claim.id],
  )
  if (now !== undefined && isFinal(now.state)) {
    throw new RunIsFinal({ run: claim.id, state: now.state, wanted: to })
  }
  if (now?.fence !== claim.fence || !RUN_MOVES[now.state].includes(to)) {
    throw new LeaseLost({ run: claim.id })
  }
  if (now.wanted !== 'cancel' || !OVERRULED.has(to)) return await move(sql, claim, to, changes)
  if (to === 'completed' && now.committing) {
    return await move(sql, claim, to, { ...changes, line: line('CANCEL_TOO_LATE') })
  }
  return await move(sql, claim, 'cancelled', { ...cancelled(now.wantedBy), bytes: changes.bytes })
}

const cancelled = (by: string | null): RunChanges =>
  by === null ? {} : { line: line('CANCELLED_BY', { by }), by }

async function move(sql: Sql, claim: Claim, to: RunState, given: RunChanges): Promise<Run> {
  // Of these, nobody has heard how their last attempt ended.
  const unheard = to === 'cancelled' || (to === 'failed' && given.outcome === 'lost')
  const doubts = unheard ? await doubtsOf(sql, claim.id) : []
  const changes = doubts.length > 0 ? { ...given, warnings: doubts } : given
  const run = await write(sql, claim, to, changes)
  if (changes.claim !== undefined) await openAttempt(sql, run, changes.claim.nodeId)
  const outcome = changes.outcome ?? OUTCOMES[to]
  if (!HELD.has(to) && outcome !== undefined) await closeAttempt(sql, run, { ...changes, outcome })
  await addRunEvent(
    sql,
    { id: run.id },
    {
      kind: 'state',
      message: to,
      ...changes.line,
      details: {
        ...changes.line?.details,
        state: to,
        by: changes.by,
        failure: changes.failure,
      },
    },
  )
  for (const message of doubts) await addRunEvent(sql, { id: run.id }, { kind: 'warning', message })
  if (to === 'completed') await insertFollowers(sql, run)
  return run
}

async function write(sql: Sql, claim: Claim, to: RunState, changes: RunChanges): Promise<Run> {
  const [run] = await sql.query<Run>(
    `update runs set state = $3,
       fence = fence + ($4::uuid is not null)::int,
       attempt = attempt + ($4::uuid is not null)::int,
       node_id = coalesce($4, node_id),
       lease_until = case when $3 = 'paused' then lease_until
         when $3 = 'running' then
           case when $4::uuid is null then lease_until
             else clock_now() + $5 * interval '1 millisecond' end end,
       started_at = case when $3 = 'running' then coalesce(started_at, clock_now())
         else started_at end,
       finished_at = case when $6 then clock_now() end,
       not_before = case when $7::float8 is null then not_before
         else clock_now() + $7 * interval '1 millisecond' end,
       failures = failures + ($8 = 'failure')::int,
       lost = lost + ($8 = 'lost')::int,
       failure = case when $3 = 'completed' then null else coalesce($9, failure) end,
       result = coalesce($10, result),
       warnings = coalesce($11, warnings),
       backup_id = coalesce($12, backup_id),
       committing = committing and $3 in ('running', 'paused') and $4::uuid is null,
       progress = case when $4::uuid is null then progress end,
       wanted = case when $3 in ('running', 'paused') and $4::uuid is null then wanted
         when $3 = 'retrying' and wanted = 'pause' and not paused_by_all then wanted end
     where id = $1 and fence = $2
     returning ${RUN}`,
    [
      claim.id,
      claim.fence,
      to,
      changes.claim?.nodeId ?? null,
      changes.claim?.leaseMs ?? 0,
      isFinal(to),
      changes.notBefore ?? null,
      changes.countsAs ?? '',
      jsonOf(changes.failure),
      jsonOf(changes.result),
      jsonOf(changes.warnings),
      changes.backupId ?? null,
    ],
  )
  if (run === undefined) throw new LeaseLost({ run: claim.id })
  return run
}

const jsonOf = (value: unknown): string | null => (value === undefined ? null : jsonText(value))
