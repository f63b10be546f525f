import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { audit } from '../../catalog/audit.ts'
import { findRepository, listRepositories } from '../../catalog/repositories.ts'
import { repositoryHistory, storageHistory } from '../../catalog/repository-history.ts'
import { withNames } from '../../catalog/run-list.ts'
import { listSchedules } from '../../catalog/schedules.ts'
import { beginMeasuring, endMeasuring } from '../../catalog/usage.ts'
import { throwIfAborted } from '../../core/abort.ts'
import { NotFound } from '../../core/faults.ts'
import { CheckRequest } from '../../core/run-request.ts'
import { Secret } from '../../core/secret.ts'
import type { RepositorySize } from '../outside.ts'
import { type Deps, type Route, route } from '../route.ts'
import { Reference } from '../schema/common.ts'
import {
  CreatedRepository,
  HistoryQuery,
  RepositoryDetails,
  RepositoryKeys,
  RepositoryToCreate,
  StorageHistory,
} from '../schema/repositories.ts'
import { Run } from '../schema/runs.ts'
import {
  about,
  insertOrGiveBack,
  openedBy,
  refuseRelative,
  refuseTaken,
  rowOf,
} from './repository-entry.ts'
import { scheduleDocument } from './schedule-document.ts'
import { trigger } from './trigger.ts'

const One = z.strictObject({ repository: Reference })
/** Not on the time of whoever asked. */
const TAKE_BACK_MS = 30_000
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

export const repositoryDetailRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/repositories/create',
    summary:
      'Make a repository in a new or empty place; the answer shows its recovery key this once only',
    area: 'repositories',
    needs: 'admin',
    action: 'repository.create',
    success: [201],
    atOnce: { perCaller: 1, all: 4 },
    body: RepositoryToCreate,
    answer: CreatedRepository,
    handle: async ({ body, actor, signal }, deps) => {
      refuseRelative(body.url)
      await refuseTaken(deps, body.name)
      const url = new Secret(body.url)
      const passphrase = new Secret(body.passphrase ?? newPassphrase())
      const made = await deps.outside.createRepository(url, passphrase, signal)
      const row = rowOf(randomUUID(), body, { url, found: made }, deps.vault)
      const opening = { url, found: made, signal }
      await insertOrGiveBack(deps, row, actor, 'repository.create', opening)
      const document = {
        repository: await findRepository(deps.catalog, row.id),
        recoveryKey: made.recoveryKey.reveal(),
        passphrase: body.passphrase === undefined ? passphrase.reveal() : null,
      }
      return { status: 201, document }
    },
  }),

  route({
    method: 'GET',
    path: '/repositories/:repository',
    summary: 'One repository: what it holds, what it takes on its storage, and who writes to it',
    area: 'repositories',
    needs: 'viewer',
    params: One,
    answer: RepositoryDetails,
    handle: async ({ params }, { catalog }) => {
      const { id } = await findRepository(catalog, params.repository)
      return { document: await detailsOf(id, catalog) }
    },
  }),

  route({
    method: 'GET',
    path: '/repositories/:repository/history',
    summary: 'What a repository held and took on its storage day by day, and what backups added',
    area: 'repositories',
    needs: 'viewer',
    shared: true,
    params: One,
    query: HistoryQuery,
    answer: StorageHistory,
    handle: async ({ params, query }, { catalog, memory }) => {
      const { id } = await findRepository(catalog, params.repository)
      const known = { sql: catalog, past: memory.past, now: await memory.upToDate() }
      return { document: { days: await repositoryHistory(known, id, query) } }
    },
  }),

  route({
    method: 'GET',
    path: '/stats/storage',
    summary: 'The same of all repositories together: each counts as it was last measured by then',
    area: 'repositories',
    needs: 'viewer',
    shared: true,
    query: HistoryQuery,
    answer: StorageHistory,
    handle: async ({ query }, { catalog, memory }) => {
      const known = { sql: catalog, past: memory.past, now: await memory.upToDate() }
      return { document: { days: await storageHistory(known, query) } }
    },
  }),

  route({
    method: 'GET',
    path: '/repositories/:repository/keys',
    summary: 'What opens a repository, without the secrets',
    area: 'repositories',
    needs: 'admin',
    atOnce: { perCaller: 2, all: 8 },
    params: One,
    answer: RepositoryKeys,
    handle: async ({ params, signal }, deps) => {
      const repository = await findRepository(deps.catalog, params.repository)
      const { url, key, keySlot } = await openedBy(deps, repository)
      const slots = await deps.outside.listKeys(url, key, signal)
      const keys = slots.map(({ id, kind, label, created }) => ({
        id,
        kind,
        label,
        createdAt: new Date(created),
        isServers: id === keySlot,
      }))
      return { document: { keys } }
    },
  }),

  route({
    method: 'POST',
    path: '/repositories/:repository/recovery-keys',
    summary: 'Make one more recovery key; the answer shows it this once only',
    area: 'repositories',
    needs: 'admin',
    action: 'repository.recovery-key',
    stepUp: true,
    success: [201],
    atOnce: { perCaller: 1, all: 4 },
    params: One,
    answer: CreatedRepository,
    handle: async ({ params, actor, signal }, deps) => {
      const repository = await findRepository(deps.catalog, params.repository)
      const { url, key } = await openedBy(deps, repository)
      const made = await deps.outside.addRecoveryKey(url, key, `by ${actor}`, signal)
      try {
        await deps.catalog.transaction(async sql => {
          await audit(sql, about(repository, actor, 'repository.recovery-key'))
          throwIfAborted(signal, 'a new recovery key')
        })
      } catch (error) {
        // Nobody sees it, so nobody may have it; whoever asked may have gone.
        await deps.outside.dropKey(url, key, made.slot, AbortSignal.timeout(TAKE_BACK_MS))
        throw error
      }
      const document = { repository, recoveryKey: made.key.reveal(), passphrase: null }
      return { status: 201, document }
    },
  }),

  route({
    method: 'POST',
    path: '/repositories/:repository/measure',
    summary: 'Measure now what a repository takes on its storage',
    area: 'repositories',
    needs: 'operator',
    action: 'repository.measure',
    atOnce: { perCaller: 1, all: 2 },
    params: One,
    answer: RepositoryDetails,
    handle: async ({ params, actor, signal }, deps) => {
      const { catalog, outside } = deps
      const repository = await findRepository(catalog, params.repository)
      const { url, key } = await openedBy(deps, repository)
      // Where somebody is at it already, its figures are as new as ours would be.
      if (await beginMeasuring(catalog, repository.id)) {
        let usage: RepositorySize | undefined
        try {
          usage = await outside.measureRepository(url, key, signal)
        } finally {
          await endMeasuring(catalog, repository.id, usage)
        }
      }
      await audit(catalog, about(repository, actor, 'repository.measure'))
      return { document: await detailsOf(repository.id, catalog) }
    },
  }),

  route({
    method: 'POST',
    path: '/repositories/:repository/check',
    summary: 'Check a repository now, as a run',
    area: 'repositories',
    needs: 'operator',
    action: 'run.start',
    success: [201, 200],
    params: One,
    body: z.strictObject(CheckRequest.partial().shape),
    answer: Run,
    handle: async ({ params, body, ...call }, deps) => {
      const wanted = { kind: 'check' as const, repository: params.repository, ...body }
      const { run, isNew } = await trigger({ ...call, body: wanted }, deps)
      return { status: isNew ? 201 : 200, document: await withNames(deps.catalog, run) }
    },
  }),
]

async function detailsOf(id: string, catalog: Deps['catalog']): Promise<RepositoryDetails> {
  const [repository] = await listRepositories(catalog, id)
  if (repository === undefined) throw new NotFound({ kind: 'repository', name: id })
  const { dumpBytes, usedBytes } = repository
  const schedules = (await listSchedules(catalog)).filter(one => one.repositoryId === id)
  return {
    repository,
    dedupRatio: usedBytes === null || usedBytes === 0 ? null : dumpBytes / usedBytes,
    schedules: schedules.map(scheduleDocument),
  }
}

/** 160 bits in four groups of eight, easy to type. */
function newPassphrase(): string {
  const letters = [...randomBytes(32)].map(byte => BASE32[byte % BASE32.length]).join('')
  return letters.replaceAll(/(.{8})(?=.)/g, '$1-')
}
