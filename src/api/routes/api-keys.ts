import { z } from 'zod'
import { addApiKey, listApiKeys, removeApiKey } from '../../catalog/api-keys.ts'
import { audit } from '../../catalog/audit.ts'
import { type Caller, roleReaches, type Scope, scopesCover } from '../../core/access.ts'
import { NotAllowed } from '../../core/faults.ts'
import { requireRole } from '../policy.ts'
import { type Route, route } from '../route.ts'
import { AddedApiKey, ApiKey, ApiKeyList, NewApiKey } from '../schema/api-keys.ts'
import { Reference } from '../schema/common.ts'

export const apiKeyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api-keys',
    summary: 'One’s own API keys, for administrators everybody’s; without the keys themselves',
    area: 'api-keys',
    needs: 'viewer',
    answer: ApiKeyList,
    handle: async ({ caller }, { catalog }) => ({
      document: { keys: await listApiKeys(catalog, reachOf(caller)) },
    }),
  }),

  route({
    method: 'POST',
    path: '/api-keys',
    summary: 'Make an API key; the answer shows it this once only',
    area: 'api-keys',
    needs: 'viewer',
    action: 'api-key.add',
    stepUp: true,
    body: NewApiKey,
    answer: AddedApiKey,
    handle: async ({ body, caller, actor }, { catalog }) => {
      const { name, expiresInDays: days, role = caller.role } = body
      requireRole(caller, role, `a key with the role ${role}`)
      const rights = { role, scopes: scopesFor(caller, body.scopes), ownerId: caller.userId }
      return await catalog.transaction(async sql => {
        const { row, key } = await addApiKey(sql, { name, days, madeBy: caller.keyId, ...rights })
        const details = { role, scopes: row.scopes ?? 'all', expiresAt: row.expiresAt }
        await audit(sql, { ...about(row, actor, 'api-key.add'), details })
        return { status: 201, document: { key: row, secret: key.reveal() } }
      })
    },
  }),

  route({
    method: 'DELETE',
    path: '/api-keys/:key',
    summary: 'Take an API key out of use, at once',
    area: 'api-keys',
    needs: 'viewer',
    action: 'api-key.remove',
    params: z.strictObject({ key: Reference }),
    answer: ApiKey,
    handle: async ({ params, caller, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const row = await removeApiKey(sql, params.key, reachOf(caller))
        await audit(sql, about(row, actor, 'api-key.remove'))
        return { document: row }
      }),
  }),
]

/** Whose keys somebody sees and removes: administrators all (undefined), others their own. */
function reachOf({ role, userId }: Caller): string | undefined {
  if (roleReaches(role, 'admin')) return undefined
  // A key that nobody owns and that is no administrator's reaches no key at all.
  return userId ?? NOBODY
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

/** What a new key is for: what is asked for, and never more than whoever makes it may do. */
function scopesFor({ scopes: own }: Caller, asked: readonly Scope[] | undefined) {
  if (own === 'all') return asked
  const beyond = asked?.find(scope => !covers(own, scope))
  if (beyond !== undefined) {
    throw new NotAllowed({ what: `a key with the scope ${beyond}`, needs: 'that scope' })
  }
  return asked ?? own
}

function covers(own: readonly Scope[], scope: Scope): boolean {
  const [area, access] = scope.split(':') as [Parameters<typeof scopesCover>[1], 'read' | 'write']
  return scopesCover(own, area, access)
}

const about = ({ id, name }: ApiKey, actor: string, action: string) => ({
  actor,
  action,
  objectKind: 'api-key',
  objectId: id,
  objectName: name,
})
