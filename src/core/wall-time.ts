/** Clock and calendar as they hang on a wall in one time zone, and how they relate to real time. */

const SECOND = 1000
const DAY = 86_400 * SECOND

const formats = new Map<string, Intl.DateTimeFormat>()

/** Throws RangeError where there is no such time zone. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timeZone, format)
  return format
}

/** What a wall shows at an instant, to the second, as if the wall hung in UTC: made to be read with `getUTC…`. */
export function wallTime(instant: Date, timeZone: string): Date {
  const field: Record<string, number> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) {
    field[type] = Number(value)
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = field
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second))
}

/** How far the wall is ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const whole = Math.floor(instant / SECOND) * SECOND
  return wallTime(new Date(whole), timeZone).getTime() - whole
}

/**
 * The instant at which a wall shows this: the first one where it is shown twice, and where it is never
 * shown, because clocks went forward over it, the moment in which they did.
 */
export function instantOf(wall: Date, timeZone: string): Date {
  const shown = wall.getTime()
  const before = shown - offsetAt(shown - DAY, timeZone)
  const after = shown - offsetAt(shown + DAY, timeZone)
  for (const instant of [Math.min(before, after), Math.max(before, after)]) {
    if (instant + offsetAt(instant, timeZone) === shown) return new Date(instant)
  }
  return new Date(changeBetween(after, before, timeZone))
}

/** The first instant after `from` whose offset is that of `to`. */
function changeBetween(from: number, to: number, timeZone: string): number {
  const offset = offsetAt(to, timeZone)
  let [low, high] = [from, to]
  while (high - low > SECOND) {
    const middle = Math.floor((low + high) / 2 / SECOND) * SECOND
    if (offsetAt(middle, timeZone) === offset) high = middle
    else low = middle
  }
  return high
}

/** A moment in which the clocks of a time zone are put forward (more minutes) or back (fewer). */
export interface ClockChange {
  readonly at: Date
  readonly minutes: number
}

/** The changes of a zone's clocks after an instant and before another. */
export function clockChanges(after: Date, before: Date, timeZone: string): ClockChange[] {
  const found: ClockChange[] = []
  for (let from = after.getTime(); from < before.getTime(); from += DAY) {
    const to = Math.min(from + DAY, before.getTime())
    const minutes = (offsetAt(to, timeZone) - offsetAt(from, timeZone)) / (60 * SECOND)
    if (minutes !== 0) found.push({ at: new Date(changeBetween(from, to, timeZone)), minutes })
  }
  return found
}

/** Whether this runtime knows a time zone of that name: one of the IANA database, no bare offset. */
export function isTimeZone(name: string): boolean {
  if (name.length > 64 || !/^[A-Za-z]/.test(name)) return false
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}
