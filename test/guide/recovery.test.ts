import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { holdfast } from '../support/holdfast.ts'
import { newDataDir, startServer, sweep, type TestServer } from '../support/server.ts'
import { GUIDE, namesToSet, sectionOf } from './pages.ts'
import { Shell } from './shell.ts'

const BIN = join(import.meta.dirname, '..', '..', 'bin')

/** A company on its worst day: its databases, its Holdfast, and what it wrote down before. */
class Company {
  readonly database: PostgresServer
  readonly dataDir = newDataDir()
  readonly repository = join(tempDir(), 'backups')
  readonly home = tempDir()
  recoveryKey = ''
  #server: TestServer | undefined
  #shell: Shell | undefined

  constructor(database: PostgresServer) {
    this.database = database
  }

  async serve(): Promise<void> {
    this.#server = await startServer(this.dataDir, { HOLDFAST_PG_BIN: this.database.bin })
    await this.#server.ready()
  }

  async command(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await holdfast(args, {
      HOLDFAST_DATA_DIR: this.dataDir,
      HOLDFAST_PASSPHRASE: 'the one that will be lost',
      SHOP_URL: this.database.url('shop'),
    })
    assert.equal(code, 0, stderr)
    return stdout
  }

  /** As it is while all is well. */
  async prepare(): Promise<void> {
    await this.fill(this.database, 'shop')
    await this.serve()
    const place = ['--repository', this.repository, '--json']
    const made = await this.command('repo', 'create', 'main', ...place)
    this.recoveryKey = (JSON.parse(made) as { recoveryKey: string }).recoveryKey
    await this.command('source', 'add', 'shop', '--source', 'env:SHOP_URL')
    const schedule = ['--source', 'shop', '--repository', 'main', '--cron', 'daily at 02:30']
    await this.command('schedule', 'add', ...schedule)
    await this.command('run', 'shop')
  }

  async fill(server: PostgresServer, database: string): Promise<void> {
    await server.query('postgres', 'create role shopkeeper')
    await server.query('postgres', `create database "${database}"`)
    await server.query(
      database,
      `create table items as select n as id, md5(n::text) as word from generate_series(1, 1000) n;
       alter table items owner to shopkeeper`,
    )
  }

  /** The machine with Holdfast is no more: process, catalog and keys. */
  async loseServer(): Promise<void> {
    if (this.#server !== undefined) await sweep(this.#server)
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  /** Somebody at a terminal, who has set this. */
  sit(given: Readonly<Record<string, string>>): Shell {
    const path = [BIN, dirname(process.execPath), this.database.bin, process.env.PATH]
    this.#shell = new Shell(this.home, tempDir(), {
      HOME: this.home,
      PATH: path.join(delimiter),
      LC_ALL: 'C.UTF-8',
      HOLDFAST_DATA_DIR: this.dataDir,
      ...given,
    })
    return this.#shell
  }

  async close(): Promise<void> {
    await this.#shell?.close()
    if (this.#server !== undefined) await sweep(this.#server)
    await this.database.stop()
  }
}

const rowsOf = async (server: PostgresServer) =>
  await server.query(
    'shop',
    `select count(*)::int as count, md5(string_agg(word, ',' order by id)) as words,
       (select tableowner from pg_tables where tablename = 'items') as owner from items`,
  )

describe('the page for the worst day', () => {
  let company: Company
  let newServer: PostgresServer
  let shell: Shell
  let was: unknown
  before(async () => {
    const [database, other] = await Promise.all([startPostgres(), startPostgres()])
    company = new Company(database)
    newServer = other
    await company.prepare()
    was = await rowsOf(database)
    shell = company.sit({
      HOLDFAST_REPOSITORY: company.repository,
      HOLDFAST_RECOVERY_KEY: company.recoveryKey,
      HOLDFAST_NEW_PASSPHRASE: 'a new one for the lost one',
      SHOP_URL: newServer.url('shop'),
      MAINTENANCE_URL: newServer.url('postgres'),
    })
  })
  after(async () => {
    await company.close()
    await newServer.stop()
  })

  /** Runs what stands under a heading; answers what each step wrote. */
  async function follow(heading: string, meanwhile: (step: number) => Promise<void> = noop) {
    const told: string[] = []
    for (const [index, { place, commands }] of sectionOf('recovery.md', heading).steps.entries()) {
      await meanwhile(index)
      const written = await shell.run(commands).catch((error: unknown) => {
        throw new Error(`${place}: ${String(error)}`)
      })
      told.push(written)
    }
    return told
  }

  test('data is lost: one command brings it back, and the old database stays', async () => {
    await company.database.query('shop', 'delete from items where id > 500')
    const [told = ''] = await follow('Data is lost')
    assert.match(told, /completed/)
    assert.deepEqual(await rowsOf(company.database), was)
    const kept = await company.database.query(
      'postgres',
      `select from pg_database where datname like 'shop_before_%'`,
    )
    assert.equal(kept.length, 1)
  })

  test('the Holdfast server is gone: repository and recovery key are enough', async () => {
    const section = 'The Holdfast server is gone'
    assert.deepEqual(namesToSet(sectionOf('recovery.md', section)).sort(), [
      'HOLDFAST_RECOVERY_KEY',
      'HOLDFAST_REPOSITORY',
      'MAINTENANCE_URL',
      'SHOP_URL',
    ])
    await company.loseServer()
    await company.database.stop()
    const [there, , restored, anew] = await follow(section, async step => {
      if (step === 3) await company.serve()
    })
    assert.match(there ?? '', /^1 backup of 1 database$/m)
    assert.match(there ?? '', /everything is there/)
    assert.match(restored ?? '', /dumped again, the same as backed up.*is what backup/s)
    assert.deepEqual(await rowsOf(newServer), was)
    assert.match(anew ?? '', /holds +1 backup\b.*completed/s)
  })

  test('the repository is damaged: what is whole is said', async () => {
    assert.match((await follow('The repository is damaged')).join(''), /every byte|proven|whole/)
  })

  test('passphrase or recovery key: the other one makes a new one', async () => {
    const [added = '', again = ''] = await follow('Passphrase or recovery key')
    assert.match(added, /new passphrase/)
    const [key = ''] = /(?:[0-9A-Z]{7}-){7}[0-9A-Z]{7}/.exec(again) ?? []
    assert.notEqual(key, company.recoveryKey)
    const env = { HOLDFAST_REPOSITORY: company.repository, HOLDFAST_RECOVERY_KEY: key }
    assert.equal((await holdfast(['list'], env)).code, 0)
  })

  test('nobody can log in: whoever has the machine lets them in', async () => {
    const [told = ''] = await follow('Nobody can log in')
    assert.match(told, /rescue@example\.org.*\/invitation#[\w-]{20,}/s)
  })

  test('every section is run, or has nothing to run', () => {
    const text = readFileSync(join(GUIDE, 'recovery.md'), 'utf8')
    const withCommands = [...text.matchAll(/^## (.+)$/gm)]
      .map(([, heading = '']) => heading)
      .filter(heading => sectionOf('recovery.md', heading).steps.length > 0)
    assert.deepEqual(withCommands, [
      'Data is lost',
      'The Holdfast server is gone',
      'The repository is damaged',
      'Passphrase or recovery key',
      'Nobody can log in',
    ])
  })
})

const noop = () => Promise.resolve()
