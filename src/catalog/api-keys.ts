import { randomUUID } from 'node:crypto'
import { type Role, roleReaches, type Scope } from '../core/access.ts'
import type { Secret } from '../core/secret.ts'
import type { Sql } from './db.ts'
import { CALLED, findNamed, insertNamed } from './names.ts'
import { newToken, tokenHash } from './tokens.ts'

/** A key by which a program or a person elsewhere may use the server. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** The e-mail address of whose it is; null: it was made on the server itself. */
  readonly owner: string | null
  readonly role: Role
  /** Null: everything that its role may do. */
  readonly scopes: Scope[] | null
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
}

export interface NewApiKey {
  readonly name: string
  readonly role: Role
  readonly ownerId?: string | undefined
  /** Undefined: everything that its role may do. */
  readonly scopes?: readonly Scope[] | undefined
  /** Null: it never ends. */
  readonly days: number | null
  /** The key that makes it: it ends no later than that one. */
  readonly madeBy?: string | undefined
}

const PREFIX = 'hf_'
const KIND = 'API key'
/** When a key was last used is exact to this, and a busy client does not become a busy row. */
const NOTED_FOR = `interval '1 minute'`
const FROM = `(select k.*, u.email as owner from api_keys k left join users u on u.id = k.owner_id
  where k.removed_at is null) as keys`
const COLUMNS = `id, name, owner, role, scopes, created_at as "createdAt",
  expires_at as "expiresAt", last_used_at as "lastUsedAt"`

/** Makes a key; it is returned once and kept nowhere. Throws NameTaken. */
export async function addApiKey(
  sql: Sql,
  { name, role, ownerId, scopes, days, madeBy }: NewApiKey,
): Promise<{ row: ApiKey; key: Secret }> {
  const key = newToken(PREFIX)
  const id = randomUUID()
  const insert = sql.query(
    `insert into api_keys (id, name, hash, owner_id, role, scopes, expires_at)
     values ($1, $2, $3, $4, $5, $6, least(clock_now() + $7 * interval '1 day',
       (select maker.expires_at from api_keys maker where maker.id = $8)))`,
    [id, name, tokenHash(key), ownerId ?? null, role, scopes ?? null, days, madeBy ?? null],
  )
  await insertNamed(KIND, name, insert)
  const [row] = await sql.query<ApiKey>(`select ${COLUMNS} from ${FROM} where id = $1`, [id])
  if (row === undefined) throw new Error('an inserted API key was not answered')
  return { row, key }
}

/** Every key, or those of one user, by name; without the keys themselves. */
export const listApiKeys = (sql: Sql, ownerId?: string): Promise<ApiKey[]> =>
  sql.query<ApiKey>(
    `select ${COLUMNS} from ${FROM} where $1::uuid is null or owner_id = $1
     order by lower(name), owner nulls first, id`,
    [ownerId ?? null],
  )

/** Takes a key out of use, at once; only one of this owner where that is given. Throws NotFound, NameAmbiguous. */
export async function removeApiKey(sql: Sql, name: string, ownerId?: string): Promise<ApiKey> {
  const row = await findNamed<ApiKey>(
    sql,
    KIND,
    name,
    `select ${COLUMNS} from ${FROM} where ${CALLED} and ($3::uuid is null or owner_id = $3)`,
    [ownerId ?? null],
  )
  await sql.query('update api_keys set removed_at = clock_now() where id = $1', [row.id])
  return row
}

/** A key that was shown and holds. */
export interface ShownKey {
  readonly id: string
  readonly name: string
  readonly owner: string | null
  readonly ownerId: string | null
  /** What it may do at this moment: never more than its owner. */
  readonly role: Role
  readonly scopes: readonly Scope[] | null
}

/** The key that was shown; undefined where it is none of ours, has expired, or its owner may not come in. */
export async function apiKeyShown(sql: Sql, shown: Secret): Promise<ShownKey | undefined> {
  const [row] = await sql.query<ShownKey & { ownerRole: Role | null; isNoted: boolean }>(
    `select k.id, k.name, k.role, k.scopes, k.owner_id as "ownerId", u.email as owner,
       u.role as "ownerRole", coalesce(k.last_used_at > clock_now() - ${NOTED_FOR}, false) as "isNoted"
     from api_keys k left join users u on u.id = k.owner_id
     where k.hash = $1 and k.removed_at is null
       and (k.expires_at is null or k.expires_at > clock_now())
       and u.disabled_at is null and u.removed_at is null`,
    [tokenHash(shown)],
  )
  if (row === undefined) return undefined
  const { ownerRole, isNoted, ...key } = row
  if (!isNoted) await noteUse(sql, key.id)
  return { ...key, role: lesser(key.role, ownerRole ?? key.role) }
}

/** Says that a key is used; two who see at the same time that nobody has said so write it once. */
async function noteUse(sql: Sql, id: string): Promise<void> {
  await sql.query(
    `update api_keys set last_used_at = clock_now()
      where id = $1 and (last_used_at is null or last_used_at <= clock_now() - ${NOTED_FOR})`,
    [id],
  )
}

const lesser = (a: Role, b: Role): Role => (roleReaches(a, b) ? b : a)
