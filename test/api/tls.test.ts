import assert from 'node:assert/strict'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { Certificate } from '../../src/api/certificate.ts'
import { openLog } from '../../src/log.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { selfSigned } from '../support/certificate.ts'
import { eventually } from '../support/server.ts'
import { ApiSite } from './site.ts'

describe('the server’s own certificate', () => {
  let site: ApiSite
  const dir = tempDir()
  const files = { certFile: join(dir, 'cert.pem'), keyFile: join(dir, 'key.pem') }
  const said: string[] = []
  const log = openLog(
    { write: (line: string) => said.push(line) > 0 } as unknown as NodeJS.WriteStream,
    'info',
    {},
  )
  const put = ({ cert, key }: { cert: string; key: string }) => {
    for (const [path, text] of [
      [files.certFile, cert],
      [files.keyFile, key],
    ] as const) {
      writeFileSync(`${path}.new`, text)
      renameSync(`${path}.new`, path)
    }
  }
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())

  test('is spoken on the port, and a renewed one without a restart', async () => {
    const first = selfSigned('first')
    put(first)
    const certificate = await Certificate.open(files, log)
    const app = await site.openPort({}, certificate)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    try {
      const about = { host: 'localhost', port, path: '/health/live', agent: false, ca: first.cert }
      const asked = request(about).end()
      const [response] = (await once(asked, 'response')) as [
        NodeJS.ReadableStream & { headers: Record<string, string>; statusCode: number },
      ]
      response.resume()
      assert.equal(response.statusCode, 200)
      assert.equal(response.headers['strict-transport-security'], 'max-age=31536000')

      const shown = async (): Promise<string> => {
        const socket: TLSSocket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
        await once(socket, 'secureConnect')
        const name = socket.getPeerCertificate().subject.CN
        socket.destroy()
        return String(name)
      }
      assert.equal(await shown(), 'first')
      // Half of a renewal: a certificate without its key changes nothing.
      writeFileSync(files.certFile, selfSigned('half').cert)
      await eventually('a word about it', () => said.some(line => line.includes('do not belong')))
      assert.equal(await shown(), 'first')
      put(selfSigned('second'))
      await eventually('the second certificate', async () => (await shown()) === 'second')
    } finally {
      certificate.close()
    }
  })

  test('no TLS before 1.2', async () => {
    const certificate = await Certificate.open(files, log)
    const app = await site.openPort({}, certificate)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    certificate.close()
    const old = connect({
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    await assert.rejects(once(old, 'secureConnect'), /protocol version|unsupported protocol/i)
  })

  test('files that cannot be used are refused with the reason', async () => {
    const keyless = { certFile: files.certFile, keyFile: join(dir, 'nowhere.pem') }
    await assert.rejects(Certificate.open(keyless, log), {
      code: 'CERTIFICATE_UNFIT',
      message: /could not read .*nowhere\.pem: ENOENT/,
    })
    writeFileSync(files.certFile, 'hello')
    await assert.rejects(Certificate.open(files, log), { code: 'CERTIFICATE_UNFIT' })
    writeFileSync(files.certFile, selfSigned('other').cert)
    await assert.rejects(Certificate.open(files, log), { message: /do not belong together/ })
  })
})
