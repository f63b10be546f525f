import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { Secret } from '../../src/core/secret.ts'
import { ToolLogin } from '../../src/engines/postgres/login.ts'
import { settingsOf } from '../../src/engines/postgres/settings.ts'
import { refusal } from '../api/accounts.ts'
import { ApiSite } from '../api/site.ts'

const CANARY = 'canary-of-the-server'

/** A PostgreSQL server that asks whoever connects for their password in clear, and notes it. */
async function curious(): Promise<{ port: number; heard: string[]; close: () => void }> {
  const heard: string[] = []
  const server = createServer(socket => {
    let isFirst = true
    socket.on('error', () => undefined)
    socket.on('data', data => {
      // An SSLRequest is refused; whatever comes first after that is answered with AuthenticationCleartextPassword.
      if (data.length === 8) socket.write('N')
      else if (isFirst) {
        socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]))
        isFirst = false
      } else {
        heard.push(data.toString('latin1'))
        socket.end()
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, heard, close: () => server.close() }
}

describe('what the user of the server may, nobody may through the server', () => {
  let site: ApiSite
  const { HOME, PGPASSWORD } = process.env
  before(async () => {
    site = await ApiSite.open()
    const home = join(site.dir, 'home')
    mkdirSync(home)
    writeFileSync(join(home, '.pgpass'), `*:*:*:*:${CANARY}\n`, { mode: 0o600 })
    process.env.HOME = home
  })
  after(async () => {
    restore('HOME', HOME)
    restore('PGPASSWORD', PGPASSWORD)
    await site.close()
  })

  test('a server that is named without a password is not sent one of the password file', async () => {
    const trap = await curious()
    const body = { url: `postgres://ops@127.0.0.1:${trap.port}/x` }
    assert.notEqual((await site.send('POST', '/sources/test', body)).status, 200)
    process.env.PGPASSWORD = CANARY
    assert.notEqual((await site.send('POST', '/sources/test', body)).status, 200)
    trap.close()
    assert.ok(trap.heard.length > 0)
    assert.ok(!trap.heard.join().includes(CANARY), trap.heard.join())
  })

  test('the programs see neither its password file nor its certificates', async () => {
    const settings = settingsOf(new Secret('postgres://ops@127.0.0.1/x'))
    const lent = await ToolLogin.prepare(settings, '')
    const kept = await ToolLogin.prepare({ ...settings, reach: {} }, '')
    assert.equal(lent.env.HOME, process.env.HOME)
    assert.equal(kept.env.HOME, kept.directory)
    assert.equal(kept.env.PGPASSFILE, join(kept.directory, 'pgpass'))
    await lent.remove()
    await kept.remove()
  })

  test('an operator names no socket and no file of the machine as the target of a restore', async () => {
    await site.addShop()
    const run = { kind: 'restore', source: 'shop', backup: 'latest' }
    const { port } = site.test.server
    const targets = [
      `postgres://postgres@:${port}/new?host=/var/run/postgresql`,
      `postgres://postgres@127.0.0.1:${port}/new?sslrootcert=/etc/shadow`,
    ]
    for (const target of targets) {
      const asked = await site.as('operator').send('POST', '/runs', { ...run, target })
      assert.equal(refusal(asked), '403 NOT_ALLOWED', target)
    }
    const [target] = targets
    assert.equal((await site.as('admin').send('POST', '/runs', { ...run, target })).status, 201)
  })

  test('a file of certificates is a small file: a device or a pipe is not read', {
    timeout: 20_000,
  }, async () => {
    for (const caFile of ['/dev/zero', '/dev', '/etc/no-such-file']) {
      const { host, port } = site.test.server
      const body = { host, port, database: 'x', user: 'ops', tls: 'verify-ca', caFile }
      const start = performance.now()
      const asked = await site.send('POST', '/sources/test', body)
      assert.equal(refusal(asked), '502 DATABASE_UNREACHABLE')
      // To read what never ends takes seconds and gigabytes.
      assert.ok(performance.now() - start < 1_000)
      // What is there and what is not are told alike.
      assert.match(asked.body.detail, /no database server answered there/)
    }
  })
})

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
