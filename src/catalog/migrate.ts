import { readdirSync, readFileSync } from 'node:fs'
import { CatalogTooNew } from '../core/faults.ts'
import type { Catalog, Sql } from './db.ts'

const DIRECTORY = new URL('./migrations/', import.meta.url)

/** Whoever migrates holds this advisory lock of the catalog's database. */
const LOCK = 7_420_001

interface Migration {
  readonly version: number
  readonly name: string
}

/** The files of `migrations/`, whose names begin with 0001, 0002, … without a gap, in that order. */
const MIGRATIONS: readonly Migration[] = readdirSync(DIRECTORY)
  .filter(name => name.endsWith('.sql'))
  .sort()
  .map((name, index) => ({ version: index + 1, name }))

/** The version that a catalog has once it is migrated. */
export const NEWEST_VERSION = MIGRATIONS.length

/**
 * Brings the catalog to the newest version, one file in one transaction each: killed at any moment, it goes
 * on with the file it was at. Several nodes may call it at the same time; one works, the others find it done.
 */
export async function migrate(catalog: Catalog): Promise<void> {
  let more = true
  while (more) more = await catalog.transaction(migrateOnce)
}

/** Applies the next migration; answers whether there are more. */
async function migrateOnce(sql: Sql): Promise<boolean> {
  await sql.query('select pg_advisory_xact_lock($1)', [LOCK])
  await sql.query(`create table if not exists schema_version
    (version integer primary key, name text not null, applied_at timestamptz not null default now())`)
  const version = await versionOf(sql)
  if (version > NEWEST_VERSION) throw new CatalogTooNew({ has: version, knows: NEWEST_VERSION })
  const next = MIGRATIONS[version]
  if (next === undefined) return false
  // First the record, then the work: should the lock ever fail, two would collide on the key.
  await sql.query('insert into schema_version values ($1, $2)', [next.version, next.name])
  await sql.query(readFileSync(new URL(next.name, DIRECTORY), 'utf8'))
  return next.version < NEWEST_VERSION
}

/** The version of a catalog that was migrated at least once. */
export async function versionOf(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ version: number }>(
    'select coalesce(max(version), 0) as version from schema_version',
  )
  return row?.version ?? 0
}
