import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Catalog } from '../../src/catalog/db.ts'
import { enableSchedule } from '../../src/catalog/schedules.ts'
import { setScheduler } from '../../src/catalog/slots.ts'
import type { Log } from '../../src/core/log.ts'
import { Scheduler } from '../../src/jobs/scheduler.ts'
import { openTestCatalog } from '../../support/catalog.ts'
import { addSchedule, completeAll, slotRecords } from '../support/schedule-site.ts'

const PATIENCE_MS = 20_000

/** Stops it before the catalog is closed, which waits for what still listens. */
async function whileOpen(
  catalog: Catalog,
  work: (scheduler: Scheduler, said: readonly string[]) => Promise<void>,
): Promise<void> {
  const said: string[] = []
  const say = (_: object, sentence: string) => void said.push(sentence)
  const log: Log = { debug: say, info: say, warn: say, error: say }
  const scheduler = new Scheduler({ catalog, log })
  try {
    await work(scheduler, said)
  } finally {
    await scheduler.stop()
  }
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const began = performance.now()
  while (!(await holds())) {
    assert.ok(performance.now() - began < PATIENCE_MS, `waited in vain for ${what}`)
    await sleep(20)
  }
}

test('fires by itself, within the second, and wakes for a schedule made meanwhile', async t => {
  const { catalog } = await openTestCatalog(t)
  await whileOpen(catalog, async scheduler => {
    scheduler.start()
    await until('its first look', async () => (await scheduler.status()).lookedMsAgo !== undefined)
    const { id } = await addSchedule(catalog, { cron: '* * * * * *' })
    await until('three records', async () => (await slotRecords(catalog, id)).length >= 3)
    const late = await catalog.query<{ late: number }>(
      'select extract(epoch from queued_at - slot)::float8 as late from runs order by slot',
    )
    assert.ok(
      late.some(one => one.late < 0.5),
      JSON.stringify(late),
    )
    const status = await scheduler.status()
    assert.ok(status.isAlive && status.state === 'running')
    assert.ok(status.nextFire && status.lastFire && (status.lookedMsAgo ?? 1e9) < 5000)
  })
})

test('fires nothing while firing is stopped, and after the node stopped', async t => {
  const { catalog } = await openTestCatalog(t)
  await whileOpen(catalog, async scheduler => {
    const { id } = await addSchedule(catalog, { cron: '* * * * * *' })
    await catalog.transaction(sql => setScheduler(sql, 'stopped'))
    scheduler.start()
    await until('a second look', async () => ((await scheduler.status()).lookedMsAgo ?? 0) > 500)
    assert.deepEqual(await slotRecords(catalog), [])
    await catalog.transaction(sql => setScheduler(sql, 'running'))
    await until('a record', async () => (await slotRecords(catalog)).length > 0)
    await scheduler.stop()
    assert.equal((await scheduler.status()).isAlive, false)
    await completeAll(catalog)
    const { length } = await slotRecords(catalog)
    await catalog.transaction(sql => enableSchedule(sql, id))
    await sleep(1200)
    assert.equal((await slotRecords(catalog)).length, length)
  })
})

test('says once that the catalog is away, and goes on when it is back', async t => {
  const site = await openTestCatalog(t)
  const name = new URL(site.url).pathname.slice(1)
  const admin = (sql: string) => site.server.query('postgres', sql)
  const catalog = new Catalog({ connectionString: site.url, connectionTimeoutMillis: 2000 })
  await whileOpen(catalog, async (scheduler, said) => {
    await addSchedule(site.catalog, { cron: '* * * * * *' })
    scheduler.start()
    await until('a record', async () => (await slotRecords(site.catalog)).length > 0)
    await admin(`alter database ${name} allow_connections false`)
    await admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
    await until('the trouble to be told', () => said.length > 0)
    await sleep(2500)
    assert.equal(said.length, 1, said.join('\n'))
    assert.match(said[0] ?? '', /^schedules do not fire at the moment: /)
    await admin(`alter database ${name} allow_connections true`)
    const { length } = await slotRecords(site.catalog)
    await until('another record', async () => (await slotRecords(site.catalog)).length > length)
    await until('the end of the trouble to be told', () => said.length > 1) // after the record
    assert.deepEqual(said.slice(1), ['the scheduler reaches the catalog again'])
  })
  await catalog.close()
})
