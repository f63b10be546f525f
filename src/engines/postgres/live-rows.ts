import { escapeIdentifier } from 'pg'
import { DatabaseRefused } from '../../core/faults.ts'
import type { LiveTable } from '../engine.ts'
import { Session } from './client.ts'
import { DUMPED_TABLES } from './dumped-tables.ts'
import type { Settings } from './settings.ts'

/** More tables than anyone compares; their names fit into what we let a server answer. */
const MOST_TABLES = 50_000
/** A table with more rows is not counted: its estimate is near enough, and it would take too long. */
const MOST_COUNTED = 100_000
/** How long all the counting may take; what is left then stays estimated. */
const COUNT_MS = 5_000
/** Most tables that one statement counts. */
const AT_ONCE = 50
/** Nobody who changes a table is kept waiting for our question, nor we for them. */
const LOCK_MS = 200
const LIST_MS = 10_000

interface Listed {
  readonly schema: string
  readonly name: string
  /** By the server's own statistics; null where it has none. */
  readonly rows: number | null
  /** Whether this login may read all of it. */
  readonly readable: boolean
}

/**
 * The tables of a database, as a dump would hold them. The rows of small ones are counted; those of others, and of what
 * may not be read or is locked, are as the statistics have it.
 */
export async function liveTables(target: Settings, signal: AbortSignal): Promise<LiveTable[]> {
  return await Session.use(target, signal, async session => {
    const listed = await list(session)
    const counted = await count(session, listed.filter(mayBeSmall))
    return listed.map(table => told(table, counted.get(table)))
  })
}

/** Statistics may be missing, or older than everything in a table: counting ends at the limit all the same. */
const mayBeSmall = ({ readable, rows }: Listed): boolean => readable && (rows ?? 0) <= MOST_COUNTED

function told({ schema, name, rows }: Listed, counted: number | undefined): LiveTable {
  if (counted === undefined) return { schema, name, rows: rows ?? undefined, counted: false }
  if (counted <= MOST_COUNTED) return { schema, name, rows: counted, counted: true }
  return { schema, name, rows: Math.max(rows ?? 0, MOST_COUNTED), counted: false }
}

async function list(session: Session): Promise<Listed[]> {
  await session.rows('wait no longer', `set statement_timeout = ${LIST_MS}`)
  return await session.rows<Listed>(
    'list its tables',
    `select n.nspname as schema, c.relname as name,
            coalesce(nullif(pg_catalog.pg_stat_get_live_tuples(c.oid), 0)::float8,
                     case when c.reltuples >= 0 then c.reltuples::float8 end) as rows,
            pg_catalog.has_schema_privilege(n.oid, 'usage')
              and pg_catalog.has_table_privilege(c.oid, 'select')
              and not pg_catalog.row_security_active(c.oid) as readable
       from ${DUMPED_TABLES}
      limit ${MOST_TABLES}`,
  )
}

/** Counts tables, the smallest first, until the time is over; what cannot be counted is left out. */
async function count(
  session: Session,
  tables: readonly Listed[],
): Promise<ReadonlyMap<Listed, number>> {
  const until = performance.now() + COUNT_MS
  const counted = new Map<Listed, number>()
  const waiting = batches(tables.toSorted((a, b) => (a.rows ?? 0) - (b.rows ?? 0)))
  await session.rows('wait for no lock', `set lock_timeout = ${LOCK_MS}`)
  await session.rows('see every row', 'set row_security = off')
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    const left = Math.floor(until - performance.now())
    if (left <= 0) break
    const rows = await countTogether(session, batch, left)
    for (const [at, rowCount] of rows?.entries() ?? []) {
      const table = batch[at]
      if (table) counted.set(table, rowCount)
    }
    // One that is locked, or was dropped just now, must not keep the others from being counted.
    if (rows === undefined && batch.length > 1) waiting.push(...batch.map(table => [table]))
  }
  return counted
}

const batches = (tables: readonly Listed[]): Listed[][] =>
  Array.from({ length: Math.ceil(tables.length / AT_ONCE) }, (_, at) =>
    tables.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  )

/** One more than the limit stands for every larger number; undefined where the server would not. */
async function countTogether(
  session: Session,
  tables: readonly Listed[],
  timeoutMs: number,
): Promise<number[] | undefined> {
  const parts = tables.map(
    ({ schema, name }, at) =>
      `select ${at} as at, (select count(*) from (select from only
         ${escapeIdentifier(schema)}.${escapeIdentifier(name)} limit ${MOST_COUNTED + 1}) as t)::int as rows`,
  )
  try {
    await session.rows('wait no longer', `set statement_timeout = ${timeoutMs}`)
    const rows = await session.rows<{ rows: number }>(
      'count rows',
      `${parts.join(' union all ')} order by at`,
    )
    return rows.map(one => one.rows)
  } catch (error) {
    if (error instanceof DatabaseRefused) return undefined
    throw error
  }
}
