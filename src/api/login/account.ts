import type { Sql } from '../../catalog/db.ts'
import { recoveryCodesLeft } from '../../catalog/two-factor.ts'
import { loginById } from '../../catalog/users.ts'
import type { Caller } from '../../core/access.ts'
import { SessionRequired } from '../../core/faults.ts'
import { FRESH_MS } from '../policy.ts'
import type { Account } from '../schema/account.ts'

/** Who asks, as they are told themselves. */
export async function accountOf(sql: Sql, caller: Caller): Promise<Account> {
  const { kind, actor, role, scopes, userId, sessionId, provenAt } = caller
  if (kind === 'nobody') throw new Error('nobody has no account')
  const user = userId === undefined ? undefined : await loginById(sql, userId)
  return {
    kind,
    actor,
    role,
    scopes: scopes === 'all' ? null : [...scopes],
    user:
      user === undefined
        ? null
        : {
            id: user.id,
            email: user.email,
            name: user.name,
            hasPassword: user.password !== null,
            twoFactor: user.twoFactor,
            recoveryCodesLeft: await recoveryCodesLeft(sql, user.id),
          },
    session:
      sessionId === undefined || provenAt === undefined
        ? null
        : { id: sessionId, provenAt, freshUntil: new Date(provenAt.getTime() + FRESH_MS) },
  }
}

/** The person and session behind a request. Throws SessionRequired for keys and the socket. */
export function requireSession(
  { kind, userId, sessionId, address }: Caller,
  what: string,
): { readonly id: string; readonly userId: string; readonly address: string } {
  if (kind === 'user' && userId !== undefined && sessionId !== undefined) {
    return { id: sessionId, userId, address }
  }
  throw new SessionRequired({ what })
}
