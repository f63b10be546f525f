import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { offerSetup } from '../../src/api/login/links.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import { login, PASSWORD } from './accounts.ts'
import type { Person } from './person.ts'
import { ApiSite } from './site.ts'

const ROOT = { email: 'root@example.org', name: 'Root', password: PASSWORD }
const ANN = 'ann@example.org'

describe('the record of accounts', () => {
  let site: ApiSite
  let root: Person
  const walked = new Set<string>()
  before(async () => {
    site = await ApiSite.open()
    root = site.stranger()
  })
  after(() => site.close())

  const countRecords = async () => (await site.test.catalog.query('select from audit_log')).length

  /** Sends what a route takes; one record of it is left, in the name of `actor`. */
  async function step<Body = unknown>(
    route: string,
    body: object | undefined,
    actor: string,
    { who = root, id = '' }: { who?: Pick<Person, 'send'>; id?: string } = {},
  ): Promise<Body> {
    const one = ROUTES.find(({ method, path }) => `${method} ${path}` === route)
    assert.ok(one?.action, route)
    const before = await countRecords()
    const path = one.path.replace(':user', ANN).replace(':session', id)
    const answer = await who.send<Body>(one.method, path, body)
    assert.ok(answer.status < 300, `${route}: ${JSON.stringify(answer.body)}`)
    assert.equal((await countRecords()) - before, route === 'POST /setup' ? 2 : 1, route)
    const [entry] = await site.audited(one.action)
    assert.deepEqual([entry?.actor, entry?.result], [actor, 'done'], route)
    walked.add(route)
    return answer.body
  }

  test('every change leaves one record of who did it', async () => {
    const [me, ann] = [`user ${ROOT.email}`, `user ${ANN}`]
    const token = (await offerSetup(site.test.catalog))?.reveal()
    // The second record is that of the login that comes with it.
    await step('POST /setup', { ...ROOT, token }, me)
    await step('POST /account/login', { email: ROOT.email, password: PASSWORD }, me)
    await step('PATCH /account', { name: 'Roo' }, me)
    await step('POST /account/prove', { password: PASSWORD }, me)
    await step('POST /account/password', { password: PASSWORD, newPassword: PASSWORD }, me)

    const { secret } = await step<{ secret: string }>('POST /account/two-factor', undefined, me)
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate()
    await step('POST /account/two-factor/confirm', { code }, me)
    await step('POST /account/two-factor/recovery-codes', undefined, me)
    await step('DELETE /account/two-factor', undefined, me)

    const invited = await step<{ invitation: { token: string } }>(
      'POST /users',
      { email: ANN, name: 'Ann', role: 'viewer' },
      me,
    )
    const link = { token: invited.invitation.token, password: PASSWORD }
    const browser = site.stranger()
    const before = await countRecords()
    assert.equal((await browser.send('POST', '/account/invitation', link)).status, 200)
    assert.equal(
      (await countRecords()) - before,
      2,
      'the password, and the login that comes with it',
    )
    const [set] = await site.audited('account.invitation')
    assert.equal(set?.actor, ann)
    walked.add('POST /account/invitation')

    await step('PATCH /users/:user', { role: 'operator' }, me)
    await step('POST /users/:user/disable', undefined, me)
    await step('POST /users/:user/enable', undefined, me)
    await step('POST /users/:user/reset-password', { password: PASSWORD }, me)
    await site.test.catalog.query(`update users set totp_sealed = '\\x00' where email = $1`, [ANN])
    const host = { who: site }
    await step('POST /users/:user/reset-two-factor', undefined, 'local user ops', host)

    await login(site.stranger(), { email: ROOT.email, password: PASSWORD })
    const { sessions } = (
      await root.send<{ sessions: { id: string; current: boolean }[] }>('GET', '/account/sessions')
    ).body
    const other = sessions.find(one => !one.current)?.id ?? ''
    await step('DELETE /account/sessions/:session', undefined, me, { id: other })
    await step('DELETE /account/sessions', undefined, me)
    await step('DELETE /users/:user', undefined, me)
    await step('POST /account/logout', undefined, me)

    const changing = ROUTES.filter(
      one => one.action !== undefined && ['account', 'users'].includes(one.area),
    )
    assert.deepEqual(
      changing.map(one => `${one.method} ${one.path}`).filter(one => !walked.has(one)),
      [],
    )
  })
})
