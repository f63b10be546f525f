import { Timetable, type Timing } from '../../core/schedule.ts'
import { clockChanges, wallTime } from '../../core/wall-time.ts'
import type { PreviewedSchedule } from '../schema/schedules.ts'
import { firingOf } from './schedule-document.ts'

const MINUTE = 60_000
const YEAR = 366 * 24 * 60 * MINUTE
/** Runs closer than this usually meet the one before still at work. */
const CLOSE_SECONDS = 300
/** Its jitter hangs on its id, which it gets when it is added. */
const NO_ID = 'preview'

/** What a schedule would do. Throws WrongUse where it cannot be. */
export function preview(timing: Timing, now: Date, count: number): PreviewedSchedule {
  const timetable = new Timetable(timing, NO_ID)
  const firings = timetable.firings(now, count)
  const periodSeconds = timetable.longestGap(now) ?? null
  const local = (instant: Date) =>
    wallTime(instant, timing.timeZone).toISOString().slice(0, 16).replace('T', ' ')
  const [first, second] = firings
  const isClose = first && second && second.at.getTime() - first.at.getTime() < CLOSE_SECONDS * 1000
  return {
    cron: timetable.expression,
    words: timetable.words,
    periodSeconds,
    firings: firings.map(one => Object.assign(firingOf(one), { local: local(one.at) })),
    warnings: [
      ...missingDays(timetable.expression),
      ...(isClose ? ['a run that is due while the one before is still at work is skipped'] : []),
      ...changesOfClocks(timetable, timing.timeZone, now, local),
    ],
  }
}

/** Cron leaves out the months that lack the day. */
function missingDays(expression: string): string[] {
  const [, , day = '', month = ''] = expression.split(' ').slice(-5)
  if (!/^(29|30|31)$/.test(day) || month !== '*') return []
  return [
    `months without a day ${day} are left out; \`monthly on day ${day} at 02:30\` takes their last day`,
  ]
}

/** The next change of the clocks forward, and back, where a firing falls into it. */
function changesOfClocks(
  timetable: Timetable,
  timeZone: string,
  now: Date,
  local: (instant: Date) => string,
): string[] {
  const changes = clockChanges(now, new Date(now.getTime() + YEAR), timeZone)
  return changes.slice(0, 2).flatMap(({ at, minutes }) => {
    const length = Math.abs(minutes) * MINUTE
    const on = local(at).slice(0, 10)
    const slots = (from: number, to: number) =>
      timetable.slotsBetween(new Date(from - 1), new Date(to), 1).length > 0
    if (minutes > 0) {
      if (!slots(at.getTime(), at.getTime() + 1)) return []
      return [
        `on ${on} the clocks go forward to ${local(at).slice(11)}: what is due in the time that is left out starts then`,
      ]
    }
    const before = slots(at.getTime() - length, at.getTime())
    const after = slots(at.getTime(), at.getTime() + length)
    if (!before && !after) return []
    const how = before && after ? 'it fires in both of them' : 'it fires in one of them only'
    return [`on ${on} the clocks go back to ${local(at).slice(11)} and an hour comes twice: ${how}`]
  })
}
