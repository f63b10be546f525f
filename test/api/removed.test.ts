import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiSite } from './site.ts'

interface Run {
  readonly id: string
  readonly sourceId: string
}

describe('of a source that was removed', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.addShop()
  })
  after(() => site.close())

  const backup = { kind: 'backup', source: 'shop' }
  const runsOf = async (source: string) => {
    const { runs } = await site.expect<{ runs: Run[] }>(200, 'GET', `/runs?source=${source}`)
    return runs.map(one => one.id)
  }
  /** A run that is over, of a source that is removed then. */
  const removedAfterRun = async (key: string) => {
    const headers = { 'idempotency-key': key }
    const run = await site.expect<Run>(201, 'POST', '/runs', backup, headers)
    await site.expect(200, 'POST', `/runs/${run.id}/cancel`)
    await site.expect(200, 'DELETE', '/sources/shop')
    return { run: run.id, source: run.sourceId }
  }

  test('the runs are found by its name and its id, and the same request is still the same run', async () => {
    const first = await removedAfterRun('first')
    assert.deepEqual(await runsOf('Shop'), [first.run])
    const again = await site.send<Run>('POST', '/runs', backup, { 'idempotency-key': 'first' })
    assert.deepEqual([again.status, again.body.id], [200, first.run])
    await site.refuse('NOT_FOUND', 404, 'POST', '/runs', backup, { 'idempotency-key': 'another' })
    const check = { kind: 'verify', source: 'shop', backup: 'latest' }
    await site.refuse('NOT_FOUND', 404, 'POST', '/runs', check, { 'idempotency-key': 'first' })

    const shop = { name: 'shop', url: site.test.server.url('shop') }
    await site.expect(201, 'POST', '/sources', shop)
    const second = await removedAfterRun('second')
    assert.deepEqual(await runsOf('shop'), [second.run])
    assert.deepEqual(await runsOf(first.source), [first.run])
    assert.deepEqual(await runsOf(first.source.slice(0, 8)), [first.run])

    await site.expect(201, 'POST', '/sources', shop)
    assert.deepEqual(await runsOf('shop'), [])
    await site.refuse('NOT_FOUND', 404, 'GET', '/runs?source=nothing')
  })
})
