import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import process from 'node:process'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { rebuildBackups } from '../../src/catalog/backups.ts'
import { wantCancel } from '../../src/catalog/run-control.ts'
import { withNames } from '../../src/catalog/run-list.ts'
import { findRun } from '../../src/catalog/runs.ts'
import { stateOf } from '../support/processes.ts'
import { QUICK, RunSite } from '../support/run-site.ts'

/** A worker that is patient with what may complete, and is not overtaken by a reaper. */
const PATIENT = {
  ...QUICK,
  leaseMs: 30_000,
  silenceMs: 20_000,
  killAfterMs: 10_000,
  cancelMs: 20_000,
}
/** One that is not: a run that it is to cancel is over before a reaper would see to it. */
const STRICT = { ...PATIENT, killAfterMs: 1_500, cancelMs: 10_000 }

const cancel = (site: RunSite, id: string) =>
  site.catalog.transaction(sql => wantCancel(sql, id, 'ops'))

/** Waits until a run's record says that it has leave. */
const withLeave = (site: RunSite, id: string) => site.until(id, run => run.committing)

/** Cancels a run and waits for its end, which must come in time. */
async function cancelledInTime(site: RunSite, id: string) {
  const began = performance.now()
  await cancel(site, id)
  const run = await site.final(id)
  assert.ok(performance.now() - began < STRICT.cancelMs)
  assert.deepEqual(site.leftovers(), [])
  return run
}

/** A site with a backup, and what its next worker is to perform. */
async function withBackup(t: TestContext) {
  const site = await RunSite.open(t)
  const source = await site.addSource()
  const first = await site.startWorker()
  const { backupId } = await site.final((await site.ask(source)).id)
  await first.stop({ graceMs: 0 })
  return { site, source, backupId, database: `copy_${randomUUID().slice(0, 8)}` }
}

/** What is told of a restore: whether its target is another database than before. */
const touched = async (site: RunSite, id: string) =>
  (await withNames(site.catalog, await findRun(site.catalog, id))).touched

/** The attempts of a run that had leave. */
const committed = (site: RunSite, id: string) =>
  site.catalog.query('select attempt from run_attempts where run_id = $1 and committing', [id])

describe('a run that has leave to complete', () => {
  test('completes when it is cancelled and can complete', async t => {
    const site = await RunSite.open(t)
    const run = await site.ask(await site.addSource())
    await site.startWorker({
      runner: site.runner({ step: 'leave', happens: 'SIGSTOP' }),
      timing: PATIENT,
    })
    await site.stoppedRunner(run.id)
    const done = await cancelledInTime(site, run.id)
    assert.deepEqual([done.state, done.attempt, done.warnings], ['completed', 1, []])
    assert.match(await site.log(run.id), /cancel asked for by ops.*the cancel came too late/s)
  })

  for (const step of ['leave', 'after manifest']) {
    test(`is cancelled when it hangs (${step}): its record says what nobody knows, a backup is its own`, async t => {
      const site = await RunSite.open(t)
      const source = await site.addSource()
      const run = await site.ask(source)
      await site.startWorker({ runner: site.runner({ step, happens: 'hang' }), timing: STRICT })
      await withLeave(site, run.id)
      const done = await cancelledInTime(site, run.id)
      assert.deepEqual([done.state, done.wantedBy], ['cancelled', 'ops'])
      assert.match(
        done.warnings.join(),
        /whether the backup was written is not known.*refresh main/,
      )
      assert.match(await site.log(run.id), /warning: whether the backup was written/)

      const { manifests } = await (await site.repository()).backups(AbortSignal.timeout(10_000))
      assert.equal(manifests.length, step === 'leave' ? 0 : 1)
      await rebuildBackups(site.catalog, site.repositoryId, { manifests, unreadable: [] })
      const adopted = await site.catalog.query('select source_id, run_id from backups')
      assert.deepEqual(
        adopted,
        manifests.map(() => ({ source_id: source, run_id: run.id })),
      )
      assert.equal((await site.final((await site.ask(source)).id)).state, 'completed')
    })
  }

  for (const step of ['leave', 'after manifest']) {
    test(`is cancelled when it restores and hangs (${step}): the record says which database to look at`, async t => {
      const { site, source, database } = await withBackup(t)
      await site.startWorker({ runner: site.runner({ step, happens: 'hang' }), timing: STRICT })
      const run = await site.askRestore(source, database)
      await withLeave(site, run.id)
      const done = await cancelledInTime(site, run.id)
      assert.equal(done.state, 'cancelled')
      assert.match(done.warnings.join(), new RegExp(`look at ${database} before anything writes`))
      assert.equal(await touched(site, run.id), 'maybe')
    })
  }

  test('is cancelled in time when its worker stands still, too', async t => {
    const site = await RunSite.open(t)
    const run = await site.ask(await site.addSource())
    const timing = { ...QUICK, leaseMs: 120_000, cancelMs: 1_000 }
    const worker = await site.spawnWorker({
      runner: site.runner({ step: 'leave', happens: 'hang' }),
      timing,
    })
    await withLeave(site, run.id)
    worker.kill('SIGSTOP')
    await site.startWorker({ timing })
    await cancel(site, run.id)
    const done = await site.final(run.id)
    assert.deepEqual([done.state, done.warnings.length], ['cancelled', 1])
  })

  test('is cancelled while it waits for its next attempt: the record tells of the first one', async t => {
    const site = await RunSite.open(t)
    const run = await site.ask(await site.addSource())
    await site.startWorker({ runner: site.runner({ step: 'leave' }) })
    await site.until(run.id, one => one.state === 'retrying')
    await cancel(site, run.id)
    const done = await findRun(site.catalog, run.id)
    assert.deepEqual([done.state, done.warnings.length], ['cancelled', 1])
  })

  test('completes when its node stops', async t => {
    const { site, source, database } = await withBackup(t)
    const runner = site.runner({ step: 'leave', happens: 'SIGSTOP' })
    const worker = await site.startWorker({ runner, timing: PATIENT })
    const run = await site.askRestore(source, database)
    await site.stoppedRunner(run.id)
    await worker.stop({ graceMs: 0 })
    const done = await findRun(site.catalog, run.id)
    assert.deepEqual([done.state, done.attempt], ['completed', 1], await site.log(run.id))
    assert.equal(await touched(site, run.id), 'yes')
  })

  test('and whose worker died before it swapped begins anew where no database is there', async t => {
    const { site, source, database } = await withBackup(t)
    await site.startWorker({ runner: site.runner({ step: 'leave' }) })
    const run = await site.askRestore(source, database)
    const done = await site.final(run.id)
    assert.deepEqual([done.state, done.attempt], ['completed', 2], await site.log(run.id))
    assert.equal(done.result?.recovered, undefined)
    assert.equal(await touched(site, run.id), 'yes')
  })

  test('and whose worker died while it swapped is uncertain where another database is there', async t => {
    const { site, source, database } = await withBackup(t)
    await site.test.server.query('postgres', `create database ${database}`)
    await site.test.server.query(database, 'create table precious (i int)')
    await site.startWorker({ runner: site.runner({ step: 'leave' }) })
    const run = await site.askRestore(source, database, { replace: true })
    const done = await site.final(run.id)
    assert.deepEqual([done.state, done.failure?.code], ['failed', 'RESTORE_UNCERTAIN'])
    assert.equal(await touched(site, run.id), 'maybe')
  })
})

test('a swap that the server refuses leaves no doubt about its target', async t => {
  const { site, source, database } = await withBackup(t)
  const runner = site.runner({ step: 'leave', happens: 'SIGSTOP' })
  await site.startWorker({ runner, timing: PATIENT })
  const run = await site.askRestore(source, database)
  const pid = await site.stoppedRunner(run.id)
  await site.test.server.query('postgres', `create database ${database}`)
  await site.test.server.query(database, 'create table precious (i int)')
  process.kill(pid, 'SIGCONT')
  const done = await site.final(run.id)
  assert.deepEqual([done.state, done.failure?.code], ['failed', 'TARGET_NOT_EMPTY'])
  assert.deepEqual([done.warnings, await committed(site, run.id)], [[], []])
  assert.equal(await touched(site, run.id), 'no')
})

test('a node that stops while leave is being recorded gives none: the restore is done again', async t => {
  const { site, source, database } = await withBackup(t)
  const runner = site.runner({ step: 'before manifest', happens: 'SIGSTOP' })
  // Its heartbeats wait for the same row.
  const worker = await site.startWorker({ runner, timing: STRICT })
  const run = await site.askRestore(source, database)
  const pid = await site.stoppedRunner(run.id)
  const blocker = new Client({ connectionString: site.test.url })
  await blocker.connect()
  t.after(() => blocker.end())
  await blocker.query('begin')
  await blocker.query('select from runs where id = $1 for no key update', [run.id])
  process.kill(pid, 'SIGCONT')
  const recording = () =>
    site.catalog.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%set committing = true%'`,
    )
  while ((await recording()).length === 0) await sleep(10)
  const stopped = worker.stop({ graceMs: 0 })
  while (!['', 'Z'].includes(stateOf(pid))) await sleep(10)
  await blocker.query('commit')
  await stopped
  const back = await findRun(site.catalog, run.id)
  assert.deepEqual([back.state, back.committing], ['retrying', false])
  assert.deepEqual(await committed(site, run.id), [])
  await site.startWorker()
  const done = await site.final(run.id)
  assert.deepEqual([done.state, done.attempt], ['completed', 2], await site.log(run.id))
  assert.equal(done.result?.recovered, undefined)
})
