import { randomUUID } from 'node:crypto'
import { audit } from './audit.ts'
import type { Sql } from './db.ts'
import { insertRun, type Run } from './runs.ts'
import type { Schedule } from './schedules.ts'
import { holdSource } from './sources.ts'

/** Queues a run as a schedule would, for somebody who does not wait for it; in a transaction. */
export async function runSchedule(
  sql: Sql,
  schedule: Schedule,
  asked: {
    readonly actor: string
    readonly idempotencyKey: string | undefined
    readonly priority: number
  },
): Promise<{ readonly run: Run; readonly isNew: boolean }> {
  const id = randomUUID()
  const { sourceId, repositoryId, maxBytes, retry } = schedule
  const { host } = await holdSource(sql, sourceId)
  const request = maxBytes === null ? {} : { maxBytes }
  const run = await insertRun(sql, {
    id,
    kind: 'backup',
    sourceId,
    repositoryId,
    scheduleId: schedule.id,
    trigger: 'manual',
    triggeredBy: asked.actor,
    idempotencyKey: asked.idempotencyKey,
    lockKey: `source:${sourceId}`,
    host,
    request,
    priority: asked.priority,
    retry,
  })
  if (run.id !== id) return { run, isNew: false }
  await audit(sql, {
    actor: asked.actor,
    action: 'run.start',
    objectKind: 'run',
    objectId: id,
    details: { kind: 'backup', schedule: schedule.id, ...request },
  })
  return { run, isNew: true }
}
