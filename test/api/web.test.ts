import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { Budget } from '../../src/api/budget.ts'
import { ApiSite, type ProblemBody } from './site.ts'

const TOLD_TO_BROWSERS = [
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'permissions-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'strict-transport-security',
  'access-control-allow-origin',
]
const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
const NO_PAGE = {
  ...ALWAYS,
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/** A request over a connection of its own, with exactly these headers. */
async function send(
  app: FastifyInstance,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  const { port } = app.server.address() as AddressInfo
  const sent = request({ host: '127.0.0.1', port, path, headers, agent: false }).end()
  const [response] = (await once(sent, 'response')) as [
    NodeJS.ReadableStream & { statusCode: number; headers: Record<string, unknown> },
  ]
  let body = ''
  for await (const part of response) body += String(part)
  return { status: response.statusCode, headers: response.headers, body }
}

/** What the server answers to these very bytes. */
async function raw(app: FastifyInstance, bytes: string): Promise<string> {
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  return await text(socket)
}

describe('the web server', () => {
  let site: ApiSite
  let key: string
  before(async () => {
    site = await ApiSite.open()
    key = `Bearer ${site.key.reveal()}`
  })
  after(() => site.close())

  const listening = async (rules: Parameters<ApiSite['openPort']>[0]) => {
    const app = await site.openPort(rules)
    await app.listen({ host: '127.0.0.1', port: 0 })
    return app
  }

  test('S25: each class of answers has its headers', async () => {
    const told = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await site.port.inject({ url: path, headers })
      return Object.fromEntries(
        TOLD_TO_BROWSERS.map(name => [name, answer.headers[name]]).filter(([, value]) => value),
      ) as Record<string, string>
    }
    const origin = { origin: 'https://evil.example', authorization: key }
    for (const path of [
      '/api/v1/runs',
      '/api/v1/nowhere',
      '/assets/nowhere',
      '/health/live',
      '/metrics',
      '/%',
    ]) {
      assert.deepEqual(await told(path, origin), NO_PAGE, path)
    }
    assert.deepEqual(await told('/api/v1/runs'), NO_PAGE, 'a problem')
    const page = await told('/api/docs')
    const { 'content-security-policy': policy = '', ...rest } = page
    assert.deepEqual(rest, ALWAYS)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /unsafe-(inline|eval)|\*/)
    const preflight = await site.port.inject({
      method: 'OPTIONS',
      url: '/api/v1/runs',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    assert.ok(preflight.statusCode >= 400)
    assert.equal(preflight.headers['access-control-allow-origin'], undefined)
  })

  test('S25: browsers are held to HTTPS only where it is known to be there', async () => {
    const secure = await site.openPort({ url: new URL('https://backup.example.org') })
    const plain = await site.openPort({ url: new URL('http://backup.example.org') })
    const header = async (app: FastifyInstance) =>
      (await app.inject('/health/live')).headers['strict-transport-security']
    assert.equal(await header(secure), 'max-age=31536000')
    assert.equal(await header(plain), undefined)
  })

  test('S30: a request that calls the server by another name is refused, whatever it asks', async () => {
    const app = await listening({
      url: new URL('https://backup.example.org:8443'),
      hosts: ['nas'],
    })
    for (const host of ['backup.example.org', 'BACKUP.example.org:8443', 'nas:1', 'localhost:9']) {
      assert.equal((await send(app, '/health/live', { host })).status, 200, host)
    }
    for (const host of ['evil.example', 'localhost.evil.example', '192.0.2.1', '[::1', 'nas.']) {
      for (const path of ['/health/live', '/api/v1/runs', '/api/docs', '/nowhere']) {
        const answer = await send(app, path, { host, authorization: key })
        assert.equal(answer.status, 421, `${host} ${path}`)
        const problem = JSON.parse(answer.body) as ProblemBody
        assert.equal(problem.code, 'HOST_UNKNOWN')
        assert.match(problem.hint, /HOLDFAST_ALLOWED_HOSTS/)
      }
    }
    const nameless = await raw(app, 'GET /health/live HTTP/1.0\r\n\r\n')
    assert.match(nameless, /^HTTP\/1\.1 421 /)
    // Nobody in the middle is named, so nobody may say that it was another name.
    const forged = { host: 'evil.example', 'x-forwarded-host': 'localhost' }
    assert.equal((await send(app, '/health/live', forged)).status, 421)
  })

  test('S4, S30: what stands in forwarded headers counts from a trusted proxy only', async () => {
    const open = await listening({ requestsPerMinute: 100 })
    const statuses = new Set<number>()
    for (let n = 0; n < 40; n += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${n}` }
      statuses.add((await send(open, '/api/v1/runs', headers)).status)
    }
    assert.ok(statuses.has(429), 'a new address for each request is no way around the limit')
    const proxied = await listening({
      proxies: ['127.0.0.1', '10.0.0.0/8'],
      requestsPerMinute: 100,
    })
    for (let n = 0; n < 40; n += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${n}` }
      assert.equal((await send(proxied, '/api/v1/runs', headers)).status, 401)
    }
    const own = { 'x-forwarded-for': '198.51.100.9, 203.0.113.77, 10.1.2.3' }
    const told: number[] = []
    for (let n = 0; n < 12; n += 1) told.push((await send(proxied, '/api/v1/runs', own)).status)
    assert.deepEqual(
      told.slice(0, 10),
      Array.from({ length: 10 }, () => 401),
    )
    assert.equal(told.at(-1), 429)
    const other = { 'x-forwarded-for': '203.0.113.77, 198.51.100.9' }
    assert.equal((await send(proxied, '/api/v1/runs', other)).status, 401)
  })

  test('S30: behind a proxy with TLS, under a path of its own', async () => {
    const app = await listening({
      url: new URL('https://example.org/backup'),
      proxies: ['127.0.0.1'],
    })
    const headers = { 'x-forwarded-host': 'example.org', 'x-forwarded-proto': 'https' }
    for (const path of ['/backup/health/live', '/health/live', '/backup/health/live?x=1']) {
      assert.equal((await send(app, path, headers)).status, 200, path)
    }
    const live = JSON.stringify({ status: 'live' })
    assert.equal((await send(app, '/backup/health/live', headers)).body, live)
    assert.notEqual((await send(app, '/backups/health/live', headers)).body, live)
    const evil = { ...headers, 'x-forwarded-host': 'evil.example' }
    assert.equal((await send(app, '/health/live', evil)).status, 421)
  })

  test('the id of a request is that of a proxy, or a new one, and is answered', async () => {
    const proxied = await listening({ proxies: ['127.0.0.1'] })
    const open = await listening({})
    const id = 'f3a1-0000-4444'
    const told = async (app: FastifyInstance, given: string) =>
      (await send(app, '/health/live', { 'x-request-id': given })).headers['x-request-id']
    assert.equal(await told(proxied, id), id)
    assert.notEqual(await told(open, id), id)
    for (const odd of ['x', 'a b c d e f g h', 'x'.repeat(65), '<script>alert</script>']) {
      assert.match(String(await told(proxied, odd)), /^[0-9a-f-]{36}$/)
    }
  })

  test('S33: a budget of requests for each caller', async () => {
    const app = await site.openPort({ requestsPerMinute: 100 })
    const ask = async (authorization?: string) =>
      await app.inject({
        url: '/api/v1/runs?limit=1',
        headers: authorization === undefined ? {} : { authorization },
      })
    for (let n = 0; n < 10; n += 1) assert.equal((await ask('Bearer hf_wrong')).statusCode, 401)
    const refused = await ask('Bearer hf_wrong')
    assert.equal(refused.statusCode, 429)
    assert.match(String(refused.headers['retry-after']), /^[1-9]$/)
    assert.equal(refused.json<ProblemBody>().code, 'TOO_MANY_REQUESTS')
    assert.equal((await ask()).statusCode, 429, 'a stranger at the same address')
    const all = await Promise.all(Array.from({ length: 101 }, () => ask(key)))
    const statuses = all.map(one => one.statusCode)
    assert.equal(statuses.filter(status => status === 200).length, 100)
    assert.equal(statuses.filter(status => status === 429).length, 1)
  })

  test('S33: a budget comes back with time, and many callers take no memory for ever', () => {
    let now = 0
    const budget = new Budget(60, () => now)
    const spend = (times: number) => {
      for (let n = 0; n < times; n += 1) budget.spend('ann')
    }
    spend(60)
    assert.throws(() => spend(1), { code: 'TOO_MANY_REQUESTS', hint: 'try again in 1 second' })
    now += 1000
    spend(1)
    assert.throws(() => spend(1))
    now += 60_000
    for (let n = 0; n < 30_000; n += 1) budget.spend(`address ${n}`)
    spend(60)
    assert.throws(() => spend(1))
    new Budget(0).spend('anybody')
  })
})
