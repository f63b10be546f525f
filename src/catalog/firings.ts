import type { Sql } from './db.ts'
import type { Schedule } from './schedules.ts'

/** A schedule and a time of it. */
export interface FiringOf {
  readonly schedule: string
  readonly source: string
  readonly at: Date
}

/** What fires next, what fired last, and how many schedules should have fired and have not. */
export interface FiringsAround {
  readonly next: FiringOf | null
  readonly last: (FiringOf & { readonly run: string | null }) | null
  readonly overdue: number
}

/** A schedule is fired within seconds of its time; later than this, nobody fires. */
const LATE = `interval '1 minute'`

export async function firingsAround(sql: Sql): Promise<FiringsAround> {
  const [next] = await sql.query<FiringOf>(
    `select schedules.id as schedule, sources.name as source, next_fire as at
     from schedules join sources on sources.id = source_id
     where enabled and schedules.removed_at is null and next_fire is not null
     order by next_fire, schedules.id limit 1`,
  )
  const [last] = await sql.query<FiringOf & { run: string | null }>(
    `select schedules.id as schedule, sources.name as source, last_run_at as at,
       (select id from runs where schedule_id = schedules.id
         order by queued_at desc, id desc limit 1) as run
     from schedules join sources on sources.id = source_id
     where schedules.removed_at is null and last_run_at is not null
     order by last_run_at desc, schedules.id limit 1`,
  )
  const [late] = await sql.query<{ count: number }>(
    `select count(*)::int as count from schedules
     where enabled and removed_at is null and next_fire is not null
       and next_fire < (select clock_now()) - ${LATE}`,
  )
  return { next: next ?? null, last: last ?? null, overdue: late?.count ?? 0 }
}

/** A schedule that fires by time, as far as it matters when. */
export type TimedSchedule = Pick<
  Schedule,
  'id' | 'sourceId' | 'sourceName' | 'timeZone' | 'jitterSeconds' | 'blackout'
> & { readonly cron: string }

/** The enabled schedules that go by time, by source. */
export const timedSchedules = (sql: Sql): Promise<TimedSchedule[]> =>
  sql.query<TimedSchedule>(
    `select schedules.id, source_id as "sourceId", sources.name as "sourceName", cron,
       time_zone as "timeZone", jitter_seconds as "jitterSeconds", blackout
     from schedules join sources on sources.id = source_id
     where enabled and schedules.removed_at is null and cron is not null
     order by lower(sources.name), schedules.created_at, schedules.id`,
  )
