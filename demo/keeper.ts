// The demo's second process: it makes the servers and all that is in them, and they are gone when it ends.
import { randomBytes, randomInt } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { joinEmbedded } from '../src/catalog/embedded.ts'
import { type Client, createClient } from '../src/client/index.ts'
import { throwIfAborted } from '../src/core/abort.ts'
import { GuardedServer } from '../support/guarded-server.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { sessionFetch } from '../support/session-fetch.ts'
import { letThemBuy } from '../support/world/customers.ts'
import { INVOICES_LOGIN, makeDatabases } from '../support/world/databases.ts'
import { furnish } from '../support/world/furnish.ts'
import { makePastBackups } from '../support/world/past-backups.ts'
import { keep } from './background.ts'

interface Login {
  readonly email: string
  readonly password: string
}

/** What the demo is told of the world that it is about. */
export interface World {
  readonly url: string
  /** Everything is below it. */
  readonly dir: string
  readonly admin: Login
  readonly viewer: Login
  /** What opens the one source that nobody can log in to. */
  readonly invoices: { readonly user: string; readonly password: string }
  readonly database: { readonly host: string; readonly port: number }
}

const PACKAGE = join(import.meta.dirname, '..', 'package.json')

const leaving = new AbortController()
let databases: PostgresServer | undefined
let server: GuardedServer | undefined
/** What writes into the server's directory by itself. */
let writing: Promise<unknown> | undefined

async function make(port: number, scale: number): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-demo-'))
  chmodSync(dir, 0o711) // the server's own PostgreSQL may run as another user
  const token = randomBytes(32).toString('hex')
  server = GuardedServer.start(dir, port, { HOLDFAST_SETUP_TOKEN: token })
  const started = server.ready()
  // Whoever waits for it hears of it; until then something else may fail first.
  started.catch(() => undefined)
  const now = new Date()
  databases = await startPostgres()
  await makeDatabases(databases, scale)
  const { signal } = leaving
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }
  throwIfAborted(signal, 'the demo')
  const pastBackups = makePastBackups(databases, join(dir, 'repository'), { now, version, signal })
  writing = pastBackups
  const past = await pastBackups
  await started
  void server.ended().then(() => process.kill(process.pid, 'SIGTERM'))

  const [admin, viewer] = [
    { email: 'ada@demo.example', password: newPassword() },
    { email: 'vera@demo.example', password: newPassword() },
  ]
  const { url, dataDir } = server
  const client = createClient({ server: url, fetch: sessionFetch(url) })
  await client.setUp({ ...admin, name: 'Ada Admin', token })
  await client.addUser({ ...viewer, name: 'Vera Viewer', role: 'viewer' })
  const catalog = joinEmbedded(dataDir)
  if (catalog === undefined) throw new Error('the catalog of the server is not there')
  const passwords = { old: newPassword(), new: newPassword() }
  const by = `user ${admin.email}`
  await furnish({ client, by, catalog, databases, past, now, passwords })
  await setGoing(client, databases.url('shop'), signal)
  return {
    url,
    dir,
    admin,
    viewer,
    invoices: { user: INVOICES_LOGIN, password: passwords.new },
    database: { host: databases.host, port: databases.port },
  }
}

/** Something is at work from the first look on. */
async function setGoing(client: Client, shop: string, signal: AbortSignal) {
  void letThemBuy(shop, signal)
  await client.startRun({ kind: 'verify', source: 'people' })
}

async function remove(): Promise<void> {
  leaving.abort()
  // It would make directories again that the server has just removed.
  await writing?.catch(() => undefined)
  await server?.stop()
  await databases?.stop()
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Made for this demo, and easy to read: `k7mw-9xat-r2cd`. */
function newPassword(): string {
  const part = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  return [part(), part(), part()].join('-')
}

await keep(() => make(Number(process.argv[2]), Number(process.argv[3])), remove)
