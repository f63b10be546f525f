import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { claimRun } from '../../src/catalog/run-claims.ts'
import { moveRun } from '../../src/catalog/run-moves.ts'
import { insertRun } from '../../src/catalog/runs.ts'
import {
  disableSchedule,
  editSchedule,
  enableSchedule,
  findSchedule,
} from '../../src/catalog/schedules.ts'
import { fireDue, setScheduler, slotsStatus, untilDue } from '../../src/catalog/slots.ts'
import { followTimeZones } from '../../src/catalog/time-zones.ts'
import { openTestCatalog, type TestCatalog } from '../../support/catalog.ts'
import { addNode, addSource, newRun } from '../support/catalog-rows.ts'
import {
  addSchedule,
  assertNoneLostNorTwice,
  completeAll,
  fireAll,
  slotRecords,
} from '../support/schedule-site.ts'

const START = '2025-06-02T12:00:10Z'
const text = (time: Date | null | undefined) => time?.toISOString().slice(0, 19)

/** A catalog whose clock stands at {@link START}. */
async function openAtStart(t: { after(work: () => Promise<void>): void }): Promise<TestCatalog> {
  const site = await openTestCatalog(t)
  await site.setClock(START)
  return site
}

describe('firing', () => {
  test('a slot is fired at its time, once, and the schedule moves on', async t => {
    const { catalog, setClock } = await openAtStart(t)
    const { id } = await addSchedule(catalog, { priority: 7, maxBytes: 1e12 })
    assert.equal(await untilDue(catalog), 3590 * 1000)
    await setClock('2025-06-02T12:59:59.999Z')
    assert.equal((await fireDue(catalog, 10)).schedules, 0)
    await setClock('2025-06-02T13:00:00Z')
    assert.deepEqual(await fireDue(catalog, 10), { schedules: 1, queued: 1, skipped: 0, unfit: [] })
    assert.equal((await fireDue(catalog, 10)).schedules, 0)
    const [run] = await catalog.query<Record<string, unknown>>('select * from runs')
    assert.equal(run?.trigger, 'schedule')
    assert.equal(run.priority, 7)
    assert.deepEqual(run.request, { maxBytes: 1e12 })
    assert.equal(run.host, 'localhost:5432')
    const schedule = await findSchedule(catalog, id)
    assert.equal(text(schedule.lastSlot), '2025-06-02T13:00:00')
    assert.equal(text(schedule.nextSlot), '2025-06-02T14:00:00')
    assert.equal(text(schedule.lastRunAt), '2025-06-02T13:00:00')
  })

  test('after a downtime, one run catches up and names what it stands for', async t => {
    const { catalog, setClock } = await openAtStart(t)
    const schedule = await addSchedule(catalog)
    await setClock('2025-06-04T12:10:00Z')
    await fireAll(catalog)
    const records = await slotRecords(catalog)
    assert.deepEqual(
      records.map(one => [one.trigger, text(one.slot), one.missedSlots.length]),
      [['catch-up', '2025-06-04T12:00:00', 47]],
    )
    assertNoneLostNorTwice(schedule, records, new Date(START), new Date('2025-06-04T12:10:00Z'))
    await completeAll(catalog)
    await setClock('2025-06-04T13:00:30Z')
    await fireAll(catalog)
    assert.deepEqual((await slotRecords(catalog)).at(-1)?.trigger, 'schedule')
  })

  test('a run that stands for very many slots names a thousand', async t => {
    const { catalog, setClock } = await openAtStart(t)
    await addSchedule(catalog, { cron: 'every minute' })
    await setClock('2025-06-12T12:00:10Z')
    await fireAll(catalog)
    const [only, ...others] = await slotRecords(catalog)
    assert.deepEqual(others, [])
    assert.equal(only?.missedSlots.length, 1000)
    assert.equal(only.missedMore, 10 * 24 * 60 - 1 - 1000)
  })

  test('a slot whose source is at work is skipped, finished and audited, and the schedule moves on', async t => {
    const { catalog, setClock } = await openAtStart(t)
    const { id } = await addSchedule(catalog)
    for (const hour of ['13', '14']) {
      await setClock(`2025-06-02T${hour}:00:01Z`)
      await fireAll(catalog)
    }
    const [first, second] = await catalog.query<Record<string, unknown>>(
      'select * from runs order by slot',
    )
    assert.equal(first?.state, 'queued')
    assert.equal(second?.state, 'skipped')
    assert.equal(text(second.finished_at as Date), '2025-06-02T14:00:01')
    assert.match(JSON.stringify(second.failure), new RegExp(`run ${String(first.id).slice(0, 8)} `))
    assert.equal(text((await findSchedule(catalog, id)).lastRunAt), '2025-06-02T14:00:01')
    const audited = await catalog.query('select action, object_id, result from audit_log')
    assert.deepEqual(audited, [{ action: 'run.skip', object_id: second.id, result: 'skipped' }])
  })

  test('of two schedules of one source at the same time, the higher priority runs', async t => {
    const { catalog, setClock } = await openAtStart(t)
    const sourceId = await addSource(catalog)
    await addSchedule(catalog, { sourceId, priority: 1 })
    const high = await addSchedule(catalog, { sourceId, priority: 2 })
    await setClock('2025-06-02T13:00:00Z')
    await fireAll(catalog)
    const states = (await slotRecords(catalog)).map(one => [one.scheduleId === high.id, one.state])
    assert.deepEqual(
      states.toSorted(([a], [b]) => Number(a) - Number(b)),
      [
        [false, 'skipped'],
        [true, 'queued'],
      ],
    )
  })

  test('slots of a blackout are served together at its end', async t => {
    const { catalog, setClock } = await openAtStart(t)
    await addSchedule(catalog, { blackout: [{ days: ['monday'], from: '13:00', to: '18:00' }] })
    await setClock('2025-06-02T17:59:59Z')
    assert.equal(await fireAll(catalog), 0)
    await setClock('2025-06-02T18:00:01Z')
    await fireAll(catalog)
    const [only] = await slotRecords(catalog)
    assert.deepEqual(
      [only?.trigger, text(only?.slot), only?.missedSlots.length],
      ['schedule', '2025-06-02T18:00:00', 5],
    )
  })

  test('a schedule that cannot fire any more is disabled and told, and keeps no other from firing', async t => {
    const { catalog, setClock } = await openAtStart(t)
    const unfit = await addSchedule(catalog)
    await addSchedule(catalog)
    await catalog.query(`update schedules set time_zone = 'Mars/Base' where id = $1`, [unfit.id])
    await setClock('2025-06-02T13:00:00Z')
    const fired = await fireDue(catalog, 10)
    assert.equal(fired.queued, 1)
    assert.match(fired.unfit.join(), /no time zone called Mars\/Base/)
    assert.equal((await findSchedule(catalog, unfit.id)).enabled, false)
    const [entry] = await catalog.query<{ action: string }>('select action from audit_log')
    assert.equal(entry?.action, 'schedule.disable')
  })
})

describe('the clock of the database', () => {
  test('set back and forth, it fires nothing twice and loses nothing', async t => {
    const { catalog, setClock } = await openAtStart(t)
    const schedule = await addSchedule(catalog, { cron: 'every 10 minutes' })
    const moves = [
      '12:40:00',
      '12:05:00',
      '12:41:00',
      '15:00:30',
      '12:10:00',
      '14:59:00',
      '15:20:00',
    ]
    for (const time of moves) {
      await setClock(`2025-06-02T${time}Z`)
      await fireAll(catalog)
      await completeAll(catalog)
    }
    const records = await slotRecords(catalog)
    assertNoneLostNorTwice(schedule, records, new Date(START), new Date('2025-06-02T15:20:00Z'))
  })

  test('set back far, it makes schedules wait, which is told; enabling one again lets it go on', async t => {
    const { catalog, setClock } = await openAtStart(t)
    const { id } = await addSchedule(catalog)
    await setClock('2026-06-02T12:00:10Z')
    await fireAll(catalog)
    await completeAll(catalog)
    await setClock(START)
    assert.equal((await slotsStatus(catalog)).aheadOfClock, 1)
    await catalog.transaction(sql => editSchedule(sql, id, { cron: 'every 30 minutes' }))
    assert.equal(text((await findSchedule(catalog, id)).nextSlot), '2026-06-02T12:30:00')
    await catalog.transaction(sql => disableSchedule(sql, id))
    await catalog.transaction(sql => enableSchedule(sql, id))
    assert.equal(text((await findSchedule(catalog, id)).nextSlot), '2025-06-02T12:30:00')
    await setClock('2025-06-02T12:30:10Z')
    await fireAll(catalog)
    assert.equal((await slotRecords(catalog)).length, 2)
  })
})

test('slots that were due when the time was changed are left to the new time', async t => {
  const { catalog, setClock } = await openAtStart(t)
  const { id } = await addSchedule(catalog)
  await setClock('2025-06-02T15:10:00Z')
  await catalog.transaction(sql => editSchedule(sql, id, { cron: 'every 30 minutes' }))
  await fireAll(catalog)
  const [only, ...others] = await slotRecords(catalog)
  assert.deepEqual(others, [])
  assert.deepEqual([text(only?.slot), only?.missedSlots.length], ['2025-06-02T15:00:00', 4])
  await setClock('2025-06-02T15:20:00Z')
  await catalog.transaction(sql => editSchedule(sql, id, { priority: 3 }))
  assert.equal(text((await findSchedule(catalog, id)).nextSlot), '2025-06-02T15:30:00')
})

describe('a stopped scheduler', () => {
  test('fires nothing; started again, it catches up', async t => {
    const { catalog, setClock } = await openAtStart(t)
    await addSchedule(catalog)
    await catalog.transaction(sql => setScheduler(sql, 'stopped'))
    await setClock('2025-06-02T15:30:00Z')
    assert.equal(await untilDue(catalog), undefined)
    assert.equal((await fireDue(catalog, 10)).schedules, 0)
    await catalog.transaction(sql => setScheduler(sql, 'running'))
    await fireAll(catalog)
    const [only] = await slotRecords(catalog)
    assert.deepEqual([only?.trigger, only?.missedSlots.length], ['catch-up', 2])
  })

  test('lets no schedule follow another; started again, each follows the newest run once', async t => {
    const { catalog, setClock } = await openAtStart(t)
    const first = await addSchedule(catalog)
    const follower = await addSchedule(catalog, { afterScheduleId: first.id })
    const node = { ...(await addNode(catalog)), leaseMs: 30_000 }
    const complete = async () => {
      await insertRun(catalog, await newRun(catalog, { scheduleId: first.id }))
      const run = await claimRun(catalog, node)
      assert.ok(run)
      return (await catalog.transaction(sql => moveRun(sql, run, 'completed'))).id
    }
    const follow = () =>
      catalog.query<{ trigger: string; key: string }>(
        `select trigger, idempotency_key as key from runs where schedule_id = $1`,
        [follower.id],
      )
    const set = (to: 'running' | 'stopped') => catalog.transaction(sql => setScheduler(sql, to))
    await set('stopped')
    await complete()
    await setClock('2025-06-02T12:10:00Z')
    const newest = await complete()
    assert.deepEqual(await follow(), [])
    for (const to of ['running', 'stopped', 'running'] as const) await set(to)
    assert.deepEqual(await follow(), [
      { trigger: 'catch-up', key: `${follower.id} after ${newest}` },
    ])
  })
})

describe('rules of time zones of another edition', () => {
  test('move the next slot at once, and the audit log says so', async t => {
    const { catalog } = await openAtStart(t)
    const { id } = await addSchedule(catalog, {
      cron: 'daily at 02:30',
      timeZone: 'Europe/Berlin',
    })
    assert.equal(await followTimeZones(catalog, '2025a'), 0)
    const slot = async () => text((await findSchedule(catalog, id)).nextSlot)
    // As older rules had it, without summer time.
    const older = `update schedules set next_slot = next_slot + interval '1 hour',
      next_fire = next_fire + interval '1 hour'`
    await catalog.query(older)
    assert.equal(await followTimeZones(catalog, '2025a'), 0)
    assert.equal(await slot(), '2025-06-03T01:30:00')
    assert.equal(await followTimeZones(catalog, '2025b'), 1)
    assert.equal(await slot(), '2025-06-03T00:30:00')
    const [entry] = await catalog.query<{ action: string; id: string; rules: string }>(
      `select action, object_id as id, details->>'rules' as rules from audit_log`,
    )
    assert.deepEqual(entry, { action: 'schedule.retime', id, rules: '2025a → 2025b' })
  })

  test('leave a slot alone that is due and has not fired', async t => {
    const { catalog, setClock } = await openAtStart(t)
    await addSchedule(catalog, { cron: 'daily at 02:30', timeZone: 'Europe/Berlin' })
    await followTimeZones(catalog, '2025a')
    await setClock('2025-06-03T00:31:00Z')
    assert.equal(await followTimeZones(catalog, '2025b'), 0)
    assert.equal(await fireAll(catalog), 1)
  })
})

test('an error within the firing leaves neither a run nor a schedule that has moved on', async t => {
  const { catalog, setClock } = await openAtStart(t)
  for (let n = 0; n < 3; n += 1) await addSchedule(catalog)
  await setClock('2025-06-02T13:00:00Z')
  const schedules = () =>
    catalog.query('select id, next_slot, last_slot from schedules order by id')
  const before = await schedules()
  await catalog.query(`alter table schedules add constraint broken check (last_slot is null)`)
  await assert.rejects(fireDue(catalog, 10))
  assert.deepEqual(await schedules(), before)
  assert.deepEqual(await slotRecords(catalog), [])
  await catalog.query('alter table schedules drop constraint broken')
  await fireAll(catalog)
  assert.equal((await slotRecords(catalog)).length, 3)
})
