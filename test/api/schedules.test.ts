import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiSite, PASSPHRASE } from './site.ts'

interface Schedule {
  readonly id: string
  readonly cron: string | null
  readonly words: string
  readonly timeZone: string
  readonly enabled: boolean
  readonly priority: number
  readonly nextFire: string | null
  readonly source: string
  readonly afterScheduleId: string | null
}

describe('schedules', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.test.setClock('2026-03-28 12:00:00+00')
    await site.addShop()
  })
  after(() => site.close())
  const asked = {
    source: 'shop',
    repository: 'main',
    cron: '30 2 * * *',
    timeZone: 'Europe/Berlin',
  }

  test('one by time says when it fires, over the change of the clocks', async () => {
    const added = await site.expect<Schedule>(201, 'POST', '/schedules', asked)
    assert.match(added.words, /02:30.*Europe\/Berlin|30 2 \* \* \*.*Europe\/Berlin/)
    assert.equal(added.nextFire, '2026-03-29T01:00:00.000Z')
    const next = await site.expect<{ firings: { at: string; alsoFor: number }[] }>(
      200,
      'GET',
      '/schedules/shop/next?count=2',
    )
    assert.deepEqual(
      next.firings.map(one => one.at),
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    )
  })

  test('an edit changes what it names and leaves the rest', async () => {
    const changed = await site.expect<Schedule>(200, 'PATCH', '/schedules/shop', { priority: 7 })
    assert.equal(changed.priority, 7)
    assert.equal(changed.timeZone, 'Europe/Berlin')
    const [entry] = await site.audited('schedule.edit')
    assert.deepEqual([entry?.objectName, entry?.details.priority], ['shop', 7])
  })

  test('an edit moves it to another repository', async () => {
    const place = await site.makeRepository('nas')
    const asked = { name: 'nas', url: place, passphrase: PASSPHRASE }
    await site.expect(201, 'POST', '/repositories', asked)
    const edit = (repository: string) =>
      site.expect<{ repository: string; nextFire: string }>(200, 'PATCH', '/schedules/shop', {
        repository,
      })
    const { repository, nextFire } = await edit('nas')
    assert.deepEqual([repository, nextFire], ['nas', '2026-03-29T01:00:00.000Z'])
    await site.refuse('IN_USE', 409, 'DELETE', '/repositories/nas')
    await site.refuse('NOT_FOUND', 404, 'PATCH', '/schedules/shop', { repository: 'none' })
    assert.equal((await edit('main')).repository, 'main')
  })

  test('an edit of one kind of retries leaves the other kind', async () => {
    const edit = (retry: object) =>
      site.expect<{ retry: object }>(200, 'PATCH', '/schedules/shop', { retry })
    await edit({ networkDelays: [5] })
    const { retry } = await edit({ delays: [] })
    assert.deepEqual(retry, { delays: [], networkDelays: [5] })
  })

  test('it is disabled and enabled', async () => {
    const off = await site.expect<Schedule>(200, 'POST', '/schedules/shop/disable')
    assert.deepEqual([off.enabled, off.nextFire], [false, null])
    const on = await site.expect<Schedule>(200, 'POST', '/schedules/shop/enable')
    assert.deepEqual([on.enabled, on.nextFire], [true, '2026-03-29T01:00:00.000Z'])
  })

  test('the scheduler tells of those that wait for a clock that was set back', async () => {
    const waiting = async () => {
      type Standing = { schedules: { aheadOfClock: number } }
      return (await site.expect<Standing>(200, 'GET', '/scheduler')).schedules.aheadOfClock
    }
    assert.equal(await waiting(), 0)
    await site.test.catalog.query(
      `update schedules set last_slot = (select clock_now()) + interval '1 day',
         next_slot = (select clock_now()) + interval '2 days',
         next_fire = (select clock_now()) + interval '2 days'`,
    )
    assert.equal(await waiting(), 1)
    await site.expect(200, 'POST', '/schedules/shop/disable')
    await site.expect(200, 'POST', '/schedules/shop/enable')
    assert.equal(await waiting(), 0)
  })

  test('one may follow another, and no chain closes a ring', async () => {
    const { schedules } = await site.expect<{ schedules: Schedule[] }>(200, 'GET', '/schedules')
    const [first] = schedules
    assert.ok(first)
    const follower = await site.expect<Schedule>(201, 'POST', '/schedules', {
      source: 'shop',
      repository: 'main',
      after: first.id.slice(0, 8),
    })
    assert.equal(follower.afterScheduleId, first.id)
    const next = await site.expect<{ firings: unknown[] }>(
      200,
      'GET',
      `/schedules/${follower.id}/next`,
    )
    assert.deepEqual(next.firings, [])
    const ring = { after: follower.id }
    await site.refuse('WRONG_USE', 422, 'PATCH', `/schedules/${first.id}`, ring)
    await site.refuse('IN_USE', 409, 'DELETE', `/schedules/${first.id}`)
    await site.expect(200, 'DELETE', `/schedules/${follower.id}`)
  })

  test('what it needs is not removed', async () => {
    await site.refuse('IN_USE', 409, 'DELETE', '/sources/shop')
    await site.refuse('IN_USE', 409, 'DELETE', '/repositories/main')
  })

  test('wrong input is refused', async () => {
    await site.refuse('NOT_FOUND', 404, 'POST', '/schedules', { ...asked, source: 'nix' })
    await site.refuse('NOT_FOUND', 404, 'POST', '/schedules', { ...asked, repository: 'nix' })
    await site.refuse('WRONG_USE', 422, 'POST', '/schedules', { ...asked, cron: '61 * * * *' })
    await site.refuse('WRONG_USE', 422, 'POST', '/schedules', { ...asked, timeZone: 'Mars/Base' })
    await site.refuse('WRONG_USE', 422, 'POST', '/schedules', {
      source: 'shop',
      repository: 'main',
    })
    const { problems } = await site.refuse('INVALID_INPUT', 422, 'POST', '/schedules', {
      ...asked,
      jitterSeconds: -1,
      blackout: [{ days: ['someday'], from: '25:00', to: '08:00' }],
      retry: { delays: [0], networkDelays: [] },
    })
    assert.deepEqual(problems?.map(one => one.field).sort(), [
      'blackout.0.days.0',
      'blackout.0.from',
      'jitterSeconds',
      'retry.delays.0',
    ])
    await site.refuse('INVALID_INPUT', 422, 'GET', '/schedules/shop/next?count=101')
  })

  test('one that is gone is not found', async () => {
    await site.expect(200, 'DELETE', '/schedules/shop')
    for (const [method, path] of [
      ['GET', '/schedules/shop/next'],
      ['POST', '/schedules/shop/enable'],
      ['POST', '/schedules/shop/disable'],
      ['DELETE', '/schedules/shop'],
    ] as const) {
      await site.refuse('NOT_FOUND', 404, method, path)
    }
    await site.refuse('NOT_FOUND', 404, 'PATCH', '/schedules/shop', { priority: 1 })
    await site.refuse('NOT_FOUND', 404, 'GET', '/schedules?source=nix')
  })
})
