import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrate, NEWEST_VERSION, versionOf } from '../../src/catalog/migrate.ts'
import { openTestCatalog } from '../../support/catalog.ts'

test('a migrated catalog has the newest version, and stays as it is when migrated again', async t => {
  const { catalog } = await openTestCatalog(t)
  await migrate(catalog)
  assert.equal(await versionOf(catalog), NEWEST_VERSION)
})
test('clock', async t => {
  const { catalog, setClock } = await openTestCatalog(t)
  await setClock('2030-01-01T00:00:00Z')
  const [row] = await catalog.query<{ now: Date }>('select clock_now() as now')
  assert.equal(row?.now.toISOString(), '2030-01-01T00:00:00.000Z')
})
