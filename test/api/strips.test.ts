import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiSite } from './site.ts'

interface Summary {
  readonly firstDay: string
  readonly timeZone: string
  readonly sources: { name: string; strip: string }[]
}

describe('the days of the summary', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.test.setClock('2026-03-01 12:00:00+00')
  })
  after(() => site.close())

  const run = (source: string, state: string, at: string, more: Record<string, string> = {}) =>
    site.test.catalog.query(
      `insert into runs (id, kind, state, source_id, repository_id, trigger, triggered_by, lock_key,
         retry, failure, queued_at, started_at, finished_at, slot, missed_slots, missed_more)
       select gen_random_uuid(), 'backup', $2, s.id, r.id, $4, 'ops', 'source:' || s.id, '{}', '{}',
         $3::timestamptz, $3::timestamptz, $3::timestamptz, $5::timestamptz, $6::timestamptz[], $7
       from repositories r, sources s where s.name = $1`,
      [
        source,
        state,
        at,
        more.slot === undefined ? 'manual' : (more.trigger ?? 'catch-up'),
        more.slot ?? null,
        more.missed ?? '{}',
        more.missedMore ?? 0,
      ],
    )
  const strip = async (source: string, query: string) => {
    const { sources } = await site.expect<Summary>(200, 'GET', `/summary?${query}`)
    return sources.find(one => one.name === source)?.strip
  }

  test('an empty server has none, and says whose days it counts', async () => {
    const { sources, firstDay, timeZone } = await site.expect<Summary>(
      200,
      'GET',
      '/summary?days=2&timeZone=Pacific/Auckland',
    )
    // There it is 01:00 of the next day.
    assert.deepEqual([sources, firstDay, timeZone], [[], '2026-03-01', 'Pacific/Auckland'])
    for (const zone of ['Mars/Base', '%2B02:00', '', '%00', 'x'.repeat(200)]) {
      await site.refuse('INVALID_INPUT', 422, 'GET', `/summary?timeZone=${zone}`)
    }
  })

  test('a day with several things tells all of them; a source without a schedule is never overdue', async () => {
    await site.addShop('shop', 'main')
    await run('shop', 'completed', '2026-02-27 03:00+00')
    await run('shop', 'failed', '2026-02-27 04:00+00')
    await run('shop', 'skipped', '2026-02-27 05:00+00')
    await run('shop', 'cancelled', '2026-02-28 05:00+00')
    assert.equal(await strip('shop', 'days=4'), '0700')
    assert.equal(await strip('shop', 'days=1'), '0')
    assert.equal(await strip('shop', 'days=400'), '0700'.padStart(400, '0'))
  })

  test('slots that passed without a run are missed on their own days, blackouts are not', async () => {
    await site.addSource('away')
    const slot = '2026-02-28 02:00+00'
    const missed = '{2026-02-25 02:00+00,2026-02-26 02:00+00,2026-02-27 02:00+00}'
    // Up again late on 28 February, and then a little late on 1 March.
    await run('away', 'completed', '2026-02-28 20:00+00', { slot, missed })
    const next = '2026-03-01 02:00+00'
    await run('away', 'completed', '2026-03-01 02:05+00', { slot: next })
    assert.equal(await strip('away', 'days=6'), '088891')
    await site.addSource('dark')
    await run('dark', 'completed', '2026-02-28 20:00+00', { slot, missed, trigger: 'schedule' })
    assert.equal(await strip('dark', 'days=6'), '000010')
    await site.addSource('busy')
    const [first] = missed.slice(1).split(',')
    await run('busy', 'failed', '2026-02-28 20:00+00', {
      slot,
      missed: `{${first}}`,
      missedMore: '5000',
    })
    assert.equal(await strip('busy', 'days=6'), '0888a0')
  })

  test('days are those of the zone, also where the clocks change', async () => {
    await site.addSource('zoned')
    // Berlin goes from UTC+1 to UTC+2 on 29 March: its days begin at 23:00 UTC before, at 22:00 after.
    for (const at of [
      '2026-03-28 22:50',
      '2026-03-28 23:10',
      '2026-03-29 22:10',
      '2026-03-30 21:50',
    ])
      await run('zoned', at.endsWith('50') ? 'completed' : 'failed', `${at}+00`)
    await site.test.setClock('2026-03-30 22:30:00+00')
    assert.equal(await strip('zoned', 'days=4&timeZone=Europe/Berlin'), '1230')
    assert.equal(await strip('zoned', 'days=4'), '0321')
    // A quarter of an hour that no whole hour is: 22:50 UTC is 04:35 there, 18:20 the end of a day.
    await run('zoned', 'skipped', '2026-03-27 18:14+00')
    await run('zoned', 'skipped', '2026-03-26 18:16+00')
    assert.equal(await strip('zoned', 'days=5&timeZone=Asia/Kathmandu'), '40321')
  })

  test('a source is overdue from the day on which its backup became too old to the last that ended so', async () => {
    await site.test.setClock('2026-04-01 00:00:00+00')
    await site.addSource('late')
    const schedule = { source: 'late', repository: 'main', cron: 'daily at 02:00' }
    await site.expect(201, 'POST', '/schedules', schedule)
    // Too old 30 hours after the one before: on 4 April, at 08:10, and on 8 April.
    for (const day of ['02', '03', '06', '07'])
      await run('late', 'completed', `2026-04-${day} 02:00+00`)
    await site.test.setClock('2026-04-09 12:00:00+00')
    assert.equal(await strip('late', 'days=10'), '0011gg11gg')
    assert.equal(await strip('late', 'days=3'), '1gg')
    // Backups that no run made count; those brought in do not.
    const add = (at: string, tags: object) =>
      site.test.catalog.query(
        `insert into backups (id, repository_id, source_id, source_label, started_at, finished_at,
           dump_bytes, stored_bytes, tables, rows, manifest, tags)
         select md5($1), r.id, s.id, s.label, $1::timestamptz, $1::timestamptz, 1, 1, 1, 1, '{}', $2
         from repositories r, sources s where s.name = 'late'`,
        [at, JSON.stringify(tags)],
      )
    await add('2026-04-04 03:00+00', { uploaded: 'x.dump' })
    assert.equal(await strip('late', 'days=10'), '0011gg11gg')
    await add('2026-04-04 02:00+00', {})
    assert.equal(await strip('late', 'days=10'), '00110g11gg')
    await add('2026-04-09 11:00+00', {})
    await site.test.catalog.query(`delete from backups where id = md5('2026-04-04 02:00+00')`)
    assert.equal(await strip('late', 'days=10'), '00110g11g0')
    await site.test.catalog.query('select remark_sources()')
    assert.equal(await strip('late', 'days=10'), '0011gg11g0')
  })
})
