import type { RunState } from '../core/run.ts'
import { catalogTime, type Sql } from './db.ts'
import { conditions, type RunFilter } from './run-list.ts'
import { type Days, datesOf, dayIn, newestDays } from './strips.ts'

/** Which runs statistics are about: what the counts of finished runs tell apart. */
export type StatisticsFilter = Omit<RunFilter, 'who' | 'text'>

/** Numbers about the runs of a filter. */
export interface RunStatistics {
  readonly total: number
  readonly byState: Readonly<Partial<Record<RunState, number>>>
  /** Completed among those that completed or failed; undefined while there are none. */
  readonly successRate: number | undefined
  /** Seconds that the completed ones took, from their start. */
  readonly meanSeconds: number | undefined
  /** No more than this took 95 of 100 of the newest completed ones. */
  readonly p95Seconds: number | undefined
  /** The newest days on which runs were asked for, first day first. */
  readonly days: readonly RunDay[]
}

export interface RunDay {
  /** `2026-03-29` */
  readonly day: string
  readonly completed: number
  readonly failed: number
  readonly skipped: number
  readonly cancelled: number
  /** All that neither completed nor failed, active ones too. */
  readonly other: number
  /** Of the completed ones; null without one. */
  readonly meanSeconds: number | null
  /** Of the dumps of backups, and what they added to their repositories. */
  readonly dumpedBytes: number
  readonly storedBytes: number
}

/** Durations are compared among so many: more of them would take longer and tell the same. */
const MOST_TIMED = 500
const DAY_MS = 86_400_000
const ALL_DAYS = '-infinity'

interface Count {
  /** Its date; among the days of a zone its place, from 1, or 0 before the first. */
  readonly day: string
  readonly state: RunState
  readonly runs: number
  readonly seconds: number
  readonly dumpedBytes: number
  readonly storedBytes: number
}

/** How statistics are told. */
export interface StatisticsView {
  /** How many of the newest days are told one by one. */
  readonly mostDays: number
  /** In another one than UTC, of all time only. */
  readonly timeZone: string
  /** The catalog's time. */
  readonly now: Date
  /** Where to ask for runs that are over. */
  readonly past: Sql
}

/** Numbers about runs; without `view` those of 90 days in UTC. */
export async function runStatistics(
  sql: Sql,
  filter: StatisticsFilter,
  view?: StatisticsView,
): Promise<RunStatistics> {
  const usual = async () => ({
    mostDays: 90,
    timeZone: 'UTC',
    now: await catalogTime(sql),
    past: sql,
  })
  const { mostDays, timeZone, now, past } = view ?? (await usual())
  const both = { sql, past }
  if (timeZone !== 'UTC') return await inZone(both, filter, newestDays(now, mostDays, timeZone))
  const today = dayStart(now)
  const firstDay = new Date(today.getTime() - (mostDays - 1) * DAY_MS)
  const isBounded = filter.since !== undefined || filter.until !== undefined
  const [totals, days, active, p95Seconds] = await Promise.all([
    isBounded ? [] : counted(past, filter, 'ever'),
    isBounded ? within(past, filter) : counted(past, filter, { from: firstDay }),
    countRuns(sql, filter, IS_ACTIVE),
    slowest(past, filter),
  ])
  const all = [...(isBounded ? days : totals), ...active]
  const shown = isBounded ? newestOf([...days, ...active], mostDays) : [...days, ...active]
  return { ...numbers(all), p95Seconds, days: byDay(shown) }
}

/** The same numbers, told by the days of a zone. */
async function inZone(
  { sql, past }: { readonly sql: Sql; readonly past: Sql },
  filter: StatisticsFilter,
  days: Days,
): Promise<RunStatistics> {
  const [totals, over, active, p95Seconds] = await Promise.all([
    counted(past, filter, 'ever'),
    finishedOn(past, filter, days),
    countRuns(sql, filter, IS_ACTIVE, days),
    slowest(past, filter),
  ])
  const dates = datesOf(days)
  const shown = [...over, ...active].flatMap(one => {
    const day = dates[Number(one.day) - 1]
    return day === undefined ? [] : [{ ...one, day }]
  })
  return { ...numbers([...totals, ...active]), p95Seconds, days: byDay(shown) }
}

/** The runs of one source or schedule are few enough to be counted. */
async function finishedOn(sql: Sql, filter: StatisticsFilter, days: Days): Promise<Count[]> {
  const since = days.starts[0]
  if ((filter.sourceId ?? filter.scheduleId) !== undefined) {
    return await countRuns(sql, { ...filter, since }, 'finished_at is not null', days)
  }
  const values: unknown[] = []
  const where = rollUp(filter, values)
  const day = dayIn(days, 'quarter', values)
  values.push(since)
  return await sql.query<Count>(
    `select ${day} as day, state, sum(runs::float8) as runs, sum(seconds) as seconds,
       sum(dumped_bytes) as "dumpedBytes", sum(stored_bytes) as "storedBytes"
     from run_quarters where quarter >= $${values.length} and ${where.join(' and ')} group by 1, 2`,
    values,
  )
}

/** One source among others. */
export interface SourceNumbers {
  readonly id: string
  readonly name: string
  readonly completed: number
  readonly failed: number
  readonly other: number
  readonly meanSeconds: number | null
}

/** The same numbers for every source, over the newest `mostDays`, the one that failed most often first. */
export async function sourceStatistics(
  { mostDays, now, past }: Pick<StatisticsView, 'mostDays' | 'now' | 'past'>,
  filter: StatisticsFilter,
): Promise<SourceNumbers[]> {
  const last = new Date(dayStart(now).getTime() - mostDays * DAY_MS)
  const values: unknown[] = [dayText(last)]
  const where = rollUp(filter, values)
  return await past.query<SourceNumbers>(
    `select sources.id, sources.name, counts.completed, counts.failed, counts.other,
       counts.seconds / nullif(counts.completed, 0) as "meanSeconds"
     from (
       select source_id, coalesce(sum(runs) filter (where state = 'completed'), 0)::int as completed,
         coalesce(sum(runs) filter (where state = 'failed'), 0)::int as failed,
         coalesce(sum(runs) filter (where state not in ('completed', 'failed')), 0)::int as other,
         sum(seconds) as seconds
       from run_days
       where day > $1::date and ${where.join(' and ')}
       group by source_id
     ) counts join sources on sources.id = counts.source_id
     order by counts.failed desc, lower(sources.name), sources.id`,
    values,
  )
}

/** Whole days from the roll-up, and what of the first and the last day belongs to the time from the runs. */
async function within(sql: Sql, filter: StatisticsFilter): Promise<Count[]> {
  const { since, until } = filter
  const from = since && dayStart(new Date(since.getTime() + DAY_MS - 1))
  const to = until && dayStart(until)
  if (from && to && from.getTime() >= to.getTime()) return await finished(sql, filter)
  const edges = [
    since && from && since < from ? finished(sql, { ...filter, until: from }) : [],
    until && to && to < until ? finished(sql, { ...filter, since: to }) : [],
  ]
  return (await Promise.all([...edges, counted(sql, filter, { from, to })])).flat()
}

/** Finished runs by day, out of the counts that the database keeps. */
async function counted(
  sql: Sql,
  filter: StatisticsFilter,
  time: 'ever' | { readonly from?: Date | undefined; readonly to?: Date | undefined },
): Promise<Count[]> {
  const values: unknown[] = []
  const where = rollUp(filter, values)
  const bound = (condition: string, day: Date | string) => {
    values.push(typeof day === 'string' ? day : dayText(day))
    where.push(`${condition} $${values.length}::date`)
  }
  if (time === 'ever') bound('day =', ALL_DAYS)
  else {
    bound('day >', ALL_DAYS)
    if (time.from) bound('day >=', time.from)
    if (time.to) bound('day <', time.to)
  }
  return await sql.query<Count>(
    `select to_char(day, 'YYYY-MM-DD') as day, state, runs, seconds, dumped as "dumpedBytes",
       stored as "storedBytes"
     from (
       select day, state, sum(runs::float8) as runs, sum(seconds) as seconds,
         sum(dumped_bytes) as dumped, sum(stored_bytes) as stored
       from ${rollUpOf(filter)} where ${where.join(' and ')} group by day, state) days
     order by 1, 2`,
    values,
  )
}

/** The smaller one where nobody asks for what it does not tell. */
const rollUpOf = ({ sourceId, repositoryId, scheduleId }: StatisticsFilter): string =>
  (sourceId ?? repositoryId ?? scheduleId) === undefined ? 'day_totals' : 'run_days'

const rollUp = (filter: StatisticsFilter, values: unknown[]): string[] =>
  conditions({ ...filter, since: undefined, until: undefined }, values)

/** Finished runs by day, out of the runs themselves: for parts of a day. */
const finished = (sql: Sql, filter: StatisticsFilter): Promise<Count[]> =>
  countRuns(sql, filter, 'finished_at is not null')

const IS_ACTIVE = `state in ('queued', 'running', 'paused', 'retrying')`

const IS_OVER = `kind = 'backup' and finished_at is not null`

/** By their days in UTC, or by others. */
async function countRuns(
  sql: Sql,
  filter: StatisticsFilter,
  which: string,
  others?: Days,
): Promise<Count[]> {
  const values: unknown[] = []
  const where = conditions(filter, values).join(' and ')
  const day = others
    ? dayIn(others, 'queued_at', values)
    : `to_char((queued_at at time zone 'UTC')::date, 'YYYY-MM-DD')`
  return await sql.query<Count>(
    `select day, state, runs::float8 as runs,
       seconds::float8 as seconds, dumped as "dumpedBytes", stored as "storedBytes"
     from (
       select ${day} as day, state, count(*) as runs,
         coalesce(sum(extract(epoch from finished_at - started_at))
           filter (where state = 'completed'), 0) as seconds,
         coalesce(sum(result_bytes(result, 'bytes')) filter (where ${IS_OVER}), 0) as dumped,
         coalesce(sum(result_bytes(result, 'storedBytes')) filter (where ${IS_OVER}), 0) as stored
       from runs where ${which} and ${where}
       group by 1, 2) days
     order by 1, 2`,
    values,
  )
}

async function slowest(sql: Sql, filter: StatisticsFilter): Promise<number | undefined> {
  const { states = ['completed'] } = filter
  if (!states.includes('completed')) return undefined
  const values: unknown[] = []
  const where = conditions({ ...filter, states: undefined }, values)
  const [row] = await sql.query<{ seconds: number | null }>(
    `select extract(epoch from percentile_disc(0.95) within group (order by took))::float8 as seconds
     from (
       select finished_at - started_at as took from runs
       where state = 'completed' and ${where.join(' and ')}
       order by queued_at desc, id desc limit ${MOST_TIMED}) newest`,
    values,
  )
  return row?.seconds ?? undefined
}

function numbers(
  counts: readonly Count[],
): Pick<RunStatistics, 'total' | 'byState' | 'successRate' | 'meanSeconds'> {
  const byState: Partial<Record<RunState, number>> = {}
  for (const { state, runs } of counts) byState[state] = (byState[state] ?? 0) + runs
  const { completed = 0, failed = 0 } = byState
  const ended = completed + failed
  const seconds = counts
    .filter(one => one.state === 'completed')
    .reduce((sum, one) => sum + one.seconds, 0)
  return {
    total: counts.reduce((sum, one) => sum + one.runs, 0),
    byState,
    successRate: ended === 0 ? undefined : completed / ended,
    meanSeconds: completed === 0 ? undefined : seconds / completed,
  }
}

function newestOf(counts: readonly Count[], most: number): Count[] {
  const days = new Set([...new Set(counts.map(one => one.day))].sort().slice(-most))
  return counts.filter(one => days.has(one.day))
}

const byDay = (counts: readonly Count[]): RunDay[] =>
  [...Map.groupBy(counts, one => one.day)]
    .map(([day, of]) => dayOf(day, of))
    .sort((a, b) => (a.day < b.day ? -1 : 1))

function dayOf(day: string, counts: readonly Count[]): RunDay {
  const { total, byState, meanSeconds = null } = numbers(counts)
  const { completed = 0, failed = 0, skipped = 0, cancelled = 0 } = byState
  const sum = (what: 'dumpedBytes' | 'storedBytes') =>
    counts.reduce((all, one) => all + one[what], 0)
  return {
    day,
    completed,
    failed,
    skipped,
    cancelled,
    other: total - completed - failed,
    meanSeconds,
    dumpedBytes: sum('dumpedBytes'),
    storedBytes: sum('storedBytes'),
  }
}

const dayStart = (time: Date): Date => new Date(Math.floor(time.getTime() / DAY_MS) * DAY_MS)
/** `2026-03-29`, with more digits or `BC` where the year has them. */
const dayText = (day: Date): string => {
  const year = day.getUTCFullYear()
  const rest = day.toISOString().slice(-20, -14)
  return year > 0
    ? `${String(year).padStart(4, '0')}${rest}`
    : `${String(1 - year).padStart(4, '0')}${rest} BC`
}
