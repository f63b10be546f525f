import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { type Ending, holdfast, startHoldfast } from '../support/holdfast.ts'
import { childOf, processes } from '../support/processes.ts'
import {
  answer,
  eventually,
  newDataDir,
  postgresOf,
  startServer,
  sweep,
  type TestServer,
} from '../support/server.ts'

/** What a server is told to back up, and a table whose lock holds a backup of it up. */
let database: PostgresServer
let dataDir = ''
let server: TestServer
let env: Record<string, string>
const started: TestServer[] = []
const holders: Client[] = []

before(async () => {
  database = await startPostgres()
  await database.query('postgres', 'create database shop')
  await database.query('shop', 'create table items as select generate_series(1, 1000) as id')
  dataDir = newDataDir()
  env = {
    HOLDFAST_DATA_DIR: dataDir,
    HOLDFAST_PASSPHRASE: 'correct horse battery staple',
    HOLDFAST_REPOSITORY: `${dataDir}-repository`,
    HOLDFAST_PG_BIN: database.bin,
    SHOP: database.url('shop'),
  }
  await done(['init'])
  await serve()
  await done(['source', 'add', 'shop', '--source', 'env:SHOP'])
  await done(['repo', 'add', 'main'])
})

after(async () => {
  await Promise.all(holders.map(one => one.end()))
  for (const one of started) await sweep(one)
  await database.stop()
})

async function serve(settings: Record<string, string> = {}): Promise<void> {
  server = await startServer(dataDir, { ...env, ...settings })
  started.push(server)
  await server.ready()
}

async function done(args: string[]): Promise<Ending> {
  const ending = await holdfast(args, env)
  assert.equal(ending.code, 0, `${args.join(' ')}: ${ending.stderr}`)
  return ending
}

async function stateOf(run: string): Promise<string> {
  const { status, body } = await answer(server.socket, `/api/v1/runs/${run}`)
  assert.equal(status, 200, body)
  return (JSON.parse(body) as { run: { state: string } }).run.state
}

/** Starts a backup that waits for a lock; answers its run, its process and what lets it go on. */
async function heldBackup(): Promise<{ run: string; runner: number; letGo: () => Promise<void> }> {
  const holder = new Client({ connectionString: database.url('shop') })
  holders.push(holder)
  await holder.connect()
  await holder.query('begin; lock table items in access exclusive mode')
  const { stdout } = await done(['run', 'shop', '-r', 'main', '--detach', '--json'])
  const run = (JSON.parse(stdout) as { run: { id: string } }).run.id
  await eventually('a backup that waits for the lock', async () => {
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock'`
    return (await database.query('postgres', waiting)).length > 0
  })
  const runner = await childOf(server.child.pid, /runner\.ts/, server.ended)
  return { run, runner: runner ?? assert.fail('no runner'), letGo: () => holder.end() }
}

const lives = (pid: number) => processes().some(one => one.pid === pid)

describe('a server that stops', () => {
  test('lets a backup come to its end', async () => {
    const { run, letGo } = await heldBackup()
    server.child.kill('SIGTERM')
    await eventually('the word that it stops', () => server.stderr().includes('stopping'))
    await letGo()
    assert.equal((await server.ended).code, 0)
    await serve()
    assert.equal(await stateOf(run), 'completed')
  })

  test('hands back what does not end in time, leaves no process, and goes on later', async () => {
    server.child.kill('SIGTERM')
    await server.ended
    await serve({ HOLDFAST_STOP_SECONDS: '0' })
    const { run, runner, letGo } = await heldBackup()
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 0)
    assert.ok(!lives(runner))
    assert.equal(postgresOf(dataDir), undefined)
    await serve()
    assert.ok(!['completed', 'failed', 'cancelled'].includes(await stateOf(run)))
    await letGo()
    await eventually('the end of the backup', async () => (await stateOf(run)) === 'completed')
  })

  test('stops at once when it is told twice', async () => {
    const { runner, letGo } = await heldBackup()
    server.child.kill('SIGTERM')
    await eventually('the word that it stops', () => server.stderr().includes('stopping'))
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 130)
    await eventually('the end of the runner', () => !lives(runner))
    await letGo()
    await serve()
    assert.match(server.stderr(), /embedded PostgreSQL adopted/)
  })
})

describe('holdfast worker', () => {
  test('works beside a server of the same data directory, and stops', async () => {
    const worker = startHoldfast(['worker'], { env })
    await eventually('a worker', () => worker.stderr().includes('ready for up to 3 runs at once'))
    worker.child.kill('SIGTERM')
    assert.equal((await worker.ended).code, 0, worker.stderr())
    assert.notEqual(postgresOf(dataDir), undefined)
  })

  test('says that it needs a catalog', async () => {
    const { code, stderr } = await holdfast(['worker'], { HOLDFAST_DATA_DIR: newDataDir() })
    assert.equal(code, 1)
    assert.match(stderr, /found no catalog to work for/)
  })
})
