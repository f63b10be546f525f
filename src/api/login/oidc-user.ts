import { randomUUID } from 'node:crypto'
import { audit } from '../../catalog/audit.ts'
import type { Sql } from '../../catalog/db.ts'
import {
  changeUser,
  findUser,
  insertUser,
  type LoginUser,
  linkIdentity,
  loginByEmail,
  loginById,
  type UserRow,
  userOfIdentity,
} from '../../catalog/users.ts'
import type { Role } from '../../core/access.ts'
import { LastAdmin, OidcRefused } from '../../core/faults.ts'
import { type OidcSettings, roleByClaims } from '../../core/oidc.ts'
import { Email } from '../schema/account.ts'
import { Name } from '../schema/common.ts'

/** What the other server says of somebody; its own name and theirs there are always among it. */
export interface Claims {
  readonly iss: string
  readonly sub: string
  readonly [name: string]: unknown
}

/**
 * Whose account it is that the other server vouches for; made where there is none and the settings allow it.
 * Who is known goes by issuer and subject; an e-mail address counts only once, and only where it was verified.
 * Throws OidcRefused.
 */
export async function userByClaims(
  sql: Sql,
  settings: OidcSettings,
  claims: Claims,
): Promise<LoginUser> {
  const role = roleFor(settings, claims)
  const known = await userOfIdentity(sql, claims.iss, claims.sub)
  const id = known ?? (await adopt(sql, settings, claims, role))
  if (settings.roleClaim !== undefined && role !== undefined) {
    await giveRole(sql, await findUser(sql, id), role, actorOf(settings))
  }
  const user = await loginById(sql, id)
  if (user === undefined) throw new OidcRefused({ why: 'the account is disabled' })
  return user
}

const actorOf = ({ name }: OidcSettings): string => `login server ${name}`

/** What they may do by their claims; undefined: what they may already. */
function roleFor(settings: OidcSettings, claims: Claims): Role | undefined {
  if (settings.roleClaim === undefined) return undefined
  const role = roleByClaims(settings, claims)
  if (role !== undefined) return role
  if (settings.others === 'viewer') return 'viewer'
  throw new OidcRefused({ why: `its claim ${settings.roleClaim} gives no role here` })
}

/** Ties an identity that is seen for the first time to an account. */
async function adopt(
  sql: Sql,
  settings: OidcSettings,
  claims: Claims,
  role: Role | undefined,
): Promise<string> {
  const { success, data: email } = Email.safeParse(claims.email)
  if (!success || claims.email_verified !== true) {
    throw new OidcRefused({ why: 'it does not vouch for an e-mail address' })
  }
  const found = await loginByEmail(sql, email)
  const user = found ?? (await add(sql, settings, claims, email, role))
  await linkIdentity(sql, user.id, claims.iss, claims.sub)
  await audit(sql, {
    actor: actorOf(settings),
    action: found === undefined ? 'user.add' : 'user.link',
    objectKind: 'user',
    objectId: user.id,
    objectName: user.email,
    details: { issuer: claims.iss, subject: claims.sub },
  })
  return user.id
}

async function add(
  sql: Sql,
  settings: OidcSettings,
  claims: Claims,
  email: string,
  role: Role | undefined,
): Promise<UserRow> {
  if (role === undefined && settings.others === 'refuse') {
    throw new OidcRefused({ why: 'nobody has an account here by this e-mail address' })
  }
  const name = Name.safeParse(claims.name)
  return await insertUser(sql, {
    id: randomUUID(),
    email,
    name: name.success ? name.data : email.slice(0, 100),
    role: role ?? 'viewer',
  })
}

/** The last administrator stays one, whatever the other server says: nobody could come in to mend it. */
async function giveRole(sql: Sql, user: UserRow, role: Role, actor: string): Promise<void> {
  if (user.role === role) return
  try {
    await changeUser(sql, user, { role })
  } catch (error) {
    if (error instanceof LastAdmin) return
    throw error
  }
  await audit(sql, {
    actor,
    action: 'user.edit',
    objectKind: 'user',
    objectId: user.id,
    objectName: user.email,
    details: { from: user.role, to: role },
  })
}
