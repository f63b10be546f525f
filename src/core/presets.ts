import { WrongUse } from './faults.ts'

/** A schedule in words, as cron fields: more than one pattern where one cannot say it. */
export interface Preset {
  readonly patterns: readonly string[]
  /** What it means, for people. */
  readonly words: string
}

export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const
export type Weekday = (typeof WEEKDAYS)[number]

export const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
/** The days of each month in a year without a leap day. */
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const EXAMPLES =
  'such as `hourly`, `every 15 minutes`, `daily at 02:30`, `weekdays at 02:30`, ' +
  '`weekly on monday at 02:30`, `monthly on day 31 at 01:00` or `yearly on 29 february at 01:00`'

/** Whether a schedule is given in words rather than in fields of cron. */
export const isInWords = (text: string): boolean =>
  /^(@|every |hourly|daily|weekdays|weekly|monthly|yearly)/.test(text)

type Reader = (match: readonly string[]) => Preset

/** What stands after each first word; the text is in lower case, with single spaces. */
const GRAMMAR: readonly (readonly [RegExp, Reader])[] = [
  [/^every (?:(\d{1,2}) )?minutes?$/, ([, n = '1']) => everyMinutes(Number(n))],
  [/^every (\d{1,2}) hours$/, ([, n = '']) => everyHours(Number(n))],
  [/^(?:@?hourly|every hour)(?: at :?(\d{1,2}))?$/, ([, m = '0']) => hourly(number(m, 59))],
  [/^(?:@?daily|@midnight)(?: at (\S+))?$/, ([, at]) => daily(at)],
  [/^weekdays(?: at (\S+))?$/, ([, at]) => weekdays(at)],
  [/^@weekly$/, () => weekly(['sunday'], undefined)],
  [/^weekly on ([a-z, ]{6,80}?)(?: at (\S+))?$/, ([, days = '', at]) => weekly(dayNames(days), at)],
  [/^@monthly$/, () => monthly(1, undefined)],
  [
    /^monthly on day (\d{1,2})(?: at (\S+))?$/,
    ([, day = '', at]) => monthly(number(day, 31, 1), at),
  ],
  [/^monthly on the last day(?: at (\S+))?$/, ([, at]) => monthly(31, at)],
  [/^@(?:yearly|annually)$/, () => yearly(1, 'january', undefined)],
  [
    /^yearly on (\d{1,2}) ([a-z]{3,9})(?: at (\S+))?$/,
    ([, day = '', month = '', at]) => yearly(Number(day), month, at),
  ],
]

/** Reads a schedule in words. Throws WrongUse. */
export function readPreset(text: string): Preset {
  for (const [form, read] of GRAMMAR) {
    const match = form.exec(text)
    if (match !== null) return read(match)
  }
  throw new WrongUse({
    why: `the schedule ${text} is not understood`,
    hint: `use words ${EXAMPLES}`,
  })
}

function everyMinutes(n: number): Preset {
  refuseUneven(n, 60, 'minutes', 'an hour')
  const patterns = [n === 1 ? '* * * * *' : `*/${n} * * * *`]
  return { patterns, words: n === 1 ? 'every minute' : `every ${n} minutes` }
}

function everyHours(n: number): Preset {
  refuseUneven(n, 24, 'hours', 'a day')
  return { patterns: [`0 */${n} * * *`], words: `every ${n} hours` }
}

/** Steps that do not divide the whole would be of unequal length, which the words do not say. */
function refuseUneven(n: number, whole: number, unit: string, of: string): void {
  if (n > 0 && n < whole && whole % n === 0) return
  const fits = Array.from({ length: whole / 2 }, (_, i) => i + 1).filter(i => whole % i === 0)
  throw new WrongUse({
    why: `${n} ${unit} do not divide ${of}, so they are no even schedule`,
    hint: `use one of ${fits.join(', ')}, or cron fields`,
  })
}

const hourly = (minute: number): Preset => ({
  patterns: [`${minute} * * * *`],
  words: `every hour at :${two(minute)}`,
})

function daily(at: string | undefined): Preset {
  const { fields, text } = timeOfDay(at)
  return { patterns: [`${fields} * * *`], words: `every day at ${text}` }
}

function weekdays(at: string | undefined): Preset {
  const { fields, text } = timeOfDay(at)
  return { patterns: [`${fields} * * 1-5`], words: `every weekday at ${text}` }
}

function weekly(days: readonly Weekday[], at: string | undefined): Preset {
  const { fields, text } = timeOfDay(at)
  const numbers = days.map(day => WEEKDAYS.indexOf(day)).join(',')
  const words = `every ${days.map(capital).join(', ')} at ${text}`
  return { patterns: [`${fields} * * ${numbers}`], words }
}

/** A month that has no such day is served on its last one. */
function monthly(day: number, at: string | undefined): Preset {
  const { fields, text } = timeOfDay(at)
  const onDay = `on day ${day} of every month`
  if (day <= 28) return { patterns: [`${fields} ${day} * *`], words: `${onDay} at ${text}` }
  if (day === 31) {
    return { patterns: [`${fields} L * *`], words: `on the last day of every month at ${text}` }
  }
  return {
    patterns: [`${fields} ${day} 1,3-12 *`, `${fields} L 2 *`],
    words: `${onDay} (in February on the last one) at ${text}`,
  }
}

function yearly(day: number, name: string, at: string | undefined): Preset {
  const { fields, text } = timeOfDay(at)
  const month = MONTHS.findIndex(one => one === name || one.slice(0, 3) === name)
  if (month < 0) throw new WrongUse({ why: `${name} is no month`, hint: `use words ${EXAMPLES}` })
  const called = capital(MONTHS[month] ?? '')
  const last = MONTH_DAYS[month] ?? 0
  if (day === 29 && month === 1) {
    const words = `every year on the last day of ${called} at ${text}`
    return { patterns: [`${fields} L 2 *`], words }
  }
  if (day < 1 || day > last) {
    throw new WrongUse({ why: `${called} has no day ${day}`, hint: `its last day is ${last}` })
  }
  const words = `every year on ${day} ${called} at ${text}`
  return { patterns: [`${fields} ${day} ${month + 1} *`], words }
}

function dayNames(text: string): Weekday[] {
  const names = text.split(/,| and /).map(name => name.trim())
  return names.map(name => {
    const day = WEEKDAYS.find(one => one === name || one.slice(0, 3) === name)
    if (day !== undefined) return day
    const why = `${name === '' ? 'nothing' : name} is no day of the week`
    throw new WrongUse({ why, hint: `use ${WEEKDAYS.join(', ')}` })
  })
}

/** `02:30` as fields of cron: minute and hour. */
function timeOfDay(at = '00:00'): { fields: string; text: string } {
  const [, hour = '', minute = ''] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(at) ?? []
  if (minute === '') {
    throw new WrongUse({ why: `${at} is no time of day`, hint: 'use hours and minutes: 02:30' })
  }
  return { fields: `${Number(minute)} ${Number(hour)}`, text: `${two(Number(hour))}:${minute}` }
}

function number(text: string, most: number, least = 0): number {
  const value = Number(text)
  if (value >= least && value <= most) return value
  throw new WrongUse({
    why: `${text} is not between ${least} and ${most}`,
    hint: `use words ${EXAMPLES}`,
  })
}

export const two = (value: number): string => String(value).padStart(2, '0')
export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
