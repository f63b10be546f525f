import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { PREFIX } from '../../src/api/mount.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import { ApiSite } from './site.ts'

describe('requests that another site has a browser send (S7)', () => {
  let site: ApiSite
  let port: FastifyInstance
  let cookie = ''
  before(async () => {
    site = await ApiSite.open()
    port = await site.openPort({ hosts: ['backup.test'] })
    cookie = (await site.as('admin').entered()).cookie
  })
  after(() => site.close())

  /** What a browser with a session sends. */
  async function send(headers: Record<string, string>, payload?: string): Promise<string> {
    const response = await port.inject({
      method: 'POST',
      url: `${PREFIX}/scheduler/stop`,
      headers: { host: 'backup.test:7420', cookie, ...headers },
      ...(payload !== undefined && { payload }),
    })
    return `${response.statusCode} ${response.json<{ code?: string }>().code ?? ''}`.trim()
  }

  const json = { 'content-type': 'application/json' }

  test('pages of the server itself may', async () => {
    assert.equal(await send({ 'sec-fetch-site': 'same-origin' }), '200')
    assert.equal(await send({ ...json, origin: 'http://backup.test:7420' }, '{}'), '200')
    assert.equal(await send({ origin: 'https://BACKUP.test:7420' }), '200')
  })

  test('pages of other sites may not, whatever they send', async () => {
    const others = [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' },
      { 'sec-fetch-site': 'same-site', origin: 'https://other.backup.test' },
      { 'sec-fetch-site': 'cross-site', origin: 'http://backup.test:7420' },
      { origin: 'https://evil.test' },
      { origin: 'http://backup.test' },
      { origin: 'http://backup.test:7420.evil.test' },
      { origin: 'null' },
      { referer: 'http://backup.test:7420/' },
      {},
    ]
    for (const headers of others) {
      assert.equal(await send(headers), '403 CSRF', JSON.stringify(headers))
      assert.equal(await send({ ...json, ...headers }, '{}'), '403 CSRF', JSON.stringify(headers))
    }
  })

  test('what a form can send is refused, even of our own page', async () => {
    const own = { origin: 'http://backup.test:7420', 'sec-fetch-site': 'same-origin' }
    const text = { ...own, 'content-type': 'text/plain' }
    assert.match(await send(text, '{"role":"admin"}'), /^(403 CSRF|415 )/)
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      assert.match(await send({ ...own, 'content-type': type }, 'a=b'), /^(403 CSRF|415 )/)
    }
  })

  test('what was refused has changed nothing, and stands in the record', async () => {
    await site.expect(200, 'POST', '/scheduler/start')
    await send({ origin: 'https://evil.test' })
    const state = await site.expect<{ state: string }>(200, 'GET', '/scheduler')
    assert.notEqual(state.state, 'stopped')
    const [entry] = await site.audited('scheduler.stop')
    assert.deepEqual([entry?.result, entry?.details], ['refused', { code: 'CSRF' }])
  })

  test('a login that another site begins is refused; programs say nothing and may', async () => {
    const attempt = async (headers: Record<string, string>) => {
      const payload = { email: 'nobody@example.org', password: 'a wrong one of 12' }
      const url = `${PREFIX}/account/login`
      return (await site.port.inject({ method: 'POST', url, headers, payload })).statusCode
    }
    assert.equal(await attempt({ 'sec-fetch-site': 'cross-site' }), 403)
    assert.equal(await attempt({ origin: 'https://evil.test' }), 403)
    assert.equal(await attempt({}), 401)
  })

  test('keys go by themselves: a browser never adds them', async () => {
    const authorization = `Bearer ${site.key.reveal()}`
    assert.equal(await send({ cookie: '', authorization, origin: 'https://evil.test' }), '200')
    await site.expect(200, 'POST', '/scheduler/start')
  })

  test('no route that is asked by GET changes anything that is on record', () => {
    assert.ok(ROUTES.every(one => one.method !== 'GET' || one.action === undefined))
  })
})
