import assert from 'node:assert/strict'
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { Client } from 'pg'
import { freshDatabase } from '../../support/catalog.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { selfSigned } from '../support/certificate.ts'
import { eventually, newDataDir, startServer, sweep, type TestServer } from '../support/server.ts'

/** A server before a database of ours, gone after the test. */
async function ready(t: TestContext, env: Record<string, string> = {}): Promise<TestServer> {
  const { url } = await freshDatabase()
  const server = await startServer(newDataDir(), { HOLDFAST_DATABASE_URL: url, ...env })
  t.after(() => sweep(server))
  await server.ready()
  return server
}

describe('S36: a server keeps itself to itself', () => {
  test('its files are for its user only, and no signal opens a port for a debugger', async t => {
    const server = await ready(t)
    for (const path of globSync('**/*', { cwd: server.dataDir })) {
      const { mode } = statSync(join(server.dataDir, path))
      assert.equal(mode & 0o077, 0, path)
    }
    const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8')
    assert.match(status, /^Umask:\s+0077$/m)
    server.child.kill('SIGUSR1')
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 0)
    assert.doesNotMatch(server.stderr(), /debugger/i)
  })

  test('it says what to mind where others can connect, and which variable nobody reads', async t => {
    const open = await ready(t, { HOLDFAST_HOST: '0.0.0.0', HOLDFAST_ALLOWED_HOST: 'backup' })
    assert.match(open.stderr(), /other machines can connect to 0\.0\.0\.0.*HOLDFAST_TLS_CERT_FILE/)
    assert.match(open.stderr(), /HOLDFAST_URL is not set/)
    assert.match(open.stderr(), /HOLDFAST_ALLOWED_HOST is set, and nothing reads it/)
    const own = await ready(t)
    assert.doesNotMatch(own.stderr(), /other machines|HOLDFAST_URL/)
  })

  test('with a certificate it speaks HTTPS on its port', async t => {
    const dir = tempDir()
    const { cert, key } = selfSigned('backup')
    const files = { certFile: join(dir, 'cert.pem'), keyFile: join(dir, 'key.pem') }
    writeFileSync(files.certFile, cert)
    writeFileSync(files.keyFile, key)
    const tls = { HOLDFAST_TLS_CERT_FILE: files.certFile, HOLDFAST_TLS_KEY_FILE: files.keyFile }
    const server = await ready(t, tls)
    await eventually('its address', () => /ready on https:\/\/127\.0\.0\.1:/.test(server.stderr()))
    const { port } = server
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const about = { host: 'localhost', port, path: '/health/ready', ca: cert, agent: false }
      request(about, response => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    assert.equal(status, 200)
    const unfit = await startServer(newDataDir(), { ...tls, HOLDFAST_TLS_KEY_FILE: files.certFile })
    t.after(() => sweep(unfit))
    assert.equal((await unfit.ended).code, 1)
    assert.match(unfit.stderr(), /could not use the certificate in .* with the key in /)
  })

  test('a slow question to the API is ended, and no run waits for it', async t => {
    const { url } = await freshDatabase()
    const server = await startServer(newDataDir(), { HOLDFAST_DATABASE_URL: url })
    t.after(() => sweep(server))
    await server.ready()
    // Whoever shows a key waits for it.
    const holder = new Client({ connectionString: url })
    await holder.connect()
    await holder.query('begin; lock table api_keys in access exclusive mode')
    try {
      const start = performance.now()
      const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/runs`, {
        headers: { authorization: `Bearer hf_${'x'.repeat(43)}` },
      })
      assert.ok(answer.status >= 500, `${answer.status}`)
      const seconds = (performance.now() - start) / 1000
      assert.ok(seconds > 4 && seconds < 9, `${seconds} s`)
      await eventually('health meanwhile', async () => {
        const health = await fetch(`http://127.0.0.1:${server.port}/health/ready`)
        return health.status === 200
      })
    } finally {
      await holder.end()
    }
  })
})
