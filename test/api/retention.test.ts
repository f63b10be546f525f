import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { RetentionPreview } from '../../src/api/schema/retention.ts'
import type { ChangedSchedule, Schedule } from '../../src/api/schema/schedules.ts'
import { addApiKey } from '../../src/catalog/api-keys.ts'
import type { Scope } from '../../src/core/access.ts'
import { Shelves } from '../support/shelves.ts'
import { ApiSite } from './site.ts'

const preview = (site: ApiSite, body: object) =>
  site.expect<RetentionPreview>(200, 'POST', '/schedules/preview-retention', body)

describe('rules of schedules', () => {
  let site: ApiSite
  let shelves: Shelves
  before(async () => {
    site = await ApiSite.open()
    await site.test.setClock('2026-06-17T12:00:00Z')
    await site.addShop()
    shelves = new Shelves(site.test.catalog)
  })
  after(() => site.close())

  test('a rule is said, changed and taken away, and nothing else is taken for one', async () => {
    const path = '/schedules'
    const body = { source: 'shop', repository: 'main', cron: 'daily at 02:30', timeZone: 'UTC' }
    const added = await site.expect<ChangedSchedule>(201, 'POST', path, body)
    assert.deepEqual([added.keep, added.retention], [null, null])
    const one = `${path}/${added.id}`
    const keep = { daily: 7, within: 30 }
    const edited = await site.expect<ChangedSchedule>(200, 'PATCH', one, { keep })
    assert.deepEqual(edited.keep, keep)
    assert.deepEqual(edited.retention, {
      goes: 0,
      comesBack: 0,
      stays: 0,
      bytes: 0,
      graceHours: 24,
    })
    await site.expect(200, 'PATCH', one, { priority: 3 })
    assert.deepEqual((await site.expect<Schedule>(200, 'GET', one)).keep, keep)
    const [entry] = await site.audited('schedule.edit')
    assert.equal(entry?.objectName, 'shop')
    for (const bad of [{}, { daily: 0 }, { daily: 1.5 }, { daily: 1e9 }, { days: 7 }, 7]) {
      await site.refuse('INVALID_INPUT', 422, 'PATCH', one, { keep: bad })
    }
    const without = await site.expect<ChangedSchedule>(200, 'PATCH', one, { keep: null })
    assert.deepEqual([without.keep, without.retention], [null, null])
    await site.expect(200, 'DELETE', one)
  })

  test('a preview says of each backup why it stays, and changes nothing', async () => {
    const days = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    const ids = await shelves.fill(
      'shop',
      'main',
      days.map(day => ({ hoursAgo: day * 24 + 1 })),
    )
    await shelves.pin(ids[8] ?? '')
    const asked = { source: 'shop', repository: 'main', keep: { daily: 3 }, cron: 'daily at 02:30' }
    const seen = await preview(site, asked)
    assert.equal(seen.words, '3 daily')
    assert.deepEqual(
      seen.backups.map(one => one.keptBy),
      [['daily 1', 'last good'], ['daily 2'], ['daily 3'], [], [], [], [], [], ['pinned'], []],
    )
    assert.deepEqual(seen.counts, { all: 10, stays: 4, goes: 6, comesBack: 0 })
    assert.deepEqual(seen.bytes, { stays: 40, goes: 60 })
    assert.deepEqual(seen.longRun, { backups: 3, days: 2, everySeconds: 86_400 })
    assert.match(seen.warnings.join('\n'), /6 of 10 backups would be marked .* for 24 hours/)
    assert.match(seen.warnings.join('\n'), /no storage is given back until/)
    assert.equal(await shelves.marked(), 0)
    const short = await preview(site, { ...asked, limit: 2 })
    assert.deepEqual([short.backups.length, short.counts.all], [2, 10])
  })

  test('the answer to a change names how many go', async () => {
    const body = { source: 'shop', repository: 'main', cron: 'hourly', keep: { last: 2 } }
    const added = await site.expect<ChangedSchedule>(201, 'POST', '/schedules', body)
    assert.deepEqual([added.retention?.goes, added.retention?.stays], [7, 3])
    assert.equal(await shelves.marked(), 0)
    const other = await site.expect<ChangedSchedule>(201, 'POST', '/schedules', {
      ...body,
      cron: 'daily at 01:00',
      keep: undefined,
    })
    assert.equal(other.retention?.goes, 0)
    const seen = await preview(site, { schedule: added.id })
    assert.match(seen.warnings.join('\n'), /has no rule, so that everything is kept/)
    assert.deepEqual(
      seen.others.map(one => [one.schedule, one.words, one.enabled]),
      [[other.id, 'all, for ever', true]],
    )
    const removed = await site.expect<ChangedSchedule>(200, 'DELETE', `/schedules/${other.id}`)
    assert.equal(removed.retention?.goes, 7)
    const off = `/schedules/${added.id}/disable`
    assert.equal((await site.expect<ChangedSchedule>(200, 'POST', off)).retention?.goes, 0)
    const disabled = await preview(site, { schedule: added.id })
    assert.match(disabled.warnings.join('\n'), /the schedule is disabled/)
  })

  test('a change by which backups go takes what deleting them takes', async () => {
    const [{ id }] = (await site.expect<{ schedules: [Schedule] }>(200, 'GET', '/schedules'))
      .schedules
    await site.expect(200, 'POST', `/schedules/${id}/enable`)
    const [rule, none] = [{ keep: { last: 1 } }, { keep: null }]
    const admin = site.member('admin')
    await admin.entered()
    await site.test.catalog.query(
      `update sessions set proven_at = proven_at - interval '1 hour' where user_id = $1`,
      [admin.id],
    )
    const stale = await admin.send('PATCH', `/schedules/${id}`, rule)
    assert.deepEqual([stale.status, stale.body.code], [403, 'STEP_UP_REQUIRED'])
    assert.equal((await admin.send('PATCH', `/schedules/${id}`, none)).status, 200)
    assert.equal((await site.as('admin').send('PATCH', `/schedules/${id}`, rule)).status, 200)
    const keyWith = async (scopes: readonly Scope[]) => {
      const name = scopes.join(' ')
      const { key } = await addApiKey(site.test.catalog, {
        name,
        role: 'admin',
        scopes,
        days: null,
      })
      return { authorization: `Bearer ${key.reveal()}` }
    }
    const edit = async (scopes: readonly Scope[], body: object) =>
      await site.send('PATCH', `/schedules/${id}`, body, await keyWith(scopes), site.port)
    const narrow = await edit(['schedules:write'], rule)
    assert.deepEqual([narrow.status, narrow.body.code], [403, 'NOT_ALLOWED'])
    assert.equal((await edit(['schedules:write', 'backups:write'], rule)).status, 200)
  })

  test('what is not about a source in a repository is refused', async () => {
    const path = '/schedules/preview-retention'
    await site.refuse('WRONG_USE', 422, 'POST', path, { source: 'shop', keep: { last: 1 } })
    await site.refuse('NOT_FOUND', 404, 'POST', path, { schedule: 'none', keep: { last: 1 } })
    await site.refuse('INVALID_INPUT', 422, 'POST', path, { schedule: 'none', keep: {} })
    const zone = { source: 'shop', repository: 'main', keep: { daily: 1 }, timeZone: 'Mars/Base' }
    await site.refuse('WRONG_USE', 422, 'POST', path, zone)
  })
})
