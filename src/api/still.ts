import type { Sql } from '../catalog/db.ts'
import { type Rights, rightsOf } from '../catalog/rights.ts'
import type { Caller } from '../core/access.ts'

/** Whether somebody may do what they could when they were let in, after what {@link rightsOf} tells of them now. */
export function isAsBefore(
  { role, scopes, sessionId, keyId }: Caller,
  rights: ReadonlyMap<string, Rights>,
): boolean {
  const now = rights.get(sessionId ?? keyId ?? '')
  if (now === undefined || now.role !== role) return false
  return JSON.stringify(now.scopes ?? 'all') === JSON.stringify(scopes)
}

/** The same, looked up for one: an answer that goes on must end with the rights of whoever gets it. */
export async function mayStill(sql: Sql, caller: Caller): Promise<boolean> {
  if (caller.kind === 'local') return true
  const { sessionId, keyId } = caller
  const sessions = sessionId === undefined ? [] : [sessionId]
  return isAsBefore(caller, await rightsOf(sql, sessions, keyId === undefined ? [] : [keyId]))
}
