import type { Session } from './client.ts'

/** What decides how a server is treated. */
export interface Server {
  /** `15.18` */
  readonly version: string
  readonly major: number
  readonly isSuperuser: boolean
  readonly mayCreateDatabases: boolean
  readonly mayReadPasswords: boolean
  /** How many locks its lock table has room for. */
  readonly lockCapacity: number
  /** Bytes that building an index may take. */
  readonly maintenanceMemory: number
}

interface ServerRow {
  readonly version: string
  readonly number: number
  readonly superuser: boolean
  readonly createdb: boolean
  readonly passwords: boolean
  readonly locks: number
  readonly memory: number
}

export async function serverOf(session: Session): Promise<Server> {
  const row = await session.row<ServerRow>(
    'tell what it is',
    `select current_setting('server_version') as version,
            current_setting('server_version_num')::int as number,
            r.rolsuper as superuser,
            r.rolsuper or r.rolcreatedb as createdb,
            has_table_privilege('pg_catalog.pg_authid', 'select') as passwords,
            current_setting('max_locks_per_transaction')::int
              * (current_setting('max_connections')::int
                 + current_setting('max_prepared_transactions')::int) as locks,
            pg_size_bytes(current_setting('maintenance_work_mem'))::float8 as memory
       from pg_catalog.pg_roles r where r.rolname = current_user`,
  )
  const major = Math.floor(row.number / 10_000)
  return {
    version: row.version.split(' ')[0] ?? row.version,
    // Before 10 the second number belonged to the major version: 9.6 is 90600.
    major: major >= 10 ? major : major + (Math.floor(row.number / 100) % 100) / 10,
    isSuperuser: row.superuser,
    mayCreateDatabases: row.createdb,
    mayReadPasswords: row.passwords,
    lockCapacity: row.locks,
    maintenanceMemory: row.memory,
  }
}
