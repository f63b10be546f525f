import { readFile, statfs } from 'node:fs/promises'
import type { LiveTable } from '../engine.ts'
import { Session, sqlState } from './client.ts'
import type { Settings } from './settings.ts'

/** To measure a database, the server looks at each of its files. */
const MEASURE_MS = 10_000
const CANCELLED = '57014'
/** More tables than anyone compares; their names fit into what we let a server answer. */
const MOST_TABLES = 50_000

/** A database as its server knows it. */
export interface LiveFacts {
  readonly owner: string
  /** Undefined where the login may not see it, or where to measure takes too long. */
  readonly bytes: number | undefined
}

/** What is known of a database; undefined where it is not there. */
export async function liveFacts(
  session: Session,
  { database }: Settings,
): Promise<LiveFacts | undefined> {
  const ask = async (bytes: string) =>
    await session.rows<{ owner: string; bytes: number | null }>(
      'measure the target',
      `select pg_catalog.pg_get_userbyid(datdba) as owner, ${bytes} as bytes
         from pg_catalog.pg_database where datname = $1`,
      [database],
    )
  await session.rows('wait no longer', `set statement_timeout = ${MEASURE_MS}`)
  const [row] = await ask(
    `case when pg_catalog.has_database_privilege(oid, 'connect')
       then pg_catalog.pg_database_size(oid)::float8 end`,
  ).catch((error: unknown) => {
    if (sqlState(error) !== CANCELLED) throw error
    return ask('null')
  })
  return row && { owner: row.owner, bytes: row.bytes ?? undefined }
}

/**
 * The tables of a database, as a dump would hold them, and their rows as the statistics have it: nothing is
 * counted or locked.
 */
export async function liveTables(target: Settings, signal: AbortSignal): Promise<LiveTable[]> {
  const rows = await Session.use(target, signal, async session => {
    await session.rows('wait no longer', `set statement_timeout = ${MEASURE_MS}`)
    return await session.rows<{ schema: string; name: string; rows: number | null }>(
      'list its tables',
      `select n.nspname as schema, c.relname as name,
              coalesce(nullif(pg_catalog.pg_stat_get_live_tuples(c.oid), 0)::float8,
                       case when c.reltuples >= 0 then c.reltuples::float8 end) as rows
         from pg_catalog.pg_class c
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and c.relpersistence <> 't'
          and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
          and not exists (select from pg_catalog.pg_depend d
            where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
        limit ${MOST_TABLES}`,
    )
  })
  return rows.map(({ schema, name, rows: estimated }) => ({
    schema,
    name,
    estimatedRows: estimated ?? undefined,
  }))
}

/**
 * Bytes that are free where a server keeps its data: undefined unless it runs on this machine and says where. An
 * address proves no machine, a tunnel may stand behind it; the process that serves our very connection does.
 */
export async function freeBytes(session: Session): Promise<number | undefined> {
  const { pid, port, directory } = await session.row<{
    pid: number
    port: number | null
    directory: string | null
  }>(
    'tell where it keeps its data',
    `select pg_catalog.pg_backend_pid() as pid, pg_catalog.inet_client_port() as port,
            (select setting from pg_catalog.pg_settings where name = 'data_directory') as directory`,
  )
  if (directory === null) return undefined
  try {
    const title = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    const isOurs =
      title.startsWith('postgres: ') && title.includes(port === null ? '[local]' : `(${port})`)
    if (!isOurs) return undefined
    const { bavail, bsize } = await statfs(directory)
    return bavail * bsize
  } catch {
    // Another kind of system, or a directory that this user may not get to.
    return undefined
  }
}
