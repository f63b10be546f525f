import { type Schedule as Row, timingOf } from '../../catalog/schedules.ts'
import { shortId } from '../../core/ids.ts'
import { type Firing, Timetable } from '../../core/schedule.ts'
import type { Schedule } from '../schema/schedules.ts'

/** Undefined where a schedule follows another one. */
export const timetableOf = (schedule: Row): Timetable | undefined =>
  schedule.cron === null ? undefined : new Timetable(timingOf(schedule, schedule.cron), schedule.id)

export function scheduleDocument(row: Row): Schedule {
  const words = wordsOf(row) ?? `after schedule ${shortId(row.afterScheduleId ?? '')} completed`
  return { ...row, source: row.sourceName, repository: row.repositoryName, words }
}

/** To understand an expression takes longer than to read a schedule, and lists are full of the same few. */
const known = new Map<string, string | undefined>()
const MOST_KNOWN = 2_000

function wordsOf(row: Row): string | undefined {
  const timing = JSON.stringify([row.cron, row.timeZone, row.jitterSeconds, row.blackout])
  if (!known.has(timing)) {
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(timing, timetableOf(row)?.words)
  }
  return known.get(timing)
}

export const firingOf = ({ slot, at, missed, missedMore }: Firing) => ({
  slot,
  at,
  alsoFor: missed.length + missedMore,
})
