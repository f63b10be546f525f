import { Catalog } from '../src/catalog/db.ts'
import { migrate } from '../src/catalog/migrate.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'

/** A migrated catalog in a database of its own. */
export interface TestCatalog {
  readonly catalog: Catalog
  /** The server it is on; all catalogs of one process share it. */
  readonly server: PostgresServer
  readonly url: string
  /** Stops the catalog's clock at this time; undefined: lets it go again, with the real time. */
  readonly setClock: (sqlTimestamp: string | undefined) => Promise<void>
  readonly close: () => Promise<void>
}

let server: Promise<PostgresServer> | undefined
let made = 0

/** An empty database on the shared throw-away server, which ends with this process. */
export async function freshDatabase(): Promise<{ server: PostgresServer; url: string }> {
  server ??= startPostgres()
  const name = `catalog_${++made}`
  await (await server).query('postgres', `create database ${name}`)
  return { server: await server, url: (await server).url(name) }
}

/** A fresh catalog, closed after the test `t` or by `close()`. */
export async function openTestCatalog(t?: {
  after(work: () => Promise<void>): void
}): Promise<TestCatalog> {
  const fresh = await freshDatabase()
  const catalog = new Catalog({ connectionString: fresh.url })
  let closed: Promise<void> | undefined
  const close = () => (closed ??= catalog.close())
  t?.after(close)
  await migrate(catalog)
  return { catalog, ...fresh, close, setClock: time => setClock(catalog, time) }
}

async function setClock(catalog: Catalog, time: string | undefined): Promise<void> {
  const [row] = await catalog.query<{ now: string }>('select quote_nullable($1::text) as now', [
    time,
  ])
  const now = time === undefined ? 'clock_timestamp()' : `${row?.now}::timestamptz`
  await catalog.query(`create or replace function clock_now() returns timestamptz
    language sql volatile as $body$ select ${now} $body$`)
}

/** How a catalog is reached. */
export type CatalogConnection = ConstructorParameters<typeof Catalog>[0]

/**
 * Writes what happened before into a catalog, as a superuser of its database. The triggers, which are for one
 * thing at a time as it happens, are off meanwhile, and what they keep count of is counted anew.
 */
export async function writePast(
  connection: CatalogConnection,
  statements: readonly (readonly [sql: string, values?: readonly unknown[]])[],
): Promise<void> {
  // A million rows take longer than a server's statements may.
  const patient = new Catalog({ ...connection, query_timeout: 0, max: 1 })
  try {
    await patient.transaction(async sql => {
      await sql.query('set local session_replication_role = replica')
      for (const [statement, values = []] of statements) await sql.query(statement, values)
      for (const count of [
        'recount_runs()',
        'recount_totals()',
        'recount_quarters()',
        'remark_sources()',
        // Whoever remembers what was before forgets it.
        `tell_change('log', '', 'begun', '{}')`,
      ]) {
        await sql.query(`select ${count}`)
      }
    })
    await patient.query('vacuum analyze')
    await patient.query('checkpoint')
  } finally {
    await patient.close()
  }
}
