import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { type Account, addUser, loggedIn, login, PASSWORD, refusal } from './accounts.ts'
import type { Person } from './person.ts'
import { ApiSite } from './site.ts'

const EMAIL = 'ann@example.org'
const STEP_MS = 30_000

interface Offer {
  readonly secret: string
  readonly uri: string
}

describe('the second factor (S3)', () => {
  let site: ApiSite
  let ann: Person
  let secret = ''
  let recoveryCodes: readonly string[] = []
  before(async () => {
    site = await ApiSite.open()
    await addUser(site, EMAIL)
    ann = await loggedIn(site, EMAIL)
  })
  after(() => site.close())

  /** The code of a time step beside the present one. */
  const code = (off = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({
      timestamp: Date.now() + off * STEP_MS,
    })
  /** Lets codes be used again, as if the last one was long ago. */
  const forgetStep = () => site.test.catalog.query('update users set totp_last_step = 0')
  const forgetTries = () => site.test.catalog.query('delete from login_tries')
  const enter = (body: object) =>
    login(site.stranger(), { email: EMAIL, password: PASSWORD, ...body })

  test('it is offered once, sealed, and counts only once a code was given', async () => {
    const offer = await ann.send<Offer>('POST', '/account/two-factor')
    assert.equal(offer.status, 201)
    secret = offer.body.secret
    assert.match(secret, /^[A-Z2-7]{32}$/)
    assert.match(
      offer.body.uri,
      /^otpauth:\/\/totp\/Holdfast:ann%40example\.org\?issuer=Holdfast&secret=[A-Z2-7]{32}&/,
    )
    const rows = await site.test.catalog.query('select * from users')
    assert.ok(!JSON.stringify(rows).includes(secret))
    assert.equal((await enter({})).status, 200)
    const wrong = await ann.send('POST', '/account/two-factor/confirm', { code: '000000' })
    assert.equal(refusal(wrong), '401 LOGIN_REFUSED')
  })

  test('with its first code it is on: other sessions end, ten recovery codes are shown', async () => {
    const elsewhere = await loggedIn(site, EMAIL)
    const before = ann.cookie
    const on = await ann.send<{ recoveryCodes: string[] }>('POST', '/account/two-factor/confirm', {
      code: code(),
    })
    assert.equal(on.status, 200, JSON.stringify(on.body))
    recoveryCodes = on.body.recoveryCodes
    assert.equal(new Set(recoveryCodes).size, 10)
    assert.ok(recoveryCodes.every(one => /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/.test(one)))
    assert.notEqual(ann.cookie, before)
    assert.equal((await elsewhere.send('GET', '/account')).status, 401)
    const { body } = await ann.send<Account>('GET', '/account')
    assert.deepEqual([body.user?.twoFactor, body.user?.recoveryCodesLeft], [true, 10])
    const rows = JSON.stringify(await site.test.catalog.query('select * from recovery_codes'))
    assert.ok(!recoveryCodes.some(one => rows.includes(one)))
    const again = await ann.send('POST', '/account/two-factor')
    assert.equal(refusal(again), '409 TWO_FACTOR_STATE')
  })

  test('then the password alone answers a challenge, which takes a code', async () => {
    await forgetStep()
    const first = await login<{ code: string; challenge: string }>(site.stranger(), {
      email: EMAIL,
      password: PASSWORD,
    })
    assert.equal(refusal(first), '401 TWO_FACTOR_REQUIRED')
    assert.equal(first.headers['set-cookie'], undefined)
    const { challenge } = first.body
    const wrong = await login(site.stranger(), { challenge, code: '000000' })
    assert.equal(refusal(wrong), '401 LOGIN_REFUSED')
    const second = await login(site.stranger(), { challenge, code: code() })
    assert.equal(second.body.user?.email, EMAIL)
    const spent = await login(site.stranger(), { challenge, code: code(1) })
    assert.equal(refusal(spent), '401 LOGIN_REFUSED')
  })

  test('a challenge is worth nothing after five minutes, or without one', async () => {
    const first = await login<{ challenge: string }>(site.stranger(), {
      email: EMAIL,
      password: PASSWORD,
    })
    try {
      await site.test.setClock(new Date(Date.now() + 6 * 60_000).toISOString())
      await forgetStep()
      const late = await login(site.stranger(), {
        ...first.body,
        code: code(),
        challenge: first.body.challenge,
      })
      assert.equal(late.status, 422)
      const { challenge } = first.body
      assert.equal(
        refusal(await login(site.stranger(), { challenge, code: code() })),
        '401 LOGIN_REFUSED',
      )
    } finally {
      await site.test.setClock(undefined)
    }
  })

  test('a code is taken once, half a minute early or late, and none from before the last one', async () => {
    await forgetStep()
    assert.equal(refusal(await enter({ code: code(-3) })), '401 LOGIN_REFUSED')
    assert.equal(refusal(await enter({ code: code(3) })), '401 LOGIN_REFUSED')
    const one = code()
    assert.equal((await enter({ code: one })).status, 200)
    assert.equal(refusal(await enter({ code: one })), '401 LOGIN_REFUSED', 'a replay')
    const next = code(1)
    assert.equal((await enter({ code: next })).status, 200)
    assert.equal(refusal(await enter({ code: one })), '401 LOGIN_REFUSED', 'an earlier step')
    await forgetTries()
  })

  test('of two who use the same code at the same time one gets in', async () => {
    await forgetStep()
    const one = code()
    const both = await Promise.all([enter({ code: one }), enter({ code: one })])
    assert.deepEqual(
      both.map(answer => answer.status).sort((a, b) => a - b),
      [200, 401],
    )
  })

  test('a recovery code opens once, however it is typed', async () => {
    const [first = ''] = recoveryCodes
    const typed = first.toLowerCase().replaceAll('-', ' ')
    assert.equal((await enter({ code: typed })).status, 200)
    assert.equal(refusal(await enter({ code: first })), '401 LOGIN_REFUSED')
    const { body } = await ann.send<Account>('GET', '/account')
    assert.equal(body.user?.recoveryCodesLeft, 9)
    const entry = (await site.audited('account.login')).find(one => one.result === 'done')
    assert.equal(entry?.details.by, 'password and recovery code')
    const renewed = await ann.send<{ recoveryCodes: string[] }>(
      'POST',
      '/account/two-factor/recovery-codes',
    )
    assert.equal(renewed.status, 201)
    assert.equal(refusal(await enter({ code: recoveryCodes[1] })), '401 LOGIN_REFUSED')
    recoveryCodes = renewed.body.recoveryCodes
  })

  test('codes cannot be guessed from many addresses; recovery codes open even then', async t => {
    await forgetTries()
    // On a busy machine waits are over before the next one comes.
    await site.test.setClock(new Date().toISOString())
    t.after(() => site.test.setClock(undefined))
    let looked = 0
    for (let i = 0; i < 30; i += 1) {
      const person = site.stranger()
      person.address = `198.51.100.${i + 1}`
      const answer = await login(person, {
        email: EMAIL,
        password: PASSWORD,
        code: i % 2 === 0 ? '000000' : '999999',
      })
      if (answer.status === 401) looked += 1
    }
    assert.ok(looked >= 20 && looked < 26, `${looked}`)
    await forgetStep()
    assert.equal(refusal(await enter({ code: code() })), '429 TOO_MANY_REQUESTS')
    assert.equal((await enter({ code: recoveryCodes[0] })).status, 200)
    await forgetTries()
  })

  test('a code proves that it is still you', async () => {
    await forgetStep()
    const one = { code: code() }
    const proof = await ann.send<Account>('POST', '/account/prove', one)
    assert.equal(proof.status, 200, JSON.stringify(proof.body))
    const replay = await ann.send('POST', '/account/prove', one)
    assert.equal(refusal(replay), '401 LOGIN_REFUSED')
  })

  test('the password alone proves nothing any more, nor does changing it', async () => {
    await site.test.catalog.query(
      `update sessions set proven_at = clock_now() - interval '6 minutes'`,
    )
    const refused = await ann.send<{ detail: string }>('POST', '/account/prove', {
      password: PASSWORD,
    })
    assert.equal(refusal(refused), '403 CODE_REQUIRED')
    assert.match(refused.body.detail, /second factor .*the password alone is not enough/)
    // The same for a wrong one: it is not looked at.
    const wrong = await ann.send('POST', '/account/prove', { password: 'a wrong one of 12' })
    assert.equal(refusal(wrong), '403 CODE_REQUIRED')
    const changed = await ann.send('POST', '/account/password', {
      password: PASSWORD,
      newPassword: PASSWORD,
    })
    assert.equal(changed.status, 200, JSON.stringify(changed.body))
    assert.equal(
      refusal(await ann.send('POST', '/account/two-factor/recovery-codes')),
      '403 STEP_UP_REQUIRED',
    )
    const proof = await ann.send('POST', '/account/prove', { code: recoveryCodes[9] })
    assert.equal(proof.status, 200, JSON.stringify(proof.body))
  })

  test('a link for a new password does not pass the second factor by', async () => {
    const { invitation } = await site.expect<{ invitation: { token: string } }>(
      200,
      'POST',
      `/users/${EMAIL}/reset-password`,
      {},
    )
    const browser = site.stranger()
    const set = { token: invitation.token, password: PASSWORD }
    const answer = await browser.send('POST', '/account/invitation', set)
    assert.deepEqual([answer.status, answer.body], [200, null])
    assert.equal(browser.cookie, '')
    const again = await browser.send('POST', '/account/invitation', set)
    assert.equal(refusal(again), '403 LINK_SPENT')
  })

  test('only on the server’s own machine somebody else’s is taken away', async () => {
    const path = `/users/${EMAIL}/reset-two-factor`
    assert.equal(refusal(await site.as('admin').send('POST', path)), '403 ONLY_ON_HOST')
    await site.expect(200, 'POST', path)
    await site.refuse('TWO_FACTOR_STATE', 409, 'POST', path)
    assert.equal((await enter({})).status, 200)
  })

  test('its owner turns it off, with a proof', async () => {
    const person = await loggedIn(site, EMAIL)
    const offer = await person.send<Offer>('POST', '/account/two-factor')
    secret = offer.body.secret
    await person.send('POST', '/account/two-factor/confirm', { code: code() })
    await site.test.catalog.query(
      `update sessions set proven_at = clock_now() - interval '6 minutes'`,
    )
    assert.equal(
      refusal(await person.send('DELETE', '/account/two-factor')),
      '403 STEP_UP_REQUIRED',
    )
    await forgetStep()
    await person.send('POST', '/account/prove', { code: code() })
    assert.equal((await person.send('DELETE', '/account/two-factor')).status, 200)
    assert.equal((await enter({})).status, 200)
    const actions = ['two-factor.offer', 'two-factor.on', 'two-factor.off', 'two-factor.codes']
    for (const action of actions) assert.ok((await site.audited(action)).length > 0, action)
    const log = JSON.stringify(await site.test.catalog.query('select * from audit_log'))
    assert.ok(!log.includes(secret) && !recoveryCodes.some(one => log.includes(one)))
  })
})
