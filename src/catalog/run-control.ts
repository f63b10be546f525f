import { LockReleased, NotFound, RunIsFinal } from '../core/faults.ts'
import { asFailure, isFinal } from '../core/run.ts'
import { line, type RunControl } from '../core/run-lines.ts'
import { audit } from './audit.ts'
import type { Sql } from './db.ts'
import { CLAIM_LOCK } from './run-claims.ts'
import { addRunEvent } from './run-events.ts'
import { moveRun } from './run-moves.ts'
import { RUN, type Run } from './runs.ts'
import { writeSetting } from './settings.ts'

// Every function here needs a transaction: what is wanted, the log and the audit log belong together.

/** A run with its row locked: nothing about it changes until the transaction ends. */
async function lockRun(sql: Sql, id: string): Promise<Run | undefined> {
  const [run] = await sql.query<Run>(`select ${RUN} from runs where id = $1 for update`, [id])
  return run
}

async function activeRun(sql: Sql, id: string, wanted: string): Promise<Run> {
  const run = await lockRun(sql, id)
  if (run === undefined) throw new NotFound({ kind: 'run', name: id })
  if (isFinal(run.state)) throw new RunIsFinal({ run: id, state: run.state, wanted })
  return run
}

/**
 * Pauses a run: its processes stand still, and it keeps its place. One that is not running is held back until
 * it is resumed. Throws RunIsFinal, also for a run that is to be cancelled.
 */
export async function wantPause(sql: Sql, id: string, by: string): Promise<Run> {
  const run = await activeRun(sql, id, 'paused')
  if (run.wanted === 'cancel') refuseCancelled(run, 'paused')
  if (run.wanted === 'pause' && !run.pausedByAll) return run
  await noteControl(sql, run, 'pause', by)
  return await want(sql, run, 'pause', by)
}

/** Lets a paused run go on. Throws RunIsFinal, also for a run that is to be cancelled. */
export async function wantResume(sql: Sql, id: string, by: string): Promise<Run> {
  const run = await activeRun(sql, id, 'resumed')
  if (run.wanted === 'cancel') refuseCancelled(run, 'resumed')
  if (run.wanted === null) return run
  await noteControl(sql, run, 'resume', by)
  return await want(sql, run, null, by)
}

/**
 * Cancels a run: at once when nobody works on it, else as soon as its worker has ended its processes. One
 * that had leave to complete may do so for a moment; if it is ended then, its record says what nobody knows.
 * Throws RunIsFinal.
 */
export async function wantCancel(sql: Sql, id: string, by: string): Promise<Run> {
  const run = await activeRun(sql, id, 'cancelled')
  if (run.wanted === 'cancel') return run
  await noteControl(sql, run, 'cancel', by)
  if (run.state === 'queued' || run.state === 'retrying') {
    return await moveRun(sql, run, 'cancelled', { line: line('CANCELLED_BY', { by }), by })
  }
  return await want(sql, run, 'cancel', by)
}

/** Starts nothing new, and pauses what runs. */
export async function pauseAll(sql: Sql, by: string): Promise<void> {
  // A claim that is under way ends first, so that its run is paused, too.
  await sql.query('select pg_advisory_xact_lock($1)', [CLAIM_LOCK])
  await writeSetting(sql, 'paused', true)
  await sql.query(
    `update runs set wanted = 'pause', wanted_by = $1, wanted_at = clock_now(), paused_by_all = true
     where state in ('running', 'paused') and wanted is null`,
    [by],
  )
  await audit(sql, { actor: by, action: 'run.pause-all', objectKind: 'server' })
}

/** Lets everything go on that {@link pauseAll} paused; what was paused by name stays paused. */
export async function resumeAll(sql: Sql, by: string): Promise<void> {
  await sql.query('select pg_advisory_xact_lock($1)', [CLAIM_LOCK])
  await writeSetting(sql, 'paused', false)
  await sql.query(
    `update runs set wanted = null, wanted_by = null, wanted_at = null, paused_by_all = false
     where paused_by_all and finished_at is null`,
  )
  await audit(sql, { actor: by, action: 'run.resume-all', objectKind: 'server' })
  // The queue goes on although no run has changed.
  await sql.query(`select pg_notify('holdfast_runs', '{}')`)
}

/**
 * Takes a run's lock away from it although its worker may still be at it: the run fails, and whatever its
 * worker does from now on is refused. Throws RunIsFinal.
 */
export async function releaseLock(sql: Sql, id: string, by: string): Promise<Run> {
  const run = await activeRun(sql, id, 'released')
  await noteControl(sql, run, 'release', by)
  const [{ fence } = run] = await sql.query<{ fence: number }>(
    `update runs set fence = fence + 1, wanted = null where id = $1
     returning fence::float8 as fence`,
    [id],
  )
  const failure = asFailure(new LockReleased({ by }))
  const changes = { failure, line: line('RELEASED', { failure }), by, outcome: 'lost' } as const
  return await moveRun(sql, { id, fence }, 'failed', changes)
}

function refuseCancelled(run: Run, wanted: string): never {
  throw new RunIsFinal({ run: run.id, state: 'being cancelled', wanted })
}

async function want(sql: Sql, run: Run, wanted: Run['wanted'], by: string): Promise<Run> {
  const [changed] = await sql.query<Run>(
    `update runs set wanted = $2, wanted_by = $3, wanted_at = clock_now(), paused_by_all = false
     where id = $1 returning ${RUN}`,
    [run.id, wanted, by],
  )
  return changed ?? run
}

async function noteControl(sql: Sql, run: Run, what: RunControl, by: string): Promise<void> {
  await addRunEvent(sql, { id: run.id }, { kind: 'control', ...line('ASKED_FOR', { what, by }) })
  await audit(sql, {
    actor: by,
    action: `run.${what}`,
    objectKind: 'run',
    objectId: run.id,
    details: { state: run.state, attempt: run.attempt },
  })
}
