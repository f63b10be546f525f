import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiSite } from './site.ts'

interface Entry {
  readonly id: number
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly objectId: string | null
  readonly objectName: string | null
  readonly result: string
}
interface Log {
  readonly entries: Entry[]
  readonly next: number | null
}

describe('the audit log', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.addShop()
    await site.expect(404, 'DELETE', '/sources/nothing')
    await site.expect(201, 'POST', '/api-keys', { name: 'deploy' })
  })
  after(() => site.close())
  const read = (query = '') => site.expect<Log>(200, 'GET', `/audit${query}`)
  const actions = ({ entries }: Log) => entries.map(one => `${one.action} ${one.result}`)

  test('shows every change, newest first, and what was refused', async () => {
    const log = await read()
    assert.deepEqual(actions(log), [
      'api-key.add done',
      'source.remove refused',
      'source.add done',
      'repository.add done',
    ])
    assert.deepEqual([...new Set(log.entries.map(one => one.actor))], ['local user ops'])
    assert.equal(log.next, null)
  })

  test('pages go on where the one before ended, also when entries come in between', async () => {
    const first = await read('?limit=3')
    await site.expect(404, 'DELETE', '/sources/nothing-either')
    const second = await read(`?limit=3&after=${first.next}`)
    assert.deepEqual(actions(second), ['repository.add done'])
    assert.equal(second.next, null)
  })

  test('filters by actor, by object and by time', async () => {
    assert.deepEqual(actions(await read('?object=SHOP')), ['source.add done'])
    assert.deepEqual(actions(await read('?object=repository')), ['repository.add done'])
    const { objectId } = (await read('?object=shop')).entries[0] ?? {}
    assert.deepEqual(actions(await read(`?object=${objectId?.slice(0, 8)}`)), ['source.add done'])
    assert.deepEqual(actions(await read('?object=%25')), [])
    assert.deepEqual(actions(await read('?actor=api%20key%20deploy')), [])
    assert.equal((await read('?actor=Local%20user%20ops&limit=1')).entries.length, 1)
    assert.deepEqual(actions(await read('?since=2999-01-01T00:00:00Z')), [])
    assert.deepEqual(actions(await read('?until=2000-01-01T00:00:00Z')), [])
    await site.refuse('INVALID_INPUT', 422, 'GET', '/audit?since=yesterday')
    await site.refuse('INVALID_INPUT', 422, 'GET', '/audit?limit=0')
  })
})
