import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { type Account, addUser, loggedIn, login, PASSWORD, refusal } from './accounts.ts'
import type { Person } from './person.ts'
import { ApiSite } from './site.ts'

interface Sessions {
  readonly sessions: readonly { id: string; current: boolean; agent: string; address: string }[]
}

const EMAIL = 'ann@example.org'
const HOUR = 3_600_000

describe('sessions (S5)', () => {
  let site: ApiSite
  let userId: string
  before(async () => {
    site = await ApiSite.open()
    userId = (await addUser(site, EMAIL)).id
  })
  after(() => site.close())

  const isIn = async (person: Person) => (await person.send('GET', '/account')).status === 200
  const later = (ms: number) => site.test.setClock(new Date(Date.now() + ms).toISOString())

  /** Somebody who shows the cookie that `person` has now, whatever happens to it. */
  async function copyOf(person: Person): Promise<Person> {
    const thief = site.stranger()
    for (const cookie of person.cookie.split('; ')) thief.keep(cookie)
    assert.ok(await isIn(thief))
    return thief
  }

  test('a login answers the account and sets a cookie that scripts and other sites do not get', async () => {
    const person = site.stranger()
    const answer = await login(person, { email: EMAIL.toUpperCase(), password: PASSWORD })
    assert.equal(answer.body.user?.email, EMAIL)
    const cookie = String(answer.headers['set-cookie'])
    assert.match(cookie, /^holdfast=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
    const me = await person.send<Account>('GET', '/account')
    assert.deepEqual([me.body.role, me.body.user], ['operator', answer.body.user])
    assert.equal(me.body.session?.id, answer.body.session?.id)
  })

  test('over TLS the cookie is Secure and this host’s alone, and the plain one is none', async () => {
    const proxied = await site.openPort({ proxies: ['127.0.0.1'] })
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' }
    const post = await proxied.inject({
      method: 'POST',
      url: '/api/v1/account/login',
      headers,
      payload: { email: EMAIL, password: PASSWORD },
    })
    const [cookie = ''] = [post.headers['set-cookie'] ?? []].flat()
    assert.match(
      cookie,
      /^__Host-holdfast=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      post.payload,
    )
    const ask = async (sent: string) =>
      (await proxied.inject({ url: '/api/v1/account', headers: { ...headers, cookie: sent } }))
        .statusCode
    const [pair = ''] = cookie.split(';')
    assert.equal(await ask(pair), 200)
    assert.equal(await ask(pair.replace('__Host-', '')), 401)
  })

  test('only the hash of a token is kept', async () => {
    const person = await loggedIn(site, EMAIL)
    const token = person.cookie.split('=')[1] ?? ''
    const [row] = await site.test.catalog.query<{ hash: Buffer }>(
      'select hash from sessions order by created_at desc limit 1',
    )
    assert.equal(row?.hash.length, 32)
    assert.ok(!row?.hash.equals(Buffer.from(token, 'base64url')))
  })

  test('it ends after 12 hours without a request, and after 7 days anyway', async () => {
    try {
      const idle = await loggedIn(site, EMAIL)
      const busy = await loggedIn(site, EMAIL)
      for (let hours = 11; hours < 7 * 24; hours += 11) {
        await later(hours * HOUR)
        assert.ok(await isIn(busy), `${hours} h`)
      }
      assert.ok(!(await isIn(idle)))
      await later(7 * 24 * HOUR + 1000)
      assert.ok(!(await isIn(busy)))
    } finally {
      await site.test.setClock(undefined)
    }
  })

  test('the token is another one after login, proof and password change; the old one is dead', async () => {
    const person = await loggedIn(site, EMAIL)
    const steps: [string, object][] = [
      ['/account/login', { email: EMAIL, password: PASSWORD }],
      ['/account/prove', { password: PASSWORD }],
      ['/account/password', { password: PASSWORD, newPassword: PASSWORD }],
    ]
    for (const [path, body] of steps) {
      const before = await copyOf(person)
      assert.equal((await person.send('POST', path, body)).status, 200)
      assert.ok(await isIn(person), path)
      assert.ok(!(await isIn(before)), path)
    }
  })

  test('whoever changes their password must know the old one; it ends every other session', async () => {
    const [person, elsewhere] = [await loggedIn(site, EMAIL), await loggedIn(site, EMAIL)]
    const wrong = { password: 'not the one it was', newPassword: PASSWORD }
    assert.equal(
      refusal(await person.send('POST', '/account/password', wrong)),
      '401 LOGIN_REFUSED',
    )
    assert.ok(await isIn(elsewhere))
    const right = { password: PASSWORD, newPassword: PASSWORD }
    assert.equal((await person.send('POST', '/account/password', right)).status, 200)
    assert.ok(!(await isIn(elsewhere)))
  })

  test('another role, being disabled and a password reset end every session', async () => {
    const changes: (() => Promise<unknown>)[] = [
      () => site.expect(200, 'PATCH', `/users/${EMAIL}`, { role: 'viewer' }),
      () => site.expect(200, 'PATCH', `/users/${EMAIL}`, { role: 'operator' }),
      () => site.expect(200, 'POST', `/users/${EMAIL}/reset-password`, { password: PASSWORD }),
      () => site.expect(200, 'POST', `/users/${EMAIL}/disable`),
    ]
    for (const change of changes) {
      const person = await loggedIn(site, EMAIL)
      await change()
      assert.equal(refusal(await person.send('GET', '/account')), '401 KEY_REQUIRED')
    }
    const disabled = await login(site.stranger(), { email: EMAIL, password: PASSWORD })
    assert.equal(refusal(disabled), '401 LOGIN_REFUSED')
    await site.expect(200, 'POST', `/users/${EMAIL}/enable`)
    assert.ok(await isIn(await loggedIn(site, EMAIL)))
  })

  test('one sees one’s own sessions and ends one, or all others; nobody’s else', async () => {
    const person = await loggedIn(site, EMAIL)
    await person.send('DELETE', '/account/sessions')
    const elsewhere = site.stranger()
    elsewhere.address = '192.0.2.9'
    await elsewhere.send(
      'POST',
      '/account/login',
      { email: EMAIL, password: PASSWORD },
      {
        'user-agent': 'Lynx/2.9',
      },
    )
    const { body } = await person.send<Sessions>('GET', '/account/sessions')
    assert.equal(body.sessions.length, 2)
    const other = body.sessions.find(one => !one.current)
    assert.deepEqual([other?.agent, other?.address], ['Lynx/2.9', '192.0.2.9'])
    const foreign = await site.as('admin').send('DELETE', `/account/sessions/${other?.id}`)
    assert.equal(refusal(foreign), '404 NOT_FOUND')
    assert.ok(await isIn(elsewhere))
    const ended = await person.send('DELETE', `/account/sessions/${other?.id}`)
    assert.deepEqual([ended.status, await isIn(elsewhere)], [200, false])
    const third = await loggedIn(site, EMAIL)
    await person.send('DELETE', '/account/sessions')
    assert.deepEqual([await isIn(third), await isIn(person)], [false, true])
  })

  test('logging out ends the session and takes the cookie away', async () => {
    const person = await loggedIn(site, EMAIL)
    const before = await copyOf(person)
    assert.equal((await person.send('POST', '/account/logout')).status, 200)
    assert.equal(person.cookie, '')
    assert.ok(!(await isIn(before)))
    const [entry] = await site.audited('account.logout')
    assert.equal(entry?.actor, `user ${EMAIL}`)
  })

  test('every end is announced, for live connections to be cut', async () => {
    const heard: string[] = []
    const listener = await site.test.catalog.listen('holdfast_sessions', text => {
      heard.push(text ?? '')
    })
    try {
      const person = await loggedIn(site, EMAIL)
      const { body } = await person.send<Account>('GET', '/account')
      await person.send('POST', '/account/logout')
      await site.expect(200, 'PATCH', `/users/${EMAIL}`, { role: 'viewer' })
      const { key } = await site.expect<{ key: { id: string } }>(201, 'POST', '/api-keys', {
        name: 'announced',
      })
      await site.expect(200, 'DELETE', '/api-keys/announced')
      const wanted = [{ session: body.session?.id }, { user: userId }, { key: key.id }]
      const isHeard = (one: object) => heard.some(text => isDeepStrictEqual(JSON.parse(text), one))
      while (!wanted.every(isHeard)) await new Promise(resolve => setTimeout(resolve, 10))
    } finally {
      await listener.stop()
      await site.expect(200, 'PATCH', `/users/${EMAIL}`, { role: 'operator' })
    }
  })
})
