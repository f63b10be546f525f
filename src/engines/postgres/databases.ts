import { DatabaseMissing } from '../../core/faults.ts'
import { Secret } from '../../core/secret.ts'
import type { ServerDatabase } from '../engine.ts'
import { Session, sqlState } from './client.ts'
import { databaseName, onDatabase, type Settings, settingsOf } from './settings.ts'

/** There on nearly every server, and open to everybody. */
const USUAL = ['postgres', 'template1']
const MOST = 2000
/** To measure databases, the server looks at each of their files. */
const MEASURE_MS = 15_000
const CANCELLED = '57014'

/** The databases that a login finds on a server, by name; templates are none. */
export async function databasesOf(
  url: Secret,
  reach: (settings: Settings) => Settings,
  signal: AbortSignal,
): Promise<ServerDatabase[]> {
  const given = reach(settingsOf(withDatabase(url)))
  let missing: unknown
  for (const name of new Set([given.database, ...USUAL])) {
    try {
      return await listed(onDatabase(given, name), signal)
    } catch (error) {
      if (!(error instanceof DatabaseMissing)) throw error
      missing ??= error
    }
  }
  throw missing
}

/** A URL of a server need not name a database. */
const withDatabase = (url: Secret): Secret =>
  new Secret(url.reveal().replace(/^(\w+:\/\/[^/?#]*)\/?(?=$|\?)/, `$1/${USUAL[0]}`))

const listed = (settings: Settings, signal: AbortSignal): Promise<ServerDatabase[]> =>
  Session.use(settings, signal, async session => {
    await session.rows('wait no longer', `set statement_timeout = ${MEASURE_MS}`)
    const rows = await rowsOf(session, true).catch((error: unknown) => {
      if (sqlState(error) !== CANCELLED) throw error
      return rowsOf(session, false)
    })
    return rows.map(({ database, owner, encoding, bytes }) => ({
      database,
      owner,
      encoding,
      name: databaseName(onDatabase(settings, database)),
      bytes: bytes ?? undefined,
    }))
  })

interface Row {
  readonly database: string
  readonly owner: string
  readonly encoding: string
  readonly bytes: number | null
}

const rowsOf = (session: Session, measure: boolean): Promise<Row[]> =>
  session.rows<Row>(
    'list its databases',
    `select datname as database, pg_catalog.pg_get_userbyid(datdba) as owner,
            pg_catalog.pg_encoding_to_char(encoding) as encoding,
            case when ${measure} and pg_catalog.has_database_privilege(oid, 'connect')
              then pg_catalog.pg_database_size(oid)::float8 end as bytes
       from pg_catalog.pg_database
      where not datistemplate and datallowconn
      order by datname limit ${MOST}`,
  )
