import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { requireGoodPassword } from '../../src/api/login/password-rules.ts'
import { passwordFits } from '../../src/api/login/passwords.ts'
import { Secret } from '../../src/core/secret.ts'
import { addUser, login, PASSWORD, refusal } from './accounts.ts'
import { ApiSite } from './site.ts'

const EMAIL = 'ann@example.org'

describe('passwords (S2)', () => {
  const ANN = { email: 'anneliese@example.org', name: 'Anneliese Muster' }
  const problem = (password: string): string => {
    try {
      requireGoodPassword(new Secret(password), ANN)
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }

  test('12 to 256 characters are taken, counted as people do, and nothing is cut off', () => {
    assert.match(problem('k7!bq Zt2@x'), /shorter than 12/)
    assert.equal(problem('k7!bq Zt2@xw'), '')
    assert.match(problem('🦉🐝🦊🐙🦀🐌🦋🐢🦎🐍🦔'), /shorter than 12/)
    assert.equal(problem('🦉🐝🦊🐙🦀🐌🦋🐢🦎🐍🦔🦩'), '')
    const long = `correct lantern ${'gravel moth '.repeat(20)}`
    assert.equal(problem(long), '')
    assert.match(problem(long.padEnd(257, 'x')), /longer than 256/)
  })

  test('what everybody tries first is refused', () => {
    const common = [
      'password1234',
      'Password2026!',
      'p4ssw0rd!!!!',
      'qwertyuiop123',
      'adminadmin12',
      'Welcome2Welcome2',
      'letmein-letmein',
      'iloveyou2024!',
      '123456789012',
      '987654321098',
      'aaaaaaaaaaaaaa',
      'abababababab',
      'Summer2026!!!!',
      'ChangeMe12345',
      'my secret password',
      'passwordpasswordpassword',
    ]
    assert.deepEqual(
      common.filter(one => problem(one) === ''),
      [],
    )
    for (const own of ['anneliese likes tea', 'my-holdfast-server', 'x MUSTER y 99 zz']) {
      assert.match(problem(own), /holds your name/, own)
    }
    const good = [
      'correct horse battery staple',
      PASSWORD,
      'tr0mb0ne-Quarry-81',
      '4815162342108 gulls',
    ]
    assert.deepEqual(
      good.filter(one => problem(one) !== ''),
      [],
    )
  })

  test('a long text of pieces is judged at once', () => {
    const started = performance.now()
    problem(`${'me1 '.repeat(63)}…`)
    assert.ok(performance.now() - started < 200)
  })
})

describe('logging in', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await addUser(site, EMAIL)
  })
  after(() => site.close())

  const tryFrom = async (address: string, body: object) => {
    const person = site.stranger()
    person.address = address
    return await login(person, body)
  }

  test('a hash has its own salt and its parameters; long passwords differ in their end (S2)', async () => {
    const long =
      'a sentence that goes on for more than seventy-two bytes, as bcrypt would cut it off: '
    for (const [email, end] of [
      ['b@example.org', 'one'],
      ['c@example.org', 'one'],
    ]) {
      const body = { email, name: 'B', role: 'viewer', password: long + end }
      await site.expect(201, 'POST', '/users', body)
    }
    const rows = await site.test.catalog.query<{ password: string }>(
      `select password from users where email in ('b@example.org', 'c@example.org')`,
    )
    const [one, other] = rows.map(row => row.password)
    assert.match(String(one), /^scrypt\$15\$8\$2\$[\w-]{22}\$[\w-]{43}$/)
    assert.notEqual(one, other)
    assert.ok(await passwordFits(new Secret(`${long}one`), one ?? null))
    assert.ok(!(await passwordFits(new Secret(`${long}two`), one ?? null)))
    const composed = {
      email: 'd@example.org',
      name: 'D',
      role: 'viewer',
      password: 'caf\u00e9 moth lantern',
    }
    await site.expect(201, 'POST', '/users', composed)
    const typed = { email: 'd@example.org', password: 'cafe\u0301 moth lantern' }
    assert.equal((await tryFrom('192.0.2.1', typed)).status, 200)
  })

  test('an unknown address, a wrong password and a disabled account are answered alike (S32)', async () => {
    await addUser(site, 'gone@example.org')
    await site.expect(200, 'POST', '/users/gone@example.org/disable')
    const answers = await Promise.all(
      [
        { email: 'nobody@example.org', password: PASSWORD },
        { email: EMAIL, password: 'a wrong one of 12' },
        { email: 'gone@example.org', password: PASSWORD },
      ].map(body => tryFrom('192.0.2.2', body)),
    )
    assert.deepEqual(answers.map(refusal), Array(3).fill('401 LOGIN_REFUSED'))
    assert.equal(new Set(answers.map(one => JSON.stringify(one.body))).size, 1)
  })

  test('an unknown address takes as long as a wrong password (S2, S32)', async () => {
    const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1] ?? 0
    const times: Record<string, number[]> = { [EMAIL]: [], 'nobody@example.org': [] }
    // In turns, so that whatever else the machine does falls on both alike.
    for (let i = 0; i < 7; i += 1) {
      for (const [email, taken] of Object.entries(times)) {
        const started = performance.now()
        await tryFrom(`198.51.100.${i + 1}`, { email, password: 'a wrong one of 12' })
        taken.push(performance.now() - started)
      }
    }
    const [known = 0, unknown = 0] = Object.values(times).map(median)
    assert.ok(known > 40 && unknown > 40, `${known} ms, ${unknown} ms`)
    assert.ok(Math.max(known, unknown) / Math.min(known, unknown) < 2, `${known} ms, ${unknown} ms`)
  })

  test('after five wrong ones the next waits, whatever a header says of the address (S4)', async t => {
    await addUser(site, 'wanted@example.org')
    // It stands still: on a slow machine the first wait would be over meanwhile.
    await site.test.setClock(new Date().toISOString())
    t.after(() => site.test.setClock(undefined))
    const wrong = { email: 'wanted@example.org', password: 'a wrong one of 12' }
    const codes: string[] = []
    for (let i = 0; i < 40; i += 1) {
      const person = site.stranger()
      person.address = '203.0.113.5'
      const forged = { 'x-forwarded-for': `10.0.${i}.1`, forwarded: `for=10.1.${i}.1` }
      const answer = await person.send('POST', '/account/login', wrong, forged)
      codes.push(refusal(answer))
      if (answer.status === 429) {
        assert.ok(Number(answer.headers['retry-after']) >= 1)
        // The right password has to wait as well: else the answer would tell it.
        const right = await tryFrom('203.0.113.5', { ...wrong, password: PASSWORD })
        assert.equal(refusal(right), '429 TOO_MANY_REQUESTS')
      }
    }
    assert.deepEqual(codes.slice(0, 5), Array(5).fill('401 LOGIN_REFUSED'))
    assert.ok(codes.filter(one => one === '429 TOO_MANY_REQUESTS').length >= 30, codes.join())
    const owner = await tryFrom('198.51.100.77', { ...wrong, password: PASSWORD })
    assert.equal(owner.status, 200, 'the owner is not locked out elsewhere')
    const refused = (await site.audited('account.login')).filter(
      one => one.objectName === 'wanted@example.org' && one.result === 'refused',
    )
    assert.ok(refused.length >= 5 && refused.length < 12)
  })

  test('tries at the same time are no way around the limit (S4)', async () => {
    await addUser(site, 'raced@example.org')
    const wrong = { email: 'raced@example.org', password: 'a wrong one of 12' }
    const all = Array.from({ length: 15 }, () => tryFrom('203.0.113.6', wrong))
    const looked = (await Promise.all(all)).filter(one => one.status === 401)
    assert.ok(looked.length <= 5, `${looked.length}`)
  })

  test('one address that tries many accounts waits, too; a network counts as one (S4)', async () => {
    const codes: string[] = []
    for (let i = 0; i < 26; i += 1) {
      const body = { email: `nobody${i}@example.org`, password: 'a wrong one of 12' }
      codes.push(refusal(await tryFrom(`2001:db8:1:2::${i}`, body)))
    }
    assert.deepEqual(codes.slice(0, 20), Array(20).fill('401 LOGIN_REFUSED'))
    assert.ok(codes.slice(20).includes('429 TOO_MANY_REQUESTS'), codes.slice(20).join())
  })

  test('an account that is tried from everywhere stays open to its owner, at the first right try (S4)', async () => {
    await addUser(site, 'famous@example.org')
    await site.test.catalog.query(
      `update login_tries set tries = 1000 where tries > 0 and free_at <= clock_now()`,
    )
    const wrong = { email: 'famous@example.org', password: 'a wrong one of 12' }
    // On a busy machine the wait is over before the next one comes.
    await site.test.setClock(new Date().toISOString())
    await tryFrom('198.51.100.90', wrong)
    await site.test.catalog.query(
      'update login_tries set tries = greatest(tries, 101) where tries < 3',
    )
    assert.equal(refusal(await tryFrom('198.51.100.91', wrong)), '401 LOGIN_REFUSED')
    assert.equal(refusal(await tryFrom('198.51.100.91', wrong)), '429 TOO_MANY_REQUESTS')
    await site.test.setClock(undefined)
    const owner = await tryFrom('198.51.100.92', { ...wrong, password: PASSWORD })
    assert.equal(owner.status, 200)
  })

  test('logins stand in the record, and what was typed does not', async () => {
    const typed = 'hunter2-typed-into-the-wrong-field@example.org'
    await tryFrom('192.0.2.40', { email: typed, password: 'canary of a password' })
    await tryFrom('192.0.2.40', { email: EMAIL, password: PASSWORD })
    const [done, refused] = await site.audited('account.login')
    assert.deepEqual([done?.actor, done?.result], [`user ${EMAIL}`, 'done'])
    assert.deepEqual([refused?.actor, refused?.objectName], ['nobody', null])
    const everything = JSON.stringify(await site.test.catalog.query('select * from audit_log'))
    const tables = await site.test.catalog.query('select key from login_tries')
    for (const text of [everything, JSON.stringify(tables), site.said.join('\n')]) {
      assert.ok(!text.includes('hunter2') && !text.includes('canary of a password'))
      assert.ok(!text.includes(PASSWORD))
    }
  })
})
