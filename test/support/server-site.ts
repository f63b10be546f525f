import assert from 'node:assert/strict'
import { Client } from 'pg'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { type Ending, holdfast } from './holdfast.ts'
import { answer, eventually, newDataDir, startServer, sweep, type TestServer } from './server.ts'

export interface RunDocument {
  readonly id: string
  readonly state: string
  readonly attempt: number
}

/** `holdfast serve` with what it backs up: a database for each source, and a repository called main. */
export class ServerSite {
  readonly database: PostgresServer
  readonly dataDir = newDataDir()
  readonly env: Readonly<Record<string, string>>
  readonly #started: TestServer[] = []
  readonly #holders: Client[] = []

  private constructor(database: PostgresServer, sources: readonly string[]) {
    this.database = database
    this.env = {
      HOLDFAST_DATA_DIR: this.dataDir,
      HOLDFAST_PASSPHRASE: 'correct horse battery staple',
      HOLDFAST_REPOSITORY: `${this.dataDir}-repository`,
      HOLDFAST_PG_BIN: database.bin,
      ...Object.fromEntries(sources.map(name => [urlName(name), database.url(name)])),
    }
  }

  /** `catalog`: a database of that name on the same server, instead of the embedded one. */
  static async open(sources: readonly string[], catalog?: string): Promise<ServerSite> {
    const site = new ServerSite(await startPostgres(), sources)
    for (const name of sources) {
      await site.database.query('postgres', `create database ${name}`)
      await site.database.query(name, 'create table items as select generate_series(1, 1000) as id')
    }
    if (catalog !== undefined) await site.database.query('postgres', `create database ${catalog}`)
    await site.done(['init'])
    await site.serve(catalog === undefined ? {} : site.catalogIn(catalog))
    for (const name of sources)
      await site.done(['source', 'add', name, '--source', `env:${urlName(name)}`])
    await site.done(['repo', 'add', 'main'])
    return site
  }

  async close(): Promise<void> {
    await Promise.all(this.#holders.map(one => one.end()))
    for (const one of this.#started) await sweep(one)
    await this.database.stop()
  }

  /** The server that was started last. */
  get server(): TestServer {
    return this.#started.at(-1) ?? assert.fail('no server')
  }

  /** What makes a server use a database of ours as its catalog. */
  catalogIn(name: string): Record<string, string> {
    return { HOLDFAST_DATABASE_URL: this.database.url(name) }
  }

  async serve(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#started.push(await startServer(this.dataDir, { ...this.env, ...settings }))
    await this.server.ready()
  }

  /** A command that works. */
  async done(args: readonly string[]): Promise<Ending> {
    const ending = await holdfast(args, this.env)
    assert.equal(ending.code, 0, `${args.join(' ')}: ${ending.stderr}`)
    return ending
  }

  /** Asks for a backup; answers its run. */
  async backUp(source: string): Promise<string> {
    const { stdout } = await this.done(['run', source, '-r', 'main', '--detach', '--json'])
    return (JSON.parse(stdout) as { run: { id: string } }).run.id
  }

  async run(id: string): Promise<RunDocument> {
    const { status, body } = await answer(this.server.socket, `/api/v1/runs/${id}`)
    assert.equal(status, 200, body)
    return (JSON.parse(body) as { run: RunDocument }).run
  }

  /** Waits for a run to complete. */
  async completed(id: string): Promise<void> {
    await eventually(`the end of run ${id}`, async () => (await this.run(id)).state === 'completed')
  }

  /** Starts a backup that waits for a lock; answers its run and what lets it go on. */
  async heldBackup(source: string): Promise<{ run: string; letGo: () => Promise<void> }> {
    const holder = new Client({ connectionString: this.database.url(source) })
    this.#holders.push(holder)
    await holder.connect()
    await holder.query('begin; lock table items in access exclusive mode')
    const run = await this.backUp(source)
    await eventually('a backup that waits for the lock', async () => {
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock'`
      return (await this.database.query('postgres', waiting)).length > 0
    })
    return { run, letGo: () => holder.end() }
  }
}

/** The variable with a source's URL. */
const urlName = (source: string): string => `${source.toUpperCase()}_URL`
