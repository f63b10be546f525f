import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { offerSetup } from '../../src/api/login/links.ts'
import { Catalog } from '../../src/catalog/db.ts'
import { readConfig } from '../../src/config.ts'
import { Secret } from '../../src/core/secret.ts'
import { openSetup, tellSetup } from '../../src/greeting.ts'
import { openLog } from '../../src/log.ts'
import { freshDatabase } from '../../support/catalog.ts'
import { eventually } from '../support/server.ts'
import { type Account, PASSWORD, refusal } from './accounts.ts'
import { ApiSite } from './site.ts'

const ADMIN = { email: 'root@example.org', name: 'Ann', password: PASSWORD }

describe('setting up (S1)', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())

  const setUp = (body: object) => site.stranger().send<Account>('POST', '/setup', body)
  const offered = async (given?: Secret) => {
    const token = await offerSetup(site.test.catalog, given)
    assert.ok(token)
    return token.reveal()
  }

  test('without the token, with a wrong, an old or a replaced one nobody becomes administrator', async () => {
    const needed = await site.stranger().send<{ needed: boolean }>('GET', '/setup')
    assert.deepEqual(needed.body, { needed: true })
    const replaced = await offered()
    const token = await offered()
    assert.match(token, /^[\w-]{43}$/)
    for (const wrong of [{}, { token: '' }, { token: 'wrong' }, { token: replaced }]) {
      assert.equal(refusal(await setUp({ ...ADMIN, ...wrong })), '403 SETUP_REFUSED')
    }
    await site.test.setClock(new Date(Date.now() + 31 * 60_000).toISOString())
    assert.equal(refusal(await setUp({ ...ADMIN, token })), '403 SETUP_REFUSED')
    await site.test.setClock(undefined)
    const stored = await site.test.catalog.query('select * from one_time_tokens')
    assert.ok(!JSON.stringify(stored).includes(token))
    assert.deepEqual(await site.test.catalog.query('select from users'), [])
  })

  test('a server that starts waits for a catalog that takes nothing for now, and hides no other trouble', {
    timeout: 60_000,
  }, async () => {
    const said: string[] = []
    const write = (part: Buffer, _: unknown, done: () => void) => {
      said.push(part.toString())
      done()
    }
    const log = openLog(new Writable({ write }), 'info', {})
    const { signal } = new AbortController()
    const node = { settings: readConfig({ HOME: site.dir }).server(), log, signal }
    const { catalog } = site.test
    const empty = new Catalog({ connectionString: (await freshDatabase()).url })
    await assert.rejects(openSetup(node, empty), /"users" does not exist/)
    await empty.close()
    assert.deepEqual(said, [])
    await catalog.query(
      `create function full_disk() returns trigger language plpgsql as $$
         begin raise 'no space' using errcode = '53100'; end $$;
       create trigger full_disk before insert on one_time_tokens for each row
         execute function full_disk()`,
    )
    const opening = openSetup(node, catalog)
    await eventually('the first try', () => said.length > 0)
    await catalog.query('drop function full_disk cascade')
    tellSetup(node, 'http://x', (await opening) ?? assert.fail('no token'))
    assert.match(said[0] ?? '', /could not look whether anybody has an account: trying again/)
    assert.match(said.at(-1) ?? '', /nobody has an account yet: open http:\/\/x\/setup#/)
  })

  test('what the first administrator gives is checked like that of others', async () => {
    const token = await offered()
    const weak = await setUp({ ...ADMIN, token, password: 'password1234' })
    assert.equal(refusal(weak), '422 PASSWORD_UNFIT')
    assert.equal(refusal(await setUp({ ...ADMIN, token, role: 'admin' })), '422 INVALID_INPUT')
  })

  test('of two at the same time one becomes administrator; then the way is gone', async () => {
    const token = await offered(new Secret('given-by-the-environment-of-the-server'))
    const both = [
      { ...ADMIN, token },
      { ...ADMIN, token, email: 'other@example.org' },
    ]
    const answers = await Promise.all(both.map(setUp))
    assert.deepEqual(
      answers.map(one => one.status).sort((a, b) => a - b),
      [201, 409],
    )
    const done = answers.find(one => one.status === 201)
    assert.equal(done?.body.role, 'admin')
    assert.match(String(done?.headers['set-cookie']), /^holdfast=/)
    assert.equal((await site.test.catalog.query('select from users')).length, 1)
    assert.equal(refusal(await setUp({ ...ADMIN, token })), '404 NOT_FOUND')
    const needed = await site.stranger().send<{ needed: boolean }>('GET', '/setup')
    assert.deepEqual(needed.body, { needed: false })
    assert.equal(await offerSetup(site.test.catalog), undefined)
    const records = await site.audited('user.setup')
    assert.equal(records.filter(one => one.result === 'done').length, 1)
    assert.ok(records.filter(one => one.result === 'refused').length >= 6)
  })
})
