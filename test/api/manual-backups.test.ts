import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { addApiKey } from '../../src/catalog/api-keys.ts'
import { ApiSite } from './site.ts'

describe('backups by hand', () => {
  let site: ApiSite
  let ann: string
  let ben: string
  const backup = { kind: 'backup', source: 'shop' }
  before(async () => {
    site = await ApiSite.open()
    await site.addShop()
    const key = async (name: string) =>
      (await addApiKey(site.test.catalog, { name, role: 'operator', days: null })).key.reveal()
    ann = await key('ann')
    ben = await key('ben')
  })
  after(() => site.close())

  const run = (key: string, headers: Record<string, string> = {}) =>
    site.send<{ id: string; code: string; detail: string; hint: string }>(
      'POST',
      '/runs',
      backup,
      { authorization: `Bearer ${key}`, ...headers },
      site.port,
    )
  const cancel = (id: string) => site.expect(200, 'POST', `/runs/${id}/cancel`)

  test('come once a minute from one key; a run at work is told of first', async () => {
    const first = await run(ann)
    assert.equal(first.status, 201)
    const during = await run(ann)
    assert.deepEqual([during.status, during.body.code], [409, 'RUN_IN_THE_WAY'])
    await cancel(first.body.id)
    const soon = await run(ann)
    assert.deepEqual([soon.status, soon.body.code], [429, 'TOO_MANY_REQUESTS'])
    assert.match(soon.body.detail, /source shop may be backed up by hand once a minute; .* UTC$/)
    const wait = Number(soon.headers['retry-after'])
    assert.ok(wait > 30 && wait <= 60, `${wait}`)
    // Neither a run nor a word that one was started is left.
    assert.equal((await site.audited('run.start')).filter(one => one.result === 'done').length, 1)
  })

  test('of others are not their fault, and whoever is on the machine is not counted', async () => {
    const other = await run(ben)
    assert.equal(other.status, 201)
    await cancel(other.body.id)
    for (let n = 0; n < 2; n += 1) {
      const local = await site.expect<{ id: string }>(201, 'POST', '/runs', backup)
      await cancel(local.id)
    }
  })

  test('sent again with the same key for it mean the same run', async () => {
    await site.expect(200, 'PATCH', '/settings', { manualBackupsPerMinute: 2 })
    const headers = { 'idempotency-key': randomUUID() }
    const first = await run(ann, headers)
    assert.equal(first.status, 201)
    await cancel(first.body.id)
    assert.equal((await run(ann, headers)).body.id, first.body.id)
    assert.equal((await run(ann)).status, 429)
  })

  test('that failed are tried again no faster', async () => {
    const { runs } = await site.expect<{ runs: { id: string; triggeredBy: string }[] }>(
      200,
      'GET',
      '/runs?state=cancelled',
    )
    const own = runs.find(one => one.triggeredBy === 'api key ann')
    const again = await site.send(
      'POST',
      `/runs/${own?.id}/retry`,
      undefined,
      { authorization: `Bearer ${ann}` },
      site.port,
    )
    assert.deepEqual([again.status, again.body.code], [429, 'TOO_MANY_REQUESTS'])
    await site.expect(200, 'PATCH', '/settings', { manualBackupsPerMinute: null })
    const free = await run(ann)
    assert.equal(free.status, 201)
  })

  test('may come again when the minute is over', async () => {
    await site.expect(200, 'PATCH', '/settings', { manualBackupsPerMinute: 1 })
    const { runs } = await site.expect<{ runs: { id: string }[] }>(200, 'GET', '/runs?state=queued')
    for (const { id } of runs) await cancel(id)
    assert.equal((await run(ann)).status, 429)
    // What is over is frozen, so the clock goes on instead.
    const [at] = await site.test.catalog.query<{ at: string }>(
      "select (clock_timestamp() + interval '61 seconds')::text as at",
    )
    await site.test.setClock(at?.at)
    assert.equal((await run(ann)).status, 201)
    await site.test.setClock(undefined)
  })
})
