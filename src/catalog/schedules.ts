import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { InUse, NameAmbiguous, NotFound, WrongUse } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import { requireTimeZone } from '../core/recurrence.ts'
import type { Keep } from '../core/retention.ts'
import { DEFAULT_RETRY, type RetryPolicy, type RunState } from '../core/run.ts'
import { type Blackout, Timetable, Timing } from '../core/schedule.ts'
import { catalogTime, type Sql } from './db.ts'
import { idPattern } from './names.ts'

/** When a source is backed up, and where to. */
export interface Schedule {
  readonly id: string
  readonly sourceId: string
  readonly sourceName: string
  readonly repositoryId: string
  readonly repositoryName: string
  /** Fields of cron or words for them; null where it follows another schedule. */
  readonly cron: string | null
  /** The schedule whose completed runs this one follows. */
  readonly afterScheduleId: string | null
  readonly timeZone: string
  readonly enabled: boolean
  readonly priority: number
  readonly jitterSeconds: number
  readonly blackout: readonly Blackout[]
  readonly retry: RetryPolicy
  readonly maxBytes: number | null
  /** What of the source's backups in the repository stays; null: all of them. */
  readonly keep: Keep | null
  /** The earliest slot that has no record yet, and when it fires; null while it is disabled. */
  readonly nextSlot: Date | null
  readonly nextFire: Date | null
  readonly lastSlot: Date | null
  readonly lastRunAt: Date | null
  /** The longest time between two firings, where it goes by time. */
  readonly periodSeconds: number | null
  /** Its newest run. */
  readonly lastRun: { readonly id: string; readonly state: RunState } | null
  /** Raised by every change. */
  readonly revision: number
  readonly createdAt: Date
}

/** What may be said of a schedule; what is left out has its default, or, in a change, stays. */
export interface ScheduleSettings {
  /** Where to, from now on; the backups so far stay where they are. */
  readonly repositoryId?: string | undefined
  /** Makes it a schedule by time. */
  readonly cron?: string | undefined
  /** Makes it one that follows another. */
  readonly afterScheduleId?: string | undefined
  readonly timeZone?: string | undefined
  readonly priority?: number | undefined
  readonly jitterSeconds?: number | undefined
  readonly blackout?: readonly Blackout[] | undefined
  readonly retry?: RetryPolicy | undefined
  readonly maxBytes?: number | null | undefined
  /** Null: all, for ever. */
  readonly keep?: Keep | null | undefined
}

export interface NewSchedule extends ScheduleSettings {
  readonly sourceId: string
  readonly repositoryId: string
  readonly enabled?: boolean | undefined
}

/** Wakes the schedulers of all nodes. */
export const SCHEDULES_CHANNEL = 'holdfast_schedules'

const COLUMNS = `schedules.id, source_id as "sourceId", sources.name as "sourceName",
  repository_id as "repositoryId", repositories.name as "repositoryName", cron,
  after_schedule_id as "afterScheduleId", time_zone as "timeZone", enabled, priority,
  jitter_seconds as "jitterSeconds", blackout, retry, max_bytes::float8 as "maxBytes", keep,
  next_slot as "nextSlot", next_fire as "nextFire", last_slot as "lastSlot",
  last_run_at as "lastRunAt", period_seconds as "periodSeconds",
  (select json_build_object('id', id, 'state', state) from runs
    where schedule_id = schedules.id order by queued_at desc, id desc limit 1) as "lastRun",
  schedules.revision, schedules.created_at as "createdAt"`
const FROM = `schedules join sources on sources.id = source_id
  join repositories on repositories.id = repository_id`

/** Adds a schedule, in a transaction; its first slot is the next one from now. Throws WrongUse, NotFound. */
export async function insertSchedule(sql: Sql, asked: NewSchedule): Promise<Schedule> {
  const id = randomUUID()
  const { sourceId, repositoryId } = asked
  const enabled = asked.enabled ?? true
  const draft: Draft = { ...DEFAULTS, id, repositoryId, ...settled(asked), enabled }
  const { cron, afterScheduleId, timeZone, retry } = draft
  const slot = await firstSlot(sql, draft)
  if (afterScheduleId !== null) await refuseCycle(sql, id, afterScheduleId)
  await sql.query(
    `insert into schedules
       (id, source_id, repository_id, cron, after_schedule_id, time_zone, retry, revision)
     values ($1, $2, $3, $4, $5, $6, $7, 0)`,
    [id, sourceId, repositoryId, cron, afterScheduleId, timeZone, JSON.stringify(retry)],
  )
  return await write(sql, draft, slot)
}

/**
 * Changes a schedule. Slots that are due but have not fired are left to the new timing: never do an old
 * slot and its successor both fire. `sql` must be a transaction. Throws WrongUse, NotFound.
 */
export async function editSchedule(
  sql: Sql,
  id: string,
  changes: ScheduleSettings,
): Promise<Schedule> {
  if (changes.afterScheduleId !== undefined) await lockChains(sql)
  const now = await lockSchedule(sql, id)
  const draft: Draft = { ...now, ...settled(changes, now) }
  const { afterScheduleId } = draft
  if (afterScheduleId !== null && afterScheduleId !== now.afterScheduleId) {
    await refuseCycle(sql, id, afterScheduleId)
  }
  const isRetimed = draft.cron !== now.cron || draft.timeZone !== now.timeZone
  const slot = isRetimed ? await firstSlot(sql, draft) : now.nextSlot
  return await write(sql, draft, slot, now)
}

/** Finds the next slot of a schedule anew, from now on as after an edit; answers it when it is another one. */
export async function retimeSchedule(sql: Sql, id: string): Promise<Schedule | undefined> {
  const now = await lockSchedule(sql, id)
  const slot = await firstSlot(sql, now)
  return slot?.getTime() === now.nextSlot?.getTime() ? undefined : await write(sql, now, slot, now)
}

/** Lets a schedule fire again, from now on: what it would have fired meanwhile is not caught up. */
export async function enableSchedule(sql: Sql, id: string): Promise<Schedule> {
  const now = await lockSchedule(sql, id)
  if (now.enabled) return now
  const draft = { ...now, enabled: true, nextSlot: null, lastSlot: null }
  return await write(sql, draft, await firstSlot(sql, draft), now)
}

export async function disableSchedule(sql: Sql, id: string): Promise<Schedule> {
  const now = await lockSchedule(sql, id)
  return now.enabled ? await write(sql, { ...now, enabled: false }, null, now) : now
}

/** Removes a schedule; its runs stay. Throws InUse while others follow it. */
export async function removeSchedule(sql: Sql, id: string): Promise<Schedule> {
  await lockChains(sql)
  const schedule = await lockSchedule(sql, id)
  const [follower] = await sql.query<{ id: string }>(
    'select id from schedules where after_schedule_id = $1 and removed_at is null limit 1',
    [id],
  )
  if (follower !== undefined) {
    const by = `schedule ${shortId(follower.id)}, which follows it`
    const hint = `remove that one first: holdfast schedule remove ${shortId(follower.id)}`
    throw new InUse({ kind: 'schedule', name: shortId(id), by, hint })
  }
  await sql.query(
    `update schedules set removed_at = clock_now(), next_slot = null, next_fire = null,
       revision = revision + 1 where id = $1`,
    [id],
  )
  await wakeSchedulers(sql)
  return schedule
}

/** Every schedule, or those of one source, by source and age. */
export const listSchedules = (sql: Sql, sourceId?: string): Promise<Schedule[]> =>
  sql.query<Schedule>(
    `select ${COLUMNS} from ${FROM} where schedules.removed_at is null
       and ($1::uuid is null or source_id = $1)
     order by lower(sources.name), schedules.created_at, schedules.id`,
    [sourceId ?? null],
  )

/** The schedule that an id, the beginning of one, or the name of a source with one schedule means. */
export async function findSchedule(sql: Sql, name: string): Promise<Schedule> {
  const found = await sql.query<Schedule>(
    `select ${COLUMNS} from ${FROM} where schedules.removed_at is null
       and (lower(sources.name) = lower($1) or schedules.id::text like $2)`,
    [name, idPattern(name)],
  )
  const ofSource = found.filter(one => one.sourceName.toLowerCase() === name.toLowerCase())
  const [schedule, ...others] = ofSource.length > 0 ? ofSource : found
  if (schedule === undefined) throw new NotFound({ kind: 'schedule', name })
  if (others.length === 0) return schedule
  if (ofSource.length === 0) {
    throw new NameAmbiguous({ kind: 'schedule', name, count: found.length })
  }
  throw new WrongUse({
    why: `source ${schedule.sourceName} has ${ofSource.length} schedules`,
    hint: `name one by its id: ${ofSource.map(one => shortId(one.id)).join(', ')}`,
  })
}

/** The id of a schedule, also of one that was removed, by its whole id, or as people name it. Throws NotFound. */
export async function findScheduleEver(sql: Sql, name: string): Promise<string> {
  const [row] = await sql.query<{ id: string }>('select id from schedules where id::text = $1', [
    name.toLowerCase(),
  ])
  return row?.id ?? (await findSchedule(sql, name)).id
}

/** The timing of a schedule that goes by time. */
export const timingOf = (
  schedule: Pick<Schedule, 'timeZone' | 'jitterSeconds' | 'blackout'>,
  cron: string,
): Timing => ({
  cron,
  timeZone: schedule.timeZone,
  jitterSeconds: schedule.jitterSeconds,
  blackout: [...schedule.blackout],
})

export async function wakeSchedulers(sql: Sql): Promise<void> {
  await sql.query('select pg_notify($1, $2)', [SCHEDULES_CHANNEL, ''])
}

/** What of a schedule is written by a change. */
type Draft = Pick<
  Schedule,
  | 'id'
  | 'repositoryId'
  | 'cron'
  | 'afterScheduleId'
  | 'timeZone'
  | 'enabled'
  | 'priority'
  | 'jitterSeconds'
  | 'blackout'
  | 'retry'
  | 'maxBytes'
  | 'keep'
  | 'nextSlot'
  | 'lastSlot'
>

const DEFAULTS = {
  cron: null,
  afterScheduleId: null,
  timeZone: 'UTC',
  priority: 0,
  jitterSeconds: 0,
  blackout: [],
  retry: DEFAULT_RETRY,
  maxBytes: null,
  keep: null,
  nextSlot: null,
  lastSlot: null,
}

/** What was said, without what was not; either a time or a schedule to follow. */
function settled(asked: ScheduleSettings, now?: Schedule): Partial<Draft> {
  const { cron, afterScheduleId, repositoryId, timeZone, priority, jitterSeconds } = asked
  const { blackout, retry, maxBytes, keep } = asked
  const hasTime = cron !== undefined
  const follows = afterScheduleId !== undefined
  if (hasTime && follows) {
    throw new WrongUse({ why: 'a schedule goes either by time or after another one, not by both' })
  }
  if (!hasTime && !follows && now === undefined) {
    throw new WrongUse({ why: 'a schedule needs a time, or another schedule that it follows' })
  }
  if (timeZone !== undefined) requireTimeZone(timeZone)
  const told = { repositoryId, timeZone, priority, jitterSeconds, blackout, retry, maxBytes, keep }
  return {
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
    ...(hasTime && { cron: cron.trim(), afterScheduleId: null }),
    ...(follows && { cron: null, afterScheduleId }),
  }
}

/** One schedule, held against schedulers and other changes until the transaction ends. Throws NotFound. */
async function lockSchedule(sql: Sql, id: string): Promise<Schedule> {
  const [schedule] = await sql.query<Schedule>(
    `select ${COLUMNS} from ${FROM} where schedules.id = $1 and schedules.removed_at is null
     for update of schedules`,
    [id],
  )
  if (schedule === undefined) throw new NotFound({ kind: 'schedule', name: shortId(id) })
  return schedule
}

/** The first slot of a new timing: from now, or from the oldest slot that is due and has not fired. */
async function firstSlot(sql: Sql, draft: Draft): Promise<Date | null> {
  if (draft.cron === null || !draft.enabled) return null
  const now = (await catalogTime(sql)).getTime()
  const due = draft.nextSlot === null ? now : draft.nextSlot.getTime() - 1
  const after = Math.max(Math.min(now, due), draft.lastSlot?.getTime() ?? 0)
  const timing = Timing.parse(timingOf(draft, draft.cron))
  return new Timetable(timing, draft.id).nextSlot(new Date(after)) ?? null
}

async function write(
  sql: Sql,
  draft: Draft,
  nextSlot: Date | null,
  before?: Schedule,
): Promise<Schedule> {
  let { cron } = draft
  let nextFire: Date | null = null
  let period: number | null = null
  if (cron !== null) {
    const timetable = new Timetable(Timing.parse(timingOf(draft, cron)), draft.id)
    cron = timetable.expression
    nextFire = nextSlot && timetable.fireTime(nextSlot)
    period = knownPeriod(draft, before) ?? timetable.longestGap(await catalogTime(sql)) ?? null
  }
  await sql.query(
    `update schedules set cron = $2, after_schedule_id = $3, time_zone = $4, enabled = $5,
       priority = $6, jitter_seconds = $7, blackout = $8, retry = $9, max_bytes = $10,
       next_slot = $11, next_fire = $12, repository_id = $13, period_seconds = $14,
       keep = $15, revision = revision + 1 where id = $1`,
    [
      draft.id,
      cron,
      draft.afterScheduleId,
      draft.timeZone,
      draft.enabled,
      draft.priority,
      draft.jitterSeconds,
      JSON.stringify(draft.blackout),
      JSON.stringify(draft.retry),
      draft.maxBytes,
      nextSlot,
      nextFire,
      draft.repositoryId,
      period,
      draft.keep === null ? null : JSON.stringify(draft.keep),
    ],
  )
  await wakeSchedulers(sql)
  return await lockSchedule(sql, draft.id)
}

/** Hundreds of firings are looked at to find it: 30 ms, for nothing where the timing is as it was. */
function knownPeriod(draft: Draft, before: Schedule | undefined): number | null {
  if (before === undefined || draft.cron === null || before.cron === null) return null
  const isSame = isDeepStrictEqual(timingOf(draft, draft.cron), timingOf(before, before.cron))
  return isSame ? before.periodSeconds : null
}

/** Chains are changed by one at a time: two changes could otherwise close a ring together. */
async function lockChains(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtext('holdfast schedule chains'))`)
}

async function refuseCycle(sql: Sql, id: string, after: string): Promise<void> {
  await lockChains(sql)
  const chain = await sql.query<{ id: string; removed: boolean }>(
    `with recursive chain as (
       select id, after_schedule_id, removed_at from schedules where id = $1
       union select s.id, s.after_schedule_id, s.removed_at
       from schedules s join chain on s.id = chain.after_schedule_id)
     select id, removed_at is not null as removed from chain`,
    [after],
  )
  const first = chain.find(one => one.id === after)
  if (first === undefined || first.removed) {
    throw new NotFound({ kind: 'schedule', name: shortId(after) })
  }
  if (!chain.some(one => one.id === id)) return
  throw new WrongUse({
    why: `schedule ${shortId(id)} cannot follow ${shortId(after)}, which itself follows ${shortId(id)}`,
    hint: 'a chain of schedules must begin with one that goes by time',
  })
}
