import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { Secret } from '../core/secret.ts'
import type { Sql } from './db.ts'
import { CALLED, findNamed, insertNamed } from './names.ts'

/** A key by which a program or a person elsewhere may use the server. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

const PREFIX = 'hf_'
const KEY_BYTES = 32
const COLUMNS = `id, name, created_at as "createdAt", last_used_at as "lastUsedAt"`
const KIND = 'API key'

const hashOf = (key: Secret): Buffer => createHash('sha256').update(key.reveal()).digest()

/** Makes a key; it is returned once and kept nowhere. Throws NameTaken. */
export async function addApiKey(sql: Sql, name: string): Promise<{ row: ApiKey; key: Secret }> {
  const key = new Secret(PREFIX + randomBytes(KEY_BYTES).toString('base64url'))
  const insert = sql.query<ApiKey>(
    `insert into api_keys (id, name, hash) values ($1, $2, $3) returning ${COLUMNS}`,
    [randomUUID(), name, hashOf(key)],
  )
  const [row] = await insertNamed(KIND, name, insert)
  if (row === undefined) throw new Error('an inserted API key was not answered')
  return { row, key }
}

/** Every key, by name, without the keys themselves. */
export const listApiKeys = (sql: Sql): Promise<ApiKey[]> =>
  sql.query<ApiKey>(`select ${COLUMNS} from api_keys where removed_at is null order by lower(name)`)

/** Takes a key out of use, at once. Throws NotFound. */
export async function removeApiKey(sql: Sql, name: string): Promise<ApiKey> {
  const row = await findNamed<ApiKey>(
    sql,
    KIND,
    name,
    `select ${COLUMNS} from api_keys where removed_at is null and ${CALLED} for update`,
  )
  await sql.query('update api_keys set removed_at = clock_now() where id = $1', [row.id])
  return row
}

/** The key that was shown, or undefined when it is none of ours. */
export async function apiKeyShown(sql: Sql, shown: Secret): Promise<ApiKey | undefined> {
  const hash = hashOf(shown)
  const [row] = await sql.query<ApiKey & { hash: Buffer }>(
    `select ${COLUMNS}, hash from api_keys where hash = $1 and removed_at is null`,
    [hash],
  )
  if (row === undefined || !timingSafeEqual(row.hash, hash)) return undefined
  // Once a minute is exact enough, and a busy client does not become a busy row.
  await sql.query(
    `update api_keys set last_used_at = clock_now()
      where id = $1 and (last_used_at is null or last_used_at < clock_now() - interval '1 minute')`,
    [row.id],
  )
  return { id: row.id, name: row.name, createdAt: row.createdAt, lastUsedAt: row.lastUsedAt }
}
