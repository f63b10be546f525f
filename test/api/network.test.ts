import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { Secret } from '../../src/core/secret.ts'
import { openDatabase } from '../../src/engines/index.ts'
import { ToolLogin } from '../../src/engines/postgres/login.ts'
import { settingsOf } from '../../src/engines/postgres/settings.ts'
import { freshDatabase } from '../../support/catalog.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { ApiSite } from './site.ts'

/** A program that greets whoever connects, and is no database. */
async function greeting(text: string): Promise<{ server: Server; port: number }> {
  const server = createServer(socket => socket.on('error', () => undefined).end(text))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

describe('S12: where the server connects to because somebody asks', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())

  const add = (name: string, host: string) =>
    site.send('POST', '/sources', { name, url: `postgres://ops@${host}/x` })

  test('an address of a metadata service or of a link is refused when it is named', async () => {
    for (const host of ['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]', '0.0.0.0']) {
      const url = `postgres://ops@${host}/x`
      const refused = await site.refuse('ADDRESS_REFUSED', 422, 'POST', '/sources', {
        name: 'x',
        url,
      })
      assert.match(refused.detail, /does not connect to/)
    }
  })

  test('a name that leads there is refused when it is connected to', async () => {
    // The system reads a number as an address, as it would read the answer of a name server.
    for (const host of ['2852039166', '0xa9fea9fe', '169.254.43518']) {
      const added = await add(`n${host}`, host)
      assert.equal(added.status, 201, JSON.stringify(added.body))
      await site.refuse('ADDRESS_REFUSED', 422, 'POST', `/sources/n${host}/test`)
    }
  })

  test('a port scan by way of the test button tells nothing apart', async () => {
    const banners = ['SSH-2.0-canary\r\n', 'HTTP/1.1 200 canary\r\n\r\n', 'N', 'S', '']
    const programs = await Promise.all(banners.map(greeting))
    const closed = await greeting('')
    closed.server.close()
    const details = new Set<string>()
    for (const { port } of [...programs, closed]) {
      const name = `p${port}`
      assert.equal((await add(name, `127.0.0.1:${port}`)).status, 201)
      const told = await site.refuse('DATABASE_UNREACHABLE', 502, 'POST', `/sources/${name}/test`)
      details.add(JSON.stringify(told).replaceAll(String(port), 'PORT'))
    }
    for (const { server } of programs) server.close()
    assert.equal(details.size, 1, [...details].join('\n'))
    assert.doesNotMatch([...details].join(), /canary|ECONN/)
  })
})

describe('S12: networks that a server is kept to', () => {
  const { signal } = new AbortController()
  let server: PostgresServer
  before(async () => {
    server = (await freshDatabase()).server
  })

  const open = (url: string, only: string[]) =>
    openDatabase(new Secret(url), { path: server.bin, pgBin: server.bin, reach: { only } }).database
  const byName = () => server.url('postgres').replace('127.0.0.1', 'localhost')

  test('a database outside of them is not connected to, by name, address or socket', async () => {
    const refused = { code: 'ADDRESS_REFUSED' }
    await assert.rejects(open(byName(), ['10.0.0.0/8']).dump({}, signal), refused)
    for (const url of ['postgres://127.0.0.1/x', 'postgres://[::1]/x', 'postgres:///x?host=/tmp']) {
      assert.throws(() => open(url, ['10.0.0.0/8']), refused, url)
    }
  })

  test('a database within them is dumped, by a pg_dump that is told the address', async () => {
    const dump = await open(byName(), ['127.0.0.0/8']).dump({}, signal)
    let bytes = 0
    for await (const stream of dump.streams) {
      for await (const piece of stream.bytes) bytes += piece.length
    }
    assert.ok(bytes > 0)
    const login = await ToolLogin.prepare(
      { ...settingsOf(new Secret(byName())), reach: { only: ['127.0.0.0/8'] } },
      server.bin,
    )
    await login.remove()
    const { PGHOST, PGHOSTADDR } = login.env
    assert.deepEqual({ PGHOST, PGHOSTADDR }, { PGHOST: 'localhost', PGHOSTADDR: '127.0.0.1' })
  })
})

describe('S13: what a connection field holds is only ever that field', () => {
  test('a database that is named like connection settings is that database', async () => {
    const site = await ApiSite.open()
    try {
      const name = 'host=evil.invalid port=1'
      await site.test.server.query('postgres', `create database "${name}"`)
      const url = site.test.server.url(name)
      const added = await site.send<{ database: string }>('POST', '/sources', { name: 'odd', url })
      assert.equal(added.body.database, name)
      await site.expect(200, 'POST', '/sources/odd/test')
    } finally {
      await site.close()
    }
  })
})
