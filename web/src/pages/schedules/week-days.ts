import type { Blackout, Calendar, Schedule } from '../../../../src/client/index.ts'
import { WEEKDAYS } from '../../parts/schedule-clock.ts'
import { wallTime } from '../../parts/zone.ts'
import { beginOf, dayOf } from '../backups/days.ts'

/** One run to come, or that was to come. */
export interface Fire {
  readonly schedule: string
  readonly source: string
  readonly at: number
}

/** A day of the week that is looked at, from midnight to midnight by the browser's clock. */
export interface Day {
  readonly name: string
  readonly from: Date
  readonly until: Date
}

/** A part of an hour in which a schedule does not fire: from and to are shares of it. */
export interface Closed {
  readonly from: number
  readonly to: number
}

const DAY_MINUTES = 24 * 60
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

const later = (day: Date, days: number): Date =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate() + days)

/** The Monday of the week that an address names, or of this one. */
export function mondayOf(text: string | undefined, now: number): Date {
  const named = beginOf(text)
  const day = named === undefined ? new Date(now) : new Date(named)
  return later(day, -((day.getDay() + 6) % 7))
}

export const weekName = (monday: Date, weeks: number): string => dayOf(later(monday, weeks * 7))

export const daysFrom = (monday: Date): readonly Day[] =>
  WEEKDAYS.map((_, at) => {
    const from = later(monday, at)
    return { name: dayOf(from), from, until: later(from, 1) }
  })

/** What fires, the earliest first. */
export const firesIn = (schedules: Calendar['schedules']): readonly Fire[] =>
  schedules
    .flatMap(({ id, source, firings }) =>
      firings.map(at => ({ schedule: id, source, at: Date.parse(at) })),
    )
    .toSorted((one, other) => one.at - other.at || one.source.localeCompare(other.source))

/** What fires by day and hour: `2026-11-22 7`. */
export function byHour(fires: readonly Fire[]): ReadonlyMap<string, readonly Fire[]> {
  const hours = new Map<string, Fire[]>()
  for (const fire of fires) {
    const time = new Date(fire.at)
    const name = `${dayOf(time)} ${time.getHours()}`
    const those = hours.get(name) ?? []
    hours.set(name, those)
    those.push(fire)
  }
  return hours
}

/** In which parts of an hour a schedule is kept from firing. */
export function closedIn(
  { blackout, timeZone }: Pick<Schedule, 'blackout' | 'timeZone'>,
  { from }: Day,
  hour: number,
): readonly Closed[] {
  if (blackout.length === 0) return []
  const begin = new Date(from.getFullYear(), from.getMonth(), from.getDate(), hour)
  const wall = new Date(wallTime(begin.getTime(), timeZone))
  const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes()
  const today = (wall.getUTCDay() + 6) % 7
  return blackout.flatMap(window =>
    // One that begins on the day before, or on the next one, may reach into this hour.
    [-1, 0, 1].flatMap(days => partOf(window, today + days, minute - days * DAY_MINUTES)),
  )
}

/** `minute` is where the hour begins, counted from the midnight of the day. */
function partOf({ days, from, to }: Blackout, day: number, minute: number): readonly Closed[] {
  const name = WEEKDAYS[(day + 7) % 7]
  if (!days.some(one => one === name)) return []
  const [start, end] = [minutesOf(from), minutesOf(to)]
  const length = end > start ? end - start : end + DAY_MINUTES - start
  const part = {
    from: Math.max(0, (start - minute) / 60),
    to: Math.min(1, (start + length - minute) / 60),
  }
  return part.to > part.from ? [part] : []
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return hour * 60 + minute
}
