import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { type Ending, holdfast } from '../support/holdfast.ts'
import {
  answer,
  eventually,
  newDataDir,
  startServer,
  sweep,
  type TestServer,
} from '../support/server.ts'

interface RunDocument {
  readonly id: string
  readonly state: string
  readonly trigger: string
  readonly attempt: number
  readonly fence: number
}

/** One server for the catalog, its old copy, and what is backed up. */
let database: PostgresServer
let env: Record<string, string>
const dataDir = newDataDir()
let server: TestServer
const started: TestServer[] = []

before(async () => {
  database = await startPostgres()
  for (const name of ['catalog', 'shop', 'other']) {
    await database.query('postgres', `create database ${name}`)
  }
  await database.query('shop', 'create table items as select generate_series(1, 1000) as id')
  await database.query('other', 'create table items as select generate_series(1, 1000) as id')
  env = {
    HOLDFAST_DATA_DIR: dataDir,
    HOLDFAST_PASSPHRASE: 'correct horse battery staple',
    HOLDFAST_REPOSITORY: `${dataDir}-repository`,
    HOLDFAST_PG_BIN: database.bin,
    SHOP: database.url('shop'),
    OTHER: database.url('other'),
  }
  await done(['init'])
  await serve('catalog')
  await done(['source', 'add', 'shop', '--source', 'env:SHOP'])
  await done(['source', 'add', 'other', '--source', 'env:OTHER'])
  await done(['repo', 'add', 'main'])
})

after(async () => {
  for (const one of started) await sweep(one)
  await database.stop()
})

async function serve(catalog: string): Promise<void> {
  server = await startServer(dataDir, { ...env, HOLDFAST_DATABASE_URL: database.url(catalog) })
  started.push(server)
  await server.ready()
}

async function done(args: string[]): Promise<Ending> {
  const ending = await holdfast(args, env)
  assert.equal(ending.code, 0, `${args.join(' ')}: ${ending.stderr}`)
  return ending
}

async function kill(): Promise<void> {
  server.child.kill('SIGKILL')
  await server.ended
}

/** Copies the catalog as it is, once nobody is connected to it. */
async function copyTo(name: string): Promise<void> {
  const others = `select from pg_stat_activity where datname = 'catalog'`
  await eventually('nobody at the catalog', async () => {
    return (await database.query('postgres', others)).length === 0
  })
  await database.query('postgres', `create database ${name} template catalog`)
}

async function runOf(id: string): Promise<RunDocument> {
  const { body } = await answer(server.socket, `/api/v1/runs/${id}`)
  return (JSON.parse(body) as { run: RunDocument }).run
}

const asked = async (source: string): Promise<string> => {
  const { stdout } = await done(['run', source, '-r', 'main', '--detach', '--json'])
  return (JSON.parse(stdout) as { run: { id: string } }).run.id
}

const completed = (id: string) =>
  eventually(`the end of run ${id}`, async () => (await runOf(id)).state === 'completed')

describe('a catalog that comes back from an old copy', () => {
  test('learns of later backups, resolves what it believes to be running, and catches up once', async () => {
    const holder = new Client({ connectionString: database.url('shop') })
    await holder.connect()
    await holder.query('begin; lock table items in access exclusive mode')
    const running = await asked('shop')
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock'`
    await eventually('a backup that waits', async () => {
      return (await database.query('postgres', waiting)).length > 0
    })
    // Every two seconds, from some time before the copy was made.
    await done(['schedule', 'add', '-s', 'other', '-r', 'main', '--cron', '*/2 * * * * *'])
    await kill()
    await copyTo('old')
    await holder.end()

    await serve('catalog')
    await completed(running)
    const later = await asked('shop')
    await completed(later)
    const before = await database.query<{ id: string }>('catalog', 'select id from backups')
    await kill()

    // Long enough that what was missed is caught up, and not merely late.
    const [{ slot } = assert.fail('no slot')] = await database.query<{ slot: Date }>(
      'old',
      `update schedules set next_slot = next_slot - interval '10 minutes',
         next_fire = next_fire - interval '10 minutes' returning next_slot as slot`,
    )
    await serve('old')
    await completed(running)
    const resolved = await runOf(running)
    assert.deepEqual([resolved.attempt, resolved.state], [2, 'completed'])
    await eventually('the backups that came after the copy', async () => {
      const known = await database.query<{ id: string }>('old', 'select id from backups')
      const ids = new Set(known.map(one => one.id))
      return before.every(one => ids.has(one.id))
    })
    // Its own backup was found, and no second one made.
    const ofRun = await database.query('old', 'select from backups where run_id = $1', [running])
    assert.equal(ofRun.length, 1)
    const caught = await database.query<{ slots: number; first: Date }>(
      'old',
      `select cardinality(missed_slots) + missed_more + 1 as slots, missed_slots[1] as first
       from runs where trigger = 'catch-up'`,
    )
    assert.equal(caught.length, 1)
    assert.ok((caught[0]?.slots ?? 0) >= 300)
    assert.deepEqual(caught[0]?.first, slot)
  })
})
