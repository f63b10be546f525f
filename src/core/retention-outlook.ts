import { isRule, judge, type Keep, type Retainable } from './retention.ts'

const HOUR = 3600
const DAY = 24 * HOUR

/** What a rule keeps once it has been applied for long enough. */
export interface Outlook {
  /** About how many backups. */
  readonly backups: number
  /** About how many days the oldest of them is older than the newest. */
  readonly days: number
}

/**
 * What a rule comes to keep of backups that are made every so many seconds, without pins; undefined where it
 * keeps all of them.
 */
export function outlook(keep: Keep | null, everySeconds: number): Outlook | undefined {
  if (!isRule(keep)) return undefined
  const { last = 1, within, ...tiers } = keep
  const inWithin = within === undefined ? 0 : Math.floor((within * DAY) / everySeconds) + 1
  // These stay whatever the calendar says; what it adds is older.
  const dense = Math.max(1, last, inWithin)
  const oldestDense = (dense - 1) * everySeconds
  const kept = judge(
    samples(tiers, everySeconds),
    [{ keep: tiers, timeZone: 'UTC', enabled: true }],
    END,
  )
  const ages = kept
    .filter(one => isRule(tiers) && one.keptBy.length > 0)
    .map(one => (END.getTime() - one.startedAt.getTime()) / 1000)
    .filter(age => age > oldestDense)
  return {
    backups: dense + ages.length,
    days: Math.round(Math.max(oldestDense, ...ages.slice(-1)) / DAY),
  }
}

/** Somewhere in a month and a week, so that those that have begun count. */
const END = new Date('2026-06-17T23:59:59Z')

/** Backups back to where the calendar keeps any: of long stretches one a day, and where only years count, fewer. */
function samples(tiers: Omit<Keep, 'last' | 'within'>, everySeconds: number): Retainable[] {
  const { hourly = 0, daily = 0, weekly = 0, monthly = 0, yearly = 0 } = tiers
  const hourStep = Math.max(everySeconds, HOUR)
  const dayStep = Math.max(everySeconds, DAY)
  const days = Math.max(
    daily * dayStep,
    weekly * Math.max(7 * DAY, everySeconds),
    monthly * Math.max(31 * DAY, everySeconds),
  )
  const yearStep = Math.max(everySeconds, 28 * DAY)
  const years = yearly * Math.max(366 * DAY, everySeconds)
  const ages = [
    ...every(hourStep, hourly),
    ...every(dayStep, Math.ceil(days / dayStep) + 1),
    ...every(yearStep, Math.ceil(years / yearStep) + 1).filter(age => age > days),
  ]
  return [...new Set(ages)].map((seconds, index) => ({
    id: String(index),
    startedAt: new Date(END.getTime() - seconds * 1000),
    label: '',
    pinned: false,
    proven: false,
    damaged: false,
    uploaded: false,
  }))
}

const every = (step: number, many: number): number[] =>
  Array.from({ length: many }, (_, index) => index * step)
