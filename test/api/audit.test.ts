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

  test('finds by an id what was refused for it, by name or by id', async () => {
    await site.addSource('old')
    const { id } = await site.expect<{ id: string }>(201, 'POST', '/runs', {
      kind: 'backup',
      source: 'old',
    })
    await site.expect(200, 'POST', `/runs/${id}/cancel`)
    await site.refuse(
      'RUN_IS_FINAL',
      409,
      'POST',
      `/runs/${id.replaceAll('-', '').slice(0, 12)}/pause`,
    )
    const all = ['run.pause refused', 'run.cancel done', 'run.start done']
    for (const name of [id, id.slice(0, 8)]) {
      assert.deepEqual(actions(await read(`?object=${name}`)), all)
    }

    await site.expect(200, 'DELETE', '/sources/old')
    await site.expect(404, 'DELETE', '/sources/OLD')
    const { objectId } = (await read('?object=old')).entries[1] ?? {}
    await site.expect(404, 'DELETE', `/sources/${objectId}`)
    const refusals = ['source.remove refused', 'source.remove refused']
    for (const name of ['old', objectId]) {
      const found = actions(await read(`?object=${name}`))
      assert.deepEqual(found, [...refusals, 'source.remove done', 'source.add done'])
    }
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
