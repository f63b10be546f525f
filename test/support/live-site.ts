import assert from 'node:assert/strict'
import { request } from 'node:http'
import { join } from 'node:path'
import { Catalog } from '../../src/catalog/db.ts'
import { systemClock } from '../../src/core/clock.ts'
import { Secret } from '../../src/core/secret.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import { freshDatabase } from '../../support/catalog.ts'
import { addFiller } from '../../support/filler.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { loadShop } from '../../support/shop.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { newDataDir, startServer, sweep, type TestServer } from './server.ts'
import { Viewer, type ViewerOptions } from './viewer.ts'

/** What ends something after a test. */
export interface After {
  after(end: () => void): void
}

/** Servers that share one catalog, with a source, a repository, and a key to come in. */
export class LiveSite {
  readonly first: TestServer
  readonly #nodes: TestServer[] = []
  readonly #database: PostgresServer
  readonly #env: Record<string, string>
  #catalog: Catalog | undefined
  key = ''
  /** Of the database of the source `shop`. */
  url = ''

  private constructor(first: TestServer, database: PostgresServer, env: Record<string, string>) {
    this.#nodes.push(first)
    this.first = first
    this.#database = database
    this.#env = env
  }

  /** Starts one server, and makes what it backs up: a small shop, with so many MiB more. */
  static async start(moreMebibytes = 0): Promise<LiveSite> {
    const { url, server } = await freshDatabase()
    const dataDir = newDataDir()
    const env = {
      HOLDFAST_DATABASE_URL: url,
      HOLDFAST_SECRET_KEY_FILE: join(dataDir, '..', 'secret.key'),
      HOLDFAST_PG_BIN: server.bin,
    }
    const first = await startServer(dataDir, env)
    const site = new LiveSite(first, server, env)
    await Promise.all([first.ready(), site.#makeShop(moreMebibytes)])
    const place = join(tempDir(), 'repository')
    const { signal } = new AbortController()
    const about = { passphrase: new Secret('correct horse battery staple'), clock: systemClock }
    const made = await Repository.init(openStorage(place), about, signal)
    // Opens it faster than the passphrase does.
    const recoveryKey = made.recoveryKey.reveal()
    await site.send('POST', '/repositories', { name: 'main', url: place, recoveryKey })
    await site.send('POST', '/sources', { name: 'shop', url: site.url })
    site.key = await site.addKey('viewer')
    return site
  }

  async #makeShop(moreMebibytes: number): Promise<void> {
    const name = `shop_${moreMebibytes}`
    const found = await this.#database.query(
      'postgres',
      `select from pg_database where datname = '${name}'`,
    )
    if (found.length === 0) {
      await loadShop(this.#database, name, 0.001)
      if (moreMebibytes > 0) await addFiller(this.#database, name, moreMebibytes)
    }
    this.url = this.#database.url(name)
  }

  /** One more server of the same catalog. */
  async another(): Promise<TestServer> {
    const node = await startServer(newDataDir(), this.#env)
    this.#nodes.push(node)
    await node.ready()
    return node
  }

  /** Makes a key; answers its secret. */
  async addKey(name: string): Promise<string> {
    return (await this.send<{ secret: string }>('POST', '/api-keys', { name })).secret
  }

  /** Asks for a backup of a source; answers the id of the run. */
  async backUp(source = 'shop'): Promise<string> {
    const about = { kind: 'backup', source, repository: 'main' }
    return (await this.send<{ id: string }>('POST', '/runs', about)).id
  }

  /** Somebody who watches until the test ends. */
  viewer(t: After, options: ViewerOptions = {}, node: TestServer = this.first): Viewer {
    return watching(t, new Viewer({ port: node.port }, { key: this.key, ...options }))
  }

  localViewer(t: After): Viewer {
    return watching(t, new Viewer({ socket: this.first.socket }))
  }

  async close(): Promise<void> {
    await this.#catalog?.close()
    await Promise.all(this.#nodes.map(sweep))
  }

  /** The catalog that all servers share. */
  get catalog(): Catalog {
    this.#catalog ??= new Catalog({ connectionString: this.#env.HOLDFAST_DATABASE_URL ?? '' })
    return this.#catalog
  }

  /** Ends every connection to the catalog. */
  async breakConnections(): Promise<void> {
    const name = new URL(this.#env.HOLDFAST_DATABASE_URL ?? '').pathname.slice(1)
    await this.#database.query(
      'postgres',
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [name],
    )
  }

  /** A request over the first server's socket, which must succeed. */
  async send<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const about = { socketPath: this.first.socket, method, path: `/api/v1${path}`, headers }
    const sent = request(about, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    const { status, text } = await promise
    assert.ok(status < 300, `${method} ${path}: ${text}`)
    return JSON.parse(text) as Body
  }
}

function watching(t: After, viewer: Viewer): Viewer {
  t.after(() => viewer.close())
  return viewer
}
