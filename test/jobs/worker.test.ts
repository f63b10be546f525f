import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RunSite } from '../support/run-site.ts'

test('a backup that somebody asks for is performed, recorded and catalogued', async t => {
  const site = await RunSite.open(t)
  const run = await site.ask(await site.addSource())
  await site.startWorker()
  const done = await site.final(run.id)
  assert.equal(done.state, 'completed', await site.log(run.id))
  const [backup, ...others] = await site.backups()
  assert.equal(others.length, 0)
  assert.equal(backup?.id, done.backupId)
  assert.equal(backup?.madeBy.run, run.id)
  const rows = await site.catalog.query<{ id: string; run: string }>(
    'select id, run_id as run from backups',
  )
  assert.deepEqual(rows, [{ id: backup?.id, run: run.id }])
})
