import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, type TestContext, test } from 'node:test'
import { closedToOthers } from '../../src/catalog/data-dir.ts'
import { Catalog } from '../../src/catalog/db.ts'
import { joinEmbedded } from '../../src/catalog/embedded.ts'
import { listNodes } from '../../src/catalog/nodes.ts'
import { freshDatabase } from '../../support/catalog.ts'
import { startHoldfast } from '../support/holdfast.ts'
import { oldPrograms } from '../support/old-programs.ts'
import {
  answer,
  eventually,
  newDataDir,
  postgresOf,
  startServer,
  sweep,
  type TestServer,
} from '../support/server.ts'

const NOBODY = { uid: 65_534, gid: 65_534 }
const isRoot = process.getuid?.() === 0

/** A server that is ready, and gone after the test. */
async function readyServer(
  t: TestContext,
  dataDir = newDataDir(),
  env: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const server = await startServer(dataDir, env)
  t.after(() => sweep(server))
  await server.ready()
  return server
}

const health = async (server: TestServer) =>
  JSON.parse((await answer(server.socket, '/health/ready')).body) as Record<string, unknown>

async function stop(server: TestServer): Promise<void> {
  server.child.kill('SIGTERM')
  assert.equal((await server.ended).code, 0, server.stderr())
  assert.equal(postgresOf(server.dataDir), undefined)
}

/** Uses the embedded catalog of a running server. */
async function withCatalog<T>(
  { dataDir }: TestServer,
  use: (catalog: Catalog) => Promise<T>,
): Promise<T> {
  const catalog = new Catalog(joinEmbedded(dataDir) ?? assert.fail('no embedded server'))
  try {
    return await use(catalog)
  } finally {
    await catalog.close()
  }
}

describe('holdfast serve', () => {
  let server: TestServer
  before(async () => {
    // Settings of other servers, which say nothing of its own one.
    const elsewhere = { PGHOST: 'db.example.org', PGPORT: '5433', PGSSLMODE: 'require' }
    const HOLDFAST_PG_BIN = oldPrograms('15.2')
    server = await startServer(newDataDir(), { ...elsewhere, HOLDFAST_PG_BIN })
    await server.ready()
  })
  after(() => sweep(server))

  test('needs nothing before its first start, and is ready', async () => {
    assert.deepEqual(await health(server), {
      status: 'ready',
      checks: { catalog: 'ok', scheduler: 'ok' },
    })
    const overPort = await fetch(`http://127.0.0.1:${server.port}/health/live`)
    assert.deepEqual(await overPort.json(), { status: 'live' })
    const modes = ['holdfast.sock', 'secret.key', 'postgres/password', 'postgres/log'].map(
      name => statSync(join(server.dataDir, name)).mode & 0o777,
    )
    assert.deepEqual(modes, [0o600, 0o600, 0o600, 0o600])
  })

  test('refuses a data directory that another server has, and leaves that one alone', async () => {
    const second = await startServer(server.dataDir)
    const { code, stderr } = await second.ended
    assert.equal(code, 11)
    assert.match(
      stderr,
      new RegExp(`is in use by another holdfast serve \\(process ${server.child.pid}`),
    )
    assert.equal((await health(server)).status, 'ready')
  })

  test('says that its port is taken, and leaves no process', async t => {
    const second = await startServer(newDataDir(), { HOLDFAST_PORT: String(server.port) })
    t.after(() => sweep(second))
    const { code, stderr } = await second.ended
    assert.equal(code, 1)
    assert.match(stderr, /could not listen on 127\.0\.0\.1:\d+: another program listens there/)
    assert.equal(postgresOf(second.dataDir), undefined)
  })

  test('stops and leaves no process; its log is one JSON document a line, without its password', async () => {
    await stop(server)
    assert.deepEqual(readdirSync(join(server.dataDir, 'postgres', 'run')), [])
    assert.ok(!existsSync(join(server.dataDir, 'holdfast.pid')))
    const lines = server.stderr().trim().split('\n')
    const texts = lines.map(line => (JSON.parse(line) as { msg: string }).msg)
    assert.match(texts[0] ?? '', /^holdfast .* starts in /)
    assert.ok(texts.some(text => text.startsWith('ready on http://127.0.0.1:')))
    assert.ok(texts.some(text => text.startsWith('pg_restore 15.2 has known security faults')))
    assert.equal(texts.at(-1), 'stopped')
    const password = readFileSync(join(server.dataDir, 'postgres', 'password'), 'utf8').trim()
    assert.ok(!server.stderr().includes(password))
  })

  test('two that start at the same time agree on one', async t => {
    const dataDir = newDataDir()
    const both = await Promise.all([startServer(dataDir), startServer(dataDir)])
    t.after(() => Promise.all(both.map(sweep)))
    const refused = await Promise.race(both.map(({ ended }) => ended))
    assert.equal(refused.code, 11)
    const left = both.find(({ child }) => child.exitCode === null) ?? assert.fail('none is left')
    await left.ready()
  })

  test('says which setting makes no sense', async () => {
    for (const [name, value, why] of [
      ['HOLDFAST_PORT', '70000', /HOLDFAST_PORT is 70000/],
      ['HOLDFAST_MAX_RUNS', 'many', /HOLDFAST_MAX_RUNS is many/],
      ['HOLDFAST_LOG_LEVEL', 'loud', /HOLDFAST_LOG_LEVEL is loud/],
      ['HOLDFAST_DATABASE_URL', 'mysql://me:hush@db', /HOLDFAST_DATABASE_URL is no URL/],
    ] as const) {
      const { code, stderr } = await startHoldfast(['serve'], { env: { [name]: value } }).ended
      assert.equal(code, 2)
      assert.match(stderr, why)
      assert.doesNotMatch(stderr, /hush/)
    }
  })

  test('says on its socket why it is not ready, and on its port only what is not', async t => {
    const { url, server: database } = await freshDatabase()
    const name = new URL(url).pathname.slice(1)
    const server = await readyServer(t, newDataDir(), { HOLDFAST_DATABASE_URL: url })
    await database.query(
      'postgres',
      `alter database ${name} set default_transaction_read_only = on`,
    )
    await database.query(
      'postgres',
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    )
    await eventually('the word that nothing is written', async () =>
      JSON.stringify((await health(server)).problems ?? {}).includes('read-only transaction'),
    )
    const overPort = await fetch(`http://127.0.0.1:${server.port}/health/ready`)
    const checks = { catalog: 'failed', scheduler: 'ok' }
    assert.deepEqual(
      [overPort.status, await overPort.json()],
      [503, { status: 'not ready', checks }],
    )
  })

  test('works with a database that is named, starts none of its own, and refuses it without its key', async t => {
    const { url } = await freshDatabase()
    const dataDir = newDataDir()
    const named = await readyServer(t, dataDir, { HOLDFAST_DATABASE_URL: url })
    assert.ok(!existsSync(join(dataDir, 'postgres')))
    await stop(named)
    const elsewhere = newDataDir()
    const other = await startServer(elsewhere, { HOLDFAST_DATABASE_URL: url })
    assert.equal((await other.ended).code, 12)
    assert.match(other.stderr(), /the secret key is not in .*secret\.key, but the catalog/)
    assert.ok(!existsSync(join(elsewhere, 'secret.key')))
  })
})

describe('the embedded PostgreSQL', () => {
  test('is adopted by the next server when the first is killed', async t => {
    const first = await readyServer(t)
    const postgres = postgresOf(first.dataDir)
    first.child.kill('SIGKILL')
    await first.ended
    assert.equal(postgresOf(first.dataDir), postgres)
    const second = await readyServer(t, first.dataDir)
    assert.match(second.stderr(), /embedded PostgreSQL adopted/)
    assert.equal(postgresOf(first.dataDir), postgres)
    // It stands in the place of the first one, which nobody has to look for.
    const nodes = await withCatalog(second, listNodes)
    assert.deepEqual(
      nodes.map(({ pid }) => pid),
      [second.child.pid],
    )
    await stop(second)
  })

  test('is started again when it is killed, and the server goes on, or stops in good order', async t => {
    const server = await readyServer(t)
    const killed = async () => {
      const before = postgresOf(server.dataDir) ?? assert.fail('it does not run')
      process.kill(before, 'SIGKILL')
      await eventually('another PostgreSQL', () => {
        const now = postgresOf(server.dataDir)
        return now !== undefined && now !== before
      })
    }
    await killed()
    await server.ready()
    await killed()
    await stop(server)
  })

  test('loses nothing that was acknowledged when everything is killed', async t => {
    let server = await readyServer(t)
    await withCatalog(server, catalog =>
      catalog.query('create table kept (n bigint generated always as identity primary key)'),
    )
    let acknowledged = 0
    for (let round = 0; round < 2; round += 1) {
      await withCatalog(server, async catalog => {
        const goal = acknowledged + 50
        while (acknowledged < goal) {
          await catalog.query('insert into kept default values')
          acknowledged += 1
        }
        const postgres = postgresOf(server.dataDir) ?? assert.fail('it does not run')
        process.kill(postgres, 'SIGKILL')
        server.child.kill('SIGKILL')
        await server.ended
      })
      server = await readyServer(t, server.dataDir)
      const [row] = await withCatalog(server, catalog =>
        catalog.query<{ kept: number }>('select count(*)::integer as kept from kept'),
      )
      assert.equal(row?.kept, acknowledged)
    }
    await stop(server)
  })

  test('is made anew when the first start was killed before its data was complete', async t => {
    const dataDir = newDataDir()
    const first = await startServer(dataDir)
    t.after(() => sweep(first))
    const begun = join(dataDir, 'postgres', 'data.init-*', 'base')
    await eventually('the beginning of its data', () => globSync(begun).length > 0)
    first.child.kill('SIGKILL')
    await first.ended
    assert.ok(!existsSync(join(dataDir, 'postgres', 'data')))
    await stop(await readyServer(t, dataDir))
  })

  test('is copied again where a copy is not whole', async t => {
    const first = await readyServer(t)
    await stop(first)
    const [program = ''] = globSync(join(first.dataDir, 'postgres', 'native-*', 'bin', 'postgres'))
    truncateSync(program, 1000)
    await stop(await readyServer(t, first.dataDir))
    assert.ok(statSync(program).size > 1_000_000)
  })

  test('needs a path that its socket fits', async () => {
    const { code, stderr } = await (await startServer(join(newDataDir(), 'x'.repeat(80)))).ended
    assert.equal(code, 1)
    assert.match(stderr, /the path of the socket in it is longer than 107 bytes/)
  })

  test('needs a way to its data for the user that it runs as', { skip: !isRoot }, async () => {
    const closed = newDataDir()
    mkdirSync(closed)
    chmodSync(closed, 0o700)
    const { code, stderr } = await (await startServer(join(closed, 'data'))).ended
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`whom ${closed} does not let through \\(mode 700\\)`))
    assert.match(stderr, new RegExp(`hint: run: chmod o\\+x ${closed}`))
  })

  const reachable = closedToOthers(import.meta.dirname) === undefined
  test('runs as the user that holdfast runs as', { skip: !isRoot || !reachable }, async t => {
    const dataDir = newDataDir(NOBODY)
    const server = await startServer(dataDir, { HOME: dataDir }, NOBODY)
    t.after(() => sweep(server))
    await server.ready()
    for (const name of ['postgres', 'postgres/data', 'secret.key']) {
      assert.equal(statSync(join(dataDir, name)).uid, NOBODY.uid, name)
    }
    await stop(server)
  })
})
