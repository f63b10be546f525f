import { Readable } from 'node:stream'
import { z } from 'zod'
import { attemptsOf } from '../../catalog/attempts.ts'
import type { Sql } from '../../catalog/db.ts'
import {
  pauseAll,
  resumeAll,
  wantCancel,
  wantPause,
  wantResume,
} from '../../catalog/run-control.ts'
import { runEvents } from '../../catalog/run-events.ts'
import { withNames } from '../../catalog/run-list.ts'
import { findRun, type Run as RunRow } from '../../catalog/runs.ts'
import { follow } from '../follow.ts'
import { requireFresh } from '../policy.ts'
import { type Route, route } from '../route.ts'
import { Done, Reference } from '../schema/common.ts'
import { isInPlace, NewRun, Run, RunDetails, RunLog, RunNews } from '../schema/runs.ts'
import { retry } from './retry.ts'
import { trigger } from './trigger.ts'

const One = z.strictObject({ run: Reference })
/** Each of them asks the catalog once a second. */
const FOLLOWED = { perCaller: 50, all: 500 }

export const runRoutes: readonly Route[] = [
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
      const { body, caller } = call
      if (body.kind === 'restore' && isInPlace(body)) {
        requireFresh(caller, 'a restore in place of a database')
      }
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
    shared: true,
    params: One,
    answer: RunDetails,
    handle: async ({ params }, { catalog }) => {
      const run = await findRun(catalog, params.run)
      const [named, attempts] = await Promise.all([
        withNames(catalog, run),
        attemptsOf(catalog, run.id),
      ])
      return { document: { run: named, attempts } }
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
    atOnce: FOLLOWED,
    params: One,
    query: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
    media: 'application/x-ndjson',
    answer: RunNews,
    handle: async ({ params, query: { after }, caller, signal }, { catalog, feed }) => {
      const run = await findRun(catalog, params.run)
      const news = follow(catalog, feed, run.id, { caller, after, signal })
      return { lines: Readable.from(news) }
    },
  }),

  controlRoute('pause', 'Pause a run: its processes stand still', wantPause),
  controlRoute('resume', 'Let a paused run go on', wantResume),
  controlRoute('cancel', 'Cancel a run', wantCancel),

  route({
    method: 'POST',
    path: '/runs/:run/retry',
    summary:
      'Try again now what is to be tried again, or repeat a run that did not complete as a new one',
    area: 'runs',
    needs: 'operator',
    action: 'run.retry',
    success: [200, 201],
    params: One,
    answer: Run,
    handle: async (call, deps) => {
      const { run, isNew } = await retry(call, deps)
      return { status: isNew ? 201 : 200, document: await withNames(deps.catalog, run) }
    },
  }),

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
