import { hasCommitted } from '../catalog/attempts.ts'
import type { Sql } from '../catalog/db.ts'
import {
  repositoryKeyPlace,
  repositoryUrlPlace,
  sealedRepository,
} from '../catalog/repositories.ts'
import type { Run } from '../catalog/runs.ts'
import { sealedSourceUrl, sourceUrlPlace } from '../catalog/sources.ts'
import type { Vault } from '../catalog/vault.ts'
import { NotFound } from '../core/faults.ts'
import { targetPlace } from '../core/run-request.ts'
import { passwordsIn, Secret } from '../core/secret.ts'
import type { Order } from './protocol.ts'

/** What every order of a node says. */
export type OrderDefaults = Pick<Order, 'madeBy' | 'engines' | 'cores'> &
  Pick<Order['repository'], 'roots'>

/** What a runner is told about a run, with its secrets in clear. Throws NotFound for what was removed. */
export async function orderFor(
  sql: Sql,
  vault: Vault,
  run: Run,
  { roots, ...defaults }: OrderDefaults,
): Promise<Order> {
  return {
    ...defaults,
    run: run.id,
    kind: run.kind,
    request: run.request,
    again: run.attempt > 1,
    committed: run.attempt > 1 && (await hasCommitted(sql, run.id)),
    repository: { ...(await repositoryOf(sql, vault, run)), roots },
    database: await databaseOf(sql, vault, run),
  }
}

/** What of an order nobody may print. */
export function secretsOf(order: Order): Secret[] {
  const { repository, database = '' } = order
  const urls = [repository.url, database]
  return [...urls, ...urls.flatMap(passwordsIn), repository.recoveryKey].map(
    text => new Secret(text),
  )
}

async function repositoryOf(sql: Sql, vault: Vault, run: Run): Promise<Order['repository']> {
  const id = run.repositoryId
  const sealed = await sealedRepository(sql, id)
  if (sealed === undefined) throw new NotFound({ kind: 'repository', name: id })
  return {
    url: vault.unseal(sealed.url, repositoryUrlPlace(id)).reveal(),
    recoveryKey: vault.unseal(sealed.key, repositoryKeyPlace(id)).reveal(),
  }
}

async function databaseOf(sql: Sql, vault: Vault, run: Run): Promise<string | undefined> {
  if (run.requestSealed !== null) {
    return vault.unseal(run.requestSealed, targetPlace(run.id)).reveal()
  }
  if (run.sourceId === null) return undefined
  const sealed = await sealedSourceUrl(sql, run.sourceId)
  if (sealed === undefined) throw new NotFound({ kind: 'source', name: run.sourceId })
  return vault.unseal(sealed, sourceUrlPlace(run.sourceId)).reveal()
}
