import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { audit } from '../../catalog/audit.ts'
import { refreshBackups } from '../../catalog/listings.ts'
import {
  editRepository,
  findRepository,
  listRepositories,
  removeRepository,
} from '../../catalog/repositories.ts'
import { reason } from '../../core/fault.ts'
import { Secret } from '../../core/secret.ts'
import type { RepositoryKey } from '../outside.ts'
import { type Route, route } from '../route.ts'
import { Done, Reference } from '../schema/common.ts'
import {
  NewRepository,
  Refreshed,
  Repository,
  RepositoryChanges,
  RepositoryList,
} from '../schema/repositories.ts'
import {
  about,
  insertOrGiveBack,
  openedBy,
  refuseRelative,
  refuseTaken,
  rowOf,
} from './repository-entry.ts'

const One = z.strictObject({ repository: Reference })

export const repositoryRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/repositories',
    summary: 'Every repository, by name',
    area: 'repositories',
    needs: 'viewer',
    answer: RepositoryList,
    handle: async (_, { catalog, outside }) => ({
      document: { repositories: await listRepositories(catalog), home: outside.repositoriesHome },
    }),
  }),

  route({
    method: 'POST',
    path: '/repositories',
    summary: 'Add a repository: it is opened once, and the server gets a key of its own',
    area: 'repositories',
    needs: 'admin',
    action: 'repository.add',
    body: NewRepository,
    answer: Refreshed,
    handle: async ({ body, actor, signal }, deps) => {
      const { catalog, vault, outside } = deps
      refuseRelative(body.url)
      await refuseTaken(deps, body.name)
      const url = new Secret(body.url)
      const found = await outside.adoptRepository(url, keyOf(body), signal)
      const id = randomUUID()
      const row = rowOf(id, body, { url, found }, vault)
      await insertOrGiveBack(deps, row, actor, 'repository.add', { url, found, signal })
      const { adopted, dropped } = await refreshBackups(catalog, id, async () => found)
      const document = {
        repository: await findRepository(catalog, id),
        adopted,
        dropped,
        unreadable: [...found.unreadable],
      }
      return { status: 201, document }
    },
  }),

  route({
    method: 'PATCH',
    path: '/repositories/:repository',
    summary: 'Call a repository something else, or change how many runs may work on it',
    area: 'repositories',
    needs: 'admin',
    action: 'repository.edit',
    params: One,
    body: RepositoryChanges,
    answer: Repository,
    handle: async ({ params, body, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const before = await findRepository(sql, params.repository)
        const repository = await editRepository(sql, before.id, body)
        await audit(sql, { ...about(before, actor, 'repository.edit'), details: { ...body } })
        return { document: repository }
      }),
  }),

  route({
    method: 'POST',
    path: '/repositories/:repository/refresh',
    summary: 'Make the catalogue of backups equal to what the repository holds',
    area: 'repositories',
    needs: 'operator',
    action: 'repository.refresh',
    params: One,
    answer: Refreshed,
    handle: async ({ params, actor, signal }, deps) => {
      const repository = await findRepository(deps.catalog, params.repository)
      const { url, key } = await openedBy(deps, repository)
      const list = () => deps.outside.readBackups(url, key, signal)
      const { found, ...counts } = await refreshBackups(deps.catalog, repository.id, list)
      await audit(deps.catalog, {
        ...about(repository, actor, 'repository.refresh'),
        details: counts,
      })
      return { document: { repository, ...counts, unreadable: [...found.unreadable] } }
    },
  }),

  route({
    method: 'DELETE',
    path: '/repositories/:repository',
    summary: 'Take a repository from the server; what it holds is not touched',
    area: 'repositories',
    needs: 'admin',
    action: 'repository.remove',
    stepUp: true,
    params: One,
    answer: Done,
    handle: async ({ params, actor, signal }, deps) => {
      const before = await findRepository(deps.catalog, params.repository)
      const { url, key, keySlot } = await openedBy(deps, before)
      await deps.catalog.transaction(async sql => {
        const removed = await removeRepository(sql, before.id)
        await audit(sql, about(removed, actor, 'repository.remove'))
      })
      // The record is gone; a repository that is gone, too, or out of reach must not bring it back.
      const kept = await deps.outside.dropKey(url, key, keySlot, signal).then(
        () => [],
        (error: unknown) => [
          `the server's key slot ${keySlot.slice(0, 8)} is still in the repository: ${reason(error)}`,
        ],
      )
      return { document: { warnings: kept } }
    },
  }),
]

const keyOf = ({ passphrase = '', recoveryKey }: NewRepository): RepositoryKey =>
  recoveryKey === undefined
    ? { passphrase: new Secret(passphrase) }
    : { recoveryKey: new Secret(recoveryKey) }
