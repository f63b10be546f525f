import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../support/server.ts'
import { ServerSite } from '../support/server-site.ts'

/** One server for the catalog, its old copy, and what is backed up. */
let site: ServerSite

before(async () => {
  site = await ServerSite.open(['shop', 'other'], 'catalog')
})

after(() => site.close())

async function kill(): Promise<void> {
  site.server.child.kill('SIGKILL')
  await site.server.ended
}

/** Copies the catalog as it is, once nobody is connected to it. */
async function copyTo(name: string): Promise<void> {
  const others = `select from pg_stat_activity where datname = 'catalog'`
  await eventually('nobody at the catalog', async () => {
    return (await site.database.query('postgres', others)).length === 0
  })
  await site.database.query('postgres', `create database ${name} template catalog`)
}

describe('a catalog that comes back from an old copy', () => {
  test('learns of later backups, resolves what it believes to be running, and catches up once', async () => {
    const { run: running, letGo } = await site.heldBackup('shop')
    // Every two seconds, from some time before the copy was made.
    await site.done(['schedule', 'add', '-s', 'other', '-r', 'main', '--cron', '*/2 * * * * *'])
    await kill()
    await copyTo('old')
    await letGo()

    await site.serve(site.catalogIn('catalog'))
    await site.completed(running)
    const later = await site.backUp('shop')
    await site.completed(later)
    const before = await site.database.query<{ id: string }>('catalog', 'select id from backups')
    await kill()

    // Long enough that what was missed is caught up, and not merely late.
    const [{ slot } = assert.fail('no slot')] = await site.database.query<{ slot: Date }>(
      'old',
      `update schedules set next_slot = next_slot - interval '10 minutes',
         next_fire = next_fire - interval '10 minutes' returning next_slot as slot`,
    )
    await site.serve(site.catalogIn('old'))
    await site.completed(running)
    const resolved = await site.run(running)
    assert.deepEqual([resolved.attempt, resolved.state], [2, 'completed'])
    await eventually('the backups that came after the copy', async () => {
      const known = await site.database.query<{ id: string }>('old', 'select id from backups')
      const ids = new Set(known.map(one => one.id))
      return before.every(one => ids.has(one.id))
    })
    // Its own backup was found, and no second one made.
    const ofRun = await site.database.query('old', 'select from backups where run_id = $1', [
      running,
    ])
    assert.equal(ofRun.length, 1)
    const caught = await site.database.query<{ slots: number; first: Date }>(
      'old',
      `select cardinality(missed_slots) + missed_more + 1 as slots, missed_slots[1] as first
       from runs where trigger = 'catch-up'`,
    )
    assert.equal(caught.length, 1)
    assert.ok((caught[0]?.slots ?? 0) >= 300)
    assert.deepEqual(caught[0]?.first, slot)
  })
})
