import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chownSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import { refusal } from '../api/accounts.ts'
import { BackupSite } from '../api/backup-site.ts'
import { ApiSite } from '../api/site.ts'
import { selfSigned } from '../support/certificate.ts'
import { eventually } from '../support/server.ts'

const PASSWORD = 'canary-of-the-source'
const MINE = selfSigned('localhost')
const OTHER = selfSigned('localhost')

/** A PostgreSQL server with a certificate, or none, that asks for passwords in clear and notes what it hears. */
async function curious(certificate?: { cert: string; key: string }) {
  const heard: string[] = []
  const listen = (socket: Socket) => {
    let isFirst = true
    socket.on('error', () => undefined)
    socket.on('data', data => {
      heard.push(data.toString('latin1'))
      // AuthenticationCleartextPassword
      if (isFirst) socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]))
      else socket.end()
      isFirst = false
    })
  }
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    socket.once('data', data => {
      if (data.length !== 8) {
        listen(socket)
        socket.emit('data', data)
        return
      }
      socket.write(certificate === undefined ? 'N' : 'S')
      listen(
        certificate === undefined
          ? socket
          : new TLSSocket(socket, { isServer: true, ...certificate }),
      )
    })
  })
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { heard, port, close: () => server.close() }
}

describe('S29: how a connection is protected is told', () => {
  let site: BackupSite
  const caFile = () => join(site.api.dir, 'ca.pem')
  before(async () => {
    site = await BackupSite.open()
    writeFileSync(caFile(), MINE.cert)
    const { dir } = site.server
    const { uid, gid } = statSync(dir)
    for (const [name, text] of Object.entries({ 'tls.crt': MINE.cert, 'tls.key': MINE.key })) {
      writeFileSync(join(dir, name), text, { mode: 0o600 })
      chownSync(join(dir, name), uid, gid)
    }
    for (const [name, file] of [
      ['ssl_cert_file', 'tls.crt'],
      ['ssl_key_file', 'tls.key'],
    ] as const) {
      await site.server.query('postgres', `alter system set ${name} = '${join(dir, file)}'`)
    }
    await site.server.query('postgres', 'create database shop')
  })
  after(async () => {
    await offersTls(false)
    await site.close()
  })

  async function offersTls(is: boolean): Promise<void> {
    await site.server.query('postgres', `alter system set ssl = ${is ? 'on' : 'off'}`)
    await site.server.query('postgres', 'select pg_reload_conf()')
    await eventually('the setting holds', async () => {
      const [row] = await site.server.query<{ ssl: string }>('postgres', 'show ssl')
      return row?.ssl === (is ? 'on' : 'off')
    })
  }
  const place = (tls: string) => ({
    host: '127.0.0.1',
    port: site.server.port,
    database: 'shop',
    user: site.server.user,
    ...(site.server.password !== undefined && { password: site.server.password }),
    tls,
    ...(tls.startsWith('verify') && { caFile: caFile() }),
  })
  const tested = async (tls: string) =>
    (await site.api.expect<{ tls: string }>(200, 'POST', '/sources/test', place(tls))).tls

  test('by the test of it, and by a source for its newest backup', async () => {
    assert.equal(await tested('prefer'), 'none')
    await offersTls(true)
    const found = [await tested('disable'), await tested('prefer'), await tested('verify-full')]
    assert.deepEqual(found, ['none', 'encrypted', 'verified'])
    await site.api.expect(201, 'POST', '/sources', { name: 'shop', ...place('verify-full') })
    const lastTls = async () =>
      (
        await site.api.expect<{ connection: { lastTls: string | null } }>(
          200,
          'GET',
          '/sources/shop',
        )
      ).connection.lastTls
    assert.equal(await lastTls(), null)
    await site.backUp('shop')
    await site.refresh()
    // Whoever made that backup named no certificates.
    assert.equal(await lastTls(), 'encrypted')
  })
})

describe('S29: a password goes to nobody who is not the server', () => {
  let site: ApiSite
  let caFile: string
  before(async () => {
    site = await ApiSite.open()
    caFile = join(site.dir, 'ca.pem')
    writeFileSync(caFile, MINE.cert)
  })
  after(() => site.close())

  /** What a server heard, beyond that somebody comes by TLS. */
  async function told(
    certificate: typeof MINE | undefined,
    tls: string,
    host = '127.0.0.1',
  ): Promise<string> {
    const trap = await curious(certificate)
    const verifies = tls.startsWith('verify')
    const body = { host, port: trap.port, database: 'x', user: 'ops', password: PASSWORD, tls }
    const asked = await site.send('POST', '/sources/test', { ...body, ...(verifies && { caFile }) })
    trap.close()
    assert.match(refusal(asked), /^502 DATABASE_(UNREACHABLE|REFUSED)$/)
    return trap.heard.join()
  }

  test('not without TLS, where it is asked for', async () => {
    for (const tls of ['require', 'verify-ca', 'verify-full']) {
      assert.equal(await told(undefined, tls), '', tls)
    }
  })

  test('not where another authority has signed', async () => {
    for (const tls of ['verify-ca', 'verify-full']) assert.equal(await told(OTHER, tls), '', tls)
  })

  test('not where the certificate is of another host, by name or by address', async () => {
    assert.equal(await told(MINE, 'verify-full', '127.0.0.2'), '')
    assert.equal(await told(MINE, 'verify-full', 'localhost.localdomain.invalid'), '')
    for (const host of ['127.0.0.1', 'localhost']) {
      assert.match(await told(MINE, 'verify-full', host), new RegExp(PASSWORD), host)
    }
  })
})
