import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Client } from 'pg'
import type { Catalog, Sql } from '../../src/catalog/db.ts'
import { CatalogMemory } from '../../src/catalog/memory.ts'
import { runStatistics, sourceStatistics } from '../../src/catalog/statistics.ts'
import { newestDays } from '../../src/catalog/strips.ts'
import { openTestCatalog } from '../../support/catalog.ts'
import { addRepository, addSource } from '../support/catalog-rows.ts'
import { Random } from '../support/random.ts'

const NOW = '2026-03-15 12:00:00Z'
const CHANGES = 250

/** Everything that a memory tells. */
async function told(memory: CatalogMemory, sql: Sql) {
  const now = await memory.upToDate()
  const days = newestDays(now, 10, 'Europe/Berlin')
  const standings = await memory.standings()
  const view = { mostDays: 30, timeZone: 'UTC', now, past: memory.past }
  return {
    standings,
    strips: await memory.strips(days, 'Europe/Berlin', standings),
    ofAll: await runStatistics(sql, {}, view),
    inZone: await runStatistics(sql, {}, { ...view, timeZone: 'Asia/Tokyo' }),
    bySource: await sourceStatistics(view, {}),
  }
}

/** One of the things that happen in a catalog, by chance. */
function somethingHappens(catalog: Catalog, random: Random, sources: string[], repository: string) {
  const source = random.one(sources)
  const at = `${random.whole(0, 300)} hours`
  const changes: (readonly [sql: string, values: readonly unknown[]])[] = [
    [
      `insert into runs (id, kind, state, source_id, repository_id, trigger, triggered_by, lock_key, retry,
         queued_at, slot, missed_slots, missed_more)
       values (gen_random_uuid(), $3, 'queued', $1, $2, 'catch-up', 'test', gen_random_uuid()::text, '{}',
         clock_now() - $4::interval, clock_now() - $4::interval - interval '3 hours', '{}', 0)`,
      [source, repository, random.one(['backup', 'verify']), at],
    ],
    [
      `update runs set state = 'running', started_at = clock_now(), lease_until = clock_now()
       where id = (select id from runs where state = 'queued' order by id limit 1)`,
      [],
    ],
    [
      `update runs set state = $1, started_at = queued_at, finished_at = clock_now(),
         lease_until = null, failure = '{}'
       where id = (select id from runs where state = 'running' order by id limit 1)`,
      [random.one(['completed', 'failed', 'cancelled'])],
    ],
    [
      `insert into backups (id, repository_id, source_id, source_label, started_at, finished_at, dump_bytes,
         stored_bytes, tables, rows, manifest)
       values ($3, $2, $1, '', clock_now(), clock_now() - $4::interval, 1, 1, 1, 1, '{}')`,
      [source, repository, randomBytes(16).toString('hex'), at],
    ],
    [`update backups set verified_at = clock_now() where id = (select min(id) from backups)`, []],
    [`update backups set unreadable = not unreadable where id = (select max(id) from backups)`, []],
    [`update backups set source_id = $1 where id = (select min(id) from backups)`, [source]],
    [
      `insert into backup_deletions (repository_id, backup_id, asked_by, due_at, last_too)
       select repository_id, id, 'test', clock_now(), true from backups order by finished_at desc limit 1
       on conflict do nothing`,
      [],
    ],
    [`delete from backup_deletions`, []],
    [
      `update backups set finished_at = finished_at - interval '2 days' where id = (select max(id) from backups)`,
      [],
    ],
    [
      `update backups set tags = $1 where id = (select min(id) from backups)`,
      [random.one(['{}', '{"uploaded": "x.dump"}'])],
    ],
    [`select recount_runs(), recount_totals(), recount_quarters(), remark_sources()`, []],
    [`delete from backups where id = (select max(id) from backups)`, []],
    [`update sources set name = name || 'x' where id = $1`, [source]],
    [
      `insert into schedules (id, source_id, repository_id, cron, time_zone, retry, next_fire, period_seconds, created_at)
       values (gen_random_uuid(), $1, $2, 'hourly', 'UTC', '{}', clock_now(), 3600, clock_now() - interval '9 days')`,
      [source, repository],
    ],
    [`update schedules set period_seconds = period_seconds * 2 where source_id = $1`, [source]],
    [`insert into settings (name, value) values ('paused', 'true') on conflict do nothing`, []],
  ]
  const [sql, values] = random.one(changes)
  return catalog.query(sql, values)
}

test('tells what a catalog tells that is read anew, whatever happens', async t => {
  const { catalog, setClock } = await openTestCatalog(t)
  await setClock(NOW)
  const seed = randomBytes(4).readUInt32BE()
  const random = new Random(seed)
  const repository = await addRepository(catalog)
  const sources = [await addSource(catalog), await addSource(catalog), await addSource(catalog)]
  const memory = new CatalogMemory(catalog)
  let verdicts = new Set<string>()
  for (let change = 1; change <= CHANGES; change += 1) {
    await somethingHappens(catalog, random, sources, repository)
    const known = await told(memory, catalog)
    const fresh = await told(new CatalogMemory(catalog), catalog)
    assert.deepEqual(known, fresh, `seed ${seed}, after ${change} changes`)
    verdicts = new Set([...verdicts, ...known.standings.map(one => one.verdict)])
  }
  assert.ok(verdicts.size > 2, `seed ${seed}: so little happens that nothing is shown`)
})

/** What looks at a catalog with one memory, and tells which of its sources had to be read. */
function lookAt(catalog: Catalog) {
  const asked: (readonly [sql: string, values: readonly unknown[]])[] = []
  const sql: Sql = {
    query: (text, values = []) => {
      asked.push([text, values])
      return catalog.query(text, values)
    },
  }
  const sourcesAsked = () =>
    asked.splice(0).flatMap(([, values]) => values.filter(value => Array.isArray(value)))
  const memory = new CatalogMemory(sql)
  return async () => {
    await memory.upToDate()
    await memory.standings()
    return sourcesAsked()
  }
}

test('reads only what has changed', async t => {
  const { catalog } = await openTestCatalog(t)
  const repository = await addRepository(catalog)
  const first = await addSource(catalog)
  const second = await addSource(catalog)
  const look = lookAt(catalog)
  assert.deepEqual(await look(), [[first, second]])
  assert.deepEqual(await look(), [])
  await catalog.query(
    `insert into runs (id, kind, state, source_id, repository_id, trigger, triggered_by, lock_key, retry)
     values (gen_random_uuid(), 'backup', 'queued', $1, $2, 'manual', 'test', 'x', '{}')`,
    [second, repository],
  )
  assert.deepEqual(await look(), [[second]])
  await catalog.query('update repositories set max_runs = 7')
  assert.deepEqual(await look(), [])
})

test('begins anew where the changes that it needs are forgotten, or are those of another catalog', async t => {
  const { catalog } = await openTestCatalog(t)
  const source = await addSource(catalog)
  const look = lookAt(catalog)
  assert.deepEqual(await look(), [[source]])
  await catalog.query(`update repositories set max_runs = 1`)
  await catalog.query(
    `insert into changes (kind, object_id, change) values ('user', '', 'changed')`,
  )
  await catalog.query('delete from changes where id < (select max(id) from changes)')
  assert.deepEqual(await look(), [[source]])
  assert.deepEqual(await look(), [])
  await catalog.query(`update changes set at = at + interval '1 second'`)
  assert.deepEqual(await look(), [[source]])
})

test('a backup that moves while its deletion is taken back is told to be of where it went', async t => {
  const { catalog, url } = await openTestCatalog(t)
  const repository = await addRepository(catalog)
  const [first, second] = [await addSource(catalog), await addSource(catalog)]
  await catalog.query(
    `with made as (insert into backups (id, repository_id, source_id, source_label, started_at, finished_at,
       dump_bytes, stored_bytes, tables, rows, manifest)
     values ('b', $2, $1, '', clock_now(), clock_now(), 1, 1, 1, 1, '{}'))
     insert into backup_deletions (repository_id, backup_id, asked_by, due_at, last_too)
     values ($2, 'b', 'test', clock_now(), true)`,
    [first, repository],
  )
  const mover = new Client({ connectionString: url })
  await mover.connect()
  t.after(() => mover.end())
  await mover.query('begin')
  await mover.query('select pg_advisory_xact_lock(7420003)')
  await mover.query('update backups set source_id = $1', [second])
  const takenBack = catalog.query('delete from backup_deletions')
  const waiting = `select from pg_locks where locktype = 'advisory' and not granted`
  while ((await mover.query(waiting)).rowCount === 0) await new Promise(setImmediate)
  await mover.query('commit')
  await takenBack
  const [told] = await catalog.query('select facts from changes order by id desc limit 1')
  assert.deepEqual(told, { facts: { sources: [second] } })
})

test('a question that fails is asked again', async t => {
  const { catalog } = await openTestCatalog(t)
  await addSource(catalog)
  let fails = true
  const sql: Sql = {
    query: (text, values) =>
      fails && text.includes('unnest')
        ? Promise.reject(new Error('lost'))
        : catalog.query(text, values),
  }
  const memory = new CatalogMemory(sql)
  await memory.upToDate()
  await assert.rejects(memory.standings(), /lost/)
  fails = false
  assert.equal((await memory.standings()).length, 1)
})
