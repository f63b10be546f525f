import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { WEEKDAYS } from '../../src/core/presets.ts'
import { Timetable } from '../../src/core/schedule.ts'
import { ApiSite } from './site.ts'

interface Calendar {
  readonly completeUntil: string
  readonly schedules: {
    source: string
    firings: string[]
    often: { first: string; everySeconds: number; count: number } | null
  }[]
}

const WEEK = 'from=2026-03-23T00:00:00Z&until=2026-03-30T00:00:00Z'

describe('the calendar of schedules', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.test.setClock('2026-03-20 12:00:00+00')
  })
  after(() => site.close())
  const calendar = (query = WEEK) =>
    site.expect<Calendar>(200, 'GET', `/schedules/calendar?${query}`)
  const add = (source: string, timing: object) =>
    site.expect<{ id: string }>(201, 'POST', '/schedules', {
      source,
      repository: 'main',
      ...timing,
    })

  test('is empty where nothing fires', async () => {
    assert.deepEqual((await calendar()).schedules, [])
    await site.addShop('daily', 'main')
    for (const name of ['off', 'often', 'rare', 'held']) await site.addSource(name)
    await add('off', { cron: 'daily at 02:00', enabled: false })
    await add('rare', { cron: '0 3 15 * *' })
    assert.deepEqual((await calendar()).schedules, [])
  })

  test('tells each firing by the clocks of its zone, or how often there is one', async () => {
    const { id } = await add('daily', { cron: 'daily at 02:30', timeZone: 'Europe/Berlin' })
    await add('daily', { after: id })
    await add('often', { cron: '*/15 9-17 * * 1-5' })
    const blackout = [{ days: ['sunday'], from: '00:00', to: '07:00' }]
    await add('held', { cron: '0 */6 * * *', blackout })
    const { schedules, completeUntil } = await calendar()
    assert.equal(completeUntil, '2026-03-30T00:00:00.000Z')
    assert.deepEqual(
      schedules.map(one => one.source),
      ['daily', 'held', 'often'],
    )
    const [daily, held, often] = schedules
    // On the last of these days, half past two is left out.
    assert.deepEqual(
      daily?.firings,
      [23, 24, 25, 26, 27, 28]
        .map(day => `2026-03-${day}T01:30:00.000Z`)
        .concat('2026-03-29T01:00:00.000Z'),
    )
    assert.equal(held?.firings.length, 27)
    assert.deepEqual(held.firings.slice(-4), [
      '2026-03-28T18:00:00.000Z',
      '2026-03-29T07:00:00.000Z',
      '2026-03-29T12:00:00.000Z',
      '2026-03-29T18:00:00.000Z',
    ])
    assert.deepEqual(often, {
      ...often,
      firings: [],
      often: { first: '2026-03-23T09:00:00.000Z', everySeconds: 900, count: 5 * 9 * 4 },
    })
    // Asked again, it is the same.
    assert.deepEqual((await calendar()).schedules, schedules)
  })

  test('goes on where there was too much for one answer', async () => {
    await site.test.catalog.query(
      `insert into schedules (id, source_id, repository_id, cron, time_zone, retry)
       select gen_random_uuid(), source_id, repository_id, '0 */4 * * *', 'UTC', retry
       from schedules, generate_series(1, 30) where cron = 'daily at 02:30'`,
    )
    const of = ({ schedules }: Calendar) => schedules.flatMap(one => one.firings)
    const whole = await calendar()
    assert.equal(of(whole).length, 7 + 27 + 30 * 42)
    await site.test.catalog.query(
      `insert into schedules (id, source_id, repository_id, cron, time_zone, retry)
       select gen_random_uuid(), source_id, repository_id, '0 */4 * * *', 'UTC', retry
       from schedules, generate_series(1, 100) where cron = 'daily at 02:30'`,
    )
    const first = await calendar()
    assert.ok(of(first).length <= 5000)
    assert.ok(of(first).every(at => at < first.completeUntil))
    const rest = await calendar(`from=${first.completeUntil}&until=2026-03-30T00:00:00Z`)
    assert.equal(of(first).length + of(rest).length, 7 + 27 + 130 * 42)
    assert.equal(rest.completeUntil, '2026-03-30T00:00:00.000Z')
  })

  test('takes no longer time, and none that no calendar has', async () => {
    for (const query of [
      '',
      'from=2026-03-23T00:00:00Z',
      'from=2026-03-23T00:00:00Z&until=2026-03-23T00:00:00Z',
      'from=2026-03-23T00:00:00Z&until=2026-03-31T00:00:01Z',
      'from=0000-01-01T00:00:00Z&until=0000-01-02T00:00:00Z',
      'from=9999-12-30T00:00:00Z&until=9999-12-31T00:00:00Z',
      'from=4.2e274&until=2026-03-23T00:00:00Z',
      'from=2026-03-23T00:00:00Z&until=yesterday',
    ]) {
      await site.refuse('INVALID_INPUT', 422, 'GET', `/schedules/calendar?${query}`)
    }
  })
})

test('the firings of a time are those that one after the other would be, jitter and blackouts included', () => {
  const from = new Date('2026-03-23T00:00:00Z')
  const until = new Date('2026-03-30T00:00:00Z')
  const timings = [
    { cron: '30 2 * * *', jitterSeconds: 86_400, blackout: [] },
    { cron: '0 */4 * * *', jitterSeconds: 3600, blackout: [] },
    {
      cron: '*/10 * * * *',
      jitterSeconds: 0,
      blackout: [{ days: [...WEEKDAYS], from: '06:00', to: '05:00' }],
    },
  ]
  for (const timing of timings) {
    const timetable = new Timetable({ ...timing, timeZone: 'Europe/Berlin' }, 'some id')
    const expected = new Set<number>()
    for (const slot of timetable.slotsBetween(new Date('2026-03-15T00:00:00Z'), until, 5000)) {
      const at = timetable.fireTime(slot)
      if (at >= from && at < until) expected.add(at.getTime())
    }
    const found = timetable.fireTimes(from, until, 5000).map(at => at.getTime())
    assert.deepEqual(found, [...expected], timing.cron)
    assert.ok(found.length >= 6)
  }
})
