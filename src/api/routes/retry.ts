import { randomUUID } from 'node:crypto'
import type { Sql } from '../../catalog/db.ts'
import { requireRest } from '../../catalog/manual-backups.ts'
import { holdRepository } from '../../catalog/repositories.ts'
import { holdForRetry, repeatRun, retryNow } from '../../catalog/retry.ts'
import { findRun, type NewRun, type Run } from '../../catalog/runs.ts'
import { holdSource } from '../../catalog/sources.ts'
import { targetPlace } from '../../core/run-request.ts'
import { requireFresh } from '../policy.ts'
import type { Call, Deps } from '../route.ts'
import { MANUAL_PRIORITY } from './trigger.ts'

type Retry = Pick<
  Call<{ run: string }, unknown, unknown>,
  'params' | 'actor' | 'caller' | 'idempotencyKey'
>

/** Ends the pause of a run that is to be tried again; what is over and did not complete is asked for anew. */
export async function retry(
  { params, actor, caller, idempotencyKey }: Retry,
  deps: Deps,
): Promise<{ readonly run: Run; readonly isNew: boolean }> {
  return await deps.catalog.transaction(async sql => {
    const before = await holdForRetry(sql, (await findRun(sql, params.run)).id)
    if (before.kind === 'restore' && before.request.replace === true) {
      requireFresh(caller, 'a restore in place of a database')
    }
    if (before.state === 'retrying') {
      return { run: await retryNow(sql, before, actor), isNew: false }
    }
    const repeated = await repeatRun(sql, before, {
      ...(await whatOf(sql, before, deps)),
      trigger: 'manual',
      triggeredBy: actor,
      idempotencyKey,
      priority: MANUAL_PRIORITY,
      retry: before.retry,
    })
    if (repeated.isNew && before.kind === 'backup' && caller.kind !== 'local') {
      await requireRest(sql, repeated.run)
    }
    return repeated
  })
}

type What = Omit<NewRun, 'id' | 'trigger' | 'triggeredBy' | 'priority' | 'retry'> & {
  readonly id: string
}

/** The same request, with the source as it is now. Throws NotFound where it was removed. */
async function whatOf(sql: Sql, before: Run, { vault }: Deps): Promise<What> {
  const id = randomUUID()
  const { kind, sourceId, request, requestSealed } = before
  const source = sourceId === null ? undefined : await holdSource(sql, sourceId)
  const { id: repositoryId } = await holdRepository(sql, before.repositoryId)
  const target = requestSealed && vault.unseal(requestSealed, targetPlace(before.id))
  return {
    id,
    kind,
    sourceId: source?.id,
    repositoryId,
    scheduleId: before.scheduleId ?? undefined,
    lockKey: before.lockKey,
    host: target === null && source !== undefined ? source.host : before.host,
    request,
    ...(target && { requestSealed: vault.seal(target, targetPlace(id)) }),
  }
}
