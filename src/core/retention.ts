import { z } from 'zod'
import { isTimeZone, wallTime } from './wall-time.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const count = (most: number) => z.number().int().min(1).max(most).optional()

/**
 * Which backups of a source stay: all that any of these keeps. Hours, days, weeks (from Monday), months and
 * years are those of a calendar; of each that has a backup, the newest one is kept.
 */
export const Keep = z.strictObject({
  /** The newest so many. */
  last: count(10_000),
  hourly: count(10_000),
  daily: count(4_000),
  weekly: count(1_000),
  monthly: count(240),
  yearly: count(100),
  /** All that are no older than so many days, counted back from the newest one. */
  within: count(40_000),
})
export type Keep = z.output<typeof Keep>

/** What one schedule says about the backups of its source in its repository. */
export interface Rule {
  /** Null: all of them stay, for ever. */
  readonly keep: Keep | null
  /** Whose calendar its days are of. */
  readonly timeZone: string
  /** A rule that is not enabled keeps what it keeps, but lets nothing go. */
  readonly enabled: boolean
}

/** What a rule looks at. Backups that are being deleted by somebody are not shown to it. */
export interface Retainable {
  readonly id: string
  /** What it holds is of this moment: when it ended says more about the machine. */
  readonly startedAt: Date
  /** What it calls its database: the last good one of each stays, also after the database has moved. */
  readonly label: string
  readonly pinned: boolean
  /** A comparison with a database has shown that it holds what it should. */
  readonly proven: boolean
  readonly damaged: boolean
  /** Made elsewhere and brought in. */
  readonly uploaded: boolean
}

export type Judged<Backup extends Retainable> = Backup & {
  /** Every reason for which it stays: `daily 3`, `within 7 days`, `pinned`. Empty: it is to go. */
  readonly keptBy: readonly string[]
}

/** Whether a rule says anything at all: what says nothing keeps everything. */
export const isRule = (keep: Keep | null): keep is Keep =>
  keep !== null && Object.values(keep).some(value => value !== undefined)

/**
 * Tells of each backup of one source in one repository why it stays, or that it is to go; newest first. It
 * stays if any of the rules keeps it. Only backups that are good, the source's own and not from the future
 * fill the places of a rule, so that nothing else pushes one of them out.
 */
export function judge<Backup extends Retainable>(
  backups: readonly Backup[],
  rules: readonly Rule[],
  now: Date,
): Judged<Backup>[] {
  const sorted = [...backups].sort(newestFirst)
  const reasons = new Map(sorted.map(one => [one.id, ownReasons(one, now)]))
  const keep = (one: Backup | undefined, why: string) => {
    const known = one && reasons.get(one.id)
    if (known && !known.includes(why)) known.push(why)
  }
  const letsGo = rules.some(({ keep: rule, enabled }) => enabled && isRule(rule))
  if (!letsGo) for (const one of sorted) keep(one, 'no rule')
  const good = sorted.filter(one => !one.damaged && !one.uploaded && one.startedAt <= now)
  for (const rule of rules) {
    const keepsAll = whyAll(rule)
    if (rule.keep !== null && keepsAll === undefined) {
      applyRule(good, { ...rule, keep: rule.keep }, keep)
    } else if (letsGo && keepsAll !== undefined) {
      for (const one of sorted) keep(one, keepsAll)
    }
  }
  for (const one of firstOfEach(good)) keep(one, 'last good')
  keep(
    good.find(one => one.proven),
    'last proven',
  )
  return sorted.map(one => Object.assign({}, one, { keptBy: reasons.get(one.id) ?? [] }))
}

/** The first backup of each label. */
const firstOfEach = <Backup extends Retainable>(backups: readonly Backup[]): Backup[] => {
  const seen = new Set<string>()
  return backups.filter(({ label }) => !seen.has(label) && seen.add(label))
}

/** Why a rule keeps everything, where it does. */
function whyAll({ keep, timeZone }: Rule): string | undefined {
  if (!isRule(keep)) return 'a schedule without a rule'
  return isTimeZone(timeZone) ? undefined : `a rule in an unknown time zone: ${timeZone}`
}

/** A rule in words: `the last 2, 7 daily, all within 30 days`. */
export function keepWords(keep: Keep | null): string {
  if (!isRule(keep)) return 'all, for ever'
  const { last, within } = keep
  return [
    ...(last === undefined ? [] : [`the last ${last}`]),
    ...TIERS.flatMap(({ name }) => (keep[name] === undefined ? [] : [`${keep[name]} ${name}`])),
    ...(within === undefined ? [] : [`all within ${daysText(within)}`]),
  ].join(', ')
}

const newestFirst = (one: Retainable, other: Retainable): number =>
  other.startedAt.getTime() - one.startedAt.getTime() || (one.id < other.id ? 1 : -1)

/** Why a backup stays whatever the rules are. */
function ownReasons({ pinned, damaged, uploaded, startedAt }: Retainable, now: Date): string[] {
  return [
    ...(pinned ? ['pinned'] : []),
    // Whether it is lost, somebody must say who has looked at its storage.
    ...(damaged ? ['damaged'] : []),
    ...(uploaded ? ['uploaded'] : []),
    ...(startedAt > now ? ['from the future'] : []),
  ]
}

type Tier = Exclude<keyof Keep, 'last' | 'within'>

interface CalendarTier {
  readonly name: Tier
  /** Which hour, day, … it is; `wall` is what a wall in the zone shows. */
  readonly of: (wall: Date, at: Date) => string | number
}

const TIERS: readonly CalendarTier[] = [
  {
    name: 'hourly',
    // An hour that comes twice, because clocks go back, is two.
    of: (wall, at) =>
      `${Math.floor(wall.getTime() / HOUR)} ${Math.round((wall.getTime() - at.getTime()) / 60_000)}`,
  },
  { name: 'daily', of: wall => Math.floor(wall.getTime() / DAY) },
  // Day 0 was a Thursday.
  { name: 'weekly', of: wall => Math.floor((Math.floor(wall.getTime() / DAY) + 3) / 7) },
  { name: 'monthly', of: wall => wall.getUTCFullYear() * 12 + wall.getUTCMonth() },
  { name: 'yearly', of: wall => wall.getUTCFullYear() },
]

/** Says of each of these backups, newest first, by what a rule keeps it. */
function applyRule<Backup extends Retainable>(
  good: readonly Backup[],
  { keep: { last = 0, within, ...tiers }, timeZone }: Rule & { readonly keep: Keep },
  keep: (one: Backup | undefined, why: string) => void,
): void {
  for (const [index, one] of good.slice(0, last).entries()) keep(one, `last ${index + 1}`)
  const asked = TIERS.filter(({ name }) => tiers[name] !== undefined)
  const walls = asked.length === 0 ? [] : good.map(one => wallOf(one.startedAt, timeZone))
  for (const { name, of } of asked) {
    const most = tiers[name] ?? 0
    let [seen, before]: [number, string | number | undefined] = [0, undefined]
    for (const [index, one] of good.entries()) {
      const its = of(walls[index] ?? one.startedAt, one.startedAt)
      if (its === before) continue
      if (seen === most) break
      ;[seen, before] = [seen + 1, its]
      keep(one, `${name} ${seen}`)
    }
  }
  const [newest] = good
  if (within === undefined || newest === undefined) return
  const oldest = newest.startedAt.getTime() - within * DAY
  for (const one of good) {
    if (one.startedAt.getTime() < oldest) return
    keep(one, `within ${daysText(within)}`)
  }
}

const wallOf = (at: Date, timeZone: string): Date =>
  timeZone === 'UTC' ? at : wallTime(at, timeZone)

const daysText = (days: number): string => `${days} day${days === 1 ? '' : 's'}`
