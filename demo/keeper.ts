// The demo's second process: it makes the server and the directory, and both are gone when it ends. It ends
// when the demo does, unless the demo has told it to stay.
import process from 'node:process'
import { reason } from '../src/core/fault.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { loadShop } from '../support/shop.ts'
import { tempDir } from '../support/temp-dir.ts'

/** What the demo is told about the server that it may use. */
export interface Kept {
  readonly dir: string
  readonly server: Pick<PostgresServer, 'host' | 'port' | 'user' | 'bin'> & {
    readonly password: string
    readonly version: string
  }
  /** Size of database `shop` on the server. */
  readonly bytes: number
}

/** What it tells the demo, once. */
export type Report = { readonly kept: Kept } | { readonly failed: string }

const A_MONTH_MS = 2 ** 31 - 1

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

function end(): void {
  const stopped = server?.stop() ?? Promise.resolve()
  void stopped.finally(() => process.exit())
}

process.on('SIGTERM', end)
process.on('disconnect', end)
process.on('message', () => {
  process.off('disconnect', end)
  process.disconnect()
  // The server does not keep a process alive, and nothing else is left to do.
  setInterval(() => undefined, A_MONTH_MS)
})

const report: Report = await prepare(Number(process.argv[2])).then(
  kept => ({ kept }),
  (error: unknown) => ({ failed: reason(error) }),
)
process.send?.(report)
