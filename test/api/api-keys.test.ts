import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PREFIX } from '../../src/api/mount.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import { type Role, roleReaches, SCOPES, type Scope } from '../../src/core/access.ts'
import { refusal } from './accounts.ts'
import type { Person } from './person.ts'
import { ApiSite } from './site.ts'

interface Added {
  readonly key: {
    readonly id: string
    readonly role: Role
    readonly scopes: readonly Scope[] | null
    readonly owner: string | null
    readonly expiresAt: string | null
  }
  readonly secret: string
}

const DAY = 86_400_000

describe('API keys (S8)', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())

  const make = async (who: Person | ApiSite, body: object) => {
    const answer = await who.send<Added>('POST', '/api-keys', body)
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    return answer.body
  }
  const use = async (secret: string, method: 'GET' | 'POST' | 'DELETE', path: string) => {
    const headers = { authorization: `Bearer ${secret}` }
    return refusal(await site.send(method, path, undefined, headers, site.port))
  }

  test('a key is 256 random bits behind a prefix, and its hash is what is kept', async () => {
    const { key, secret } = await make(site, { name: 'plain' })
    assert.match(secret, /^hf_[\w-]{43}$/)
    assert.deepEqual([key.role, key.scopes, key.owner], ['admin', null, null])
    const rows = await site.test.catalog.query("select *, encode(hash, 'escape') from api_keys")
    assert.ok(!JSON.stringify(rows).includes(secret.slice(3)))
    const days = (new Date(key.expiresAt ?? 0).getTime() - Date.now()) / DAY
    assert.ok(days > 364 && days <= 365)
    assert.equal(await use(`${secret.slice(0, -1)}_`, 'GET', '/runs'), '401 KEY_REQUIRED')
  })

  test('each scope opens its area, to read or to change, and nothing else', async () => {
    const secrets = new Map<Scope, string>()
    for (const scope of SCOPES) {
      const { secret } = await make(site, { name: scope, scopes: [scope] })
      secrets.set(scope, secret)
    }
    for (const one of ROUTES.filter(route => route.needs !== 'nobody' && route.method === 'GET')) {
      for (const [scope, secret] of secrets) {
        const response = await site.port.inject({
          method: 'GET',
          url: PREFIX + one.path,
          headers: { authorization: `Bearer ${secret}` },
        })
        const isOpen = scope.startsWith(`${one.area}:`)
        const { code } = response.statusCode < 400 ? {} : response.json<{ code?: string }>()
        assert.equal(code === 'NOT_ALLOWED', !isOpen, `${scope} on ${one.path}: ${code}`)
      }
    }
    const changing = ROUTES.filter(route => route.needs !== 'nobody' && route.method !== 'GET')
    for (const one of changing) {
      for (const [scope, secret] of secrets) {
        if (scope === `${one.area}:write`) continue
        assert.equal(
          await use(secret, one.method as 'POST', one.path),
          '403 NOT_ALLOWED',
          `${scope} on ${one.path}`,
        )
      }
    }
  })

  test('a key does no more than its role, and none is made for more than one’s own', async () => {
    for (const role of ['viewer', 'operator', 'admin'] as const) {
      const { secret, key } = await make(site.as(role), { name: `mine ${role}` })
      assert.deepEqual([key.role, key.owner], [role, site.as(role).email])
      const allowed = (needed: Role) => roleReaches(role, needed)
      assert.equal((await use(secret, 'GET', '/runs')) === '200 undefined', allowed('viewer'))
      const stopped = await use(secret, 'POST', '/scheduler/start')
      assert.equal(stopped === '403 NOT_ALLOWED', !allowed('operator'))
      assert.equal((await use(secret, 'GET', '/users')) === '200 undefined', allowed('admin'))
      for (const more of ['operator', 'admin'] as const) {
        if (allowed(more)) continue
        const asked = await site.as(role).send('POST', '/api-keys', { name: 'x', role: more })
        assert.equal(refusal(asked), '403 NOT_ALLOWED')
      }
    }
  })

  test('a key makes no key that may do more than itself', async () => {
    const { secret } = await make(site, {
      name: 'maker',
      role: 'operator',
      scopes: ['api-keys:write', 'runs:read'],
    })
    const headers = { authorization: `Bearer ${secret}` }
    const ask = async (body: object) =>
      await site.send<Added>('POST', '/api-keys', { name: 'made', ...body }, headers, site.port)
    assert.equal(refusal(await ask({ role: 'admin' })), '403 NOT_ALLOWED')
    assert.equal(refusal(await ask({ scopes: ['runs:write'] })), '403 NOT_ALLOWED')
    assert.equal(refusal(await ask({ scopes: ['users:read'] })), '403 NOT_ALLOWED')
    const made = await ask({})
    assert.deepEqual(
      [made.body.key.role, made.body.key.scopes],
      ['operator', ['api-keys:write', 'runs:read']],
    )
  })

  test('the rights of its owner are looked at with every request', async () => {
    const owner = await site.member('admin').entered()
    const { secret } = await make(owner, { name: 'owned' })
    assert.equal(await use(secret, 'GET', '/users'), '200 undefined')
    await site.as('admin').entered()
    await site.expect(200, 'PATCH', `/users/${owner.email}`, { role: 'viewer' })
    assert.equal(await use(secret, 'GET', '/users'), '403 NOT_ALLOWED')
    assert.equal(await use(secret, 'GET', '/runs'), '200 undefined')
    await site.expect(200, 'POST', `/users/${owner.email}/disable`)
    assert.equal(await use(secret, 'GET', '/runs'), '401 KEY_REQUIRED')
    await site.expect(200, 'POST', `/users/${owner.email}/enable`)
    assert.equal(await use(secret, 'GET', '/runs'), '200 undefined')
    await site.expect(200, 'DELETE', `/users/${owner.email}`)
    assert.equal(await use(secret, 'GET', '/runs'), '401 KEY_REQUIRED')
  })

  test('it ends on its day', async () => {
    const { secret } = await make(site, { name: 'short', expiresInDays: 2 })
    const endless = await make(site, { name: 'endless', expiresInDays: null })
    try {
      await site.test.setClock(new Date(Date.now() + 1.9 * DAY).toISOString())
      assert.equal(await use(secret, 'GET', '/runs'), '200 undefined')
      await site.test.setClock(new Date(Date.now() + 2.1 * DAY).toISOString())
      assert.equal(await use(secret, 'GET', '/runs'), '401 KEY_REQUIRED')
      assert.equal(await use(endless.secret, 'GET', '/runs'), '200 undefined')
    } finally {
      await site.test.setClock(undefined)
    }
    for (const expiresInDays of [0, -1, 1.5, 3651, 'x']) {
      await site.refuse('INVALID_INPUT', 422, 'POST', '/api-keys', { name: 'y', expiresInDays })
    }
  })

  test('one sees and removes one’s own; administrators all; two may use the same name', async () => {
    const [ann, bob] = [site.member('viewer'), site.member('operator')]
    const hers = await make(ann, { name: 'laptop' })
    await make(bob, { name: 'laptop' })
    const names = async (who: Person) => {
      const { body } = await who.send<{ keys: { id: string }[] }>('GET', '/api-keys')
      return body.keys.map(one => one.id)
    }
    assert.deepEqual(await names(ann), [hers.key.id])
    assert.ok((await names(site.as('admin'))).includes(hers.key.id))
    const foreign = await bob.send('DELETE', `/api-keys/${hers.key.id}`)
    const missing = await bob.send('DELETE', '/api-keys/00000000-0000-4000-8000-000000000000')
    assert.deepEqual([refusal(foreign), refusal(missing)], ['404 NOT_FOUND', '404 NOT_FOUND'])
    const ambiguous = await site.as('admin').send('DELETE', '/api-keys/laptop')
    assert.equal(refusal(ambiguous), '409 NAME_AMBIGUOUS')
    assert.equal((await ann.send('DELETE', '/api-keys/laptop')).status, 200)
    assert.equal(await use(hers.secret, 'GET', '/runs'), '401 KEY_REQUIRED')
    assert.equal((await site.as('admin').send('DELETE', '/api-keys/laptop')).status, 200)
  })

  test('what is for people who logged in is not for keys', async () => {
    const { secret } = await make(site.as('admin'), { name: 'no person' })
    const own = ROUTES.filter(one => one.path.startsWith('/account/') && one.needs !== 'nobody')
    assert.ok(own.length >= 8)
    for (const one of own) {
      const body = BODIES[`${one.method} ${one.path}`]
      const path = one.path.replace(':session', '00000000-0000-4000-8000-000000000000')
      const headers = { authorization: `Bearer ${secret}` }
      const answer = await site.send(one.method, path, body, headers, site.port)
      assert.equal(refusal(answer), '403 SESSION_REQUIRED', path)
    }
  })
})

const BODIES: Readonly<Record<string, object>> = {
  'POST /account/prove': { password: 'x' },
  'POST /account/password': { password: 'x', newPassword: 'y' },
  'POST /account/two-factor/confirm': { code: '000000' },
}
