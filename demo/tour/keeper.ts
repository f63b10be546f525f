// The tour's second process: it makes the server and the directory, and both are gone when it ends.
import process from 'node:process'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { loadShop } from '../../support/shop.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { keep } from '../background.ts'

/** What the tour is told about the server that it may use. */
export interface Kept {
  readonly dir: string
  readonly server: Pick<PostgresServer, 'host' | 'port' | 'user' | 'bin'> & {
    readonly password: string
    readonly version: string
  }
  /** Size of database `shop` on the server. */
  readonly bytes: number
}

let server: PostgresServer | undefined

async function prepare(scale: number): Promise<Kept> {
  const dir = tempDir()
  server = await startPostgres()
  await loadShop(server, 'shop', scale)
  const [facts] = await server.query<{ version: string; bytes: string }>(
    'shop',
    "select split_part(version(), ' ', 2) as version, pg_database_size('shop') as bytes",
  )
  const { host, port, user, bin, password = '' } = server
  const version = facts?.version ?? ''
  return {
    dir,
    server: { host, port, user, bin, password, version },
    bytes: Number(facts?.bytes),
  }
}

await keep(
  () => prepare(Number(process.argv[2])),
  async () => await server?.stop(),
)
