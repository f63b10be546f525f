import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { beginMeasuring, endMeasuring, unmeasured } from '../../src/catalog/usage.ts'
import { ApiSite } from './site.ts'

interface Day {
  readonly day: string
  readonly usedBytes: number | null
  readonly dumpBytes: number | null
  readonly backups: number | null
  readonly dedupRatio: number | null
  readonly dumpedBytes: number
  readonly storedBytes: number
}

describe('the history of storage', () => {
  let site: ApiSite
  const ids: Record<string, string> = {}
  before(async () => {
    site = await ApiSite.open()
    await site.test.setClock('2026-06-01 12:00:00+00')
  })
  after(() => site.close())

  const days = async (path: string) => (await site.expect<{ days: Day[] }>(200, 'GET', path)).days
  const short = (all: readonly Day[]) =>
    all.map(one => [one.day.slice(5), one.usedBytes, one.backups, one.storedBytes])
  const measure = async (repository: string, storedBytes: number) => {
    const { catalog } = site.test
    const id = ids[repository] ?? ''
    assert.ok(await beginMeasuring(catalog, id))
    await endMeasuring(catalog, id, { storedBytes, packs: 1 })
  }
  const backup = async (repository: string, at: string) => {
    await site.test.catalog.query(
      `insert into backups (id, repository_id, source_id, source_label, started_at, finished_at,
         dump_bytes, stored_bytes, tables, rows, manifest, seen_at)
       select md5($1 || $2), $3, s.id, s.label, $2::timestamptz, $2::timestamptz, 1000, 100, 1, 1, '{}',
         $2::timestamptz
       from sources s`,
      [repository, at, ids[repository]],
    )
    await site.test.catalog.query(
      `insert into runs (id, kind, state, source_id, repository_id, trigger, triggered_by, lock_key,
         retry, result, queued_at, started_at, finished_at)
       select gen_random_uuid(), 'backup', 'completed', s.id, $1, 'manual', 'ops', 'x', '{}',
         '{"bytes": 1000, "storedBytes": 100}', $2::timestamptz, $2::timestamptz, $2::timestamptz
       from sources s`,
      [ids[repository], at],
    )
  }

  test('is empty where there is none', async () => {
    assert.deepEqual(await days('/stats/storage'), [])
    await site.addShop('shop', 'one')
    await site.expect(201, 'POST', '/repositories', {
      name: 'two',
      url: await site.makeRepository('two'),
      passphrase: 'correct horse canary staple',
    })
    for (const { id, name } of await site.test.catalog.query<{ id: string; name: string }>(
      'select id, name from repositories',
    ))
      ids[name] = id
    assert.deepEqual(await days('/repositories/one/history'), [])
    await site.refuse('NOT_FOUND', 404, 'GET', '/repositories/nix/history')
    await site.refuse('INVALID_INPUT', 422, 'GET', '/stats/storage?days=401')
  })

  test('has what was measured last on each day, and of days before only what backups added', async () => {
    await backup('one', '2026-05-30 10:00+00')
    await backup('one', '2026-06-01 10:00+00')
    await measure('one', 150)
    await site.test.setClock('2026-06-01 18:00:00+00')
    await measure('one', 200)
    await site.test.setClock('2026-06-03 01:00:00+00')
    await site.test.catalog.query(`delete from backups where id = md5('one2026-05-30 10:00+00')`)
    await measure('one', 100)
    const [before, first, second] = await days('/repositories/one/history?days=5')
    assert.deepEqual(before, {
      day: '2026-05-30',
      usedBytes: null,
      dumpBytes: null,
      backups: null,
      dedupRatio: null,
      dumpedBytes: 1000,
      storedBytes: 100,
    })
    assert.deepEqual(first, {
      day: '2026-06-01',
      usedBytes: 200,
      dumpBytes: 2000,
      backups: 2,
      dedupRatio: 10,
      dumpedBytes: 1000,
      storedBytes: 100,
    })
    assert.deepEqual([second?.dumpBytes, second?.dedupRatio], [1000, 10])
    assert.deepEqual(short(await days('/repositories/one/history?days=3')), [
      ['06-01', 200, 2, 100],
      ['06-03', 100, 1, 0],
    ])
  })

  test('of all repositories each counts as it was last measured, until it is removed', async () => {
    await site.test.setClock('2026-06-02 12:00:00+00')
    await measure('two', 0)
    await site.test.setClock('2026-06-04 12:00:00+00')
    await measure('two', 50)
    assert.deepEqual(short(await days('/stats/storage?days=6')), [
      ['05-30', null, null, 100],
      ['06-01', 200, 2, 100],
      ['06-02', 200, 2, 0],
      ['06-03', 100, 1, 0],
      ['06-04', 150, 1, 0],
    ])
    // What happened there in the evening is of the next day further east.
    const tokyo = '?days=6&timeZone=Asia/Tokyo'
    assert.deepEqual(short(await days(`/repositories/one/history${tokyo}`)), [
      ['05-30', null, null, 100],
      ['06-01', null, null, 100],
      ['06-02', 200, 2, 0],
      ['06-03', 100, 1, 0],
    ])
    assert.deepEqual(short(await days(`/stats/storage${tokyo}`)), [
      ['05-30', null, null, 100],
      ['06-01', null, null, 100],
      ['06-02', 200, 2, 0],
      ['06-03', 100, 1, 0],
      ['06-04', 150, 1, 0],
    ])
    await site.refuse('INVALID_INPUT', 422, 'GET', '/stats/storage?timeZone=Asia/Nowhere')
    await site.test.catalog.query(
      `update repositories set removed_at = '2026-06-04 11:00+00' where name = 'one'`,
    )
    const last = (await days('/stats/storage?days=2')).at(-1)
    assert.deepEqual([last?.usedBytes, last?.dumpBytes, last?.dedupRatio], [50, 0, 0])
    await site.test.catalog.query(`update repositories set removed_at = null where name = 'one'`)
  })

  test('a repository is measured once a day at least, and not again and again where that fails', async () => {
    const waiting = async () => (await unmeasured(site.test.catalog)).map(one => one.name)
    assert.deepEqual(await waiting(), ['one'])
    await site.test.setClock('2026-06-05 00:01:00+00')
    assert.deepEqual(await waiting(), ['one', 'two'])
    const id = ids.two ?? ''
    assert.ok(await beginMeasuring(site.test.catalog, id))
    await endMeasuring(site.test.catalog, id, undefined)
    assert.deepEqual(await waiting(), ['one'])
    await site.test.setClock('2026-06-05 01:02:00+00')
    assert.deepEqual(await waiting(), ['one', 'two'])
    await backup('two', '2026-06-05 01:01:00+00')
    await measure('two', 60)
    assert.deepEqual(await waiting(), ['one'])
  })
})
