import type { Sql } from '../../catalog/db.ts'
import { dropTokens, issueToken } from '../../catalog/one-time-tokens.ts'
import { hasUsers } from '../../catalog/users.ts'
import type { Secret } from '../../core/secret.ts'

const SETUP_MINUTES = 30
const INVITATION_MINUTES = 3 * 24 * 60

/**
 * Makes the token that lets somebody make the first account, in the place of any there was; undefined: there
 * is an account already.
 */
export async function offerSetup(sql: Sql, given?: Secret): Promise<Secret | undefined> {
  if (await hasUsers(sql)) return undefined
  await dropTokens(sql, 'setup')
  const { token } = await issueToken(sql, { kind: 'setup', minutes: SETUP_MINUTES }, given)
  return token
}

/** Makes the link by which somebody sets their own password, in the place of any there was. */
export async function invite(
  sql: Sql,
  userId: string,
  url: string | undefined,
): Promise<{ readonly token: string; readonly link: string; readonly expiresAt: Date }> {
  await dropTokens(sql, 'invitation', userId)
  const { token, expiresAt } = await issueToken(sql, {
    kind: 'invitation',
    minutes: INVITATION_MINUTES,
    userId,
  })
  // After `#`, so that it is in no log of a proxy.
  return { token: token.reveal(), link: `${url ?? ''}/invitation#${token.reveal()}`, expiresAt }
}

/** The address at which somebody makes the first account. */
export const setupLink = (url: string, token: Secret): string => `${url}/setup#${token.reveal()}`
