import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { Catalog } from '../../src/catalog/db.ts'
import { migrate, NEWEST_VERSION, versionOf } from '../../src/catalog/migrate.ts'
import { CatalogTooNew } from '../../src/core/faults.ts'
import { freshDatabase, openTestCatalog } from '../../support/catalog.ts'

const MIGRATE = `
import { Catalog } from ${JSON.stringify(new URL('../../src/catalog/db.ts', import.meta.url).href)}
import { migrate } from ${JSON.stringify(new URL('../../src/catalog/migrate.ts', import.meta.url).href)}
await migrate(new Catalog({ connectionString: process.env.CATALOG }))
`

const tablesOf = async (catalog: Catalog) =>
  (
    await catalog.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace
       and relkind in ('r', 'v') order by 1`,
    )
  ).map(({ name }) => name)

test('a migrated catalog stays as it is when migrated again', async t => {
  const { catalog } = await openTestCatalog(t)
  const before = await tablesOf(catalog)
  await migrate(catalog)
  assert.equal(await versionOf(catalog), NEWEST_VERSION)
  assert.deepEqual(await tablesOf(catalog), before)
})

test('several nodes that migrate at the same time do it once', async t => {
  const { url } = await freshDatabase()
  const nodes = Array.from({ length: 4 }, () => new Catalog({ connectionString: url, max: 1 }))
  t.after(() => Promise.all(nodes.map(node => node.close())))
  await Promise.all(nodes.map(migrate))
  const [first] = nodes
  assert.ok(first)
  const done = await first.query<{ version: number }>('select version from schema_version')
  assert.equal(done.length, NEWEST_VERSION)
})

test('a migration that is killed in the middle leaves nothing, and the next start does all of it', async t => {
  const { url } = await freshDatabase()
  const catalog = new Catalog({ connectionString: url })
  const obstacle = new Client({ connectionString: url })
  await obstacle.connect()
  t.after(() => Promise.all([catalog.close(), obstacle.end()]))

  // A table of the same name, made but not committed, holds the migration up just there.
  await obstacle.query('begin; create table audit_log (obstacle integer)')
  const child = spawn(process.execPath, ['--input-type=module', '-e', MIGRATE], {
    env: { ...process.env, CATALOG: url },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(child, 'exit')
  const blocked = `select pid from pg_stat_activity
    where wait_event_type = 'Lock' and datname = current_database()`
  while ((await catalog.query(blocked)).length === 0) {
    assert.equal(child.exitCode, null)
    await sleep(10)
  }
  child.kill('SIGKILL')
  await exited
  await obstacle.query('rollback')
  while ((await catalog.query(blocked)).length > 0) await sleep(10)

  await migrate(catalog)
  assert.equal(await versionOf(catalog), NEWEST_VERSION)
  assert.ok((await tablesOf(catalog)).includes('audit_log'))
})

test('an older holdfast leaves a newer catalog alone', async t => {
  const { catalog } = await openTestCatalog(t)
  await catalog.query('insert into schema_version values ($1, $2)', [NEWEST_VERSION + 1, 'next'])
  await assert.rejects(migrate(catalog), CatalogTooNew)
  assert.equal(await versionOf(catalog), NEWEST_VERSION + 1)
})

test('the clock of a test stands still, and goes on when it is let go', async t => {
  const { catalog, setClock } = await openTestCatalog(t)
  const now = async () => {
    const [row] = await catalog.query<{ now: Date }>('select clock_now() as now')
    return row?.now.toISOString() ?? ''
  }
  await setClock('2030-01-01T00:00:00Z')
  assert.equal(await now(), '2030-01-01T00:00:00.000Z')
  await setClock(undefined)
  assert.notEqual(await now(), '2030-01-01T00:00:00.000Z')
})
