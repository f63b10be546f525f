import { instantOf, wallTime } from '../core/wall-time.ts'
import type { Sql } from './db.ts'

/** What there was on a day, as numbers whose sums tell all of it. */
export const DAY_SIGNS = { completed: 1, failed: 2, skipped: 4, missed: 8, overdue: 16 } as const
/** Every sum of signs is one digit: `0` to `v`. */
const DIGITS = 32

const DAY_MS = 86_400_000
const QUARTER_MS = 900_000
const QUARTERS = DAY_MS / QUARTER_MS

/** The newest days of a time zone, the last of them under way. */
export interface Days {
  /** `2026-03-29` */
  readonly first: string
  /** When each of them began. */
  readonly starts: readonly Date[]
  /** The first day in UTC that belongs to them, and the last. */
  readonly firstUtc: string
  readonly lastUtc: string
  /** Of each quarter of an hour from the beginning of the first day in UTC, which of the days it belongs to. */
  readonly ofQuarter: Int16Array
  readonly count: number
  /** The quarter that it is now. */
  readonly now: number
  /** The number of the quarter that a moment is in. */
  readonly quarterAt: (moment: Date) => number
}

/** Before the first of the days. */
const OUTSIDE = -1

/** The newest `count` days in a time zone, counted from one midnight there to the next, however long that is. */
export function newestDays(now: Date, count: number, timeZone: string): Days {
  const wall = wallTime(now, timeZone).getTime()
  const midnight = wall - (wall % DAY_MS)
  const midnights = Array.from({ length: count + 1 }, (_, at) =>
    instantOf(new Date(midnight + (at + 1 - count) * DAY_MS), timeZone).getTime(),
  )
  const [start = 0, end = 0] = [midnights.at(0), midnights.at(-1)]
  const origin = Math.floor(start / DAY_MS) * DAY_MS
  const quarterAt = (moment: Date) => Math.floor((moment.getTime() - origin) / QUARTER_MS)
  const ofQuarter = new Int16Array(quarterAt(new Date(end))).fill(OUTSIDE)
  for (const [day, from] of midnights.slice(0, -1).entries()) {
    const to = midnights[day + 1] ?? end
    ofQuarter.fill(day, quarterAt(new Date(from)), quarterAt(new Date(to)))
  }
  return {
    first: dateOf(midnight - (count - 1) * DAY_MS),
    starts: midnights.slice(0, -1).map(time => new Date(time)),
    firstUtc: dateOf(start),
    lastUtc: dateOf(end - 1),
    ofQuarter,
    count,
    now: quarterAt(now),
    quarterAt,
  }
}

/** `2026-03-29` for each of the days. */
export const datesOf = ({ first, count }: Days): string[] =>
  Array.from({ length: count }, (_, at) => dateOf(Date.parse(first) + at * DAY_MS))

/** Which of the days a moment belongs to, in SQL: 1 for the first, 0 before it. Adds to `values`. */
export function dayIn({ starts }: Days, moment: string, values: unknown[]): string {
  values.push(starts)
  return `width_bucket(${moment}, $${values.length}::timestamptz[])`
}

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** When a source would be overdue. */
export interface Expectation {
  /** How old its last good backup may be. */
  readonly mostSeconds: number
  /** Since when that is expected of it. */
  readonly since: Date
  readonly isOverdue: boolean
}

/** How the backups of one source went on each of some days. */
export class Marks {
  readonly #days: Days
  readonly #signs: Uint8Array
  readonly #good: number[] = []

  constructor(days: Days, marks: Buffer = Buffer.alloc(0)) {
    this.#days = days
    this.#signs = new Uint8Array(days.count)
    for (let at = 0; at < marks.length; at += RECORD_BYTES) {
      const first = marks.readInt32BE(at) * QUARTERS
      for (let byte = 0; byte < ALL_MARKS_BYTES; byte += 1) {
        const bits = marks[at + HEAD_BYTES + byte] ?? 0
        // Most have none: of 200 sources in a year there are four million bytes.
        if (bits === 0) continue
        const sign = SIGNS_IN_ORDER[Math.floor(byte / MARK_BYTES)] ?? 'good'
        this.#read(bits, first + (byte % MARK_BYTES) * 8, sign)
      }
    }
  }

  /** Eight quarters, the first of them that of the highest bit. */
  #read(bits: number, first: number, sign: (typeof SIGNS_IN_ORDER)[number]): void {
    const { ofQuarter } = this.#days
    const day = ofQuarter[first] ?? OUTSIDE
    if (sign !== 'good' && day === (ofQuarter[first + 7] ?? OUTSIDE)) {
      this.#add(sign, day)
      return
    }
    for (let left = bits; left !== 0; ) {
      const bit = Math.clz32(left) - 24
      left &= ~(0x80 >> bit)
      if (sign === 'good') this.#good.push(first + bit)
      else this.#add(sign, ofQuarter[first + bit] ?? OUTSIDE)
    }
  }

  /** One digit for each day; `expected` of a source that schedules back up. */
  strip(expected: Expectation | undefined): string {
    if (expected !== undefined) this.#addOverdue(expected)
    return Array.from(this.#signs, signs => signs.toString(DIGITS)).join('')
  }

  /**
   * A source is overdue on the day on which its last good backup became too old, and on every day after it that
   * ended without a newer one. Days on which nobody expected any are left out, and of today the verdict is told.
   */
  #addOverdue({ mostSeconds, since, isOverdue }: Expectation): void {
    const { now, quarterAt, count } = this.#days
    const begun = quarterAt(since)
    const most = Math.ceil((mostSeconds * 1000) / QUARTER_MS)
    let last = this.#good[0] === undefined || this.#good[0] > begun ? begun : this.#good[0]
    for (const good of [...this.#good, now]) {
      const late = Math.max(last + 1 + most, begun)
      last = Math.max(last, good)
      if (late >= good) continue
      const from = this.#dayOf(late)
      const to = good === now ? count - 1 : Math.max(from, this.#dayOf(good) - 1)
      for (let day = Math.max(from, 0); day <= to; day += 1) this.#add('overdue', day)
    }
    const today = this.#signs[count - 1] ?? 0
    const without = today & ~DAY_SIGNS.overdue
    this.#signs[count - 1] = isOverdue ? without | DAY_SIGNS.overdue : without
  }

  /** The number of the day that a quarter belongs to; of what came before all of them, that before the first. */
  #dayOf(quarter: number): number {
    return quarter < 0 ? OUTSIDE : (this.#days.ofQuarter[quarter] ?? this.#days.count)
  }

  #add(sign: keyof typeof DAY_SIGNS, day: number): void {
    if (day !== OUTSIDE) this.#signs[day] = (this.#signs[day] ?? 0) | DAY_SIGNS[sign]
  }
}

/** How the columns of a day follow each other in what is read: see {@link MARKS}. */
const SIGNS_IN_ORDER = ['completed', 'failed', 'skipped', 'missed', 'good'] as const
/** The number of the day, and the length that PostgreSQL sends with bits. */
const HEAD_BYTES = 8
const MARK_BYTES = QUARTERS / 8
const ALL_MARKS_BYTES = SIGNS_IN_ORDER.length * MARK_BYTES
const RECORD_BYTES = HEAD_BYTES + ALL_MARKS_BYTES

/** The days as one value, and the last one before them that had a good backup. */
const MARKS = `select s.id, string_agg(int4send(day - $1::date)
       || bit_send(days.marks), '' order by day) as marks
     from unnest($3::uuid[]) as s (id) cross join lateral (
       (select * from source_days where source_id = s.id and day between $1::date and $2::date)
       union all
       (select * from source_days where source_id = s.id and day < $1::date
          and substring(marks from 385) <> 0::bit(96)
        order by day desc limit 1)) days
     group by s.id`

/** What became of the backups of sources on these days; sources of which nothing is known are missing. */
export async function sourceMarks(
  sql: Sql,
  days: Days,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Marks>> {
  const values = [days.firstUtc, days.lastUtc, ids]
  const rows = await sql.query<{ id: string; marks: Buffer }>(MARKS, values)
  return new Map(rows.map(({ id, marks }) => [id, new Marks(days, marks)]))
}
