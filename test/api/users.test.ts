import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ROUTES } from '../../src/api/routes/index.ts'
import type { Role } from '../../src/core/access.ts'
import { type Account, addUser, loggedIn, login, PASSWORD, refusal } from './accounts.ts'
import type { Member } from './person.ts'
import { ApiSite } from './site.ts'

interface Invited {
  readonly user: { readonly id: string; readonly role: Role; readonly hasPassword: boolean }
  readonly invitation: { readonly token: string; readonly link: string } | null
}

const NEW = { email: 'new@example.org', name: 'New', role: 'viewer' }

describe('accounts of other people', () => {
  let site: ApiSite
  let admin: Member
  before(async () => {
    site = await ApiSite.open()
    admin = await site.as('admin').entered()
  })
  after(() => site.close())

  const stale = ({ id }: { readonly id: string }) =>
    site.test.catalog.query(
      `update sessions set proven_at = clock_now() - interval '301 seconds' where user_id = $1`,
      [id],
    )

  test('an administrator invites; by the link, once, somebody sets a password and is logged in', async () => {
    const { body } = await admin.send<Invited>('POST', '/users', NEW)
    assert.equal(body.user.hasPassword, false)
    assert.ok(body.invitation)
    const { token, link } = body.invitation
    assert.equal(link, `/invitation#${token}`)
    const browser = site.stranger()
    const weak = await browser.send('POST', '/account/invitation', {
      token,
      password: 'password1234',
    })
    assert.equal(refusal(weak), '422 PASSWORD_UNFIT')
    const set = { token, password: PASSWORD }
    const both = await Promise.all([
      browser.send<Account>('POST', '/account/invitation', set),
      site.stranger().send('POST', '/account/invitation', set),
    ])
    assert.deepEqual(
      both.map(one => one.status).sort((a, b) => a - b),
      [200, 403],
    )
    assert.equal(
      (await login(site.stranger(), { ...set, email: NEW.email, token: undefined })).status,
      200,
    )
    const log = JSON.stringify(await site.test.catalog.query('select * from audit_log'))
    assert.ok(!log.includes(token) && !log.includes(PASSWORD))
  })

  test('a link that is old, replaced or of somebody disabled opens nothing', async () => {
    const reset = async () => {
      const path = `/users/${NEW.email}/reset-password`
      const { body } = await admin.send<Invited>('POST', path, {})
      return body.invitation?.token ?? ''
    }
    const open = async (token: string) =>
      refusal(
        await site.stranger().send('POST', '/account/invitation', { token, password: PASSWORD }),
      )
    const replaced = await reset()
    const token = await reset()
    assert.equal(await open(replaced), '403 LINK_SPENT')
    await site.test.setClock(new Date(Date.now() + 73 * 3_600_000).toISOString())
    assert.equal(await open(token), '403 LINK_SPENT')
    await site.test.setClock(undefined)
    await site.expect(200, 'POST', `/users/${NEW.email}/disable`)
    assert.equal(await open(token), '403 LINK_SPENT')
    await site.expect(200, 'POST', `/users/${NEW.email}/enable`)
    assert.equal(
      (await site.stranger().send('POST', '/account/invitation', { token, password: PASSWORD }))
        .status,
      200,
    )
  })

  test('whoever may not administer accounts sees and changes none', async () => {
    for (const role of ['viewer', 'operator'] as const) {
      const person = site.as(role)
      for (const one of ROUTES.filter(route => route.area === 'users')) {
        const path = one.path.replace(':user', admin.email)
        assert.equal(refusal(await person.send(one.method, path)), '403 NOT_ALLOWED', one.path)
      }
    }
  })

  test('every change of accounts and keys takes a proof that is not older than 5 minutes (S6)', async () => {
    const guarded = ROUTES.filter(
      one => one.method !== 'GET' && (one.area === 'users' || one.action === 'api-key.add'),
    )
    assert.ok(guarded.length >= 8 && guarded.every(one => one.stepUp))
    const email = 'proving@example.org'
    const user = await addUser(site, email, 'admin')
    const person = await loggedIn(site, email)
    await stale(user)
    for (const one of guarded) {
      const answer = await person.send(one.method, one.path.replace(':user', NEW.email))
      assert.equal(refusal(answer), '403 STEP_UP_REQUIRED', one.path)
    }
    const wrong = await person.send('POST', '/account/prove', { password: 'a wrong one of 12' })
    assert.equal(refusal(wrong), '401 LOGIN_REFUSED')
    const path = `/users/${NEW.email}`
    assert.equal(refusal(await person.send('PATCH', path, { name: 'X' })), '403 STEP_UP_REQUIRED')
    assert.equal((await person.send('POST', '/account/prove', { password: PASSWORD })).status, 200)
    assert.equal((await person.send('PATCH', path, { name: 'Newer' })).status, 200)
    await site.expect(200, 'DELETE', `/users/${email}`)
  })

  test('nothing but what is listed can be set, on one’s own account or another (S28)', async () => {
    const viewer = site.as('viewer')
    const fields: object[] = [
      { role: 'admin' },
      { id: admin.id },
      { email: 'x@example.org' },
      { totp_confirmed_at: null },
      { disabledAt: null },
      { __proto__: { role: 'admin' }, constructor: 1 },
    ]
    for (const field of fields) {
      const own = await viewer.send('PATCH', '/account', { name: 'Vera', ...field })
      assert.equal(refusal(own), '422 INVALID_INPUT', JSON.stringify(field))
    }
    const sneaky = '{"name":"Vera","__proto__":{"role":"admin"}}'
    const proto = await viewer.send('PATCH', '/account', sneaky, {
      'content-type': 'application/json',
    })
    assert.ok(proto.status >= 400 && proto.status < 500)
    for (const field of [{ email: 'x@example.org' }, { hasPassword: true }, { id: viewer.id }]) {
      const other = await admin.send('PATCH', `/users/${viewer.email}`, field)
      assert.equal(refusal(other), '422 INVALID_INPUT')
    }
    const made = await admin.send('POST', '/users', {
      ...NEW,
      email: 'z@example.org',
      id: viewer.id,
    })
    assert.equal(refusal(made), '422 INVALID_INPUT')
    const { body } = await viewer.send<Account>('PATCH', '/account', { name: 'Vera' })
    assert.deepEqual([body.role, body.user?.name], ['viewer', 'Vera'])
  })

  test('of the administrators one stays, also when two remove each other at the same time', async () => {
    const refusals = [
      await site.send('DELETE', `/users/${admin.email}`),
      await site.send('POST', `/users/${admin.email}/disable`),
      await site.send('PATCH', `/users/${admin.email}`, { role: 'operator' }),
    ]
    assert.deepEqual(refusals.map(refusal), Array(3).fill('409 LAST_ADMIN'))
    for (let round = 0; round < 5; round += 1) {
      const other = await site.member('admin').entered()
      const [first, second] = await Promise.all([
        site.send('PATCH', `/users/${other.email}`, { role: 'viewer' }),
        site.send('PATCH', `/users/${admin.email}`, { role: 'viewer' }),
      ])
      assert.deepEqual(
        [first.status, second.status].sort((a, b) => a - b),
        [200, 409],
      )
      const [left] = await site.test.catalog.query<{ email: string }>(
        `select email from users where role = 'admin' and disabled_at is null and removed_at is null`,
      )
      if (left?.email !== admin.email) {
        await site.expect(200, 'PATCH', `/users/${admin.email}`, { role: 'admin' })
        await site.expect(200, 'PATCH', `/users/${left?.email}`, { role: 'viewer' })
      }
    }
  })

  test('an address is one person’s; a removed one is free again, and lets nobody in', async () => {
    await site.refuse('NAME_TAKEN', 409, 'POST', '/users', { ...NEW, email: 'NEW@example.org' })
    await site.expect(200, 'DELETE', `/users/${NEW.email}`)
    const gone = await login(site.stranger(), { email: NEW.email, password: PASSWORD })
    assert.equal(refusal(gone), '401 LOGIN_REFUSED')
    await site.refuse('NOT_FOUND', 404, 'GET', `/users/${NEW.email}`)
    await site.expect(201, 'POST', '/users', NEW)
  })

  test('a proof does not last', async () => {
    const other = await site.member('admin').entered()
    assert.equal(
      (await other.send('POST', '/users', { ...NEW, email: 'y@example.org' })).status,
      201,
    )
    await stale(other)
    const late = await other.send('DELETE', '/users/y@example.org')
    assert.equal(refusal(late), '403 STEP_UP_REQUIRED')
  })
})
