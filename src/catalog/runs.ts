import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { NotFound, RunInTheWay, WrongUse } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import type { Failure, RetryPolicy, RunKind, RunState, RunTrigger } from '../core/run.ts'
import { line } from '../core/run-lines.ts'
import { audit } from './audit.ts'
import type { Sql } from './db.ts'

type Json = Readonly<Record<string, unknown>>

/** One run: the record that was made when it was asked for, and what has become of it. */
export interface Run {
  readonly id: string
  readonly kind: RunKind
  readonly state: RunState
  readonly sourceId: string | null
  readonly repositoryId: string
  readonly scheduleId: string | null
  readonly trigger: RunTrigger
  readonly triggeredBy: string
  readonly slot: Date | null
  readonly missedSlots: readonly Date[]
  readonly missedMore: number
  readonly lockKey: string
  readonly host: string
  readonly request: Json
  readonly requestSealed: Buffer | null
  readonly idempotencyKey: string | null
  readonly priority: number
  readonly retry: RetryPolicy
  readonly notBefore: Date
  readonly fence: number
  readonly attempt: number
  readonly failures: number
  readonly lost: number
  readonly nodeId: string | null
  readonly leaseUntil: Date | null
  readonly wanted: 'pause' | 'cancel' | null
  readonly wantedBy: string | null
  readonly pausedByAll: boolean
  readonly committing: boolean
  readonly progress: Json | null
  readonly result: Json | null
  readonly failure: Failure | null
  readonly warnings: readonly string[]
  readonly backupId: string | null
  /** The run whose request it repeats. */
  readonly repeats: string | null
  readonly queuedAt: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
}

/** What is said of a run when it is asked for. */
export interface NewRun {
  /** Chosen beforehand where the sealed request names it. */
  readonly id?: string | undefined
  readonly kind: RunKind
  readonly sourceId?: string | undefined
  readonly repositoryId: string
  readonly scheduleId?: string | undefined
  readonly trigger: RunTrigger
  readonly triggeredBy: string
  readonly slot?: Date | undefined
  readonly missedSlots?: readonly Date[] | undefined
  /** How many more slots it stands for than are named. */
  readonly missedMore?: number | undefined
  readonly lockKey: string
  readonly host: string
  readonly request: Json
  readonly requestSealed?: Buffer | undefined
  readonly idempotencyKey?: string | undefined
  readonly priority: number
  readonly retry: RetryPolicy
}

/** What became of the runs of one batch; a slot that had its record already is in neither. */
export interface InsertedRuns {
  readonly queued: readonly Run[]
  readonly skipped: readonly Run[]
}

/** The columns of a {@link Run}. */
export const RUN = `runs.id, runs.kind, runs.state, runs.source_id as "sourceId",
  runs.repository_id as "repositoryId", runs.schedule_id as "scheduleId", runs.trigger,
  runs.triggered_by as "triggeredBy", runs.slot, runs.missed_slots as "missedSlots",
  runs.missed_more as "missedMore",
  runs.lock_key as "lockKey", runs.host, runs.request, runs.request_sealed as "requestSealed",
  runs.idempotency_key as "idempotencyKey", runs.priority, runs.retry, runs.not_before as "notBefore",
  runs.fence::float8 as fence, runs.attempt, runs.failures, runs.lost, runs.node_id as "nodeId",
  runs.lease_until as "leaseUntil", runs.wanted, runs.wanted_by as "wantedBy",
  runs.paused_by_all as "pausedByAll", runs.committing, runs.progress, runs.result, runs.failure,
  runs.warnings, runs.backup_id as "backupId", runs.repeats, runs.queued_at as "queuedAt",
  runs.started_at as "startedAt", runs.finished_at as "finishedAt"`

const ACTIVE = `state in ('queued', 'running', 'paused', 'retrying')`

/** An insertion is tried again this often when what stood in its way was gone a moment later. */
const MOST_TRIES = 3

/**
 * Queues a run that somebody asked for. Asked again with the same idempotency key, answers the run that
 * is there already. Throws RunInTheWay, naming the run, when what it works on is at work.
 */
export async function insertRun(sql: Sql, run: NewRun): Promise<Run> {
  for (let tries = 1; ; tries += 1) {
    const [queued] = await insertQueued(sql, [rowOf(run)])
    if (queued !== undefined) return queued
    const same = await sameRequest(sql, run)
    if (same !== undefined) return same
    const [inTheWay] = await sql.query<Run>(
      `select ${RUN} from runs where lock_key = $1 and ${ACTIVE}`,
      [run.lockKey],
    )
    if (inTheWay === undefined && tries < MOST_TRIES) continue
    throw new RunInTheWay({
      what: await lockedName(sql, run.lockKey),
      run: inTheWay?.id ?? 'another',
      state: inTheWay?.state ?? 'at its end',
    })
  }
}

/** What a lock is on, for people: `source shop`. */
async function lockedName(sql: Sql, lockKey: string): Promise<string> {
  const [, kind = '', key = ''] = /^(\w+):(.*)$/s.exec(lockKey) ?? []
  if (kind === 'target') return `target ${key}`
  const table = kind === 'source' ? 'sources' : 'repositories'
  const [row] = await sql.query<{ name: string }>(`select name from ${table} where id::text = $1`, [
    key,
  ])
  return row === undefined ? kind : `${kind} ${row.name}`
}

/** The run that was asked for with an idempotency key. */
export async function runAskedWith(sql: Sql, key: string): Promise<Run | undefined> {
  const [run] = await sql.query<Run>(`select ${RUN} from runs where idempotency_key = $1`, [key])
  return run
}

async function sameRequest(sql: Sql, run: NewRun): Promise<Run | undefined> {
  if (run.idempotencyKey === undefined) return undefined
  const same = await runAskedWith(sql, run.idempotencyKey)
  if (same === undefined || isSameRequest(same, run)) return same
  throw new WrongUse({
    why: `idempotency key ${run.idempotencyKey} was used for another request: run ${same.id}`,
    hint: 'use a new key for a new request',
  })
}

const isSameRequest = (same: Run, run: NewRun): boolean =>
  same.kind === run.kind &&
  same.lockKey === run.lockKey &&
  same.repositoryId === run.repositoryId &&
  // As the database gave it back: without what is undefined.
  isDeepStrictEqual(same.request, JSON.parse(JSON.stringify(run.request)))

/**
 * Queues scheduled runs. One whose source is at work is recorded as skipped and finished at once, and the
 * audit log says so; one whose slot has a record already is passed over.
 */
export async function insertRuns(sql: Sql, runs: readonly NewRun[]): Promise<InsertedRuns> {
  const rows = runs.map(rowOf)
  const queued = await insertQueued(sql, rows)
  const there = new Set(queued.map(run => run.id))
  const left = rows.filter(row => !there.has(row.id))
  const skipped = left.length === 0 ? [] : await insertSkipped(sql, left)
  for (const run of skipped) {
    await audit(sql, {
      actor: run.triggeredBy,
      action: 'run.skip',
      objectKind: 'run',
      objectId: run.id,
      result: 'skipped',
      details: { reason: run.failure?.message, slot: run.slot },
    })
  }
  return { queued, skipped }
}

type Row = ReturnType<typeof rowOf>

function rowOf(run: NewRun) {
  return {
    id: run.id ?? randomUUID(),
    kind: run.kind,
    source_id: run.sourceId ?? null,
    repository_id: run.repositoryId,
    schedule_id: run.scheduleId ?? null,
    trigger: run.trigger,
    triggered_by: run.triggeredBy,
    slot: run.slot ?? null,
    missed_slots: run.missedSlots ?? [],
    missed_more: run.missedMore ?? 0,
    lock_key: run.lockKey,
    host: run.host,
    request: run.request,
    request_sealed: run.requestSealed?.toString('hex') ?? null,
    idempotency_key: run.idempotencyKey ?? null,
    priority: run.priority,
    retry: run.retry,
  }
}

const COLUMNS = `id, kind, source_id, repository_id, schedule_id, trigger, triggered_by, slot, missed_slots,
  missed_more, lock_key, host, request, request_sealed, idempotency_key, priority, retry`
const VALUES = `id, kind, source_id, repository_id, schedule_id, trigger, triggered_by, slot,
  array(select jsonb_array_elements_text(missed_slots)::timestamptz), missed_more, lock_key, host, request,
  decode(request_sealed, 'hex'), idempotency_key, priority, retry`
const ASKED = `jsonb_to_recordset($1::jsonb) as asked (id uuid, kind text, source_id uuid,
  repository_id uuid, schedule_id uuid, trigger text, triggered_by text, slot timestamptz,
  missed_slots jsonb, missed_more integer, lock_key text, host text, request jsonb, request_sealed text,
  idempotency_key text, priority integer, retry jsonb, failure jsonb, line jsonb)`
/** The first line of each log. */
const LOG = `insert into run_events (run_id, attempt, at, kind, message, details)
  select runs.id, 0, runs.queued_at, 'state', line->>'message',
    line->'details' || jsonb_build_object('code', line->'code')
  from runs join ${ASKED} on asked.id = runs.id`

/** Queues those of the rows that nothing stands in the way of, and logs that. */
async function insertQueued(sql: Sql, rows: readonly Row[]): Promise<Run[]> {
  const queued = rows.map(row => ({ ...row, line: line('QUEUED', { by: row.triggered_by }) }))
  return await sql.query<Run>(
    `with now as (select clock_now() as at), runs as (
       insert into runs (${COLUMNS}, not_before, queued_at)
       select ${VALUES}, now.at, now.at from ${ASKED}, now
       on conflict do nothing returning *
     ), logged as (${LOG})
     select ${RUN} from runs`,
    [JSON.stringify(queued)],
  )
}

/** Records rows as skipped, each with the run that stood in its way. */
async function insertSkipped(sql: Sql, rows: readonly Row[]): Promise<Run[]> {
  const inTheWay = await sql.query<{ lockKey: string; id: string; state: RunState }>(
    `select distinct on (lock_key) lock_key as "lockKey", id, state from runs
     where lock_key = any($1) order by lock_key, (${ACTIVE}) desc, finished_at desc`,
    [rows.map(row => row.lock_key)],
  )
  const blocker = new Map(inTheWay.map(one => [one.lockKey, one]))
  const skipped = rows.map(row => {
    const failure = skipReason(blocker.get(row.lock_key))
    return { ...row, failure, line: line('SKIPPED', { failure }) }
  })
  return await sql.query<Run>(
    `with now as (select clock_now() as at), runs as (
       insert into runs (${COLUMNS}, state, failure, not_before, queued_at, finished_at)
       select ${VALUES}, 'skipped', failure, now.at, now.at, now.at
       from ${ASKED}, now
       on conflict do nothing returning *
     ), logged as (${LOG})
     select ${RUN} from runs`,
    [JSON.stringify(skipped)],
  )
}

function skipReason(inTheWay: { id: string; state: RunState } | undefined): Failure {
  const run = inTheWay === undefined ? 'another run' : `run ${shortId(inTheWay.id)}`
  return {
    code: 'RUN_IN_THE_WAY',
    message: `${run} was still at work when this one was due`,
    hint: 'runs that take longer than the time between two of them need a wider schedule',
    retry: false,
  }
}

const PREFIX = /^[0-9a-f]{4,32}$/

/** The run that an id, or an unambiguous beginning of one, names. Throws NotFound. */
export async function findRun(sql: Sql, name: string): Promise<Run> {
  const digits = name.toLowerCase().replaceAll('-', '')
  if (!PREFIX.test(digits)) throw new NotFound({ kind: 'run', name })
  const found = await sql.query<Run>(
    `select ${RUN} from runs where id between $1 and $2 order by id limit 2`,
    [digits.padEnd(32, '0'), digits.padEnd(32, 'f')],
  )
  const [run, another] = found
  if (run === undefined) throw new NotFound({ kind: 'run', name })
  if (another === undefined) return run
  throw new WrongUse({ why: `several runs begin with ${name}`, hint: 'give more of the id' })
}
