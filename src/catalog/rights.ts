import { type Role, roleReaches, type Scope } from '../core/access.ts'
import type { Sql } from './db.ts'
import { LIVE } from './sessions.ts'

/** What a session or a key may do at this moment. */
export interface Rights {
  readonly role: Role
  /** Null: everything that the role may do. */
  readonly scopes: readonly Scope[] | null
}

/**
 * What sessions and keys may do, by their ids, in one look; those that have ended, and those whose owner may not
 * come in, are missing. To look does not count as use.
 */
export async function rightsOf(
  sql: Sql,
  sessions: readonly string[],
  keys: readonly string[],
): Promise<ReadonlyMap<string, Rights>> {
  const rows = await sql.query<Rights & { id: string; ownerRole: Role | null }>(
    `select sessions.id, role, role as "ownerRole", null::text[] as scopes
     from sessions join users on users.id = user_id
     where sessions.id = any($1) and ${LIVE} and disabled_at is null and removed_at is null
     union all
     select keys.id, keys.role, users.role, keys.scopes
     from api_keys keys left join users on users.id = owner_id
     where keys.id = any($2) and keys.removed_at is null
       and (keys.expires_at is null or keys.expires_at > clock_now())
       and users.disabled_at is null and users.removed_at is null`,
    [sessions, keys],
  )
  return new Map(
    rows.map(({ id, role, ownerRole, scopes }) => {
      const isLess = ownerRole !== null && !roleReaches(ownerRole, role)
      return [id, { role: isLess ? ownerRole : role, scopes }]
    }),
  )
}
