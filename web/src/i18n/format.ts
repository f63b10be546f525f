/** The words that stand behind numbers. */
export interface Units {
  readonly none: string
  readonly now: string
  readonly second: string
  readonly minute: string
  readonly hour: string
  readonly day: string
}

const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** The largest unit of which at least one and a half have passed. */
const STEPS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const

type Time = string | number | Date

/** How a language writes numbers, sizes and times; times stand in the zone of the browser. */
export class Format {
  readonly #locale: string
  readonly #units: Units
  readonly #relative: Intl.RelativeTimeFormat

  constructor(locale: string, units: Units) {
    this.#locale = locale
    this.#units = units
    this.#relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  }

  number(value: number, digits = 0): string {
    return value.toLocaleString(this.#locale, { maximumFractionDigits: digits })
  }

  /** Of a share between 0 and 1. */
  percent(share: number, digits = 0): string {
    return share.toLocaleString(this.#locale, {
      style: 'percent',
      maximumFractionDigits: digits,
    })
  }

  /** In powers of 1000, as storage is sold: `1.2 GB`. */
  bytes(value: number): string {
    const power = Math.min(
      Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3)),
      BYTES.length - 1,
    )
    const scaled = value / 1000 ** power
    const digits = power === 0 || scaled >= 100 ? 0 : 1
    return `${this.number(scaled, digits)} ${BYTES[power]}`
  }

  /** `9.4×` */
  ratio(value: number): string {
    return `${this.number(value, value < 10 ? 1 : 0)}×`
  }

  /** Two units at most: `2 h 5 min`. */
  duration(seconds: number): string {
    const { second, minute, hour, day } = this.#units
    const parts = (large: number, unit: string, small: number, smaller: string) =>
      `${this.number(large)} ${unit}${small > 0 ? ` ${this.number(small)} ${smaller}` : ''}`
    if (seconds < 1) return `${this.number(Math.max(0, seconds), 1)} ${second}`
    const whole = Math.round(seconds)
    if (whole < MINUTE) return `${this.number(whole)} ${second}`
    if (whole < HOUR) return parts(Math.floor(whole / MINUTE), minute, whole % MINUTE, second)
    if (whole < DAY) {
      return parts(Math.floor(whole / HOUR), hour, Math.floor((whole % HOUR) / MINUTE), minute)
    }
    return parts(Math.floor(whole / DAY), day, Math.floor((whole % DAY) / HOUR), hour)
  }

  /** `3 hours ago`, `in 5 minutes`. */
  ago(time: Time, now: number): string {
    const seconds = (new Date(time).getTime() - now) / 1000
    for (const [unit, length] of STEPS) {
      const count = Math.round(seconds / length)
      if (Math.abs(seconds) >= length * 0.95 && count !== 0) {
        // It stands inside sentences, too: Vietnamese begins some with a capital.
        return this.#relative.format(count, unit).toLocaleLowerCase(this.#locale)
      }
    }
    return Math.abs(seconds) < 10
      ? this.#units.now
      : this.#relative.format(Math.round(seconds), 'second')
  }

  /** `22 Nov 2026, 07:39:42`; in another zone, where one is named. */
  dateTime(time: Time, timeZone?: string): string {
    return new Date(time).toLocaleString(this.#locale, {
      dateStyle: 'medium',
      timeStyle: 'medium',
      hourCycle: 'h23',
      ...(timeZone !== undefined && { timeZone }),
    })
  }

  /** `Sun 22 Nov, 07:39` */
  shortTime(time: Time, timeZone?: string): string {
    return new Date(time).toLocaleString(this.#locale, {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(timeZone !== undefined && { timeZone }),
    })
  }

  /** `07:39:42` */
  clock(time: Time): string {
    return new Date(time).toLocaleTimeString(this.#locale, { hourCycle: 'h23' })
  }

  /** `22 Nov 2026` */
  date(time: Time, timeZone?: string): string {
    return new Date(time).toLocaleDateString(this.#locale, {
      dateStyle: 'medium',
      ...(timeZone !== undefined && { timeZone }),
    })
  }

  /** `22 Nov` */
  day(time: Time, timeZone?: string): string {
    return this.#part(time, { day: 'numeric', month: 'short' }, timeZone)
  }

  /** `Nov` */
  month(time: Time, timeZone?: string): string {
    return this.#part(time, { month: 'short' }, timeZone)
  }

  /** `Sun` */
  weekday(time: Time, timeZone?: string): string {
    return this.#part(time, { weekday: 'short' }, timeZone)
  }

  #part(time: Time, parts: Intl.DateTimeFormatOptions, timeZone?: string): string {
    const options = timeZone === undefined ? parts : { ...parts, timeZone }
    return new Date(time).toLocaleDateString(this.#locale, options)
  }

  /** Words in a row: `a, b and c`. */
  list(words: readonly string[]): string {
    return new Intl.ListFormat(this.#locale).format(words)
  }
}
