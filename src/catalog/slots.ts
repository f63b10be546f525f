import { reason } from '../core/fault.ts'
import { shortId } from '../core/ids.ts'
import type { RunTrigger } from '../core/run.ts'
import { type Firing, Timetable, Timing } from '../core/schedule.ts'
import { audit } from './audit.ts'
import type { Catalog, Sql } from './db.ts'
import { insertRuns, type NewRun, type Run } from './runs.ts'
import { type Schedule, timingOf, wakeSchedulers } from './schedules.ts'
import { readSetting, type Setting, writeSetting } from './settings.ts'

/** What one round of firing did. */
export interface Fired {
  /** Schedules that were due and nobody else was serving. */
  readonly schedules: number
  readonly queued: number
  readonly skipped: number
  /** Why schedules were disabled that cannot fire any more. */
  readonly unfit: readonly string[]
}

/** A schedule as its runs need it. */
type Claimed = Pick<
  Schedule,
  | 'id'
  | 'sourceId'
  | 'repositoryId'
  | 'timeZone'
  | 'priority'
  | 'jitterSeconds'
  | 'blackout'
  | 'retry'
  | 'maxBytes'
> & { readonly host: string }

interface DueSchedule extends Claimed {
  readonly cron: string
  readonly nextSlot: Date
  readonly now: Date
}

const CLAIMED = `schedules.id, source_id as "sourceId", repository_id as "repositoryId",
  time_zone as "timeZone", priority, jitter_seconds as "jitterSeconds", blackout, retry,
  max_bytes::float8 as "maxBytes", sources.host`

/** Due: the scalar sub-select lets the index answer it, which a volatile function would not. */
const DUE = `enabled and schedules.removed_at is null and next_fire is not null
  and next_fire <= (select clock_now())`

/**
 * Fires at most `limit` schedules that are due, earliest first: their runs are made and their next slots
 * set in one transaction. Several nodes may do this at the same time; each schedule is served by one.
 */
export async function fireDue(
  catalog: Pick<Catalog, 'transaction'>,
  limit: number,
): Promise<Fired> {
  return await catalog.transaction(async sql => {
    if ((await readSetting(sql, 'scheduler')) === 'stopped') return NOTHING
    const due = await sql.query<DueSchedule>(
      `select ${CLAIMED}, cron, next_slot as "nextSlot", (select clock_now()) as now
       from schedules join sources on sources.id = source_id
       where ${DUE} order by next_fire, schedules.id limit $1 for update of schedules skip locked`,
      [limit],
    )
    const plans = due.map(planOf)
    const runs = plans.flatMap(plan => plan.runs).sort(inOrder)
    const { queued, skipped } = runs.length === 0 ? NO_RUNS : await insertRuns(sql, runs)
    await advance(sql, plans)
    const unfit = plans.flatMap(plan => plan.unfit ?? [])
    for (const plan of plans) await disableUnfit(sql, plan)
    return { schedules: due.length, queued: queued.length, skipped: skipped.length, unfit }
  })
}

const NOTHING: Fired = { schedules: 0, queued: 0, skipped: 0, unfit: [] }
const NO_RUNS = { queued: [], skipped: [] }

/** Starts the schedules that follow the one whose run has completed; within the transaction that completes it. */
export async function insertFollowers(sql: Sql, run: Run): Promise<void> {
  if (run.scheduleId === null || run.kind !== 'backup') return
  const followers = await sql.query<Claimed>(
    `select ${CLAIMED} from schedules join sources on sources.id = source_id
     where after_schedule_id = $1 and enabled and schedules.removed_at is null
     order by priority desc, schedules.id`,
    [run.scheduleId],
  )
  if (followers.length === 0) return
  // Held: whoever starts the scheduler meanwhile waits for this run, and then catches up.
  await sql.query(`select from settings where name = 'scheduler' for share`)
  if ((await readSetting(sql, 'scheduler')) === 'stopped') return
  await follow(
    sql,
    followers.map(schedule => followerRun(schedule, 'after', run.id)),
  )
}

/** Starts followers once each for the newest run that they would have followed while nothing fired. */
async function catchUpFollowers(sql: Sql, stoppedAt: Date): Promise<void> {
  const missed = await sql.query<Claimed & { readonly followed: string }>(
    `select ${CLAIMED}, followed.id as followed
     from schedules join sources on sources.id = source_id, lateral (
       select id from runs where schedule_id = after_schedule_id and kind = 'backup'
         and state = 'completed' and finished_at >= greatest($1, schedules.created_at)
       order by finished_at desc limit 1) as followed
     where enabled and schedules.removed_at is null and not exists
       (select from runs where idempotency_key = schedules.id || ' after ' || followed.id)`,
    [stoppedAt],
  )
  await follow(
    sql,
    missed.map(({ followed, ...schedule }) => followerRun(schedule, 'catch-up', followed)),
  )
}

const followerRun = (schedule: Claimed, trigger: RunTrigger, followed: string): NewRun => ({
  ...runOf(schedule, trigger),
  idempotencyKey: `${schedule.id} after ${followed}`,
})

async function follow(sql: Sql, runs: readonly NewRun[]): Promise<void> {
  if (runs.length === 0) return
  await insertRuns(sql, runs.toSorted(inOrder))
  await sql.query('update schedules set last_run_at = clock_now() where id = any($1)', [
    runs.map(run => run.scheduleId),
  ])
}

/** Starts or stops all firing, in a transaction. What was missed meanwhile is caught up after the start. */
export async function setScheduler(sql: Sql, to: Setting<'scheduler'>): Promise<void> {
  const [stopped] = await sql.query<{ at: Date }>(
    `select changed_at as at from settings where name = 'scheduler' and value = '"stopped"' for update`,
  )
  if ((stopped === undefined) === (to === 'running')) return
  await writeSetting(sql, 'scheduler', to)
  if (stopped !== undefined) await catchUpFollowers(sql, stopped.at)
  await wakeSchedulers(sql)
}

/** Whether schedules fire, and when. */
export interface SlotsStatus {
  readonly state: Setting<'scheduler'>
  readonly nextFire: Date | null
  readonly lastFire: Date | null
  /** Schedules that wait for a clock that was set back to get where it has been already. */
  readonly aheadOfClock: number
}

export async function slotsStatus(sql: Sql): Promise<SlotsStatus> {
  const state = await readSetting(sql, 'scheduler')
  const [row] = await sql.query<Omit<SlotsStatus, 'state'>>(
    `select min(next_fire) as "nextFire", max(last_run_at) as "lastFire",
       (count(*) filter (where enabled and last_slot > (select clock_now()) + interval '1 minute'
         and next_slot > last_slot))::int as "aheadOfClock"
     from schedules where removed_at is null`,
  )
  return { state, nextFire: null, lastFire: null, aheadOfClock: 0, ...row }
}

/** Milliseconds until the next schedule is due; undefined while there is none, or firing is stopped. */
export async function untilDue(sql: Sql): Promise<number | undefined> {
  const [row] = await sql.query<{ wait: number }>(
    `select extract(epoch from next_fire - (select clock_now()))::float8 * 1000 as wait
     from schedules where enabled and removed_at is null and next_fire is not null
       and not exists (select from settings where name = 'scheduler' and value = '"stopped"')
     order by next_fire limit 1`,
  )
  return row?.wait
}

/** What becomes of a schedule that is due. */
interface Plan {
  readonly schedule: DueSchedule
  readonly runs: readonly NewRun[]
  readonly nextSlot: Date | null
  readonly nextFire: Date | null
  readonly lastSlot: Date | null
  /** Why it cannot fire at all any more. */
  readonly unfit?: string
}

function planOf(schedule: DueSchedule): Plan {
  try {
    const { id, cron, nextSlot: first, now } = schedule
    const timetable = new Timetable(Timing.parse(timingOf(schedule, cron)), id)
    const firings = timetable.due(first, now)
    const runs = firings.map(firing => slotRun(schedule, firing))
    const lastSlot = firings.at(-1)?.slot ?? null
    const nextSlot = (lastSlot === null ? first : timetable.nextSlot(lastSlot)) ?? null
    const nextFire = nextSlot && timetable.fireTime(nextSlot)
    return { schedule, runs, nextSlot, nextFire, lastSlot }
  } catch (error) {
    // Its time zone may have left the database of zones: no reason to keep all other schedules from firing.
    const unfit = `schedule ${shortId(schedule.id)} was disabled: ${reason(error)}`
    return { schedule, runs: [], nextSlot: null, nextFire: null, lastSlot: null, unfit }
  }
}

const slotRun = (schedule: Claimed, firing: Firing): NewRun => ({
  ...runOf(schedule, firing.isCatchUp ? 'catch-up' : 'schedule'),
  slot: firing.slot,
  missedSlots: firing.missed,
  missedMore: firing.missedMore,
})

function runOf(schedule: Claimed, trigger: RunTrigger): NewRun {
  const { id, sourceId, repositoryId, host, priority, retry, maxBytes } = schedule
  return {
    kind: 'backup',
    sourceId,
    repositoryId,
    scheduleId: id,
    trigger,
    triggeredBy: `schedule ${shortId(id)}`,
    lockKey: `source:${sourceId}`,
    host,
    request: maxBytes === null ? {} : { maxBytes },
    priority,
    retry,
  }
}

/**
 * By source, in the same order on every node, so that nodes that insert runs of the same sources do not wait
 * for each other in a circle. Of one source, the higher priority goes first, then the earlier slot.
 */
function inOrder(a: NewRun, b: NewRun): number {
  if (a.lockKey !== b.lockKey) return a.lockKey < b.lockKey ? -1 : 1
  return b.priority - a.priority || (a.slot?.getTime() ?? 0) - (b.slot?.getTime() ?? 0)
}

async function advance(sql: Sql, plans: readonly Plan[]): Promise<void> {
  if (plans.length === 0) return
  const rows = plans.map(({ schedule, nextSlot, nextFire, lastSlot }) => ({
    id: schedule.id,
    next_slot: nextSlot,
    next_fire: nextFire,
    last_slot: lastSlot,
  }))
  await sql.query(
    `update schedules set next_slot = new.next_slot, next_fire = new.next_fire,
       last_slot = coalesce(new.last_slot, schedules.last_slot),
       last_run_at = case when new.last_slot is null then last_run_at else clock_now() end
     from jsonb_to_recordset($1::jsonb) as new (id uuid, next_slot timestamptz,
       next_fire timestamptz, last_slot timestamptz)
     where schedules.id = new.id`,
    [JSON.stringify(rows)],
  )
}

async function disableUnfit(sql: Sql, { schedule, unfit }: Plan): Promise<void> {
  if (unfit === undefined) return
  await sql.query('update schedules set enabled = false, revision = revision + 1 where id = $1', [
    schedule.id,
  ])
  await audit(sql, {
    actor: 'scheduler',
    action: 'schedule.disable',
    objectKind: 'schedule',
    objectId: schedule.id,
    result: 'failed',
    details: { reason: unfit },
  })
}
