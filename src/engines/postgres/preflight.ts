import { DatabaseRefused } from '../../core/faults.ts'
import { type Session, sqlState } from './client.ts'
import type { Server } from './server.ts'
import { type Settings, serverName } from './settings.ts'

const NAMED = 5

const ESTIMATE_LOCK_TIMEOUT_MS = 1_000
const LOCK_TIMEOUT = '55P03'

const USER_TABLES = `
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p') and c.relpersistence <> 't'
   and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'`

/** Checks what would make a dump fail after hours. */
export async function checkDumpable(
  session: Session,
  server: Server,
  settings: Settings,
): Promise<void> {
  await refuseHiddenRows(session, settings)
  const { tables } = await session.row<{ tables: number }>(
    'count its tables',
    `select count(*)::int as tables ${USER_TABLES}`,
  )
  // The server has some room beyond the number, so only what cannot work is refused here.
  if (tables > 2 * server.lockCapacity) throw tooManyTables(settings, tables, server.lockCapacity)
}

/**
 * A guess at the bytes of the dump: COPY text is about as large as the rows on disk. Asking for the size
 * of a table waits for whoever has locked it; undefined when that takes too long.
 */
export async function estimateBytes(session: Session): Promise<number | undefined> {
  try {
    await session.rows('wait no longer', `set lock_timeout = ${ESTIMATE_LOCK_TIMEOUT_MS}`)
    const { bytes } = await session.row<{ bytes: number }>(
      'measure its tables',
      `select coalesce(sum(pg_relation_size(c.oid)
                + coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0)), 0)::float8 as bytes
       ${USER_TABLES}`,
    )
    return bytes
  } catch (error) {
    if (sqlState(error) !== LOCK_TIMEOUT) throw error
    return undefined
  }
}

/** pg_dump locks every table for as long as it runs. */
export function tooManyTables(settings: Settings, tables: number, capacity: number) {
  return new DatabaseRefused({
    what: `lock all tables of ${settings.database} at once`,
    server: serverName(settings),
    why: `there are ${tables}, and its lock table has room for about ${capacity}`,
    hint: 'raise max_locks_per_transaction in postgresql.conf and restart the server',
  })
}

/** Row level security would hide rows: pg_dump refuses such a table, but only when it comes to it. */
async function refuseHiddenRows(session: Session, settings: Settings): Promise<void> {
  const hidden = await session.rows<{ name: string }>(
    'list tables with row level security',
    `select pg_catalog.format('%I.%I', n.nspname, c.relname) as name ${USER_TABLES}
        and c.relrowsecurity and pg_catalog.row_security_active(c.oid)`,
  )
  if (hidden.length === 0) return
  const names = hidden.slice(0, NAMED).map(({ name }) => name)
  if (hidden.length > NAMED) names.push(`${hidden.length - NAMED} more`)
  throw new DatabaseRefused({
    what: `show ${settings.user} every row of ${names.join(', ')}`,
    server: serverName(settings),
    why: 'row level security applies to this login',
    hint: `use a superuser or the tables' owner, or: alter role ${settings.user} bypassrls`,
  })
}

/** Which sessions keep others from reading a table, for a dump that waited too long. */
export async function whoLocks(session: Session): Promise<string[]> {
  const holders = await session.rows<{ table: string; pid: number; who: string }>(
    'list its locks',
    `select distinct l.relation::regclass::text as table, l.pid,
            coalesce(a.usename, 'unknown') || ', '
              || coalesce(nullif(a.application_name, ''), 'no application name') as who
       from pg_catalog.pg_locks l
       join pg_catalog.pg_stat_activity a using (pid)
       join pg_catalog.pg_class c on c.oid = l.relation
      where l.mode = 'AccessExclusiveLock' and l.granted and l.locktype = 'relation'
        and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
        and c.relkind in ('r', 'p')`,
  )
  return holders.map(({ table, pid, who }) => `${table} by process ${pid} (${who})`)
}
