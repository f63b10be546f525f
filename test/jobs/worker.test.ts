import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { QUICK, RunSite, SILENT } from '../support/run-site.ts'

/** The backups that the catalog knows. */
const recorded = (site: RunSite) =>
  site.catalog.query<{ id: string; run: string }>('select id, run_id as run from backups')

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
  // The record of the backup has to wait; that of the run does not.
  await blocker.query('begin; lock table backups in exclusive mode')
  const warnings: string[] = []
  await site.startWorker({ log: { ...SILENT, warn: (_, sentence) => warnings.push(sentence) } })
  assert.equal((await site.final(run.id)).state, 'completed')
  await sleep(4 * QUICK.heartbeatMs)
  await blocker.query('commit')
  while ((await recorded(site)).length === 0) await sleep(20)
  assert.deepEqual(warnings, [])
})

test('a backup is in the catalogue from the moment on in which its run completes', async t => {
  const site = await RunSite.open(t)
  await site.catalog.query(`
    create table unlisted (run uuid);
    create function look() returns trigger language plpgsql as $$ begin
      if not exists (select from backups where run_id = new.id) then
        insert into unlisted values (new.id);
      end if;
      return null;
    end $$;
    create constraint trigger look after update on runs deferrable initially deferred
      for each row when (new.state = 'completed') execute function look()`)
  const unlisted = () => site.catalog.query<{ run: string }>('select run from unlisted')
  const source = await site.addSource()
  const warnings: string[] = []
  await site.startWorker({ log: { ...SILENT, warn: (_, sentence) => warnings.push(sentence) } })
  const listed = await site.ask(source)
  assert.equal((await site.final(listed.id)).state, 'completed')
  assert.deepEqual(await unlisted(), [])
  // A backup exists, whatever the catalogue makes of it.
  await site.catalog.query('alter table backups add constraint none check (false) not valid')
  const odd = await site.ask(source)
  assert.equal((await site.final(odd.id)).state, 'completed')
  assert.deepEqual(await unlisted(), [{ run: odd.id }])
  while (warnings.length === 0) await sleep(20)
  assert.deepEqual(warnings, ['backup is not in the catalogue yet'])
  assert.equal((await site.backups()).length, 2)
})
