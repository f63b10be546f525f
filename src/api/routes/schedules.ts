import { z } from 'zod'
import { audit } from '../../catalog/audit.ts'
import { catalogTime, type Sql } from '../../catalog/db.ts'
import { holdRepository } from '../../catalog/repositories.ts'
import { effectOn, rulesOf } from '../../catalog/retention.ts'
import { withNames } from '../../catalog/run-list.ts'
import { runSchedule } from '../../catalog/schedule-runs.ts'
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
} from '../../catalog/schedules.ts'
import { findSource, holdSource } from '../../catalog/sources.ts'
import { type Caller, scopesCover } from '../../core/access.ts'
import { NotAllowed } from '../../core/faults.ts'
import { isRule } from '../../core/retention.ts'
import { DEFAULT_RETRY, type RetryPolicy } from '../../core/run.ts'
import { requireFresh } from '../policy.ts'
import { type Route, route } from '../route.ts'
import { Reference } from '../schema/common.ts'
import { RetentionPreview, RetentionQuestion } from '../schema/retention.ts'
import { Run } from '../schema/runs.ts'
import {
  ChangedSchedule,
  Firings,
  FiringsQuery,
  NewSchedule,
  PreviewedSchedule,
  Schedule,
  ScheduleChanges,
  ScheduleList,
  SchedulePreview,
} from '../schema/schedules.ts'
import { previewRetention } from './retention-preview.ts'
import { firingOf, scheduleDocument, timetableOf } from './schedule-document.ts'
import { preview } from './schedule-preview.ts'
import { MANUAL_PRIORITY } from './trigger.ts'

const One = z.strictObject({ schedule: Reference })

export const scheduleRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/schedules',
    summary: 'Every schedule, or those of one source',
    area: 'schedules',
    needs: 'viewer',
    shared: true,
    query: z.strictObject({ source: Reference.optional() }),
    answer: ScheduleList,
    handle: async ({ query }, { catalog }) => {
      const source = query.source && (await findSource(catalog, query.source)).id
      const schedules = await listSchedules(catalog, source)
      return { document: { schedules: schedules.map(scheduleDocument) } }
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
    answer: ChangedSchedule,
    handle: async ({ body, actor, caller }, { catalog }) =>
      await catalog.transaction(async sql => {
        const { source, repository, enabled, ...settings } = body
        const schedule = await insertSchedule(sql, {
          ...(await settingsOf(sql, settings, DEFAULT_RETRY)),
          sourceId: (await holdSource(sql, source)).id,
          repositoryId: (await holdRepository(sql, repository)).id,
          enabled,
        })
        await audit(sql, entryOf(schedule, actor, 'schedule.add', settings))
        return { status: 201, document: await changed(sql, schedule, caller) }
      }),
  }),

  route({
    method: 'GET',
    path: '/schedules/:schedule',
    summary: 'One schedule, with its newest run',
    area: 'schedules',
    needs: 'viewer',
    params: One,
    answer: Schedule,
    handle: async ({ params }, { catalog }) => ({
      document: scheduleDocument(await findSchedule(catalog, params.schedule)),
    }),
  }),

  route({
    method: 'POST',
    path: '/schedules/preview',
    summary: 'When a schedule would fire that is not added yet; nothing is kept',
    area: 'schedules',
    needs: 'admin',
    success: [200],
    atOnce: { perCaller: 2, all: 8 },
    body: SchedulePreview,
    answer: PreviewedSchedule,
    handle: async ({ body: { count, ...timing } }, { catalog }) => ({
      document: preview(timing, await catalogTime(catalog), count),
    }),
  }),

  route({
    method: 'POST',
    path: '/schedules/preview-retention',
    summary: 'Which backups a rule keeps, and why, and which go; nothing is changed',
    area: 'schedules',
    needs: 'viewer',
    success: [200],
    atOnce: { perCaller: 2, all: 4 },
    body: RetentionQuestion,
    answer: RetentionPreview,
    handle: async ({ body }, { catalog }) => ({ document: await previewRetention(catalog, body) }),
  }),

  route({
    method: 'POST',
    path: '/schedules/:schedule/run',
    summary: 'Run now as the schedule would, also while it is disabled',
    area: 'schedules',
    needs: 'operator',
    action: 'run.start',
    success: [201, 200],
    params: One,
    answer: Run,
    handle: async ({ params, actor, idempotencyKey }, { catalog }) =>
      await catalog.transaction(async sql => {
        const schedule = await findSchedule(sql, params.schedule)
        const asked = { actor, idempotencyKey, priority: MANUAL_PRIORITY }
        const { run, isNew } = await runSchedule(sql, schedule, asked)
        return { status: isNew ? 201 : 200, document: await withNames(sql, run) }
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
      const now = await catalogTime(catalog)
      const firings = timetableOf(schedule)?.firings(now, query.count) ?? []
      return { document: { schedule: scheduleDocument(schedule), firings: firings.map(firingOf) } }
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
    answer: ChangedSchedule,
    handle: async ({ params, body, actor, caller }, { catalog }) =>
      await catalog.transaction(async sql => {
        const { id, retry } = await findSchedule(sql, params.schedule)
        const schedule = await editSchedule(sql, id, await settingsOf(sql, body, retry))
        await audit(sql, entryOf(schedule, actor, 'schedule.edit', body))
        return { document: await changed(sql, schedule, caller) }
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
    answer: ChangedSchedule,
    handle: async ({ params, actor, caller }, { catalog }) =>
      await catalog.transaction(async sql => {
        const { id } = await findSchedule(sql, params.schedule)
        const schedule = await change(sql, id)
        await audit(sql, entryOf(schedule, actor, action))
        return { document: await changed(sql, schedule, caller) }
      }),
  })
}

/**
 * A schedule that has just been changed, and what the rules make of its backups now. Where backups are to go by
 * that, it takes what deleting them takes. Throws StepUpRequired, NotAllowed.
 */
async function changed(sql: Sql, schedule: Row, caller: Caller): Promise<ChangedSchedule> {
  const rules = await rulesOf(sql, schedule)
  const applies = rules.some(({ keep }) => isRule(keep))
  const retention = applies ? await effectOn(sql, schedule) : null
  if (retention !== null && retention.goes > 0) {
    const what = 'a change by which backups are deleted'
    requireFresh(caller, what)
    if (!scopesCover(caller.scopes, 'backups', 'write')) {
      throw new NotAllowed({ what, needs: 'a key with the scope backups:write, too' })
    }
  }
  return { ...scheduleDocument(schedule), retention }
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
