import { readFile, statfs } from 'node:fs/promises'
import { type Session, sqlState } from './client.ts'
import type { Settings } from './settings.ts'

/** To measure a database, the server looks at each of its files. */
const MEASURE_MS = 10_000
const CANCELLED = '57014'

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
