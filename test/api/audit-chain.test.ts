import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PREFIX } from '../../src/api/mount.ts'
import { audit } from '../../src/catalog/audit.ts'
import { ApiSite } from './site.ts'

interface Proof {
  readonly intact: boolean
  readonly checked: number
  readonly broken: { entry: number; why: string } | null
  readonly head: { link: number; hash: string } | null
}

describe('the chain of the audit log', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.addShop()
  })
  after(() => site.close())
  const proof = () => site.expect<Proof>(200, 'GET', '/audit/verify')
  /** As somebody may who owns the database. */
  const tamper = (statement: string) =>
    site.test.catalog.transaction(async sql => {
      await sql.query('set local session_replication_role = replica')
      await sql.query(statement)
    })

  test('holds over entries that are written at the same moment', async () => {
    const { catalog } = site.test
    const write = (at: number) =>
      audit(catalog, { actor: `writer ${at}`, action: 'test.write', objectKind: 'test' })
    await Promise.all(Array.from({ length: 40 }, (_, at) => write(at)))
    const found = await proof()
    assert.deepEqual([found.intact, found.checked, found.head?.link], [true, 42, 42])
  })

  test('names the first entry that was changed, removed or put there', async () => {
    await tamper(`update audit_log set actor = 'somebody else' where actor = 'writer 7'`)
    const [{ id } = { id: 0 }] = await site.test.catalog.query<{ id: number }>(
      `select id::int as id from audit_log where actor = 'somebody else'`,
    )
    assert.deepEqual((await proof()).broken, { entry: id, why: 'it is not as it was written' })
    await tamper(`update audit_log set actor = 'writer 7' where actor = 'somebody else'`)
    assert.equal((await proof()).intact, true)

    await tamper(`insert into audit_log (actor, action, object_kind) values ('x', 'x.y', 'x')`)
    assert.match((await proof()).broken?.why ?? '', /not written by the server/)
    await tamper(`delete from audit_log where actor = 'x'`)
    assert.equal((await proof()).intact, true)

    await tamper(`delete from audit_log where id = ${id}`)
    assert.deepEqual((await proof()).broken, { entry: id, why: 'it is gone' })
    await tamper(`delete from audit_chain where entry_id = ${id}`)
    assert.match((await proof()).broken?.why ?? '', /link before it is missing/)
  })

  test('is only ever added to', async () => {
    const { catalog } = site.test
    await assert.rejects(catalog.query('delete from audit_chain'), /only ever added to/)
    await assert.rejects(catalog.query(`update audit_chain set hash = ''`), /only ever added to/)
  })

  test('the log is filtered by action, result and address, and exported', async () => {
    type Log = { entries: { action: string; address: string | null }[] }
    const read = async (query: string) =>
      (await site.expect<Log>(200, 'GET', `/audit?${query}`)).entries.map(one => one.action)
    assert.deepEqual(await read('action=source.add'), ['source.add'])
    assert.deepEqual(await read('action=source'), ['source.add'])
    assert.deepEqual(await read('address=socket'), ['source.add', 'repository.add'])
    assert.deepEqual(await read('result=refused'), [])
    await site.refuse('INVALID_INPUT', 422, 'GET', '/audit?actor=%00')
    const get = async (url: string) =>
      (await site.socket.inject({ method: 'GET', url: PREFIX + url })).payload
    const lines = (await get('/audit.ndjson?address=socket')).trim().split('\n')
    assert.deepEqual(
      lines.map(line => (JSON.parse(line) as { action: string }).action),
      ['source.add', 'repository.add'],
    )
    assert.match(
      await get('/audit.csv?action=source'),
      /^id,at,actor,action.*\r\n\d+,.*source\.add/s,
    )
  })
})
