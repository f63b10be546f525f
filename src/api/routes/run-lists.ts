import { Readable } from 'node:stream'
import type { z } from 'zod'
import { activeRuns } from '../../catalog/active.ts'
import type { Sql } from '../../catalog/db.ts'
import { findRepositoryEver } from '../../catalog/repositories.ts'
import { listRuns, type Place, type RunFilter } from '../../catalog/run-list.ts'
import { findRun } from '../../catalog/runs.ts'
import { findScheduleEver } from '../../catalog/schedules.ts'
import { findSourceEver } from '../../catalog/sources.ts'
import { runStatistics, sourceStatistics } from '../../catalog/statistics.ts'
import { CSV, csvLine } from '../csv.ts'
import { type Route, route } from '../route.ts'
import {
  ActiveRuns,
  RunExportQuery,
  RunList,
  RunQuery,
  SourceStats,
  SourceStatsQuery,
  Stats,
  StatsQuery,
} from '../schema/runs.ts'
import { RUN_COLUMNS, runCells } from './run-columns.ts'

/** So many runs at a time are read for an export: memory stays flat, however many there are. */
const EXPORT_PAGE = 1000

export const runListRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/runs',
    summary: 'Runs, newest first',
    area: 'runs',
    needs: 'viewer',
    shared: true,
    query: RunQuery,
    answer: RunList,
    handle: async ({ query: { limit, after, before, ...query } }, { catalog }) => {
      const filter = await filterOf(catalog, query)
      const page = {
        limit,
        after: await placeOf(catalog, after),
        before: await placeOf(catalog, before),
      }
      const { runs, next = null, previous = null } = await listRuns(catalog, filter, page)
      return { document: { runs, next, previous } }
    },
  }),

  route({
    method: 'GET',
    path: '/runs.csv',
    summary: 'Runs as comma-separated values, newest first, with the filters of the list',
    area: 'runs',
    needs: 'viewer',
    atOnce: { perCaller: 1, all: 4 },
    media: CSV,
    query: RunExportQuery,
    answer: RunList,
    handle: async ({ query, signal }, { catalog }) => {
      const filter = await filterOf(catalog, query)
      const file = Readable.from(exported(catalog, filter, signal))
      return { file, name: 'runs.csv', type: CSV }
    },
  }),

  route({
    method: 'GET',
    path: '/runs/active',
    summary: 'What runs and what waits, with its place in the queue and what it waits for',
    area: 'runs',
    needs: 'viewer',
    shared: true,
    answer: ActiveRuns,
    handle: async (_, { catalog }) => {
      const { runs, ...about } = await activeRuns(catalog)
      return { document: { ...about, runs: [...runs] } }
    },
  }),

  route({
    method: 'GET',
    path: '/stats',
    summary: 'Numbers about runs',
    area: 'runs',
    needs: 'viewer',
    shared: true,
    query: StatsQuery,
    answer: Stats,
    handle: async ({ query: { days: mostDays, timeZone, ...query } }, { catalog, memory }) => {
      const filter = await filterOf(catalog, query)
      const view = { mostDays, timeZone, now: await memory.upToDate(), past: memory.past }
      const {
        successRate = null,
        meanSeconds = null,
        p95Seconds = null,
        days,
        ...counts
      } = await runStatistics(catalog, filter, view)
      const document = { ...counts, successRate, meanSeconds, p95Seconds, days: [...days] }
      return { document }
    },
  }),

  route({
    method: 'GET',
    path: '/stats/sources',
    summary: 'Numbers about the runs of each source',
    area: 'runs',
    needs: 'viewer',
    shared: true,
    query: SourceStatsQuery,
    answer: SourceStats,
    handle: async ({ query: { days, kind, trigger } }, { memory }) => {
      const filter = { kinds: kind, triggers: trigger }
      const view = { mostDays: days, now: await memory.upToDate(), past: memory.past }
      return { document: { sources: await sourceStatistics(view, filter) } }
    },
  }),
]

/** The filter of a query, whose things may be named as people name them, also when they were removed. */
async function filterOf(
  sql: Sql,
  query: Partial<z.output<typeof RunExportQuery>>,
): Promise<RunFilter> {
  const { state, kind, trigger, source, repository, schedule, ...rest } = query
  return {
    ...rest,
    states: state,
    kinds: kind,
    triggers: trigger,
    sourceId: source && (await findSourceEver(sql, source)).id,
    repositoryId: repository && (await findRepositoryEver(sql, repository)).id,
    scheduleId: schedule && (await findScheduleEver(sql, schedule)),
  }
}

const placeOf = async (sql: Sql, run: string | undefined): Promise<Place | undefined> =>
  run === undefined ? undefined : await findRun(sql, run)

/** Lines of comma-separated values; runs that are asked for meanwhile are not among them. */
async function* exported(sql: Sql, filter: RunFilter, signal: AbortSignal): AsyncGenerator<string> {
  yield csvLine(RUN_COLUMNS)
  let after: Place | undefined
  while (!signal.aborted) {
    const { runs, next } = await listRuns(sql, filter, { limit: EXPORT_PAGE, after })
    yield runs.map(run => csvLine(runCells(run))).join('')
    if (next === undefined) return
    const last = runs.at(-1)
    after = last?.id === next ? last : await findRun(sql, next)
  }
}
