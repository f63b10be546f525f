import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { type FastifyInstance, fastify } from 'fastify'
import { addDashboard } from '../../src/api/dashboard.ts'
import { Front } from '../../src/api/front.ts'
import { addHeaders } from '../../src/api/headers.ts'
import { USUAL_WEB } from '../../src/core/web.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { ApiSite } from './site.ts'

const INDEX = `<!doctype html>
<meta name="holdfast-base" content="">
<meta name="holdfast-nonce" content="">
<link rel="icon" href="./assets/sign-1.svg">
<script type="module" src="./assets/main-1.js"></script>
`
const SCRIPT = 'export const one = 1\n'.repeat(100)

/** A built dashboard, as small as it can be. */
function built(): string {
  const dir = tempDir()
  mkdirSync(join(dir, 'assets'))
  writeFileSync(join(dir, 'index.html'), INDEX)
  writeFileSync(join(dir, 'secret.txt'), 'not for everybody')
  writeFileSync(join(dir, 'assets', 'main-1.js'), SCRIPT)
  writeFileSync(join(dir, 'assets', 'main-1.js.br'), brotliCompressSync(SCRIPT))
  writeFileSync(join(dir, 'assets', 'main-1.js.gz'), gzipSync(SCRIPT))
  return dir
}

const nonceOf = (page: string) => /holdfast-nonce" content="([^"]+)"/.exec(page)?.[1] ?? ''

describe('the dashboard as it is served', () => {
  let site: ApiSite
  let app: FastifyInstance

  before(async () => {
    site = await ApiSite.open()
    app = await site.openPort({}, undefined, { dashboard: built() })
  })
  after(() => site.close())

  test('is one page, whatever its path', async () => {
    for (const url of ['/', '/sources', '/runs/4f2a91c0?tab=log', '/a/b/c', '/apiary']) {
      const { statusCode, headers, body } = await app.inject({ url })
      assert.equal(statusCode, 200, url)
      assert.equal(headers['content-type'], 'text/html; charset=utf-8', url)
      assert.equal(headers['cache-control'], 'no-store', url)
      assert.match(body, /src="\/assets\/main-1\.js"/, url)
    }
  })

  test('has a policy that lets in its own styles, by a number that is new each time', async () => {
    const [one, other] = [await app.inject('/'), await app.inject('/')]
    const nonce = nonceOf(one.body)
    assert.ok(Buffer.from(nonce, 'base64').length >= 16)
    assert.notEqual(nonce, nonceOf(other.body))
    const policy = String(one.headers['content-security-policy'])
    assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`), policy)
    assert.ok(policy.startsWith("default-src 'self';"), policy)
    assert.doesNotMatch(policy, /unsafe/)
  })

  test('never answers for the API, and not for files that are not there', async () => {
    for (const url of ['/api/none', '/health/none', '/assets/none.js', '/metrics/x']) {
      const { statusCode, headers } = await app.inject({ url })
      assert.equal(statusCode, 404, url)
      assert.match(String(headers['content-type']), /^application\/problem\+json/, url)
    }
    assert.equal((await app.inject('/api/v1/none')).statusCode, 401)
    assert.equal((await app.inject({ method: 'POST', url: '/sources' })).statusCode, 404)
  })

  test('sends its files compressed, to be kept for ever, and no others', async () => {
    const headers = { 'accept-encoding': 'gzip, br' }
    const file = await app.inject({ url: '/assets/main-1.js', headers })
    assert.equal(file.headers['content-encoding'], 'br')
    assert.equal(file.headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.equal(brotliDecompressSync(file.rawPayload).toString(), SCRIPT)
    const plain = await app.inject({ url: '/assets/main-1.js' })
    assert.equal(plain.body, SCRIPT)
    for (const url of ['/assets/../secret.txt', '/assets/%2e%2e/secret.txt', '/secret.txt']) {
      assert.doesNotMatch((await app.inject({ url })).body, /not for everybody/, url)
    }
  })

  test('stands below the path that the server has', async () => {
    const below = fastify()
    const front = new Front(
      { is: 'port' },
      { ...USUAL_WEB, url: new URL('https://a.example/backup/') },
    )
    addHeaders(below, front)
    const pages = await addDashboard(below, front, built())
    below.setNotFoundHandler((request, reply) => pages(request, reply))
    const { body } = await below.inject('/sources')
    assert.match(body, /name="holdfast-base" content="\/backup"/)
    assert.match(body, /src="\/backup\/assets\/main-1\.js"/)
    await below.close()
  })

  test('says how it is built where it is not', async () => {
    const without = await site.openPort({}, undefined, { dashboard: tempDir() })
    const { statusCode, body } = await without.inject('/')
    assert.equal(statusCode, 503)
    assert.match(body, /npm start/)
  })
})
