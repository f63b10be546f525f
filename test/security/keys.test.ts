import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { refusal } from '../api/accounts.ts'
import type { Member, Person } from '../api/person.ts'
import { ApiSite } from '../api/site.ts'

interface Added {
  readonly key: { readonly id: string; readonly expiresAt: string | null }
  readonly secret: string
}

describe('whoever has got hold of a key', () => {
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
  const by = (secret: string) => ({
    send: async <Body>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) =>
      await site.send<Body>(method, path, body, { authorization: `Bearer ${secret}` }, site.port),
  })

  test('makes none that lasts longer than it', async () => {
    const { key, secret } = await make(site, { name: 'short', expiresInDays: 2 })
    const thief = by(secret)
    for (const expiresInDays of [null, 3, 365]) {
      const body = { name: `later ${expiresInDays}`, expiresInDays }
      const made = await thief.send<Added>('POST', '/api-keys', body)
      assert.equal(made.body.key.expiresAt, key.expiresAt)
    }
    const sooner = await thief.send<Added>('POST', '/api-keys', {
      name: 'sooner',
      expiresInDays: 1,
    })
    assert.ok(String(sooner.body.key.expiresAt) < String(key.expiresAt))
    const endless = await make(site, { name: 'endless', expiresInDays: null })
    const child = { name: 'endless too', expiresInDays: null }
    const own = await by(endless.secret).send<Added>('POST', '/api-keys', child)
    assert.equal(own.body.key.expiresAt, null)
  })

  test('gives nobody a login that may do more than its scopes', async () => {
    const { secret } = await make(site, { name: 'people', scopes: ['users:write'] })
    const thief = by(secret)
    const victim = await site.member('admin').entered()
    const viewer = await site.member('viewer').entered()
    const tries = [
      ['POST', '/users', { email: 'x@example.org', name: 'X', role: 'admin' }],
      ['POST', '/users', { email: 'x@example.org', name: 'X', role: 'viewer' }],
      ['PATCH', `/users/${viewer.id}`, { role: 'admin' }],
      ['POST', `/users/${victim.id}/reset-password`, {}],
    ] as const
    for (const [method, path, body] of tries) {
      assert.equal(refusal(await thief.send(method, path, body)), '403 NOT_ALLOWED', path)
    }
    assert.equal((await thief.send('PATCH', `/users/${viewer.id}`, { name: 'Y' })).status, 200)
    assert.equal((await thief.send('POST', `/users/${viewer.id}/disable`)).status, 200)
  })
})

describe('whoever has got hold of an old session', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())

  test('makes no key, account or second factor and resets no password', async () => {
    const owner = await site.member('admin').entered()
    await grownOld(owner)
    const tries = [
      ['POST', '/api-keys', { name: 'kept' }],
      ['POST', '/users', { email: 'x@example.org', name: 'X', role: 'admin' }],
      ['PATCH', `/users/${owner.id}`, { role: 'admin' }],
      ['POST', `/users/${owner.id}/reset-password`, {}],
      ['POST', '/account/two-factor', undefined],
      ['DELETE', '/account/two-factor', undefined],
      ['POST', '/account/two-factor/recovery-codes', undefined],
    ] as const
    for (const [method, path, body] of tries) {
      assert.equal(refusal(await owner.send(method, path, body)), '403 STEP_UP_REQUIRED', path)
    }
    const change = { password: 'not the one', newPassword: 'a plover under seven lamps' }
    assert.equal(
      refusal(await owner.send('POST', '/account/password', change)),
      '401 LOGIN_REFUSED',
    )
  })

  test('restores nothing in place of a database, takes no repository away and no lock', async () => {
    await site.addShop()
    const owner = await site.member('admin').entered()
    const run = { kind: 'restore', source: 'shop', backup: 'latest' }
    const asked = await owner.send<{ id: string }>('POST', '/runs', { ...run, target: 'source' })
    assert.equal(asked.status, 201)
    await owner.send('POST', `/runs/${asked.body.id}/cancel`)
    await grownOld(owner)
    const elsewhere = { target: site.test.server.url('shop'), replace: true }
    const tries = [
      ['POST', '/runs', { ...run, target: 'source' }],
      ['POST', '/runs', { ...run, ...elsewhere }],
      ['POST', '/runs', { ...run, target: 'source', database: 'other', replace: true }],
      ['POST', `/runs/${asked.body.id}/retry`, undefined],
      ['POST', '/locks/release', { lock: 'shop' }],
      ['DELETE', '/repositories/main', undefined],
    ] as const
    for (const [method, path, body] of tries) {
      assert.equal(refusal(await owner.send(method, path, body)), '403 STEP_UP_REQUIRED', path)
    }
  })

  /** The last proof of somebody was six minutes ago. */
  const grownOld = async (owner: Member) => {
    await site.test.catalog.query(
      `update sessions set proven_at = clock_now() - interval '6 minutes' where user_id = $1`,
      [owner.id],
    )
  }
})
