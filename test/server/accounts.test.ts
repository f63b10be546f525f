import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { holdfast } from '../support/holdfast.ts'
import { eventually, newDataDir, startServer, sweep, type TestServer } from '../support/server.ts'

const PASSWORD = 'plover under seven lamps'
const ROOT = { email: 'root@example.org', name: 'Root', password: PASSWORD }

describe('accounts on the machine of a server', () => {
  const dataDir = newDataDir()
  let server: TestServer
  before(async () => {
    server = await startServer(dataDir)
    await server.ready()
  })
  after(() => sweep(server))

  const run = async (code: number, ...args: string[]): Promise<string> => {
    const env = { HOLDFAST_DATA_DIR: dataDir, HOLDFAST_NEW_PASSPHRASE_FILE: join(dataDir, 'word') }
    const ended = await holdfast(args, env)
    assert.equal(ended.code, code, `${args.join(' ')}\n${ended.stdout}\n${ended.stderr}`)
    return ended.stdout
  }
  const json = async <T>(...args: string[]) => JSON.parse(await run(0, ...args, '--json')) as T
  const post = async (path: string, body: object) =>
    (
      await fetch(`http://127.0.0.1:${server.port}/api/v1${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).status
  const login = (email: string, password = PASSWORD) => post('/account/login', { email, password })

  test('the log of the first start says where the first account is made, once', async () => {
    const link = /nobody has an account yet: open (http:\/\/127\.0\.0\.1:\d+)\/setup#([\w-]{43}) /
    await eventually('the link', () => link.test(server.stderr()))
    const [, address, token] = link.exec(server.stderr()) ?? []
    assert.equal(address, `http://127.0.0.1:${server.port}`)
    assert.equal(await post('/setup', { ...ROOT, token: 'wrong' }), 403)
    assert.equal(await post('/setup', { ...ROOT, token }), 201)
    assert.equal(await post('/setup', { ...ROOT, token }), 404)
    const lines = server
      .stderr()
      .split('\n')
      .filter(line => line.includes('/setup#'))
    assert.equal(lines.length, 1)
  })

  test('user add shows a link by which somebody sets a password', async () => {
    const text = await run(0, 'user', 'add', 'ann@example.org', '--name', 'Ann', '--role', 'viewer')
    const token = /http:\/\/THE-SERVER\/invitation#([\w-]{43})\n/.exec(text)?.[1]
    assert.ok(token, text)
    assert.equal(await post('/account/invitation', { token, password: PASSWORD }), 200)
    assert.equal(await login('ann@example.org'), 200)
    await run(1, 'user', 'add', 'ann@example.org', '--name', 'Ann', '--role', 'viewer')
    await run(2, 'user', 'add', 'bob@example.org', '--name', 'Bob')
    await run(2, 'user', 'add', 'bob@example.org', '--name', 'Bob', '--role', 'king')
  })

  test('edit, disable, enable and remove do what they say', async () => {
    const { users } = await json<{ users: { email: string; role: string }[] }>('user', 'list')
    assert.deepEqual(
      users.map(one => [one.email, one.role]),
      [
        ['ann@example.org', 'viewer'],
        ['root@example.org', 'admin'],
      ],
    )
    await run(0, 'user', 'edit', 'ann@example.org', '--role', 'operator')
    await run(2, 'user', 'edit', 'ann@example.org')
    await run(0, 'user', 'disable', 'ann@example.org')
    assert.match(await run(0, 'user', 'list'), /ann@example\.org .*operator .*disabled/)
    assert.equal(await login('ann@example.org'), 401)
    await run(0, 'user', 'enable', 'ann@example.org')
    assert.equal(await login('ann@example.org'), 200)
    await run(1, 'user', 'remove', 'root@example.org')
    await run(1, 'user', 'reset-two-factor', 'ann@example.org')
  })

  test('a password is reset by a link, or by one from a file', async () => {
    const text = await run(0, 'user', 'reset-password', 'ann@example.org')
    assert.match(text, /\/invitation#/)
    assert.equal(await login('ann@example.org'), 401)
    writeFileSync(join(dataDir, 'word'), 'another of four words\n', { mode: 0o600 })
    const set = await run(0, 'user', 'reset-password', 'ann@example.org', '--set-password')
    assert.ok(!set.includes('/invitation#') && !set.includes('another'))
    assert.equal(await login('ann@example.org', 'another of four words'), 200)
    await run(0, 'user', 'remove', 'ann@example.org')
    assert.equal(await login('ann@example.org', 'another of four words'), 401)
  })

  test('a key has the role, scopes and end that it is made with', async () => {
    interface Added {
      readonly key: { role: string; scopes: string[] | null; expiresAt: string | null }
      readonly secret: string
    }
    const add = (...args: string[]) => json<Added>('api-key', 'add', ...args)
    const { key } = await add('usual')
    assert.deepEqual([key.role, key.scopes], ['admin', null])
    const scopes = ['--scope', 'runs:read', '--scope', 'audit:read']
    const narrow = await add('narrow', '--role', 'operator', ...scopes, '--expires', 'never')
    assert.deepEqual(
      [narrow.key.role, narrow.key.scopes, narrow.key.expiresAt],
      ['operator', ['runs:read', 'audit:read'], null],
    )
    const ask = async (path: string) => {
      const headers = { authorization: `Bearer ${narrow.secret}` }
      return (await fetch(`http://127.0.0.1:${server.port}/api/v1${path}`, { headers })).status
    }
    assert.deepEqual([await ask('/runs'), await ask('/sources')], [200, 403])
    const { key: short } = await add('short', '--expires', '30d')
    const days = (Date.parse(short.expiresAt ?? '') - Date.now()) / 86_400_000
    assert.ok(days > 29 && days <= 30)
    await run(2, 'api-key', 'add', 'x', '--scope', 'everything')
    await run(2, 'api-key', 'add', 'x', '--expires', 'soon')
    assert.match(await run(0, 'api-key', 'list'), /narrow .*operator/)
  })

  test('a token of the environment is not told, and opens the set-up', async () => {
    const token = 'a-token-that-the-environment-holds-for-it'
    const other = await startServer(newDataDir(), { HOLDFAST_SETUP_TOKEN: token })
    try {
      await other.ready()
      // It counts from the moment on in which the server is ready.
      const response = await fetch(`http://127.0.0.1:${other.port}/api/v1/setup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...ROOT, token }),
      })
      assert.equal(response.status, 201)
      await eventually('the line', () => other.stderr().includes('with HOLDFAST_SETUP_TOKEN'))
      assert.ok(!other.stderr().includes(token))
    } finally {
      await sweep(other)
    }
    const refused = await holdfast(['serve'], {
      HOLDFAST_DATA_DIR: newDataDir(),
      HOLDFAST_SETUP_TOKEN: 'short',
    })
    assert.equal(refused.code, 2)
  })
})
