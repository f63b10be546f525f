import { z } from 'zod'
import { audit } from '../../catalog/audit.ts'
import type { Sql } from '../../catalog/db.ts'
import { readOverview } from '../../catalog/overview.ts'
import { holdRepository } from '../../catalog/repositories.ts'
import {
  disableSchedule,
  editSchedule,
  enableSchedule,
  findSchedule,
  insertSchedule,
  listSchedules,
  type Schedule as Row,
  removeSchedule,
  type ScheduleSettings,
  timingOf,
} from '../../catalog/schedules.ts'
import { findSource, holdSource } from '../../catalog/sources.ts'
import { shortId } from '../../core/ids.ts'
import { DEFAULT_RETRY, type RetryPolicy } from '../../core/run.ts'
import { type Firing, Timetable } from '../../core/schedule.ts'
import { type Route, route } from '../route.ts'
import { Reference } from '../schema/common.ts'
import {
  Firings,
  FiringsQuery,
  NewSchedule,
  Schedule,
  ScheduleChanges,
  ScheduleList,
} from '../schema/schedules.ts'

const One = z.strictObject({ schedule: Reference })

export const scheduleRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/schedules',
    summary: 'Every schedule, or those of one source',
    area: 'schedules',
    needs: 'viewer',
    query: z.strictObject({ source: Reference.optional() }),
    answer: ScheduleList,
    handle: async ({ query }, { catalog }) => {
      const source = query.source && (await findSource(catalog, query.source)).id
      const schedules = await listSchedules(catalog, source)
      return { document: { schedules: schedules.map(documentOf) } }
    },
  }),

  route({
    method: 'POST',
    path: '/schedules',
    summary: 'Add a schedule, by time or after another one',
    area: 'schedules',
    needs: 'admin',
    action: 'schedule.add',
    body: NewSchedule,
    answer: Schedule,
    handle: async ({ body, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const { source, repository, enabled, ...settings } = body
        const schedule = await insertSchedule(sql, {
          ...(await settingsOf(sql, settings, DEFAULT_RETRY)),
          sourceId: (await holdSource(sql, source)).id,
          repositoryId: (await holdRepository(sql, repository)).id,
          enabled,
        })
        await audit(sql, entryOf(schedule, actor, 'schedule.add', settings))
        return { status: 201, document: documentOf(schedule) }
      }),
  }),

  route({
    method: 'GET',
    path: '/schedules/:schedule/next',
    summary: 'The next firings of a schedule that goes by time',
    area: 'schedules',
    needs: 'viewer',
    params: One,
    query: FiringsQuery,
    answer: Firings,
    handle: async ({ params, query }, { catalog }) => {
      const schedule = await findSchedule(catalog, params.schedule)
      const { now } = await readOverview(catalog)
      const firings = timetableOf(schedule)?.firings(now, query.count) ?? []
      return { document: { schedule: documentOf(schedule), firings: firings.map(firingOf) } }
    },
  }),

  route({
    method: 'PATCH',
    path: '/schedules/:schedule',
    summary: 'Change a schedule; what is left out stays',
    area: 'schedules',
    needs: 'admin',
    action: 'schedule.edit',
    params: One,
    body: ScheduleChanges,
    answer: Schedule,
    handle: async ({ params, body, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const { id, retry } = await findSchedule(sql, params.schedule)
        const schedule = await editSchedule(sql, id, await settingsOf(sql, body, retry))
        await audit(sql, entryOf(schedule, actor, 'schedule.edit', body))
        return { document: documentOf(schedule) }
      }),
  }),

  changeRoute('POST', '/enable', 'schedule.enable', 'Let a schedule fire', enableSchedule),
  changeRoute(
    'POST',
    '/disable',
    'schedule.disable',
    'Keep a schedule from firing',
    disableSchedule,
  ),
  changeRoute('DELETE', '', 'schedule.remove', 'Remove a schedule; its runs stay', removeSchedule),
]

function changeRoute(
  method: 'POST' | 'DELETE',
  end: string,
  action: string,
  summary: string,
  change: (sql: Sql, id: string) => Promise<Row>,
): Route {
  return route({
    method,
    path: `/schedules/:schedule${end}`,
    summary,
    area: 'schedules',
    needs: 'admin',
    action,
    params: One,
    answer: Schedule,
    handle: async ({ params, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const { id } = await findSchedule(sql, params.schedule)
        const schedule = await change(sql, id)
        await audit(sql, entryOf(schedule, actor, action))
        return { document: documentOf(schedule) }
      }),
  })
}

/** The settings that were asked for; what they leave out of the retries is as in `retryBefore`. */
async function settingsOf(
  sql: Sql,
  { after, retry, repository, ...settings }: z.output<typeof ScheduleChanges>,
  retryBefore: RetryPolicy,
): Promise<ScheduleSettings> {
  const { delays = retryBefore.delays, networkDelays = retryBefore.networkDelays } = retry ?? {}
  return {
    ...settings,
    repositoryId: repository && (await holdRepository(sql, repository)).id,
    afterScheduleId: after && (await findSchedule(sql, after)).id,
    retry: retry && { delays, networkDelays },
  }
}

const entryOf = (schedule: Row, actor: string, action: string, details: object = {}) => ({
  actor,
  action,
  objectKind: 'schedule',
  objectId: schedule.id,
  objectName: schedule.sourceName,
  details: { ...details, repository: schedule.repositoryName },
})

const timetableOf = (schedule: Row): Timetable | undefined =>
  schedule.cron === null ? undefined : new Timetable(timingOf(schedule, schedule.cron), schedule.id)

function documentOf(row: Row): Schedule {
  const words =
    timetableOf(row)?.words ?? `after schedule ${shortId(row.afterScheduleId ?? '')} completed`
  return { ...row, source: row.sourceName, repository: row.repositoryName, words }
}

const firingOf = ({ slot, at, missed, missedMore }: Firing) => ({
  slot,
  at,
  alsoFor: missed.length + missedMore,
})
