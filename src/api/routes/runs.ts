import { Readable } from 'node:stream'
import { z } from 'zod'
import { attemptsOf } from '../../catalog/attempts.ts'
import type { Sql } from '../../catalog/db.ts'
import { findRepository } from '../../catalog/repositories.ts'
import {
  pauseAll,
  resumeAll,
  wantCancel,
  wantPause,
  wantResume,
} from '../../catalog/run-control.ts'
import { runEvents } from '../../catalog/run-events.ts'
import { listRuns, type RunFilter, runStatistics, withNames } from '../../catalog/run-list.ts'
import { findRun, type Run as RunRow } from '../../catalog/runs.ts'
import { findSource } from '../../catalog/sources.ts'
import { follow } from '../follow.ts'
import { type Route, route } from '../route.ts'
import { Done, Reference } from '../schema/common.ts'
import {
  NewRun,
  Run,
  RunDetails,
  RunList,
  RunLog,
  RunNews,
  RunQuery,
  Stats,
  StatsQuery,
} from '../schema/runs.ts'
import { trigger } from './trigger.ts'

const One = z.strictObject({ run: Reference })

export const runRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/runs',
    summary: 'Runs, newest first',
    area: 'runs',
    needs: 'viewer',
    query: RunQuery,
    answer: RunList,
    handle: async ({ query: { limit, after, ...query } }, { catalog }) => {
      const filter = await filterOf(catalog, query)
      const last = after === undefined ? undefined : (await findRun(catalog, after)).id
      const { runs, next = null } = await listRuns(catalog, filter, { limit, after: last })
      return { document: { runs, next } }
    },
  }),

  route({
    method: 'POST',
    path: '/runs',
    summary: 'Run now; with an Idempotency-Key, the same request sent again is the same run',
    area: 'runs',
    needs: 'operator',
    action: 'run.start',
    success: [201, 200],
    body: NewRun,
    answer: Run,
    handle: async (call, deps) => {
      const { run, isNew } = await trigger(call, deps)
      return { status: isNew ? 201 : 200, document: await withNames(deps.catalog, run) }
    },
  }),

  route({
    method: 'GET',
    path: '/runs/:run',
    summary: 'One run with its attempts',
    area: 'runs',
    needs: 'viewer',
    params: One,
    answer: RunDetails,
    handle: async ({ params }, { catalog }) => {
      const run = await findRun(catalog, params.run)
      const attempts = await attemptsOf(catalog, run.id)
      return { document: { run: await withNames(catalog, run), attempts } }
    },
  }),

  route({
    method: 'GET',
    path: '/runs/:run/log',
    summary: 'The log of a run, oldest line first, up to 1,000 lines after a given one',
    area: 'runs',
    needs: 'viewer',
    params: One,
    query: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
    answer: RunLog,
    handle: async ({ params, query }, { catalog }) => {
      const run = await findRun(catalog, params.run)
      return { document: { events: await runEvents(catalog, run.id, query.after) } }
    },
  }),

  route({
    method: 'GET',
    path: '/runs/:run/follow',
    summary: 'What happens to a run until it is over, as lines of JSON',
    area: 'runs',
    needs: 'viewer',
    params: One,
    query: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
    media: 'application/x-ndjson',
    answer: RunNews,
    handle: async ({ params, query, signal }, { catalog, feed }) => {
      const run = await findRun(catalog, params.run)
      return { lines: Readable.from(follow(catalog, feed, run.id, query.after, signal)) }
    },
  }),

  controlRoute('pause', 'Pause a run: its processes stand still', wantPause),
  controlRoute('resume', 'Let a paused run go on', wantResume),
  controlRoute('cancel', 'Cancel a run', wantCancel),

  route({
    method: 'POST',
    path: '/pause-all',
    summary: 'Start nothing new, and pause what runs',
    area: 'runs',
    needs: 'operator',
    action: 'run.pause-all',
    answer: Done,
    handle: async ({ actor }, { catalog }) => {
      await catalog.transaction(sql => pauseAll(sql, actor))
      return { document: { warnings: [] } }
    },
  }),

  route({
    method: 'POST',
    path: '/resume-all',
    summary: 'Let everything go on that was paused by pause-all',
    area: 'runs',
    needs: 'operator',
    action: 'run.resume-all',
    answer: Done,
    handle: async ({ actor }, { catalog }) => {
      await catalog.transaction(sql => resumeAll(sql, actor))
      return { document: { warnings: [] } }
    },
  }),

  route({
    method: 'GET',
    path: '/stats',
    summary: 'Numbers about runs',
    area: 'runs',
    needs: 'viewer',
    query: StatsQuery,
    answer: Stats,
    handle: async ({ query }, { catalog }) => {
      const {
        successRate = null,
        meanSeconds = null,
        days,
        ...counts
      } = await runStatistics(catalog, await filterOf(catalog, query))
      return { document: { ...counts, successRate, meanSeconds, days: [...days] } }
    },
  }),
]

function controlRoute(
  verb: 'pause' | 'resume' | 'cancel',
  summary: string,
  want: (sql: Sql, id: string, by: string) => Promise<RunRow>,
): Route {
  return route({
    method: 'POST',
    path: `/runs/:run/${verb}`,
    summary,
    area: 'runs',
    needs: 'operator',
    action: `run.${verb}`,
    params: One,
    answer: Run,
    handle: async ({ params, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const { id } = await findRun(sql, params.run)
        return { document: await withNames(sql, await want(sql, id, actor)) }
      }),
  })
}

/** The filter of a query, whose things may be named as people name them. */
async function filterOf(sql: Sql, query: z.output<typeof StatsQuery>): Promise<RunFilter> {
  const { state, kind, trigger, source, repository, since, until } = query
  return {
    states: state,
    kinds: kind,
    triggers: trigger,
    sourceId: source === undefined ? undefined : (await findSource(sql, source)).id,
    repositoryId: repository === undefined ? undefined : (await findRepository(sql, repository)).id,
    since,
    until,
  }
}
