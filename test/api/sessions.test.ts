import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiSite } from './site.ts'

interface Account {
  readonly role: string
  readonly user: { readonly id: string; readonly email: string } | null
  readonly session: { readonly id: string } | null
}

const EMAIL = 'ann@example.org'
const PASSWORD = 'plover under seven lamps'

describe('sessions (S5)', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.expect(201, 'POST', '/users', {
      email: EMAIL,
      name: 'Ann',
      role: 'operator',
      password: PASSWORD,
    })
  })
  after(() => site.close())

  const login = (password = PASSWORD) => {
    const person = site.stranger()
    return person
      .send<Account>('POST', '/account/login', { email: EMAIL, password })
      .then(answer => ({ person, answer }))
  }

  test('a login answers the account and sets a cookie that scripts and other sites do not get', async () => {
    const { person, answer } = await login()
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    assert.equal(answer.body.user?.email, EMAIL)
    assert.match(
      String(answer.headers['set-cookie']),
      /^holdfast=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const me = await person.send<Account>('GET', '/account')
    assert.deepEqual([me.status, me.body.role], [200, 'operator'])
    assert.equal(me.body.session?.id, answer.body.session?.id)
  })
})
