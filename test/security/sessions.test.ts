import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PREFIX } from '../../src/api/mount.ts'
import { issueToken } from '../../src/catalog/one-time-tokens.ts'
import { addUser, loggedIn, login, PASSWORD, refusal } from '../api/accounts.ts'
import { ApiSite } from '../api/site.ts'

const PROXY = '10.9.8.7'

describe('sessions that somebody wants to have', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await addUser(site, 'ann@example.org', 'admin')
  })
  after(() => site.close())

  test('one that an attacker planted is not made theirs by the login of somebody else', async () => {
    const victim = site.stranger()
    const planted = 'A'.repeat(43)
    victim.keep(`holdfast=${planted}`)
    assert.equal(
      (await login(victim, { email: 'ann@example.org', password: PASSWORD })).status,
      200,
    )
    assert.ok(!victim.cookie.includes(planted))
    const attacker = site.stranger()
    attacker.keep(`holdfast=${planted}`)
    assert.equal(refusal(await attacker.send('GET', '/account')), '401 KEY_REQUIRED')
  })

  test('the one that a browser had ends when somebody else logs in there', async () => {
    await addUser(site, 'bob@example.org', 'viewer')
    const browser = await loggedIn(site, 'bob@example.org')
    const bob = site.stranger()
    bob.keep(browser.cookie)
    await login(browser, { email: 'ann@example.org', password: PASSWORD })
    assert.equal(refusal(await bob.send('GET', '/account')), '401 KEY_REQUIRED')
  })

  test('over TLS no cookie counts that a neighbour could have set', async () => {
    const port = await site.openPort({ proxies: [PROXY] })
    const ann = await loggedIn(site, 'ann@example.org')
    const [, token] = ann.cookie.split('=')
    const ask = async (cookie: string) => {
      const headers = { cookie, 'x-forwarded-proto': 'https' }
      const url = `${PREFIX}/account`
      return (await port.inject({ url, headers, remoteAddress: PROXY })).statusCode
    }
    assert.equal(await ask(`holdfast=${token}`), 401)
    assert.equal(await ask(`holdfast=x; __Host-holdfast=${token}; __Host-holdfast-oidc=x`), 200)
    assert.equal(await ask(`x__Host-holdfast=${token}`), 401)
  })

  test('nothing that opens one thing opens another', async () => {
    const { catalog } = site.test
    const ann = await site.expect<{ id: string }>(200, 'GET', '/users/ann@example.org')
    const issue = async (kind: 'invitation' | 'challenge' | 'oidc') =>
      (await issueToken(catalog, { kind, minutes: 5, userId: ann.id })).token.reveal()
    const person = await loggedIn(site, 'ann@example.org')
    const [, session = ''] = person.cookie.split('=')
    const tokens = [await issue('challenge'), await issue('oidc'), session, site.key.reveal()]
    const password = 'a plover under nine lamps'
    for (const token of tokens) {
      const spent = await site.stranger().send('POST', '/account/invitation', { token, password })
      assert.equal(refusal(spent), '403 LINK_SPENT')
    }
    for (const token of [await issue('invitation'), await issue('challenge'), session]) {
      const headers = { authorization: `Bearer ${token}` }
      const asked = await site.send('GET', '/account', undefined, headers, site.port)
      assert.equal(refusal(asked), '401 KEY_REQUIRED')
    }
    for (const token of [await issue('invitation'), await issue('challenge'), site.key.reveal()]) {
      const other = site.stranger()
      other.keep(`holdfast=${token}`)
      assert.equal(refusal(await other.send('GET', '/account')), '401 KEY_REQUIRED')
    }
    const challenge = await issue('invitation')
    const second = await login(site.stranger(), { challenge, code: '123456' })
    assert.equal(refusal(second), '401 LOGIN_REFUSED')
  })

  test('the session of somebody else is not there for others to see or end', async () => {
    const bob = await site.member('admin').entered()
    await loggedIn(site, 'ann@example.org')
    const [row] = await site.test.catalog.query<{ id: string }>(
      `select s.id from sessions s join users u on u.id = user_id where email = 'ann@example.org'`,
    )
    assert.equal(refusal(await bob.send('DELETE', `/account/sessions/${row?.id}`)), '404 NOT_FOUND')
    const list = await bob.send<{ sessions: { id: string }[] }>('GET', '/account/sessions')
    assert.ok(!list.body.sessions.some(one => one.id === row?.id))
  })
})
