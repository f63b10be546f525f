import { type Schedule as Row, timingOf } from '../../catalog/schedules.ts'
import { shortId } from '../../core/ids.ts'
import { type Firing, Timetable } from '../../core/schedule.ts'
import type { Schedule } from '../schema/schedules.ts'

/** Undefined where a schedule follows another one. */
export const timetableOf = (schedule: Row): Timetable | undefined =>
  schedule.cron === null ? undefined : new Timetable(timingOf(schedule, schedule.cron), schedule.id)

export function scheduleDocument(row: Row): Schedule {
  const words =
    timetableOf(row)?.words ?? `after schedule ${shortId(row.afterScheduleId ?? '')} completed`
  return { ...row, source: row.sourceName, repository: row.repositoryName, words }
}

export const firingOf = ({ slot, at, missed, missedMore }: Firing) => ({
  slot,
  at,
  alsoFor: missed.length + missedMore,
})
