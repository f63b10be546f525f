import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import { refusal } from '../api/accounts.ts'
import { ApiSite } from '../api/site.ts'
import { selfSigned } from '../support/certificate.ts'

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
