import { setImmediate as breathe } from 'node:timers/promises'
import type { z } from 'zod'
import { type TimedSchedule, timedSchedules } from '../../catalog/firings.ts'
import { timingOf } from '../../catalog/schedules.ts'
import { WrongUse } from '../../core/faults.ts'
import { Timetable, type Timing } from '../../core/schedule.ts'
import { type Route, route } from '../route.ts'
import { Calendar, CalendarQuery, MOST_A_DAY, MOST_IN_CALENDAR } from '../schema/schedules.ts'

type Range = z.output<typeof CalendarQuery>
type Fired = Pick<Calendar['schedules'][number], 'firings' | 'often'>

const DAY_MS = 86_400_000
/** Everybody else is waited for between two pieces of work of this length. */
const PIECE_MS = 10

/** To find out takes about a millisecond each; the dashboard asks again and again for the same week. */
const known = new Map<string, Fired>()
const MOST_KNOWN = 5_000

export const scheduleCalendarRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/schedules/calendar',
    summary: 'When every enabled schedule fires in a time of up to eight days',
    area: 'schedules',
    needs: 'viewer',
    shared: true,
    atOnce: { perCaller: 2, all: 8 },
    query: CalendarQuery,
    answer: Calendar,
    handle: async ({ query }, { catalog }) => ({
      document: await calendarOf(await timedSchedules(catalog), query),
    }),
  }),
]

async function calendarOf(schedules: readonly TimedSchedule[], range: Range): Promise<Calendar> {
  const all: Calendar['schedules'] = []
  let began = performance.now()
  for (const one of schedules) {
    if (performance.now() - began > PIECE_MS) {
      await breathe()
      began = performance.now()
    }
    const { id, sourceName: source, sourceId } = one
    const fired = firedBy(one, range)
    if (fired.firings.length > 0 || fired.often) all.push({ id, source, sourceId, ...fired })
  }
  return { ...range, ...cut(all, range.until) }
}

/** The earliest firings, where there are too many of them. */
function cut(
  schedules: Calendar['schedules'],
  until: Date,
): Pick<Calendar, 'schedules' | 'completeUntil'> {
  const times = schedules.flatMap(one => one.firings.map(at => at.getTime())).sort((a, b) => a - b)
  const end = times[MOST_IN_CALENDAR]
  if (end === undefined) return { schedules, completeUntil: until }
  const left = schedules
    .map(one => ({ ...one, firings: one.firings.filter(at => at.getTime() < end) }))
    .filter(one => one.firings.length > 0 || one.often !== null)
  return { schedules: left, completeUntil: new Date(end) }
}

function firedBy(schedule: TimedSchedule, range: Range): Fired {
  const timing = timingOf(schedule, schedule.cron)
  // Without jitter, all that have the same timing fire at the same times.
  const id = timing.jitterSeconds > 0 ? schedule.id : ''
  const name = JSON.stringify([timing, id, range])
  const fired = known.get(name) ?? firedIn(range, timing, schedule.id)
  known.delete(name)
  known.set(name, fired)
  const [oldest] = known.keys()
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest)
  return fired
}

const NEVER: Fired = { firings: [], often: null }

function firedIn({ from, until }: Range, timing: Timing, id: string): Fired {
  const timetable = timetableOf(timing, id)
  if (timetable === undefined) return NEVER
  const days = Math.max(1, (until.getTime() - from.getTime()) / DAY_MS)
  const most = Math.ceil(days * MOST_A_DAY)
  const firings = timetable.fireTimes(from, until, most + 1)
  const [first] = firings
  if (first === undefined || firings.length <= most) return { firings, often: null }
  const slots = timetable.slotsBetween(new Date(from.getTime() - 1), until, most + 1)
  const gaps = slots.slice(1).map((slot, at) => slot.getTime() - (slots[at]?.getTime() ?? 0))
  const count = timetable.countSlots(from, until)
  return { firings: [], often: { first, everySeconds: median(gaps) / 1000, count } }
}

/** Nights and weekends that are left out are no usual gaps. */
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Undefined where it cannot fire any more, as its time zone is gone: the scheduler says so when it is due. */
function timetableOf(timing: Timing, id: string): Timetable | undefined {
  try {
    return new Timetable(timing, id)
  } catch (error) {
    if (error instanceof WrongUse) return undefined
    throw error
  }
}
