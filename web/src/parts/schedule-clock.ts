// What src/core/presets.ts reads into patterns of cron is read here into what a form can change, and written again. The
// dashboard imports nothing of the server's, and asking the server at each key would be slow: test/core/schedule.test.ts
// holds the two together.

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const
export type Weekday = (typeof WEEKDAYS)[number]

export const RHYTHMS = [
  'minutes',
  'hours',
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'yearly',
] as const
export type Rhythm = (typeof RHYTHMS)[number]

/** When something recurs, as people say it; each rhythm reads the members that it needs. */
export interface Clock {
  readonly rhythm: Rhythm
  /** Every so many minutes. */
  readonly minutes: number
  /** Every so many hours. */
  readonly hours: number
  /** Of every hour. */
  readonly minute: number
  /** `02:30` */
  readonly at: string
  readonly weekdays: readonly Weekday[]
  /** Of the month; 31 is its last one. */
  readonly day: number
  /** 1 to 12. */
  readonly month: number
}

/** Before most people work, and not on the hour, when everybody else's jobs begin. */
export const USUAL_CLOCK: Clock = {
  rhythm: 'daily',
  minutes: 15,
  hours: 6,
  minute: 5,
  at: '02:30',
  weekdays: ['sunday'],
  day: 1,
  month: 1,
}

/** Steps of even length: they divide the hour, or the day. */
export const MINUTE_STEPS: readonly number[] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30]
export const HOUR_STEPS: readonly number[] = [2, 3, 4, 6, 8, 12]

const MONTHS = [
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
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export const daysOf = (month: number): number => MONTH_DAYS[month - 1] ?? 31

const IN_WORDS: Readonly<Record<Rhythm, (clock: Clock) => string>> = {
  minutes: ({ minutes }) => `every ${minutes} minutes`,
  hours: ({ hours }) => `every ${hours} hours`,
  hourly: ({ minute }) => `hourly at ${minute}`,
  daily: ({ at }) => `daily at ${at}`,
  weekly: ({ weekdays, at }) => `weekly on ${weekdays.join(', ')} at ${at}`,
  monthly: ({ day, at }) => `monthly on day ${day} at ${at}`,
  yearly: ({ day, month, at }) => `yearly on ${day} ${MONTHS[month - 1]} at ${at}`,
}

/** In the words of the server. */
export const wordsOf = (clock: Clock): string => IN_WORDS[clock.rhythm](clock)

/** The minute and the hour. */
const timeOf = ({ at }: Clock): string => at.split(':').map(Number).toReversed().join(' ')

const IN_FIELDS: Readonly<Record<Rhythm, (clock: Clock) => string>> = {
  minutes: ({ minutes }) => (minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`),
  hours: ({ hours }) => `0 */${hours} * * *`,
  hourly: ({ minute }) => `${minute} * * * *`,
  daily: clock => `${timeOf(clock)} * * *`,
  weekly: clock => {
    const days = clock.weekdays.map(numberOf).toSorted((one, other) => one - other)
    return `${timeOf(clock)} * * ${days.join(',')}`
  },
  monthly: clock => {
    if (clock.day === 31) return `${timeOf(clock)} L * *`
    return clock.day > 28 ? wordsOf(clock) : `${timeOf(clock)} ${clock.day} * *`
  },
  yearly: clock =>
    clock.day === 29 && clock.month === 2
      ? wordsOf(clock)
      : `${timeOf(clock)} ${clock.day} ${clock.month} *`,
}

/** In fields of cron; in words, where one pattern of them cannot say it. */
export const cronOf = (clock: Clock): string => IN_FIELDS[clock.rhythm](clock)

/** Cron counts from Sunday. */
const numberOf = (day: Weekday): number => (WEEKDAYS.indexOf(day) + 1) % 7

type Reader = (match: readonly string[]) => Partial<Clock> | undefined

const AT = '(?: at (\\d{1,2}:\\d{2}))?$'
const FORMS: readonly (readonly [RegExp, Reader])[] = [
  [/^every (?:(\d{1,2}) )?minutes?$/, ([, n = '1']) => everyMinutes(n)],
  [/^\*(?:\/(\d{1,2}))? \* \* \* \*$/, ([, n = '1']) => everyMinutes(n)],
  [/^every (\d{1,2}) hours$/, ([, n = '']) => everyHours(n)],
  [/^0 \*\/(\d{1,2}) \* \* \*$/, ([, n = '']) => everyHours(n)],
  [/^(?:@?hourly|every hour)(?: at :?(\d{1,2}))?$/, ([, m = '0']) => hourly(m)],
  [/^(\d{1,2}) \* \* \* \*$/, ([, m = '']) => hourly(m)],
  [new RegExp(`^(?:@?daily|@midnight)${AT}`), ([, at]) => ({ rhythm: 'daily', at: two(at) })],
  [new RegExp(`^weekdays${AT}`), ([, at]) => weekly('1-5', two(at))],
  [new RegExp(`^weekly on ([a-z, ]+?)${AT}`), ([, days = '', at]) => weekly(days, two(at))],
  [/^@weekly$/, () => weekly('0', '00:00')],
  [new RegExp(`^monthly on day (\\d{1,2})${AT}`), ([, day = '', at]) => monthly(day, two(at))],
  [new RegExp(`^monthly on the last day${AT}`), ([, at]) => monthly('31', two(at))],
  [/^@monthly$/, () => monthly('1', '00:00')],
  [
    new RegExp(`^yearly on (\\d{1,2}) ([a-z]{3,9})${AT}`),
    ([, day = '', name = '', at]) => yearly(day, monthOf(name), two(at)),
  ],
  [/^@(?:yearly|annually)$/, () => yearly('1', 1, '00:00')],
  [
    /^(\d{1,2}) (\d{1,2}) (\S+) (\S+) (\S+)$/,
    ([, minute = '', hour = '', day = '', month = '', weekday = '']) =>
      byFields(two(`${hour}:${minute}`), day, month, weekday),
  ],
]

/** What cron fields, or the server's words, mean; undefined where no preset says the same. */
export function readClock(text: string): Clock | undefined {
  const plain = text.trim().split(/\s+/).join(' ').toLowerCase()
  const five = plain.replace(/^0 (?=(?:\S+ ){4}\S+$)/, '')
  for (const [form, read] of FORMS) {
    const match = form.exec(five)
    const clock = match === null ? undefined : read(match)
    if (clock !== undefined) return isClock(clock) ? { ...USUAL_CLOCK, ...clock } : undefined
  }
  return undefined
}

const isClock = ({ at = '00:00', minute = 0 }: Partial<Clock>): boolean =>
  /^([01]\d|2[0-3]):[0-5]\d$/.test(at) && minute < 60

function everyMinutes(count: string): Partial<Clock> | undefined {
  const minutes = Number(count)
  return MINUTE_STEPS.includes(minutes) ? { rhythm: 'minutes', minutes } : undefined
}

function everyHours(count: string): Partial<Clock> | undefined {
  const hours = Number(count)
  return HOUR_STEPS.includes(hours) ? { rhythm: 'hours', hours } : undefined
}

const hourly = (minute: string): Partial<Clock> => ({ rhythm: 'hourly', minute: Number(minute) })

function weekly(text: string, at: string): Partial<Clock> | undefined {
  const parts = text === '1-5' ? ['1', '2', '3', '4', '5'] : text.split(/\s*,\s*| and /)
  const found = parts.map(part =>
    WEEKDAYS.find(day => day === part || day.slice(0, 3) === part || isNumberOf(part, day)),
  )
  const known = new Set(found)
  const weekdays = WEEKDAYS.filter(day => known.has(day))
  return known.has(undefined) ? undefined : { rhythm: 'weekly', weekdays, at }
}

const isNumberOf = (part: string, day: Weekday): boolean =>
  /^[0-7]$/.test(part) && Number(part) % 7 === numberOf(day)

function monthly(text: string, at: string): Partial<Clock> | undefined {
  const day = Number(text)
  return day >= 1 && day <= 31 ? { rhythm: 'monthly', day, at } : undefined
}

function yearly(text: string, month: number, at: string): Partial<Clock> | undefined {
  const day = Number(text)
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(month)
  return isDay ? { rhythm: 'yearly', day, month, at } : undefined
}

const monthOf = (name: string): number =>
  MONTHS.findIndex(month => month === name || month.slice(0, 3) === name) + 1

function byFields(at: string, day: string, month: string, weekday: string) {
  if (month === '*' && day === '*') {
    return weekday === '*' ? { rhythm: 'daily' as const, at } : weekly(weekday, at)
  }
  if (weekday !== '*') return undefined
  if (month === '*' && day === 'l') return monthly('31', at)
  // Cron leaves out the months that have no such day, and the years without a 29 February; presets do not.
  if (month === '*') return /^\d+$/.test(day) && Number(day) <= 28 ? monthly(day, at) : undefined
  if (!/^\d+$/.test(day) || !/^\d+$/.test(month)) return undefined
  return day === '29' && month === '2' ? undefined : yearly(day, Number(month), at)
}

/** `2:30` as `02:30`; midnight where nothing is said. */
const two = (at = '00:00'): string =>
  at
    .split(':')
    .map(part => part.padStart(2, '0'))
    .join(':')
