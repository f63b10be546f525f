import { audit } from '../../catalog/audit.ts'
import type { Catalog, Sql } from '../../catalog/db.ts'
import { issueToken, spendToken, tokenShown } from '../../catalog/one-time-tokens.ts'
import { beginSession, rotateSession, sweepAccess } from '../../catalog/sessions.ts'
import { type LoginUser, loginByEmail, loginById } from '../../catalog/users.ts'
import type { Vault } from '../../catalog/vault.ts'
import { CodeRequired, LoginRefused, TwoFactorRequired } from '../../core/faults.ts'
import { Secret } from '../../core/secret.ts'
import type { Login, Proof } from '../schema/account.ts'
import { passwordFits } from './passwords.ts'
import { secondFactorFits } from './second-factor.ts'
import { tried } from './tries.ts'

const CHALLENGE_MINUTES = 5
const LONGEST_AGENT = 200

export interface LoginPlace {
  readonly address: string
  readonly agent: string
}

interface Doors {
  readonly catalog: Catalog
  readonly vault: Vault
}

/**
 * Logs somebody in; answers the token of their session. Throws LoginRefused, TwoFactorRequired,
 * TooManyRequests.
 */
export async function logIn(doors: Doors, login: Login, place: LoginPlace): Promise<Secret> {
  const { catalog } = doors
  if ('challenge' in login) return await secondStep(doors, login, place)
  const user = await provenUser(catalog, login.email, login.password, place.address)
  if (!user.twoFactor) return await enter(catalog, user, place, 'password')
  if (login.code === undefined) {
    const { token } = await issueToken(catalog, {
      kind: 'challenge',
      minutes: CHALLENGE_MINUTES,
      userId: user.id,
    })
    throw new TwoFactorRequired({ account: user.email, challenge: token.reveal() })
  }
  const by = await requireCode(doors, user, login.code, place.address)
  return await enter(catalog, user, place, `password and ${by}`)
}

async function secondStep(
  doors: Doors,
  login: { readonly challenge: string; readonly code: string },
  place: LoginPlace,
): Promise<Secret> {
  const { catalog } = doors
  const challenge = new Secret(login.challenge)
  const user = await challenged(catalog, challenge)
  const by = await requireCode(doors, user, login.code, place.address)
  if ((await spendToken(catalog, 'challenge', challenge)) === undefined) throw new LoginRefused({})
  return await enter(catalog, user, place, `password and ${by}`)
}

async function challenged(sql: Sql, challenge: Secret): Promise<LoginUser> {
  const { userId } = (await tokenShown(sql, 'challenge', challenge)) ?? {}
  const user = userId && (await loginById(sql, userId))
  if (!user) throw new LoginRefused({})
  return user
}

/** Who has this address and password; whether one is unknown or the other wrong, it costs and says the same. Throws LoginRefused, TooManyRequests. */
export async function provenUser(
  sql: Sql,
  email: string,
  password: string,
  address: string,
): Promise<LoginUser> {
  let account: string | undefined
  const found = await tried(sql, { account: email, address }, async () => {
    const user = await loginByEmail(sql, email)
    account = user?.email
    const fits = await passwordFits(new Secret(password), user?.password ?? null)
    return fits ? user : undefined
  })
  if (found === undefined) throw new LoginRefused({ account })
  return found
}

async function requireCode(
  { catalog, vault }: Doors,
  user: LoginUser,
  code: string,
  address: string,
): Promise<string> {
  const by = await secondFactorFits(catalog, vault, { userId: user.id, address, code })
  if (by === undefined) throw new LoginRefused({ account: user.email })
  return by
}

/** Begins a session, unless the account has changed since it was looked at; `provenAt` as for {@link beginSession}. */
export async function enter(
  catalog: Catalog,
  user: LoginUser,
  { address, agent }: LoginPlace,
  by: string,
  provenAt?: Date,
): Promise<Secret> {
  await sweepAccess(catalog)
  return await catalog.transaction(async sql => {
    const now = await loginById(sql, user.id, 'for share')
    if (now === undefined || now.password !== user.password || now.twoFactor !== user.twoFactor) {
      throw new LoginRefused({ account: user.email })
    }
    await audit(sql, {
      actor: `user ${user.email}`,
      action: 'account.login',
      objectKind: 'account',
      objectId: user.id,
      objectName: user.email,
      details: { by },
    })
    const where = { address, agent: agent.slice(0, LONGEST_AGENT) }
    return await beginSession(sql, user.id, where, provenAt)
  })
}

/** Whoever sits before an open session proves to be its owner; answers its new token. */
export async function proveAgain(
  { catalog, vault }: Doors,
  session: { readonly id: string; readonly userId: string; readonly address: string },
  proof: Proof,
): Promise<Secret> {
  const user = await loginById(catalog, session.userId)
  if (user === undefined) throw new LoginRefused({})
  if ('code' in proof) await requireCode({ catalog, vault }, user, proof.code, session.address)
  else if (user.twoFactor) throw new CodeRequired({ account: user.email })
  else await provenUser(catalog, user.email, proof.password, session.address)
  return await catalog.transaction(async sql => {
    await audit(sql, {
      actor: `user ${user.email}`,
      action: 'account.prove',
      objectKind: 'account',
      objectId: user.id,
      objectName: user.email,
    })
    return await rotateSession(sql, session.id, { isProven: true })
  })
}
