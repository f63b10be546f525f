import { ownTimeZone } from '../data/own-time-zone.ts'

const MINUTE = 60_000

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  formats.set(timeZone, format)
  return format
}

/**
 * What a wall shows at an instant, to the minute, as if the wall hung in UTC. Both in ms. As in
 * src/core/wall-time.ts, of which the dashboard, like all that the client is, imports nothing.
 */
export function wallTime(instant: number, timeZone: string): number {
  const field: Record<string, number> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) {
    field[type] = Number(value)
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = field
  return Date.UTC(year, month - 1, day, hour, minute)
}

/** How many minutes the clocks of a zone are ahead of UTC. */
export const offsetOf = (instant: number, timeZone: string): number =>
  Math.round((wallTime(instant, timeZone) - Math.floor(instant / MINUTE) * MINUTE) / MINUTE)

/** Every zone that the browser knows. */
export const timeZones = (): readonly string[] => [
  ...new Set(['UTC', ownTimeZone(), ...Intl.supportedValuesOf('timeZone')]),
]

/** Whether a zone's clocks show something else than the browser's at a moment. */
export function differs(timeZone: string, instant: number): boolean {
  try {
    return offsetOf(instant, timeZone) !== offsetOf(instant, ownTimeZone())
  } catch {
    // A zone that this browser does not know.
    return false
  }
}
