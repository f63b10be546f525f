import type { NewSchedule } from '../../src/client/index.ts'
import { INVOICES_LOGIN } from './databases.ts'

const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** A database of the sample world, how it is backed up, and what is told of the time before. */
export interface SampleSource {
  /** Of the source and of its database. */
  readonly name: string
  /** Who logs in for backups; undefined: the superuser. */
  readonly login?: string
  readonly schedule: Pick<NewSchedule, 'cron' | 'keep' | 'timeZone'>
  /** How often it was backed up so far, and how long after midnight (UTC) for the first time of a day. */
  readonly everyMs: number
  readonly atMs: number
  /** How many of its backups are there, the newest of them `newestMs` ago or a bit more, and how far apart. */
  readonly backups: number
  readonly newestMs: number
  readonly apartMs: number
  /** The newest of its backups is so old because its login was refused since then. */
  readonly isLockedOut?: true
  /** How long a run took. */
  readonly seconds: number
}

const TIME_ZONE = 'Europe/Berlin'

/** The sources of the sample world; what they say of the past are multiples of how often they were backed up. */
export const SAMPLE_SOURCES: readonly SampleSource[] = [
  {
    name: 'shop',
    schedule: { cron: 'every minute', keep: { last: 30, hourly: 24, daily: 14, weekly: 8 } },
    everyMs: HOUR_MS,
    atMs: 0,
    backups: 15,
    newestMs: 0,
    apartMs: DAY_MS,
    seconds: 2.4,
  },
  {
    name: 'invoices',
    login: INVOICES_LOGIN,
    isLockedOut: true,
    schedule: { cron: 'hourly', keep: { hourly: 48, daily: 30 }, timeZone: TIME_ZONE },
    everyMs: HOUR_MS,
    atMs: 0,
    backups: 6,
    newestMs: 26 * HOUR_MS,
    apartMs: 2 * DAY_MS,
    seconds: 0.9,
  },
  {
    name: 'measurements',
    schedule: { cron: 'every 6 hours', keep: { last: 12, daily: 7, monthly: 12 } },
    everyMs: 6 * HOUR_MS,
    atMs: 0,
    backups: 7,
    newestMs: 0,
    apartMs: 6 * HOUR_MS,
    seconds: 2.1,
  },
  {
    name: 'articles',
    schedule: { cron: 'daily at 03:15', keep: { daily: 7, weekly: 4 } },
    everyMs: DAY_MS,
    atMs: 3.25 * HOUR_MS,
    backups: 7,
    newestMs: 0,
    apartMs: DAY_MS,
    seconds: 1.6,
  },
  {
    name: 'people',
    schedule: { cron: 'weekdays at 22:30', timeZone: TIME_ZONE, keep: { daily: 10, yearly: 10 } },
    everyMs: DAY_MS,
    atMs: 20.5 * HOUR_MS,
    backups: 6,
    newestMs: 0,
    apartMs: 2 * DAY_MS,
    seconds: 0.7,
  },
]

/** The times at which a source was to be backed up between two moments, oldest first. */
export function slotsOf({ everyMs, atMs }: SampleSource, from: Date, until: Date): Date[] {
  const slots: Date[] = []
  const first = Math.ceil((from.getTime() - atMs) / everyMs) * everyMs + atMs
  for (let at = first; at <= until.getTime(); at += everyMs) slots.push(new Date(at))
  return slots
}

/** When the backups of a source were made that are there, oldest first: each of them at one of its slots. */
export function backupTimesOf(source: SampleSource, now: Date): Date[] {
  const newest = slotsOf(
    source,
    new Date(now.getTime() - source.newestMs - 2 * source.everyMs),
    new Date(now.getTime() - source.newestMs - FRESH_MS),
  ).at(-1)
  if (newest === undefined) return []
  return Array.from(
    { length: source.backups },
    (_, at) => new Date(newest.getTime() - (source.backups - 1 - at) * source.apartMs),
  )
}

/** What was due a moment ago could still be at work. */
const FRESH_MS = 5 * 60_000
