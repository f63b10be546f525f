import { randomUUID } from 'node:crypto'
import { audit } from '../../catalog/audit.ts'
import {
  repositoriesOfBackup,
  repositoriesOfSource,
  someRepositories,
} from '../../catalog/choices.ts'
import type { Sql } from '../../catalog/db.ts'
import { noteDeletion } from '../../catalog/deletions.ts'
import { requireRest } from '../../catalog/manual-backups.ts'
import { findRepositoryEver, holdRepository } from '../../catalog/repositories.ts'
import { insertRun, type NewRun, type Run, runAskedWith } from '../../catalog/runs.ts'
import {
  findSourceEver,
  holdSource,
  newestBackup,
  type Source,
  sourceLabelled,
} from '../../catalog/sources.ts'
import type { Caller } from '../../core/access.ts'
import { InvalidInput } from '../../core/faults.ts'
import { DEFAULT_RETRY } from '../../core/run.ts'
import { targetPlace } from '../../core/run-request.ts'
import type { Call, Deps } from '../route.ts'
import type { NewRestore, WantedRun } from '../schema/runs.ts'
import { targetOf } from './restore-target.ts'

/** Runs that somebody waits for go before those that a clock asked for. */
export const MANUAL_PRIORITY = 100

type Trigger = Pick<
  Call<unknown, unknown, WantedRun>,
  'body' | 'actor' | 'caller' | 'idempotencyKey'
>
type What = Pick<
  NewRun,
  'sourceId' | 'repositoryId' | 'lockKey' | 'host' | 'request' | 'requestSealed'
>

/** Queues what is wanted; the same idempotency key means the same run. */
export async function trigger(
  { body, actor, caller, idempotencyKey }: Trigger,
  deps: Deps,
): Promise<{ readonly run: Run; readonly isNew: boolean }> {
  return await deps.catalog.transaction(async sql => {
    const id = randomUUID()
    const what = await whatFor(sql, { body, caller }, id, deps).catch(async (error: unknown) => {
      const first = await firstOf(sql, body, idempotencyKey)
      if (first === undefined) throw error
      return first
    })
    if ('state' in what) return { run: what, isNew: false }
    const run = await insertRun(sql, {
      id,
      kind: body.kind,
      trigger: 'manual',
      triggeredBy: actor,
      idempotencyKey,
      priority: MANUAL_PRIORITY,
      retry: DEFAULT_RETRY,
      ...what,
    })
    const isNew = run.id === id
    if (isNew) {
      if (body.kind === 'backup' && caller.kind !== 'local') await requireRest(sql, run)
      await noteDeletion(sql, run)
      await audit(sql, {
        actor,
        action: 'run.start',
        objectKind: 'run',
        objectId: id,
        details: { kind: body.kind, ...run.request },
      })
    }
    return { run, isNew }
  })
}

/** The run that the same request made while what it names was still there. */
async function firstOf(
  sql: Sql,
  body: WantedRun,
  idempotencyKey: string | undefined,
): Promise<Run | undefined> {
  const first = idempotencyKey && (await runAskedWith(sql, idempotencyKey))
  if (!first || first.kind !== body.kind) return undefined
  const { source, repository } = { source: undefined, ...body }
  const isSame =
    (source === undefined || first.sourceId === (await findSourceEver(sql, source)).id) &&
    (repository === undefined ||
      first.repositoryId === (await findRepositoryEver(sql, repository)).id)
  return isSame ? first : undefined
}

async function whatFor(
  sql: Sql,
  { body, caller }: Pick<Trigger, 'body' | 'caller'>,
  id: string,
  deps: Deps,
): Promise<What> {
  if (body.kind === 'check') {
    const repository = await holdRepository(sql, body.repository)
    return {
      repositoryId: repository.id,
      lockKey: `repository:${repository.id}`,
      host: '',
      request: { readData: body.readData ?? false },
    }
  }
  if (body.kind === 'restore') return await restoreOf(sql, { body, caller }, id, deps)
  const source = await holdSource(sql, body.source)
  const repositoryId = await repositoryFor(sql, source, body)
  const common = {
    sourceId: source.id,
    repositoryId,
    lockKey: `source:${source.id}`,
    host: source.host,
  }
  if (body.kind === 'backup') {
    return { ...common, request: { tags: body.tags ?? {}, maxBytes: body.maxBytes } }
  }
  return { ...common, request: { backup: await backupOf(sql, source, body, repositoryId) } }
}

/**
 * `latest` is the latest of this source, whatever else is in the repository. Where its database has moved, the
 * repository cannot tell which backups are of this source, and the catalogue can.
 */
export async function backupOf(
  sql: Sql,
  source: Source | undefined,
  { backup }: { readonly backup: string },
  repositoryId: string,
): Promise<string> {
  if (backup !== 'latest' || source === undefined) return backup
  const moved = source.formerLabels.length > 0
  const newest = moved ? await newestBackup(sql, source, repositoryId) : undefined
  return newest ?? `latest:${source.label}`
}

async function restoreOf(
  sql: Sql,
  { body, caller }: { readonly body: NewRestore; readonly caller: Caller },
  id: string,
  deps: Deps,
): Promise<What> {
  const source = body.source === undefined ? undefined : await holdSource(sql, body.source)
  const repositoryId = await repositoryFor(sql, source, body)
  const backup = await backupOf(sql, source, body, repositoryId)
  const { url, label, host, options } = await targetOf(sql, source, { body, caller }, deps)
  // A database that is replaced is not backed up meanwhile.
  const replaced = options.replace ? await sourceLabelled(sql, label) : undefined
  return {
    sourceId: source?.id,
    repositoryId,
    lockKey: replaced === undefined ? `target:${label}` : `source:${replaced.id}`,
    host,
    request: { backup, target: label, ...options },
    requestSealed: deps.vault.seal(url, targetPlace(id)),
  }
}

/** The repository that was named, else the only one that can be meant. */
export async function repositoryFor(
  sql: Sql,
  source: Source | undefined,
  body: Exclude<WantedRun, { kind: 'check' }>,
): Promise<string> {
  if (body.repository !== undefined) return (await holdRepository(sql, body.repository)).id
  const inBackup = body.kind === 'backup' ? [] : await repositoriesOfBackup(sql, body.backup)
  const bySchedule = source === undefined ? [] : await repositoriesOfSource(sql, source.id)
  const all = await someRepositories(sql)
  const choices = [inBackup, bySchedule, all].find(found => found.length > 0) ?? []
  const [choice, ...others] = choices
  if (choice !== undefined && others.length === 0) return (await holdRepository(sql, choice.id)).id
  const why =
    choice === undefined
      ? 'there is no repository yet; add one: holdfast repo add NAME --repository URL'
      : `it could be ${choices.map(one => one.name).join(' or ')}; name one`
  throw new InvalidInput({ problems: [{ field: 'repository', why }] })
}
