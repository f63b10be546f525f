import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { audit } from '../../catalog/audit.ts'
import { listSchedules } from '../../catalog/schedules.ts'
import {
  editSource,
  findSource,
  insertSource,
  listSources,
  newestTls,
  type Source as Row,
  removeSource,
  sourceUrlPlace,
} from '../../catalog/sources.ts'
import { sourceStandings } from '../../catalog/summary.ts'
import { NotFound } from '../../core/faults.ts'
import type { Call, Deps } from '../route.ts'
import { type Route, route } from '../route.ts'
import { Reference } from '../schema/common.ts'
import {
  DatabaseList,
  DatabasesQuery,
  EditedSource,
  NewSource,
  Source,
  SourceChanges,
  SourceDetails,
  SourceList,
  SourceTest,
  UnsavedSource,
  UnsavedSourceTest,
} from '../schema/sources.ts'
import { scheduleDocument } from './schedule-document.ts'
import {
  changedUrl,
  connectionOf,
  findWithUrl,
  rowChanges,
  savedUrl,
  urlOf,
} from './source-place.ts'

const One = z.strictObject({ source: Reference })
/** Each of them connects to a server somewhere. */
const LOOKS = { perCaller: 2, all: 8 }

export const sourceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/sources',
    summary: 'Every source, by name',
    area: 'sources',
    needs: 'viewer',
    shared: true,
    answer: SourceList,
    handle: async (_, { catalog }) => ({ document: { sources: await listSources(catalog) } }),
  }),

  route({
    method: 'GET',
    path: '/sources/:source',
    summary: 'One source: its login without the password, how it stands, and its schedules',
    area: 'sources',
    needs: 'viewer',
    params: One,
    answer: SourceDetails,
    handle: async ({ params }, deps) => {
      const { source, url } = await findWithUrl(deps.catalog, params.source, deps)
      const [standing] = await sourceStandings(deps.catalog, source.id)
      if (standing === undefined) throw new NotFound({ kind: 'source', name: params.source })
      const schedules = await listSchedules(deps.catalog, source.id)
      const lastTls = await newestTls(deps.catalog, source.id)
      const connection = { ...connectionOf(url, deps), lastTls }
      const document = { source, connection, standing, schedules: schedules.map(scheduleDocument) }
      return { document }
    },
  }),

  route({
    method: 'POST',
    path: '/sources',
    summary: 'Add a source, by its URL or in parts; the database need not be reachable',
    area: 'sources',
    needs: 'admin',
    action: 'source.add',
    body: NewSource,
    answer: Source,
    handle: async ({ body: { name, ...place }, actor }, deps) => {
      const { catalog, vault, outside } = deps
      const url = urlOf(place, deps)
      const facts = outside.describeSource(url)
      const id = randomUUID()
      const urlSealed = vault.seal(url, sourceUrlPlace(id))
      return await catalog.transaction(async sql => {
        await insertSource(sql, { id, name, ...facts, urlSealed })
        await audit(sql, about({ id, name }, actor, 'source.add', { database: facts.label }))
        return { status: 201, document: await findSource(sql, id) }
      })
    },
  }),

  route({
    method: 'PATCH',
    path: '/sources/:source',
    summary: 'Change a source; another server, login or database needs the password again',
    area: 'sources',
    needs: 'admin',
    action: 'source.edit',
    params: One,
    body: SourceChanges,
    answer: EditedSource,
    handle: edit,
  }),

  route({
    method: 'POST',
    path: '/sources/test',
    summary: 'Check a database that is no source yet; nothing is changed and nothing is kept',
    area: 'sources',
    needs: 'admin',
    action: 'source.test',
    success: [200],
    atOnce: LOOKS,
    body: UnsavedSource,
    answer: UnsavedSourceTest,
    handle: async ({ body, actor, signal }, deps) => {
      const url = urlOf(body, deps)
      const { engine, label } = deps.outside.describeSource(url)
      const {
        estimatedBytes = null,
        tls = null,
        ...probe
      } = await deps.outside.testSource(url, signal)
      await audit(deps.catalog, about({ name: label }, actor, 'source.test'))
      return { document: { engine, label, ...probe, estimatedBytes, tls } }
    },
  }),

  route({
    method: 'POST',
    path: '/sources/databases',
    summary: 'The databases of a server, and which of them are sources already',
    area: 'sources',
    needs: 'admin',
    action: 'source.list-databases',
    success: [200],
    atOnce: LOOKS,
    body: DatabasesQuery,
    answer: DatabaseList,
    handle: async ({ body: { source, ...place }, actor, signal }, deps) => {
      const saved = source === undefined ? undefined : await findWithUrl(deps.catalog, source, deps)
      const url = saved?.url ?? urlOf({ database: 'postgres', ...place }, deps)
      const found = await deps.outside.listDatabases(url, signal)
      const sources = await listSources(deps.catalog)
      const databases = found.map(({ name: label, bytes = null, database, owner, encoding }) => ({
        database,
        owner,
        encoding,
        label,
        bytes,
        source: sources.find(one => one.label === label)?.name ?? null,
      }))
      const named = saved?.source ?? { name: place.host ?? 'a server' }
      await audit(deps.catalog, about(named, actor, 'source.list-databases'))
      return { document: { databases } }
    },
  }),

  route({
    method: 'POST',
    path: '/sources/:source/test',
    summary: 'Check everything that can be checked before a dump; nothing is changed',
    area: 'sources',
    needs: 'operator',
    action: 'source.test',
    atOnce: LOOKS,
    params: One,
    answer: SourceTest,
    handle: async ({ params, actor, signal }, deps) => {
      const { source, url } = await findWithUrl(deps.catalog, params.source, deps)
      const {
        estimatedBytes = null,
        tls = null,
        ...probe
      } = await deps.outside.testSource(url, signal)
      await audit(deps.catalog, about(source, actor, 'source.test'))
      return { document: { source, ...probe, estimatedBytes, tls } }
    },
  }),

  route({
    method: 'DELETE',
    path: '/sources/:source',
    summary: 'Remove a source; its runs and its backups stay',
    area: 'sources',
    needs: 'admin',
    action: 'source.remove',
    params: One,
    answer: Source,
    handle: async ({ params, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const source = await removeSource(sql, params.source)
        await audit(sql, about(source, actor, 'source.remove'))
        return { document: source }
      }),
  }),
]

type Edit = Pick<
  Call<z.output<typeof One>, unknown, z.output<typeof SourceChanges>>,
  'params' | 'body' | 'actor'
>

async function edit({ params, body: { name, ...place }, actor }: Edit, deps: Deps) {
  return await deps.catalog.transaction(async sql => {
    const before = await findSource(sql, params.source, 'for update')
    const url = await savedUrl(sql, before, deps)
    const moves = Object.values(place).some(one => one !== undefined)
    const changed = moves ? changedUrl(url, place, deps) : url
    const changes = moves ? rowChanges(before.id, changed, deps) : {}
    const source = await editSource(
      sql,
      before,
      name === undefined ? changes : { ...changes, name },
    )
    await audit(
      sql,
      about(before, actor, 'source.edit', {
        before: { name: before.name, ...connectionOf(url, deps) },
        after: { name: source.name, ...connectionOf(changed, deps) },
        passwordGiven: place.password !== undefined || place.url !== undefined,
      }),
    )
    const stays = `its backups so far, of ${before.label}, are still backups of this source`
    return { document: { source, warnings: source.label === before.label ? [] : [stays] } }
  })
}

const about = (
  { id, name }: { readonly id?: Row['id']; readonly name: string },
  actor: string,
  action: string,
  details: Readonly<Record<string, unknown>> = {},
) => ({ actor, action, objectKind: 'source', objectId: id, objectName: name, details })
