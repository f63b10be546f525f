import { Cron, CronPattern } from 'croner'
import { reason } from './fault.ts'
import { WrongUse } from './faults.ts'
import { capital, isInWords, MONTHS, readPreset, two, WEEKDAYS } from './presets.ts'
import { instantOf, isTimeZone, wallTime } from './wall-time.ts'

const MODE = '5-or-6-parts'
const HOUR = 3_600_000
const DAY = 24 * HOUR
export const LONGEST_EXPRESSION = 120

/** A schedule that has no slot after this has none at all: no pattern names a year. */
const LONG_AGO = new Date('2000-01-01T00:00:00Z')

/** Throws WrongUse where nobody knows a time zone of that name. */
export function requireTimeZone(name: string): void {
  if (isTimeZone(name)) return
  const why = `there is no time zone called ${name.slice(0, 64)}`
  throw new WrongUse({ why, hint: 'use a name of the IANA database, such as Europe/Berlin' })
}

/** When something recurs in one time zone: cron fields, or words that stand for them. */
export class Recurrence {
  /** The expression in its usual form: lower case where it is words, single spaces. */
  readonly expression: string
  readonly timeZone: string
  /** What it means, for people, without the time zone. */
  readonly words: string
  readonly #crons: readonly Cron[]
  readonly #perHour: number
  readonly #perDay: number
  /** The slot that was asked for last: the next question is often the same. */
  #last: { after: number; slot: Date | undefined } | undefined

  /** Throws WrongUse, saying what is wrong with it. */
  constructor(expression: string, timeZone: string) {
    requireTimeZone(timeZone)
    const { text, patterns, words } = readExpression(expression)
    this.expression = text
    this.timeZone = timeZone
    this.words = words
    this.#crons = patterns.map(pattern => parseCron(pattern, timeZone))
    const { second, minute, hour } = new CronPattern(patterns[0] ?? '', timeZone, { mode: MODE })
    this.#perHour = sum(second) * sum(minute)
    this.#perDay = this.#perHour * sum(hour)
    if (this.next(LONG_AGO) === undefined) {
      const why = `the schedule ${text} never comes: no month that it names has such a day`
      throw new WrongUse({
        why,
        hint: 'for the last day of a month use L, or words: `monthly on day 31`',
      })
    }
  }

  /** The first slot after an instant. */
  next(after: Date): Date | undefined {
    if (this.#last?.after === after.getTime()) return this.#last.slot
    const found = this.#crons.map(cron => cron.nextRun(after)).filter(slot => slot !== null)
    const [first, ...others] = found
    const slot = first && others.reduce((least, one) => (one < least ? one : least), first)
    this.#last = { after: after.getTime(), slot }
    return slot
  }

  /** The slots after an instant and before another, at most so many. */
  between(after: Date, before: Date, limit: number): Date[] {
    const slots: Date[] = []
    let slot = this.next(after)
    while (slot !== undefined && slot < before && slots.length < limit) {
      slots.push(slot)
      slot = this.next(slot)
    }
    return slots
  }

  /** How many slots there are after an instant and before another; whole days and hours at one go. */
  count(after: Date, before: Date): number {
    let total = 0
    let seen = after
    for (;;) {
      const slot = this.next(seen)
      if (slot === undefined || slot >= before) return total
      const [count, end] = this.#regular(slot, seen, before) ?? [1, slot]
      total += count
      seen = end
    }
  }

  /** The slots of the day, or else of the hour, that begins with this one, if no clock was changed near it. */
  #regular(slot: Date, seen: Date, before: Date): [number, Date] | undefined {
    const wall = wallTime(slot, this.timeZone).getTime()
    for (const [length, count] of [
      [DAY, this.#perDay],
      [HOUR, this.#perHour],
    ] as const) {
      const start = wall - (wall % length)
      const from = instantOf(new Date(start), this.timeZone).getTime()
      const to = instantOf(new Date(start + length), this.timeZone).getTime()
      const hoursBefore = instantOf(new Date(start - 3 * HOUR), this.timeZone).getTime()
      const isRegular = to - from === length && from - hoursBefore === 3 * HOUR
      const isWhole = seen.getTime() < from && to <= before.getTime()
      if (isRegular && isWhole) return [count, new Date(to - 1)]
    }
    return undefined
  }
}

const sum = (marks: readonly number[]): number => marks.reduce((total, mark) => total + mark, 0)

function readExpression(given: string): {
  text: string
  patterns: readonly string[]
  words: string
} {
  if (given.length > LONGEST_EXPRESSION) {
    const why = `the schedule is longer than ${LONGEST_EXPRESSION} characters`
    throw new WrongUse({ why, hint: 'use several schedules' })
  }
  const text = given.trim().split(/\s+/).join(' ')
  const lower = text.toLowerCase()
  if (isInWords(lower)) return { text: lower, ...readPreset(lower) }
  checkFields(text)
  return { text, patterns: [text], words: cronInWords(text) }
}

const FIELDS = [
  ['second', 0, 59],
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of the month', 1, 31],
  ['month', 1, 12],
  ['day of the week', 0, 7],
] as const

/** Says what is wrong with a field in the words of its writer, before the parser says it in its own. */
function checkFields(text: string): void {
  const fields = text.split(' ')
  if (fields.length !== 5 && fields.length !== 6) {
    const count = fields.length === 1 ? 'one field' : `${fields.length} fields`
    throw new WrongUse({
      why: `the schedule ${text === '' ? 'is empty' : `${text} has ${count}`}`,
      hint: 'cron has five fields (minute hour day month weekday), or six with seconds first; or use words: `daily at 02:30`',
    })
  }
  for (const [at, field] of fields.entries()) {
    const [name, least, most] = FIELDS[at + FIELDS.length - fields.length] ?? FIELDS[0]
    const values = field.replaceAll(/[/#]\d+/g, '').match(/\d+/g) ?? []
    const wrong = values.find(value => Number(value) < least || Number(value) > most)
    if (wrong !== undefined || !/^[\da-z*,\-/#]+$/i.test(field)) {
      const why = `${wrong ?? field} is no ${name} in the schedule ${text}`
      throw new WrongUse({ why, hint: `a ${name} is between ${least} and ${most}` })
    }
  }
}

function parseCron(pattern: string, timezone: string): Cron {
  try {
    // A list or range of times is as fixed as one time: in spring none is lost, in autumn none comes twice.
    return new Cron(pattern, { timezone, mode: MODE, fixedTimeRule: 'no-wildcard', paused: true })
  } catch (error) {
    const why = reason(error).replace(/^CronPattern: /, '')
    const hint = 'cron has the fields minute hour day month weekday; or use words: `daily at 02:30`'
    throw new WrongUse({ why: `the schedule ${pattern} is not understood: ${why}`, hint }, error)
  }
}

/** The usual patterns in words; of others, the pattern. */
function cronInWords(text: string): string {
  const fields = text.split(' ')
  if (fields.length === 6 && fields[0] !== '0') return `by cron ${text}`
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields.slice(-5)
  const [, step] = /^\*\/(\d+)$/.exec(minute) ?? []
  const rest = `${day} ${month} ${weekday}`
  if (hour === '*' && rest === '* * *') {
    if (minute === '*') return 'every minute'
    if (step !== undefined && 60 % Number(step) === 0) return `every ${step} minutes`
    if (/^\d+$/.test(minute)) return `every hour at :${two(Number(minute))}`
  }
  if (!/^\d+$/.test(minute) || !/^\d+(,\d+)*$/.test(hour)) return `by cron ${text}`
  const times = hour.split(',').map(one => `${two(Number(one))}:${two(Number(minute))}`)
  const days = daysInWords(day, month, weekday)
  return days === undefined ? `by cron ${text}` : `${days} at ${times.join(', ')}`
}

function daysInWords(day: string, month: string, weekday: string): string | undefined {
  if (month === '*' && day === '*') {
    if (weekday === '*') return 'every day'
    if (weekday === '1-5') return 'every weekday'
    if (!/^[0-7](,[0-7])*$/.test(weekday)) return undefined
    const names = weekday.split(',').map(one => capital(WEEKDAYS[Number(one) % 7] ?? ''))
    return `every ${names.join(', ')}`
  }
  if (weekday !== '*') return undefined
  if (month === '*' && day === 'L') return 'on the last day of every month'
  if (!/^\d+$/.test(day)) return undefined
  const only = Number(day) > 28 ? ' that has it' : ''
  if (month === '*') return `on day ${day} of every month${only}`
  if (!/^\d+$/.test(month)) return undefined
  const year = day === '29' && Number(month) === 2 ? 'leap year' : 'year'
  return `every ${year} on ${day} ${capital(MONTHS[Number(month) - 1] ?? '')}`
}
