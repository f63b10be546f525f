import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiSite } from './site.ts'

interface Preview {
  readonly cron: string
  readonly words: string
  readonly periodSeconds: number | null
  readonly firings: { at: string; local: string; alsoFor: number }[]
  readonly warnings: string[]
}

describe('a schedule before it is added', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.test.setClock('2026-03-28 12:00:00+00')
    await site.addShop()
  })
  after(() => site.close())
  const preview = (body: object) => site.expect<Preview>(200, 'POST', '/schedules/preview', body)

  test('shows its firings in its own time, over the change of the clocks', async () => {
    const shown = await preview({ cron: ' Daily  at 02:30', timeZone: 'Europe/Berlin', count: 2 })
    assert.equal(shown.cron, 'daily at 02:30')
    assert.match(shown.words, /every day at 02:30 \(Europe\/Berlin\)/)
    assert.deepEqual(
      shown.firings.map(one => [one.at, one.local]),
      [
        ['2026-03-29T01:00:00.000Z', '2026-03-29 03:00'],
        ['2026-03-30T00:30:00.000Z', '2026-03-30 02:30'],
      ],
    )
    assert.equal(shown.warnings.length, 2)
    assert.match(shown.warnings[0] ?? '', /on 2026-03-29 the clocks go forward to 03:00/)
    assert.match(shown.warnings[1] ?? '', /on 2026-10-25 the clocks go back to 02:00.*one of them/)
    assert.deepEqual((await preview({ cron: 'daily at 12:00' })).warnings, [])
  })

  test('warns of what is easily overlooked, and keeps nothing', async () => {
    const before = await site.test.catalog.query('select from audit_log')
    assert.match((await preview({ cron: '0 3 31 * *' })).warnings[0] ?? '', /without a day 31/)
    assert.match((await preview({ cron: 'every minute' })).warnings[0] ?? '', /is skipped/)
    const { detail } = await site.refuse('WRONG_USE', 422, 'POST', '/schedules/preview', {
      cron: '0 0 31 2 *',
    })
    assert.match(detail, /never comes/)
    const zone = { cron: 'hourly', timeZone: 'Mars/Base' }
    await site.refuse('WRONG_USE', 422, 'POST', '/schedules/preview', zone)
    await site.refuse('INVALID_INPUT', 422, 'POST', '/schedules/preview', {})
    assert.equal((await site.test.catalog.query('select from audit_log')).length, before.length)
  })

  test('its period is the longest time between two firings', async () => {
    const period = async (cron: string, more: object = {}) =>
      (await preview({ cron, ...more })).periodSeconds
    const [hour, day] = [3600, 86_400]
    assert.equal(await period('hourly'), hour)
    assert.equal(await period('daily at 02:30'), day)
    assert.equal(await period('weekdays at 02:30'), 3 * day)
    assert.equal(await period('monthly on day 1 at 01:00'), 31 * day)
    const night = await period('*/5 8-17 * * *')
    assert.ok(night !== null && night >= 13 * hour && night <= 14.1 * hour, String(night))
    const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
    const closed = [{ days, from: '08:00', to: '18:00' }]
    assert.equal(await period('hourly', { blackout: closed }), 11 * hour)
  })

  test('one that is there is shown, and run as it would run', async () => {
    const asked = { source: 'shop', repository: 'main', cron: 'hourly', maxBytes: 5000 }
    const added = await site.expect<{ id: string; periodSeconds: number }>(
      201,
      'POST',
      '/schedules',
      { ...asked, retry: { delays: [7] } },
    )
    assert.equal(added.periodSeconds, 3600)
    const edited = (changes: object) =>
      site.expect<{ periodSeconds: number }>(200, 'PATCH', `/schedules/${added.id}`, changes)
    assert.equal((await edited({ cron: 'daily at 02:30' })).periodSeconds, 86_400)
    assert.equal((await edited({ priority: 1 })).periodSeconds, 86_400)
    assert.equal((await edited({ priority: 0, cron: 'hourly' })).periodSeconds, 3600)
    const run = await site.expect<Record<string, unknown>>(201, 'POST', '/schedules/shop/run')
    assert.deepEqual(
      [run.trigger, run.triggeredBy, run.scheduleId, run.slot, run.request],
      ['manual', 'local user ops', added.id, null, { maxBytes: 5000 }],
    )
    await site.refuse('RUN_IN_THE_WAY', 409, 'POST', '/schedules/shop/run')
    const shown = await site.expect<{ lastRun: object }>(200, 'GET', `/schedules/${added.id}`)
    assert.deepEqual(shown.lastRun, { id: run.id, state: 'queued' })
    await site.refuse('NOT_FOUND', 404, 'GET', '/schedules/nix')
    await site.refuse('NOT_FOUND', 404, 'POST', '/schedules/nix/run')
    const of = `/runs?schedule=${added.id.slice(0, 8)}`
    assert.equal((await site.expect<{ runs: unknown[] }>(200, 'GET', of)).runs.length, 1)
  })
})
