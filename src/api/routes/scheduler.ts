import { audit } from '../../catalog/audit.ts'
import type { Sql } from '../../catalog/db.ts'
import { firingsAround } from '../../catalog/firings.ts'
import { listNodes } from '../../catalog/nodes.ts'
import { readOverview } from '../../catalog/overview.ts'
import { readSetting } from '../../catalog/settings.ts'
import { setScheduler, slotsStatus } from '../../catalog/slots.ts'
import { type Route, route } from '../route.ts'
import { Scheduler } from '../schema/scheduler.ts'

export const schedulerRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/scheduler',
    summary: 'Whether schedules fire, and what there is to do',
    area: 'scheduler',
    needs: 'viewer',
    answer: Scheduler,
    handle: async (_, { catalog }) => ({ document: await standing(catalog) }),
  }),
  switchRoute('start', 'Let schedules fire', 'running'),
  switchRoute('stop', 'Let no schedule fire until it is started again', 'stopped'),
]

function switchRoute(verb: 'start' | 'stop', summary: string, state: Scheduler['state']): Route {
  return route({
    method: 'POST',
    path: `/scheduler/${verb}`,
    summary,
    area: 'scheduler',
    needs: 'operator',
    action: `scheduler.${verb}`,
    answer: Scheduler,
    handle: async ({ actor }, { catalog }) => ({
      document: await catalog.transaction(async sql => {
        await setScheduler(sql, state)
        await audit(sql, { actor, action: `scheduler.${verb}`, objectKind: 'scheduler' })
        return await standing(sql)
      }),
    }),
  })
}

async function standing(sql: Sql): Promise<Scheduler> {
  const { now, enabled, disabled, nextFire, ...runs } = await readOverview(sql)
  const { state, aheadOfClock } = await slotsStatus(sql)
  const { next, last, overdue } = await firingsAround(sql)
  return {
    state,
    paused: await readSetting(sql, 'paused'),
    now,
    schedules: { enabled, disabled, aheadOfClock, overdue },
    runs,
    queueDepth: runs.queued + runs.retrying,
    nextFire: state === 'running' ? nextFire : null,
    next: state === 'running' ? next : null,
    last,
    nodes: await listNodes(sql),
  }
}
