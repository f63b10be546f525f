import type { Catalog } from '../../catalog/db.ts'
import type { Secret } from '../../core/secret.ts'
import { bySession } from '../admission.ts'
import type { Account } from '../schema/account.ts'
import { accountOf } from './account.ts'
import { givenCookie } from './cookies.ts'

/** The answer that gives a browser the cookie of its session. */
export async function loggedIn(
  catalog: Catalog,
  token: Secret,
  { address, isSecure }: { readonly address: string; readonly isSecure: boolean },
): Promise<{ readonly document: Account; readonly headers: { readonly 'set-cookie': string } }> {
  const caller = await bySession(catalog, token, address)
  return {
    document: await accountOf(catalog, caller),
    headers: { 'set-cookie': givenCookie('session', token, isSecure) },
  }
}
