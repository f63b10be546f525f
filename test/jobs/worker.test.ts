import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { QUICK, RunSite, SILENT } from '../support/run-site.ts'

/** The backups that the catalog knows, once it knows one: they are recorded after their runs. */
async function recorded(site: RunSite): Promise<{ id: string; run: string }[]> {
  for (;;) {
    const rows = await site.catalog.query<{ id: string; run: string }>(
      'select id, run_id as run from backups',
    )
    if (rows.length > 0) return rows
    await sleep(20)
  }
}

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
  assert.deepEqual(await recorded(site), [{ id: backup?.id, run: run.id }])
})

test('a run that completed is not taken for one that was taken away', async t => {
  const site = await RunSite.open(t)
  const run = await site.ask(await site.addSource())
  const blocker = new Client({ connectionString: site.test.url })
  await blocker.connect()
  t.after(() => blocker.end())
  // The record of the backup, which comes after that of the run, has to wait.
  await blocker.query('begin; lock table backups in exclusive mode')
  const warnings: string[] = []
  await site.startWorker({ log: { ...SILENT, warn: (_, sentence) => warnings.push(sentence) } })
  assert.equal((await site.final(run.id)).state, 'completed')
  await sleep(4 * QUICK.heartbeatMs)
  await blocker.query('commit')
  await recorded(site)
  assert.deepEqual(warnings, [])
})
