import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { test } from 'node:test'
import { inspect } from 'node:util'
import {
  DatabaseMissing,
  DatabaseRefused,
  DatabaseUnreachable,
  WrongUse,
} from '../../../src/core/faults.ts'
import { Secret } from '../../../src/core/secret.ts'
import { databaseName, settingsOf } from '../../../src/engines/postgres/settings.ts'
import { backUp, contentOf, never, open, readAll, serverForTests } from './site.ts'

const settings = (url: string) => {
  const { password, ...rest } = settingsOf(new Secret(url))
  return { ...rest, password: password?.reveal() }
}
const BASE = {
  host: 'db.example.org',
  port: 5432,
  user: 'alice',
  password: undefined,
  database: 'shop',
  sslMode: 'prefer',
  sslRootCert: undefined,
}

test('a URL is taken apart, and everything in it is literal', () => {
  const cases: Record<string, object> = {
    'postgres://alice@db.example.org/shop': BASE,
    'postgresql://alice:pw@db.example.org:6000/shop': { ...BASE, port: 6000, password: 'pw' },
    'postgres://alice:p%3Aw%40%2F%23%25@db.example.org/shop': { ...BASE, password: 'p:w@/#%' },
    'postgres://al%20ice@db.example.org/sh%C3%B6p%2F1': {
      ...BASE,
      user: 'al ice',
      database: 'shöp/1',
    },
    'postgres://alice@db.example.org/host=evil%20port=1': { ...BASE, database: 'host=evil port=1' },
    'postgres://alice@[::1]:5433/shop': { ...BASE, host: '::1', port: 5433 },
    'postgres://alice:pw@/shop': { ...BASE, host: 'localhost', password: 'pw' },
    'postgres:///shop': { ...BASE, host: 'localhost', user: userInfo().username },
    'postgres://alice@/shop?host=/var/run/postgresql': { ...BASE, host: '/var/run/postgresql' },
    'postgres://alice@db.example.org/shop?sslmode=disable': { ...BASE, sslMode: 'disable' },
    'postgres://alice@db.example.org/shop?sslrootcert=/etc/ca.pem': {
      ...BASE,
      sslMode: 'verify-full',
      sslRootCert: '/etc/ca.pem',
    },
    'postgres://db.example.org/shop': { ...BASE, user: userInfo().username },
  }
  for (const [url, expected] of Object.entries(cases)) {
    assert.deepEqual(settings(url), expected, url)
  }
})

test('a URL that could be misread is refused, and no message shows its password', () => {
  const refused = [
    'postgres://alice:canary@db.example.org',
    'postgres://alice:canary@db.example.org/',
    'postgres://alice:canary%zz@db.example.org/shop',
    'postgres://alice:canary%0Ax@db.example.org/shop',
    'postgres://alice:canary%00@db.example.org/shop',
    'postgres://alice:canary@db.example.org/sh%0Dop',
    'postgres://alice:canary\n@db.example.org/shop',
    'postgres://alice:canary#x@db.example.org/shop',
    'postgres://alice:canary@db.example.org:port/shop',
    'postgres://alice:canary@one,two/shop',
    'postgres://alice:canary@db.example.org/shop?host=/tmp',
    'postgres://alice:canary@db.example.org/shop?options=-c%20x',
    'postgres://alice:canary@db.example.org/shop?sslmode=often',
    'postgres://alice:canary@db.example.org/shop?sslmode=verify-full',
    'postgres://alice:canary@db.example.org/shop?sslrootcert=ca.pem',
    `postgres://alice:canary@db.example.org/${'x'.repeat(64)}`,
  ]
  for (const url of refused) {
    assert.throws(
      () => settings(url),
      (error: unknown) => {
        assert.ok(error instanceof WrongUse, url)
        assert.doesNotMatch(inspect(error, { depth: 9 }) + error.hint, /canary/)
        return true
      },
      url,
    )
  }
})

test('the name is the same for every login and shows no password', () => {
  const name = (url: string) => databaseName(settingsOf(new Secret(url)))
  assert.equal(name('postgres://a:secret@db.example.org/shop'), 'shop@db.example.org:5432')
  assert.equal(name('postgres://b@db.example.org:5432/shop'), 'shop@db.example.org:5432')
  assert.equal(name('postgres://b@[::1]/shop'), 'shop@[::1]:5432')
})

test('passwords with every awkward character log in, ours and the programs', async () => {
  const server = await serverForTests()
  await server.query('postgres', 'create database awkward')
  const passwords = [
    'a:b',
    'back\\slash',
    'end\\',
    `both'"quotes`,
    '$HOME `id` $(id)',
    '100%',
    '%41',
    '#hash?and&',
    ' spaces ',
    'café',
    '*:*:*:*:x',
    '-W',
  ]
  for (const password of passwords) {
    await server.query('postgres', `drop role if exists awkward`)
    await server.query(
      'postgres',
      `create role awkward superuser login password '${password.replaceAll("'", "''")}'`,
    )
    const login = `awkward:${encodeURIComponent(password)}`
    const url = `postgres://${login}@127.0.0.1:${server.port}/awkward`
    const taken = await backUp(open(url))
    assert.deepEqual(taken.outline.tables, [], password)
    assert.match(taken.globals ?? '', /CREATE ROLE awkward/)
  }
})

test('a database whose name looks like a connection string is backed up and restored itself', async () => {
  const server = await serverForTests({ auth: 'trust' })
  const names = ['host=evil port=1', 'postgres://evil/x', 'it\'s -d \\ "x"', 'ünïcode ★']
  for (const name of names) {
    await server.query('postgres', `create database "${name.replaceAll('"', '""')}"`)
    await server.query(name, `create table mine as select '${name.length}' as length`)
    const source = open(server.url(name))
    const taken = await backUp(source)
    assert.equal(taken.facts.database, name)
    assert.equal(taken.outline.tables[0]?.rows, 1)
    const target = open(server.url(`${name} again`))
    const options = { replace: false, disconnect: false, noOwner: false, jobs: 2 }
    const restore = await target.restore(taken, options, never)
    await restore.create(never)
    await restore.load(range => taken.stream('dump', range), never)
    await restore.finish(never)
    await restore.swap(never)
    await restore.discard()
    assert.deepEqual(await contentOf(target), await contentOf(source))
  }
})

test('a login that is refused, a database that is missing and a server that is not there are told apart', async () => {
  const server = await serverForTests()
  const at = `127.0.0.1:${server.port}`
  const dump = (url: string) => open(url).dump({}, never)
  await assert.rejects(dump(`postgres://postgres:wrong@${at}/postgres`), (error: unknown) => {
    assert.ok(error instanceof DatabaseRefused)
    assert.match(error.message, /refused to let postgres into database postgres: password/)
    assert.equal(error.hint, 'check the user and the password')
    return true
  })
  await assert.rejects(dump(`postgres://postgres@${at}/postgres`), DatabaseRefused)
  await assert.rejects(dump(server.url('nowhere')), {
    name: new DatabaseMissing({ database: '', server: '' }).name,
    message: `there is no database nowhere on ${at}`,
  })
  await assert.rejects(dump('postgres://postgres@127.0.0.1:1/postgres'), DatabaseUnreachable)
  await assert.rejects(dump('postgres://x@localhost:1/postgres'), /ECONNREFUSED/)
})

test('a unix socket is a host like any other', async () => {
  const server = await serverForTests({ auth: 'trust' })
  const url = `postgres://postgres@:${server.port}/postgres?host=${encodeURIComponent(server.dir)}`
  const streams = await readAll(await open(url).dump({}, never))
  assert.ok((streams.get('dump')?.length ?? 0) > 0)
})
