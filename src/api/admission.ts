import type { IncomingHttpHeaders } from 'node:http'
import { apiKeyShown } from '../catalog/api-keys.ts'
import type { Catalog } from '../catalog/db.ts'
import type { Caller } from '../core/access.ts'
import { KeyRequired } from '../core/faults.ts'
import { Secret } from '../core/secret.ts'

/** How a request comes in: only we can open the socket, and everybody may try the port. */
export type Door = { readonly is: 'socket'; readonly localUser: string } | { readonly is: 'port' }

/** What a request shows of who sends it. */
export interface Shown {
  readonly headers: IncomingHttpHeaders
  /** The network address it comes from, as far as it can be trusted. */
  readonly address: string
}

/** Finds out who asks. Throws KeyRequired where something is shown that does not hold. */
export async function admit(catalog: Catalog, door: Door, shown: Shown): Promise<Caller> {
  if (door.is === 'socket') {
    const actor = `local user ${door.localUser}`
    return { kind: 'local', actor, role: 'admin', scopes: 'all', address: 'socket' }
  }
  const { authorization } = shown.headers
  if (authorization === undefined) return nobody(shown.address)
  const text = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (text === undefined) throw new KeyRequired({ why: 'it shows no API key' })
  const key = await apiKeyShown(catalog, new Secret(text))
  if (key === undefined) throw new KeyRequired({ why: 'its API key is unknown or was removed' })
  const actor = `api key ${key.name}`
  return { kind: 'key', actor, role: 'admin', scopes: 'all', address: shown.address }
}

const nobody = (address: string): Caller => ({
  kind: 'nobody',
  actor: 'nobody',
  role: 'viewer',
  scopes: [],
  address,
})
