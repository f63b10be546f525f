import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { Oidc } from '../../src/api/login/oidc.ts'
import { readOidc } from '../../src/core/oidc.ts'
import { Secret } from '../../src/core/secret.ts'
import { CLIENT, OidcProvider } from '../support/oidc-provider.ts'
import { type Account, addUser, refusal } from './accounts.ts'
import { Person } from './person.ts'
import { ApiSite } from './site.ts'

const URL_HERE = 'http://backup.test:7420'

describe('login by another server (S31)', () => {
  let site: ApiSite
  let provider: OidcProvider
  before(async () => {
    site = await ApiSite.open()
    provider = await OidcProvider.start()
    await addUser(site, 'ann@example.org', 'operator')
    await addUser(site, 'root@example.org', 'admin')
  })
  after(async () => {
    await provider.stop()
    await site.close()
  })

  /** A port of a server that is set up so. */
  async function port(more: Readonly<Record<string, string>> = {}): Promise<FastifyInstance> {
    const settings: Record<string, string> = {
      HOLDFAST_URL: URL_HERE,
      HOLDFAST_OIDC_ISSUER: provider.issuer,
      HOLDFAST_OIDC_CLIENT_ID: CLIENT.id,
      HOLDFAST_OIDC_NAME: 'Example',
      ...more,
    }
    const oidc = readOidc(name => settings[name], new Secret(CLIENT.secret))
    assert.ok(oidc)
    return await site.openPort({}, undefined, {
      login: { url: URL_HERE, oidc: new Oidc(oidc, URL_HERE) },
    })
  }

  const begin = async (browser: Person, query = ''): Promise<string> => {
    const started = await browser.send('GET', `/account/oidc/start${query}`)
    assert.equal(started.status, 303)
    return String(started.headers.location)
  }
  /** The browser follows the other server back; answers where that leads. */
  const back = async (browser: Person, url: URL): Promise<string> => {
    assert.equal(url.origin + url.pathname, `${URL_HERE}/api/v1/account/oidc/callback`)
    const answer = await browser.send('GET', `/account/oidc/callback${url.search}`)
    assert.equal(answer.status, 303, JSON.stringify(answer.body))
    return String(answer.headers.location).replace(URL_HERE, '')
  }
  const ANN = { sub: 'a-1', email: 'ann@example.org', email_verified: true, name: 'Ann' }
  const REFUSED = '/login?problem=OIDC_REFUSED'

  test('whoever is not set up for it answers so', async () => {
    const { body } = await site.stranger().send<{ name: null }>('GET', '/account/oidc')
    assert.deepEqual(body, { name: null })
    const started = await site.stranger().send('GET', '/account/oidc/start')
    assert.equal(refusal(started), '404 OIDC_OFF')
  })

  test('a verified address finds its account once; from then on the subject counts', async () => {
    const app = await port()
    const browser = new Person(app)
    const { body: status } = await browser.send<{ name: string }>('GET', '/account/oidc')
    assert.deepEqual(status, { name: 'Example' })
    assert.equal(await back(browser, provider.approve(await begin(browser), ANN)), '/')
    const { body } = await browser.send<Account>('GET', '/account')
    assert.deepEqual([body.user?.email, body.role], ['ann@example.org', 'operator'])
    assert.match(browser.cookie, /^holdfast=[\w-]{43}$/)
    const [entry] = await site.audited('account.login')
    assert.deepEqual([entry?.actor, entry?.details.by], ['user ann@example.org', 'Example'])
    const moved = { ...ANN, email: 'root@example.org', email_verified: false }
    const again = new Person(app)
    assert.equal(await back(again, provider.approve(await begin(again), moved)), '/')
    const { body: same } = await again.send<Account>('GET', '/account')
    assert.equal(same.user?.email, 'ann@example.org')
  })

  test('ends at the page that was asked for, and at none of somebody else', async () => {
    const app = await port()
    const pages: Record<string, string> = {
      '/runs?state=failed&text=a%20b#log': '/runs?state=failed&text=a%20b#log',
      '//evil.test': '/',
      '/\\evil.test': '/',
      '/\t/evil.test': '/',
      '/a/..//evil.test': '/',
      '.evil.test': '/',
      '@evil.test': '/',
      'https://evil.test/': '/',
      'javascript:alert(1)': '/',
      '/\r\nSet-Cookie: a=b': '/Set-Cookie:%20a=b',
      '': '/',
    }
    for (const [asked, led] of Object.entries(pages)) {
      const browser = new Person(app)
      const location = await begin(browser, `?back=${encodeURIComponent(asked)}`)
      assert.equal(await back(browser, provider.approve(location, ANN)), led, asked)
    }
    // A login that came to nothing keeps it for the next one.
    const browser = new Person(app)
    const refused = provider.approve(await begin(browser, '?back=/runs'), {
      ...ANN,
      aud: 'another',
    })
    assert.equal(await back(browser, refused), `${REFUSED}&back=%2Fruns`)
  })

  test('an address that is not verified opens no account', async () => {
    const app = await port({ HOLDFAST_OIDC_OTHERS: 'viewer' })
    for (const email_verified of [false, undefined, 'true', 1]) {
      const browser = new Person(app)
      const evil = { sub: 'evil', email: 'root@example.org', email_verified }
      assert.equal(await back(browser, provider.approve(await begin(browser), evil)), REFUSED)
      assert.equal(browser.cookie, '')
    }
    const [entry] = await site.audited('account.login')
    assert.deepEqual([entry?.result, entry?.details.code], ['refused', 'OIDC_REFUSED'])
  })

  test('state, nonce, audience, issuer, time and signature must be what they are', async () => {
    const app = await port()
    const past = Math.floor(Date.now() / 1000) - 3600
    const wrong: [string, object, boolean?][] = [
      ['nonce', { nonce: 'another' }],
      ['no nonce', { nonce: undefined }],
      ['audience', { aud: 'another-client' }],
      ['issuer', { iss: 'https://evil.test' }],
      ['expired', { iat: past, exp: past + 60 }],
      ['not begun', { iat: past, nbf: Math.floor(Date.now() / 1000) + 3600 }],
      ['no subject', { sub: undefined }],
      ['signature', {}, true],
    ]
    for (const [what, claims, isForged] of wrong) {
      const browser = new Person(app)
      const url = provider.approve(await begin(browser), { ...ANN, ...claims }, isForged)
      assert.equal(await back(browser, url), REFUSED, what)
      assert.equal(browser.cookie, '', what)
    }
    const browser = new Person(app)
    const url = provider.approve(await begin(browser), ANN)
    url.searchParams.set('state', 'another')
    assert.equal(await back(browser, url), REFUSED)
    const denied = new Person(app)
    await begin(denied)
    const no = new URL(`${URL_HERE}/api/v1/account/oidc/callback?error=access_denied`)
    assert.equal(await back(denied, no), REFUSED)
  })

  test('a code opens once, and only in the browser that asked for it', async () => {
    const app = await port()
    const [browser, other] = [new Person(app), new Person(app)]
    const url = provider.approve(await begin(browser), ANN)
    assert.equal(await back(other, url), REFUSED, 'no cookie')
    await begin(other)
    assert.equal(await back(other, url), REFUSED, 'another login')
    const kept = browser.cookie
    const fresh = new Person(app)
    assert.equal(await back(browser, provider.approve(await begin(browser), ANN)), '/')
    for (const cookie of kept.split('; ')) fresh.keep(cookie)
    assert.equal(await back(fresh, url), '/', 'the first one was never used')
    fresh.keep(kept)
    assert.equal(await back(fresh, url), REFUSED, 'a replay')
  })

  test('to have been there and back is no proof; to have given the password there anew is (S6)', async () => {
    const app = await port()
    const isFresh = async (claims: object, again: boolean) => {
      const browser = new Person(app)
      const path = `/account/oidc/start${again ? '?again=true' : ''}`
      const { headers } = await browser.send('GET', path)
      const location = String(headers.location)
      assert.equal(new URL(location).searchParams.get('prompt'), again ? 'login' : null)
      assert.equal(await back(browser, provider.approve(location, { ...ANN, ...claims })), '/')
      const key = await browser.send('POST', '/api-keys', { name: `k${Math.random()}` })
      return key.status === 201
    }
    const now = Math.floor(Date.now() / 1000)
    assert.equal(await isFresh({}, false), false)
    assert.equal(await isFresh({ auth_time: now - 3600 }, false), false)
    assert.equal(await isFresh({ auth_time: now - 3600 }, true), false)
    assert.equal(await isFresh({ auth_time: now + 3600 }, false), true)
    assert.equal(await isFresh({ auth_time: now - 60 }, false), true)
    assert.equal(await isFresh({}, true), true)
  })

  test('a login that takes longer than ten minutes is begun anew', async () => {
    const browser = new Person(await port())
    const url = provider.approve(await begin(browser), ANN)
    await site.test.setClock(new Date(Date.now() + 11 * 60_000).toISOString())
    try {
      assert.equal(await back(browser, url), REFUSED)
    } finally {
      await site.test.setClock(undefined)
    }
  })

  test('who has no account is refused, or made a viewer where the settings say so', async () => {
    const eve = { sub: 'e-1', email: 'eve@example.org', email_verified: true, name: 'Eve' }
    const refusing = new Person(await port())
    assert.equal(await back(refusing, provider.approve(await begin(refusing), eve)), REFUSED)
    const taking = new Person(await port({ HOLDFAST_OIDC_OTHERS: 'viewer' }))
    assert.equal(await back(taking, provider.approve(await begin(taking), eve)), '/')
    const { body } = await taking.send<Account>('GET', '/account')
    assert.deepEqual([body.role, body.user?.name], ['viewer', 'Eve'])
    await site.expect(200, 'POST', '/users/eve@example.org/disable')
    const disabled = new Person(await port({ HOLDFAST_OIDC_OTHERS: 'viewer' }))
    assert.equal(await back(disabled, provider.approve(await begin(disabled), eve)), REFUSED)
  })

  test('a claim gives the role, and takes it; the last administrator stays one', async () => {
    const app = await port({
      HOLDFAST_OIDC_ROLE_CLAIM: 'groups',
      HOLDFAST_OIDC_ADMINS: 'dba, root',
      HOLDFAST_OIDC_OPERATORS: 'ops',
    })
    const dan = { sub: 'd-1', email: 'dan@example.org', email_verified: true }
    const enter = async (claims: object) => {
      const browser = new Person(app)
      const led = await back(browser, provider.approve(await begin(browser), { ...dan, ...claims }))
      return led === '/' ? (await browser.send<Account>('GET', '/account')).body.role : led
    }
    assert.equal(await enter({}), REFUSED)
    assert.equal(await enter({ groups: ['nothing'] }), REFUSED)
    assert.equal(await enter({ groups: ['ops', 'dba'] }), 'admin')
    assert.equal(await enter({ groups: 'ops' }), 'operator')
    assert.equal(await enter({ groups: ['nothing'] }), REFUSED)
    assert.equal(await enter({ groups: ['root'] }), 'admin')
    await site.expect(200, 'PATCH', '/users/root@example.org', { role: 'viewer' })
    assert.equal(await enter({ groups: ['ops'] }), 'admin')
    await site.expect(200, 'PATCH', '/users/root@example.org', { role: 'admin' })
  })

  test('a server that cannot be asked is told of', async () => {
    const gone = await OidcProvider.start()
    const issuer = gone.issuer
    await gone.stop()
    const started = await new Person(await port({ HOLDFAST_OIDC_ISSUER: issuer })).send(
      'GET',
      '/account/oidc/start',
    )
    assert.equal(refusal(started), '503 OIDC_UNREACHABLE')
  })

  test('an issuer without TLS is taken on this machine only', () => {
    const read = (issuer: string) => {
      const settings: Record<string, string> = {
        HOLDFAST_URL: URL_HERE,
        HOLDFAST_OIDC_ISSUER: issuer,
        HOLDFAST_OIDC_CLIENT_ID: 'x',
      }
      return readOidc(name => settings[name], undefined)?.issuer
    }
    for (const issuer of ['http://login.example.org', 'login', 'http://127.0.0.1.evil.test']) {
      assert.throws(() => read(issuer), { code: 'WRONG_USE' })
    }
    assert.equal(read('https://login.example.org'), 'https://login.example.org')
  })

  test('no secret of it is in the catalog, the log or an answer', async () => {
    const tables = ['users', 'user_identities', 'sessions', 'one_time_tokens', 'audit_log']
    for (const table of tables) {
      const rows = JSON.stringify(await site.test.catalog.query(`select * from ${table}`))
      assert.ok(!rows.includes(CLIENT.secret), table)
    }
    assert.ok(!site.said.join('\n').includes(CLIENT.secret))
  })
})
