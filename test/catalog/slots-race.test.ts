import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Catalog } from '../../src/catalog/db.ts'
import { disableSchedule, editSchedule } from '../../src/catalog/schedules.ts'
import { fireDue } from '../../src/catalog/slots.ts'
import { openTestCatalog, type TestCatalog } from '../../support/catalog.ts'
import { addRepository } from '../support/catalog-rows.ts'
import { addSchedule, completeAll, slotRecords } from '../support/schedule-site.ts'

type Closer = { after(work: () => Promise<void>): void }

/** The same catalog as other nodes see it, each with connections of its own. */
function nodes(t: Closer, { url }: TestCatalog, count: number): Catalog[] {
  return Array.from({ length: count }, () => {
    const node = new Catalog({ connectionString: url, max: 2 })
    t.after(() => node.close())
    return node
  })
}

/** Many schedules that are due at the same time, made without asking for each. */
async function addMany(catalog: Catalog, count: number): Promise<void> {
  const repositoryId = await addRepository(catalog)
  const { id } = await addSchedule(catalog, { repositoryId })
  await catalog.query(
    `with made as (insert into sources (id, name, engine, url_sealed, host, database, label)
       select gen_random_uuid(), 'many ' || n, 'postgres', '', '', '', '' from generate_series(2, $2::int) n
       returning id)
     insert into schedules (id, source_id, repository_id, cron, time_zone, retry, next_slot, next_fire)
     select gen_random_uuid(), made.id, repository_id, cron, time_zone, retry, next_slot, next_fire
     from made, schedules where schedules.id = $1`,
    [id, count],
  )
}

describe('dispatchers', () => {
  for (const count of [2, 8]) {
    test(`${count} of them and 1,000 slots make 1,000 records`, async t => {
      const site = await openTestCatalog(t)
      const { catalog, setClock } = site
      await setClock('2025-06-02T12:00:10Z')
      await addMany(catalog, 200)
      const dispatchers = nodes(t, site, count)
      const shares = dispatchers.map(() => 0)
      for (const hour of [13, 14, 15, 16, 17]) {
        await setClock(`2025-06-02T${hour}:00:01Z`)
        const dispatch = async (node: Catalog, at: number) => {
          for (let empty = 0; empty < 3; ) {
            const { queued } = await fireDue(node, 7)
            shares[at] = (shares[at] ?? 0) + queued
            empty = queued === 0 ? empty + 1 : 0
          }
        }
        await Promise.all(dispatchers.map(dispatch))
        await completeAll(catalog)
      }
      const records = await slotRecords(catalog)
      assert.equal(records.length, 1000)
      assert.equal(new Set(records.map(one => `${one.scheduleId} ${+one.slot}`)).size, 1000)
      assert.ok(records.every(one => one.state === 'completed' && one.missedSlots.length === 0))
      assert.ok(
        shares.every(share => share > 0),
        `each had a share: ${shares.join(', ')}`,
      )
    })
  }
})

test('edited while it fires: the old slot fires once or the new one does, 150 times', async t => {
  const site = await openTestCatalog(t)
  const { catalog, setClock } = site
  const [firing, editing] = nodes(t, site, 2)
  assert.ok(firing && editing)
  await setClock('2025-06-02T12:00:10Z')
  const { id } = await addSchedule(catalog, { cron: '0 13 * * *' })
  const outcomes = { old: 0, new: 0 }
  for (let round = 0; round < 150; round += 1) {
    const day = new Date(Date.UTC(2025, 5, 2 + round)).toISOString().slice(0, 10)
    await setClock(`${day}T12:00:00Z`)
    await catalog.transaction(sql => editSchedule(sql, id, { cron: '0 13 * * *' }))
    await setClock(`${day}T13:00:01Z`)
    const edit = editing.transaction(sql => editSchedule(sql, id, { cron: '5 13 * * *' }))
    await Promise.all(round % 2 === 0 ? [edit, fireDue(firing, 5)] : [fireDue(firing, 5), edit])
    const wasOld = (await slotRecords(catalog, id)).some(one =>
      one.slot.toISOString().startsWith(`${day}T13:00`),
    )
    outcomes[wasOld ? 'old' : 'new'] += 1
    await completeAll(catalog)
    await setClock(`${day}T13:05:01Z`)
    await fireDue(firing, 5)
    await completeAll(catalog)
    const slots = (await slotRecords(catalog, id)).filter(one =>
      one.slot.toISOString().startsWith(day),
    )
    const [{ revision }] = (await catalog.query<{ revision: number }>(
      'select revision from schedules',
    )) as [{ revision: number }]
    assert.equal(revision, 1 + 2 * (round + 1))
    // Fired at the old time, the schedule has a new time later that day, which is a slot of its own.
    assert.deepEqual(
      slots.map(one => one.slot.getUTCMinutes()),
      wasOld ? [0, 5] : [5],
    )
    assert.ok(slots.every(one => one.missedSlots.length === 0))
  }
  assert.ok(outcomes.old > 0 && outcomes.new > 0, JSON.stringify(outcomes))
})

test('disabled while it fires: it fires before or not at all', async t => {
  const site = await openTestCatalog(t)
  const { catalog, setClock } = site
  const [firing, editing] = nodes(t, site, 2)
  assert.ok(firing && editing)
  for (let round = 0; round < 40; round += 1) {
    await setClock('2025-06-02T12:00:10Z')
    const { id } = await addSchedule(catalog)
    await setClock('2025-06-02T13:00:01Z')
    const disabling = editing.transaction(sql => disableSchedule(sql, id))
    const fired = await fireDue(firing, 500)
    await disabling
    await fireDue(firing, 500)
    const { length } = await slotRecords(catalog, id)
    assert.equal(length, fired.queued)
  }
})
