import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { audit } from '../../catalog/audit.ts'
import {
  findSource,
  insertSource,
  listSources,
  removeSource,
  sealedSourceUrl,
  sourceUrlPlace,
} from '../../catalog/sources.ts'
import { NotFound } from '../../core/faults.ts'
import { Secret } from '../../core/secret.ts'
import { type Route, route } from '../route.ts'
import { Reference } from '../schema/common.ts'
import { NewSource, Source, SourceList, SourceTest } from '../schema/sources.ts'

const One = z.strictObject({ source: Reference })

export const sourceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/sources',
    summary: 'Every source, by name',
    area: 'sources',
    needs: 'viewer',
    answer: SourceList,
    handle: async (_, { catalog }) => ({ document: { sources: await listSources(catalog) } }),
  }),

  route({
    method: 'POST',
    path: '/sources',
    summary: 'Add a source; the database need not be reachable',
    area: 'sources',
    needs: 'admin',
    action: 'source.add',
    body: NewSource,
    answer: Source,
    handle: async ({ body, actor }, { catalog, vault, outside }) => {
      const url = new Secret(body.url)
      const facts = outside.describeSource(url)
      const id = randomUUID()
      const urlSealed = vault.seal(url, sourceUrlPlace(id))
      return await catalog.transaction(async sql => {
        await insertSource(sql, { id, name: body.name, ...facts, urlSealed })
        await audit(sql, {
          actor,
          action: 'source.add',
          objectKind: 'source',
          objectId: id,
          objectName: body.name,
          details: { database: facts.label },
        })
        return { status: 201, document: await findSource(sql, id) }
      })
    },
  }),

  route({
    method: 'POST',
    path: '/sources/:source/test',
    summary: 'Check everything that can be checked before a dump; nothing is changed',
    area: 'sources',
    needs: 'operator',
    action: 'source.test',
    atOnce: { perCaller: 2, all: 8 },
    params: One,
    answer: SourceTest,
    handle: async ({ params, actor, signal }, { catalog, vault, outside }) => {
      const source = await findSource(catalog, params.source)
      const sealed = await sealedSourceUrl(catalog, source.id)
      if (sealed === undefined) throw new NotFound({ kind: 'source', name: params.source })
      const url = vault.unseal(sealed, sourceUrlPlace(source.id))
      const { estimatedBytes = null, ...probe } = await outside.testSource(url, signal)
      await audit(catalog, {
        actor,
        action: 'source.test',
        objectKind: 'source',
        objectId: source.id,
        objectName: source.name,
      })
      return { document: { source, ...probe, estimatedBytes } }
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
        await audit(sql, {
          actor,
          action: 'source.remove',
          objectKind: 'source',
          objectId: source.id,
          objectName: source.name,
        })
        return { document: source }
      }),
  }),
]
