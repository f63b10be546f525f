import { createHash } from 'node:crypto'
import { z } from 'zod'
import { WrongUse } from './faults.ts'
import { capital, WEEKDAYS } from './presets.ts'
import { LONGEST_EXPRESSION, Recurrence } from './recurrence.ts'
import { instantOf, wallTime } from './wall-time.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY_MINUTES = 24 * 60
const WEEK_MINUTES = 7 * DAY_MINUTES

const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day: those go from 00:00 to 23:59')

/** A time of the week in which nothing starts; one that ends before it begins ends on the next day. */
export const Blackout = z.object({
  /** The days on which it begins. */
  days: z.array(z.enum(WEEKDAYS)).min(1).max(7),
  from: TimeOfDay,
  to: TimeOfDay,
})
export type Blackout = z.infer<typeof Blackout>

/** When a schedule fires. */
export const Timing = z.object({
  /** Five or six fields of cron, or words such as `daily at 02:30`. */
  cron: z.string().min(1).max(LONGEST_EXPRESSION),
  timeZone: z.string().min(1).max(64),
  /** A slot fires up to this much later, each by its own chance, and before the next slot. */
  jitterSeconds: z.number().int().min(0).max(86_400).default(0),
  blackout: z.array(Blackout).max(20).default([]),
})
export type Timing = z.infer<typeof Timing>

/** More than this late, a slot was missed, and its run is to catch up. */
const LATE_MS = MINUTE
/** Nothing else is answered meanwhile. */
const PATIENCE_MS = 300
/** Clocks are not put forward or back by more than this. */
const MOST_SHIFT = 3 * HOUR
/** Weekends and the change of the clocks lie in so many days; rarer schedules are followed over so many gaps. */
const GAP_DAYS = 8
const FEWEST_GAPS = 3
/** As many slots that one run stands for are named on its record. */
const MOST_NAMED = 1000

/** One run to be: the slot it serves, and those that it stands for besides. */
export interface Firing {
  readonly slot: Date
  /** When it is to start. */
  readonly at: Date
  /** The slots before it that get no run of their own, earliest first. */
  readonly missed: readonly Date[]
  /** How many more of them there are than are named. */
  readonly missedMore: number
  /** It comes too late: its own time, or that of a slot it stands for, has passed unserved. */
  readonly isCatchUp: boolean
}

/** The slots of one schedule, and when they fire. */
export class Timetable {
  readonly #recurrence: Recurrence
  readonly #timing: Timing
  readonly #id: string

  /** `id` is the schedule's: its jitter hangs on it. Throws WrongUse where the timing cannot be. */
  constructor(timing: Timing, id: string) {
    this.#recurrence = new Recurrence(timing.cron, timing.timeZone)
    this.#timing = timing
    this.#id = id
    refuseEverlasting(timing.blackout)
  }

  /** The expression in its usual form, as it is to be kept. */
  get expression(): string {
    return this.#recurrence.expression
  }

  /** What it does, in a sentence for people. */
  get words(): string {
    const { timeZone, jitterSeconds, blackout } = this.#timing
    const later = jitterSeconds > 0 ? [`up to ${durationText(jitterSeconds)} later`] : []
    return [`${this.#recurrence.words} (${timeZone})`, ...later, ...blackout.map(inWords)].join(
      ', ',
    )
  }

  /** The first slot after an instant. */
  nextSlot(after: Date): Date | undefined {
    return this.#recurrence.next(after)
  }

  /** The slots after an instant and before another, at most so many. */
  slotsBetween(after: Date, before: Date, limit: number): Date[] {
    return this.#recurrence.between(after, before, limit)
  }

  /** When a slot fires: never before it, never after a later slot does, and not in a blackout. */
  fireTime(slot: Date): Date {
    return this.#afterBlackouts(new Date(slot.getTime() + this.#jitter(slot)))
  }

  /** The next so many firings after an instant; fewer where blackouts make them costly to find. */
  firings(after: Date, count: number): Firing[] {
    const all: Firing[] = []
    const began = performance.now()
    let slot = this.nextSlot(after)
    while (slot !== undefined && all.length < count && performance.now() - began < PATIENCE_MS) {
      const firing = this.#serve(slot, this.fireTime(slot), false)
      all.push(firing)
      slot = this.nextSlot(firing.slot)
    }
    return all
  }

  /**
   * When it fires from an instant on and before another, at most so many times: the slots that a blackout holds
   * back fire once, at its end.
   */
  fireTimes(from: Date, before: Date, limit: number): Date[] {
    const times: Date[] = []
    let slot = this.#firstFiredFrom(from)
    while (slot !== undefined && times.length < limit) {
      const at = this.fireTime(slot)
      if (at >= before) break
      times.push(at)
      slot = this.nextSlot(this.#timing.blackout.length > 0 ? this.#newestBy(slot, at) : slot)
    }
    return times
  }

  /** The first slot that fires at an instant or later; it may be before it. */
  #firstFiredFrom(instant: Date): Date | undefined {
    const { jitterSeconds, blackout } = this.#timing
    const later = jitterSeconds * SECOND + (blackout.length > 0 ? WEEK_MINUTES * MINUTE : 0)
    const first = this.nextSlot(new Date(instant.getTime() - later - 1))
    if (first === undefined || this.fireTime(first) >= instant) return first
    return this.nextSlot(this.#newestBy(first, new Date(instant.getTime() - 1)))
  }

  /** How many slots there are from an instant on and before another. */
  countSlots(from: Date, before: Date): number {
    return this.#recurrence.count(new Date(from.getTime() - 1), before)
  }

  /**
   * About the longest time between two firings, in seconds, over the days after an instant: nights and
   * weekends that the schedule leaves out are in it, and the most that jitter may add, also by leading into a
   * blackout. Undefined where it fires once more at most.
   */
  longestGap(after: Date): number | undefined {
    const first = this.nextSlot(after)
    if (first === undefined) return undefined
    let [last, longest] = [this.#earliest(first), 0]
    const end = last + GAP_DAYS * DAY_MINUTES * MINUTE
    for (let seen = 0; seen < FEWEST_GAPS || last < end; seen += 1) {
      const next = this.nextSlot(new Date(last))
      if (next === undefined) break
      longest = Math.max(longest, this.#latest(next) - last)
      const soon = this.#earliest(next)
      // Of a schedule that fires every few minutes, one firing an hour tells enough.
      const hop = soon - last < HOUR ? this.nextSlot(new Date(last + HOUR)) : next
      if (hop === undefined) break
      longest = Math.max(longest, this.#latest(hop) - last - HOUR)
      last = this.#earliest(hop)
    }
    return longest === 0 ? undefined : longest / SECOND
  }

  /** When a slot fires that chance moves by nothing. */
  #earliest(slot: Date): number {
    return this.#afterBlackouts(slot).getTime()
  }

  /** When a slot fires that chance moves as far as it may. */
  #latest(slot: Date): number {
    const later = this.#mostJitter(slot) * SECOND
    return this.#afterBlackouts(new Date(slot.getTime() + later)).getTime()
  }

  /**
   * What is to be fired now, when `first` is the earliest slot without a record: one run for all slots
   * that were missed, one for each that is in time, and one for all that a blackout held back.
   */
  due(first: Date, now: Date): Firing[] {
    const isLate = now.getTime() - this.fireTime(first).getTime() > LATE_MS
    const all: Firing[] = []
    let slot: Date | undefined = first
    while (slot !== undefined && this.fireTime(slot) <= now) {
      const firing = this.#serve(slot, isLate ? now : this.fireTime(slot), isLate)
      all.push(firing)
      slot = this.nextSlot(firing.slot)
    }
    return all
  }

  /** One run for `first` and all slots after it that have fired by `now`. */
  #serve(first: Date, now: Date, isCatchUp: boolean): Firing {
    const slot = this.#newestBy(first, now)
    const isAlone = slot.getTime() === first.getTime()
    const after = isAlone ? [] : this.#recurrence.between(first, slot, MOST_NAMED - 1)
    const missed = isAlone ? [] : [first, ...after]
    const last = missed.length === MOST_NAMED ? missed.at(-1) : undefined
    const missedMore = last === undefined ? 0 : this.#recurrence.count(last, slot)
    return { slot, at: this.fireTime(slot), missed, missedMore, isCatchUp }
  }

  /** The newest slot that has fired by `now`; `known` is one that has. Halves the time between. */
  #newestBy(known: Date, now: Date): Date {
    let newest = known
    let end = now.getTime()
    const hasFired = (slot: Date | undefined): slot is Date =>
      slot !== undefined && this.fireTime(slot) <= now
    for (;;) {
      const next = this.nextSlot(newest)
      if (!hasFired(next)) return newest
      const middle = Math.floor((next.getTime() + end) / 2)
      const further = this.nextSlot(new Date(middle))
      if (hasFired(further)) newest = further
      else {
        newest = next
        end = middle
      }
    }
  }

  /** By chance, but the same on every node; always before the next slot, so that slots keep their order. */
  #jitter(slot: Date): number {
    const most = this.#mostJitter(slot)
    if (most === 0) return 0
    const hash = createHash('sha256').update(`${this.#id} ${slot.toISOString()}`).digest()
    return Math.floor((hash.readUIntBE(0, 6) / 2 ** 48) * (most + 1)) * SECOND
  }

  /** In seconds. */
  #mostJitter(slot: Date): number {
    if (this.#timing.jitterSeconds === 0) return 0
    const next = this.nextSlot(slot)
    const gap = next === undefined ? Infinity : (next.getTime() - slot.getTime()) / SECOND - 1
    return Math.min(this.#timing.jitterSeconds, gap)
  }

  /** The instant itself, or the end of the blackouts that it falls into. */
  #afterBlackouts(instant: Date): Date {
    let free = instant
    for (let moved = true; moved; ) {
      const end = this.#blackoutEnd(free)
      moved = end !== undefined
      if (end !== undefined) free = end
    }
    return free
  }

  #blackoutEnd(instant: Date): Date | undefined {
    const { blackout, timeZone } = this.#timing
    if (blackout.length === 0) return undefined
    const wall = wallTime(instant, timeZone)
    const today = wall.getTime() - (wall.getTime() % (DAY_MINUTES * MINUTE))
    for (const midnight of [today - DAY_MINUTES * MINUTE, today]) {
      const day = WEEKDAYS[new Date(midnight).getUTCDay()]
      for (const { from, length } of windowsOn(blackout, day)) {
        const start = midnight + from * MINUTE
        // Far from it whatever the clocks do: to find instants costs more than all the rest.
        const shown = wall.getTime()
        if (shown < start - MOST_SHIFT || shown > start + length * MINUTE + MOST_SHIFT) continue
        const end = instantOf(new Date(start + length * MINUTE), timeZone)
        if (instantOf(new Date(start), timeZone) <= instant && instant < end) return end
      }
    }
    return undefined
  }
}

interface Window {
  /** In minutes after midnight. */
  readonly from: number
  /** In minutes. */
  readonly length: number
}

const windowsOn = (blackout: readonly Blackout[], day: string | undefined): Window[] =>
  blackout.filter(({ days }) => days.some(one => one === day)).map(windowOf)

function windowOf({ from, to }: Blackout): Window {
  const [start, end] = [minutesOf(from), minutesOf(to)]
  return { from: start, length: end > start ? end - start : end + DAY_MINUTES - start }
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return hour * 60 + minute
}

/** Blackouts that leave no minute of the week would hold every slot back for ever. */
function refuseEverlasting(blackout: readonly Blackout[]): void {
  const closed = new Set<number>()
  for (const [number, day] of WEEKDAYS.entries()) {
    for (const { from, length } of windowsOn(blackout, day)) {
      const start = number * DAY_MINUTES + from
      for (let at = start; at < start + length; at += 1) closed.add(at % WEEK_MINUTES)
    }
  }
  if (closed.size < WEEK_MINUTES) return
  throw new WrongUse({
    why: 'the blackouts leave no minute of the week in which this schedule could fire',
    hint: 'make them shorter, or disable the schedule instead',
  })
}

function inWords({ days, from, to }: Blackout): string {
  const names = days.length === 7 ? 'any day' : days.map(capital).join(', ')
  return `not on ${names} from ${from} to ${to}`
}

const UNITS = [
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const

function durationText(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds % size === 0) ?? [1, 'second']
  const count = seconds / size
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
