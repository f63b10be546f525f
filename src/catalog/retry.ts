import { NotFound, RunIsFinal, RunNotOver } from '../core/faults.ts'
import { line } from '../core/run-lines.ts'
import { audit } from './audit.ts'
import type { Sql } from './db.ts'
import { addRunEvent } from './run-events.ts'
import { insertRun, type NewRun, RUN, type Run } from './runs.ts'

// Both need a transaction: the run, its log and the audit log belong together.

/** A run that is to be tried again, with its row locked. Throws NotFound; RunNotOver, RunIsFinal where there is nothing to. */
export async function holdForRetry(sql: Sql, id: string): Promise<Run> {
  const [run] = await sql.query<Run>(`select ${RUN} from runs where id = $1 for update`, [id])
  if (run === undefined) throw new NotFound({ kind: 'run', name: id })
  if (run.state === 'completed') {
    throw new RunIsFinal({ run: id, state: run.state, wanted: 'tried again' })
  }
  if (['queued', 'running', 'paused'].includes(run.state)) {
    throw new RunNotOver({ run: id, state: run.state })
  }
  return run
}

/** Ends the pause before the next attempt of a run. */
export async function retryNow(sql: Sql, { id, attempt }: Run, by: string): Promise<Run> {
  await addRunEvent(sql, { id }, { kind: 'control', ...line('ASKED_FOR', { what: 'retry', by }) })
  await audit(sql, {
    actor: by,
    action: 'run.retry',
    objectKind: 'run',
    objectId: id,
    details: { attempt },
  })
  const [run] = await sql.query<Run>(
    `update runs set not_before = clock_now() where id = $1 returning ${RUN}`,
    [id],
  )
  if (run === undefined) throw new NotFound({ kind: 'run', name: id })
  // Its state is the same, so nobody is woken by that.
  await sql.query(
    `select pg_notify('holdfast_runs', json_build_object('run', $1::text, 'state', $2::text)::text)`,
    [id, run.state],
  )
  return run
}

/** Queues a run that asks for what an earlier one did; `isNew` is false for a request that was sent before. */
export async function repeatRun(
  sql: Sql,
  before: Run,
  run: NewRun & { readonly id: string },
): Promise<{ readonly run: Run; readonly isNew: boolean }> {
  const inserted = await insertRun(sql, run)
  if (inserted.id !== run.id) return { run: inserted, isNew: false }
  await sql.query('update runs set repeats = $2 where id = $1', [run.id, before.id])
  await audit(sql, {
    actor: run.triggeredBy,
    action: 'run.retry',
    objectKind: 'run',
    objectId: run.id,
    details: { repeats: before.id, kind: run.kind, ...run.request },
  })
  return { run: { ...inserted, repeats: before.id }, isNew: true }
}
