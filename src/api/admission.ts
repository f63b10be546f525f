import type { IncomingHttpHeaders } from 'node:http'
import { apiKeyShown } from '../catalog/api-keys.ts'
import type { Sql } from '../catalog/db.ts'
import { sessionShown } from '../catalog/sessions.ts'
import type { Caller } from '../core/access.ts'
import { KeyRequired } from '../core/faults.ts'
import { Secret } from '../core/secret.ts'
import { cookieShown } from './login/cookies.ts'

/** How a request comes in: only we can open the socket, and everybody may try the port. */
export type Door = { readonly is: 'socket'; readonly localUser: string } | { readonly is: 'port' }

/** What a request shows of who sends it. */
export interface Shown {
  readonly headers: IncomingHttpHeaders
  /** The network address it comes from, as far as it can be trusted. */
  readonly address: string
  /** It came over TLS, as far as that can be trusted. */
  readonly isSecure: boolean
}

/** Finds out who asks. Throws KeyRequired where a key is shown that does not hold. */
export async function admit(catalog: Sql, door: Door, shown: Shown): Promise<Caller> {
  if (door.is === 'socket') {
    const actor = `local user ${door.localUser}`
    return { kind: 'local', actor, role: 'admin', scopes: 'all', address: 'socket' }
  }
  const { authorization } = shown.headers
  if (authorization !== undefined) return await byKey(catalog, authorization, shown.address)
  const cookie = cookieShown('session', shown.headers, shown.isSecure)
  if (cookie === undefined) return nobody(shown.address)
  return await bySession(catalog, cookie, shown.address)
}

async function byKey(catalog: Sql, authorization: string, address: string): Promise<Caller> {
  const text = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (text === undefined) throw new KeyRequired({ why: 'it shows no API key' })
  const key = await apiKeyShown(catalog, new Secret(text))
  if (key === undefined) {
    throw new KeyRequired({ why: 'its API key is unknown, has expired or was removed' })
  }
  return {
    kind: 'key',
    actor: `api key ${key.name}${key.owner === null ? '' : ` of ${key.owner}`}`,
    role: key.role,
    scopes: key.scopes ?? 'all',
    userId: key.ownerId ?? undefined,
    keyId: key.id,
    address,
  }
}

/** Whoever shows a session that has ended is nobody: they may log in anew. */
export async function bySession(catalog: Sql, cookie: Secret, address: string): Promise<Caller> {
  const session = await sessionShown(catalog, cookie)
  if (session === undefined) return nobody(address)
  return {
    kind: 'user',
    actor: `user ${session.email}`,
    role: session.role,
    scopes: 'all',
    userId: session.userId,
    sessionId: session.id,
    provenAt: session.provenAt,
    address,
  }
}

const nobody = (address: string): Caller => ({
  kind: 'nobody',
  actor: 'nobody',
  role: 'viewer',
  scopes: [],
  address,
})
