import { z } from 'zod'
import { listLocks } from '../../catalog/locks.ts'
import { releaseLock } from '../../catalog/run-control.ts'
import { withNames } from '../../catalog/run-list.ts'
import { NameAmbiguous, NotFound } from '../../core/faults.ts'
import { type Route, route } from '../route.ts'
import { PlainText } from '../schema/common.ts'
import { LockList, Run } from '../schema/runs.ts'

export const lockRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/locks',
    summary: 'Who holds what since when',
    area: 'locks',
    needs: 'viewer',
    answer: LockList,
    handle: async (_, { catalog }) => ({ document: { locks: await listLocks(catalog) } }),
  }),

  route({
    method: 'POST',
    path: '/locks/release',
    summary: 'Take a lock away: its run fails, and its worker can write nothing more',
    area: 'locks',
    needs: 'admin',
    action: 'run.release',
    stepUp: true,
    body: z.strictObject({
      /** Its key, the name of what it is on, or its run. */
      lock: PlainText(1000),
    }),
    answer: Run,
    handle: async ({ body, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const locks = (await listLocks(sql)).filter(
          ({ key, name, runId }) =>
            [key, name, name.replace(/^\w+ /, '')].includes(body.lock) ||
            (body.lock.length >= 4 && runId.startsWith(body.lock.toLowerCase())),
        )
        const [lock, ...others] = locks
        if (lock === undefined) throw new NotFound({ kind: 'lock', name: body.lock })
        if (others.length > 0) {
          throw new NameAmbiguous({ kind: 'lock', name: body.lock, count: locks.length })
        }
        return { document: await withNames(sql, await releaseLock(sql, lock.runId, actor)) }
      }),
  }),
]
