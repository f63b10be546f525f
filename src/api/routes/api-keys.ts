import { z } from 'zod'
import { addApiKey, listApiKeys, removeApiKey } from '../../catalog/api-keys.ts'
import { audit } from '../../catalog/audit.ts'
import { type Route, route } from '../route.ts'
import { AddedApiKey, ApiKey, ApiKeyList, NewApiKey } from '../schema/api-keys.ts'
import { Reference } from '../schema/common.ts'

export const apiKeyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api-keys',
    summary: 'Every API key, without the keys themselves',
    area: 'api-keys',
    needs: 'admin',
    answer: ApiKeyList,
    handle: async (_, { catalog }) => ({ document: { keys: await listApiKeys(catalog) } }),
  }),

  route({
    method: 'POST',
    path: '/api-keys',
    summary: 'Make an API key; the answer shows it this once only',
    area: 'api-keys',
    needs: 'admin',
    action: 'api-key.add',
    body: NewApiKey,
    answer: AddedApiKey,
    handle: async ({ body, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const { row, key } = await addApiKey(sql, body.name)
        await audit(sql, about(row, actor, 'api-key.add'))
        return { status: 201, document: { key: row, secret: key.reveal() } }
      }),
  }),

  route({
    method: 'DELETE',
    path: '/api-keys/:key',
    summary: 'Take an API key out of use, at once',
    area: 'api-keys',
    needs: 'admin',
    action: 'api-key.remove',
    params: z.strictObject({ key: Reference }),
    answer: ApiKey,
    handle: async ({ params, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const row = await removeApiKey(sql, params.key)
        await audit(sql, about(row, actor, 'api-key.remove'))
        return { document: row }
      }),
  }),
]

const about = ({ id, name }: ApiKey, actor: string, action: string) => ({
  actor,
  action,
  objectKind: 'api-key',
  objectId: id,
  objectName: name,
})
