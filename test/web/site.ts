import assert from 'node:assert/strict'
import type { Browser, BrowserContext, BrowserContextOptions, Cookie, Page } from 'playwright-core'
import { Catalog } from '../../src/catalog/db.ts'
import { type Client, createClient } from '../../src/client/index.ts'
import { startBrowser } from '../../support/browser.ts'
import { freshDatabase } from '../../support/catalog.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { holdfast } from '../support/holdfast.ts'
import { newDataDir, startServer, sweep, type TestServer } from '../support/server.ts'

export const ADMIN = {
  email: 'ada@example.org',
  name: 'Ada Admin',
  password: 'nine lives of the harbour cat',
} as const
export const SETUP_TOKEN = 'a-token-of-forty-letters-for-the-set-up-01'
const LONGEST_WAIT_MS = 30_000
/** What processes take on a busy machine. */
export const WORK = { timeout: 60_000 }

export interface WebSiteOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Leave the server as it is on a new machine. Default: an administrator is there. */
  readonly isNew?: boolean
}

/** A server with its dashboard, a database server to back up, and a browser to look at it. */
export class WebSite {
  readonly database: PostgresServer
  /** What the server keeps in its own database, to look at and to change behind its back. */
  readonly catalog: Catalog
  readonly catalogUrl: string
  readonly dataDir = newDataDir()
  readonly browser: Browser
  readonly #env: Readonly<Record<string, string>>
  #server: TestServer | undefined
  #client: Client | undefined
  readonly #contexts: BrowserContext[] = []
  readonly #faults: string[] = []
  /** By their addresses, who has logged in. */
  readonly #sessions = new Map<string, readonly Cookie[]>()

  private constructor(
    { database, browser, url }: { database: PostgresServer; browser: Browser; url: string },
    env: WebSiteOptions['env'],
  ) {
    this.database = database
    this.browser = browser
    this.catalog = new Catalog({ connectionString: url })
    this.catalogUrl = url
    this.#env = {
      HOLDFAST_PG_BIN: database.bin,
      HOLDFAST_DATABASE_URL: url,
      HOLDFAST_SETUP_TOKEN: SETUP_TOKEN,
      ...env,
    }
  }

  static async open({ env, isNew = false }: WebSiteOptions = {}): Promise<WebSite> {
    // A server that brings its own catalog takes twice as long to be there.
    const [database, browser, { url }] = await Promise.all([
      startPostgres(),
      startBrowser(),
      freshDatabase(),
    ])
    const site = new WebSite({ database, browser, url }, env)
    try {
      await site.serve()
      if (!isNew) await site.setUp()
      return site
    } catch (error) {
      // What is left running would keep the tests from ending.
      await site.close()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.browser.close()
    if (this.#server !== undefined) await sweep(this.#server)
    await this.catalog.close()
    await this.database.stop()
  }

  get server(): TestServer {
    return this.#server ?? assert.fail('no server')
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.port}`
  }

  /** Everything the API does, with an administrator's key. */
  get api(): Client {
    return this.#client ?? assert.fail('not set up')
  }

  /** Starts the server; again on the same port, where it ran before. */
  async serve(): Promise<void> {
    const port = this.#server === undefined ? {} : { HOLDFAST_PORT: String(this.#server.port) }
    this.#server = await startServer(this.dataDir, { ...this.#env, ...port })
    await this.#server.ready()
  }

  /** Stops the server in good order. */
  async stop(): Promise<void> {
    this.server.child.kill('SIGTERM')
    await this.server.ended
  }

  /** Makes the first administrator, and a key for the test itself. */
  async setUp(): Promise<void> {
    await createClient({ server: this.url }).setUp({ ...ADMIN, token: SETUP_TOKEN })
    const env = { HOLDFAST_DATA_DIR: this.dataDir }
    const made = await holdfast(['api-key', 'add', 'test', '--role', 'admin', '--json'], env)
    const { secret } = JSON.parse(made.stdout) as { secret: string }
    this.#client = createClient({ server: this.url, key: secret })
  }

  /** A database with a table of so many rows; answers its URL. */
  async newDatabase(name: string, rows = 1000): Promise<string> {
    await this.database.query('postgres', `create database "${name}"`)
    await this.database.query(
      name,
      `create table items as select n as id, md5(n::text) as word from generate_series(1, ${rows}) n`,
    )
    return this.database.url(name)
  }

  /** A repository in a new directory. */
  async newRepository(name: string): Promise<string> {
    const url = `${this.dataDir}-${name}`
    return (await this.api.createRepository({ name, url })).repository.id
  }

  /** A source with a database of that name. */
  async newSource(name: string, rows?: number): Promise<string> {
    return (await this.api.addSource({ name, url: await this.newDatabase(name, rows) })).id
  }

  /** Runs to its end; answers the run. */
  async finished(run: { readonly id: string }) {
    for await (const news of this.api.followRun(run.id)) void news
    return (await this.api.getRun(run.id)).run
  }

  /** Backs up a source and waits for it; answers the backup's id. */
  async backUp(source: string, repository: string): Promise<string> {
    const run = await this.finished(await this.api.startRun({ kind: 'backup', source, repository }))
    assert.equal(run.state, 'completed', JSON.stringify(run.failure))
    return run.backupId ?? assert.fail('no backup')
  }

  /** A browser of its own that has not logged in. */
  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      baseURL: this.url,
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      viewport: { width: 1280, height: 900 },
      // Nobody looks at what moves, and to draw it takes as long as the rest.
      reducedMotion: 'reduce',
      ...options,
    })
    this.#contexts.push(context)
    context.setDefaultTimeout(LONGEST_WAIT_MS)
    const page = await context.newPage()
    page.on('pageerror', error => this.#faults.push(`${page.url()}: ${error.stack ?? error}`))
    page.on('console', message => {
      // A refused request is shown to the person; the browser notes it by itself.
      const isOurs = !message.text().startsWith('Failed to load resource')
      const isLost = /WebSocket connection|ERR_CONNECTION_REFUSED/.test(message.text())
      if (message.type() === 'error' && isOurs && !isLost) {
        this.#faults.push(`${page.url()}: ${message.text()}`)
      }
    })
    return page
  }

  /** A browser in which somebody has logged in, at a page. */
  async enter(
    path = '/',
    { email, password }: { email: string; password: string } = ADMIN,
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const page = await this.newPage(options)
    await this.#logIn(page.context(), { email, password })
    await page.goto(path)
    return page
  }

  /** Whoever enters next logs in anew. */
  forgetSessions(): void {
    this.#sessions.clear()
  }

  /** A password takes a third of a second of the processor to prove: an earlier session is taken while it lasts. */
  async #logIn(context: BrowserContext, person: { email: string; password: string }) {
    await context.addCookies([...(this.#sessions.get(person.email) ?? [])])
    const account = await context.request.get('/api/v1/account')
    if (account.ok()) return
    await context.clearCookies()
    await context.request.post('/api/v1/account/login', { data: person })
    this.#sessions.set(person.email, await context.cookies())
  }

  /** What no page may do: throw, or write an error into the console (a broken content policy, too). */
  assertNoFaults(): void {
    assert.deepEqual(this.#faults.splice(0), [])
  }

  /** After each test. */
  async leave(): Promise<void> {
    await this.closePages()
    this.assertNoFaults()
  }

  /** Closes the browsers of a test. */
  async closePages(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close()
  }
}
