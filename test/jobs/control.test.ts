import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { beginCommit, claimRun } from '../../src/catalog/run-claims.ts'
import {
  pauseAll,
  releaseLock,
  resumeAll,
  wantCancel,
  wantPause,
  wantResume,
} from '../../src/catalog/run-control.ts'
import { moveRun } from '../../src/catalog/run-moves.ts'
import { findRun, insertRun } from '../../src/catalog/runs.ts'
import { RunInTheWay, RunIsFinal } from '../../src/core/faults.ts'
import { openTestCatalog } from '../../support/catalog.ts'
import { addNode, newRun } from '../support/catalog-rows.ts'
import { DUMPING, type Process, processes, stateOf } from '../support/processes.ts'
import { QUICK, RunSite } from '../support/run-site.ts'

type Control = typeof wantCancel

const apply = (site: RunSite, control: Control, id: string) =>
  site.catalog.transaction(sql => control(sql, id, 'ops'))

/** A run whose dump waits for a table that somebody else has locked; `let go` ends that. */
async function hangingRun(site: RunSite, t: TestContext) {
  const source = await site.addSource()
  const database = await site.databaseOf(source)
  const blocker = new Client({ connectionString: site.test.server.url(database) })
  await blocker.connect()
  t.after(() => blocker.end())
  await blocker.query('begin; lock table shop.customers in access exclusive mode')
  const run = await site.ask(source)
  await site.startWorker()
  while (!(await belowRunner(site, run.id)).some(one => DUMPING.test(one.cmdline))) await sleep(10)
  return { id: run.id, source, blocker }
}

/** The runner of a run, and what it has started. */
async function belowRunner(site: RunSite, id: string): Promise<Process[]> {
  const [runner] = await site.catalog.query<{ pid: number }>(
    'select pid from run_attempts where run_id = $1 and pid is not null',
    [id],
  )
  return processes().filter(one => one.pid === runner?.pid || one.parent === runner?.pid)
}

/** The state letters of these processes: T stands still. */
async function statesOf(site: RunSite, id: string): Promise<string[]> {
  return (await belowRunner(site, id)).map(one => stateOf(one.pid))
}

describe('a run at work', () => {
  test('is paused and resumed with everything it started, and completes', async t => {
    const site = await RunSite.open(t)
    const { id, blocker } = await hangingRun(site, t)
    await apply(site, wantPause, id)
    await site.until(id, run => run.state === 'paused')
    const still = await statesOf(site, id)
    assert.ok(still.length >= 2 && still.every(one => one === 'T'), still.join())
    await blocker.query('rollback')
    await apply(site, wantResume, id)
    const done = await site.final(id)
    assert.equal(done.state, 'completed')
    assert.match(await site.log(id), /pause asked for by ops.*paused.*resumed/s)
  })

  test('is cancelled, and nothing of it is left', async t => {
    const site = await RunSite.open(t)
    const { id, source, blocker } = await hangingRun(site, t)
    await apply(site, wantCancel, id)
    const done = await site.final(id)
    assert.deepEqual([done.state, done.wantedBy], ['cancelled', 'ops'])
    assert.deepEqual(site.leftovers(), [])
    await blocker.query('rollback')
    assert.deepEqual(await site.backups(), [])
    assert.equal((await site.final((await site.ask(source)).id)).state, 'completed')
  })

  test('is cancelled while it is paused', async t => {
    const site = await RunSite.open(t)
    const { id, blocker } = await hangingRun(site, t)
    await apply(site, wantPause, id)
    await site.until(id, run => run.state === 'paused')
    await apply(site, wantCancel, id)
    assert.equal((await site.final(id)).state, 'cancelled')
    assert.deepEqual(site.leftovers(), [])
    await blocker.query('rollback')
  })

  for (const step of ['preparing', 'before manifest']) {
    test(`is cancelled in time when it hangs (${step})`, async t => {
      const site = await RunSite.open(t)
      const run = await site.ask(await site.addSource())
      await site.startWorker({ runner: site.runner({ step, happens: 'SIGSTOP' }) })
      while (!(await statesOf(site, run.id)).includes('T')) await sleep(10)
      await apply(site, wantCancel, run.id)
      assert.equal((await site.final(run.id)).state, 'cancelled')
      assert.deepEqual(site.leftovers(), [])
    })
  }

  test('is cancelled in time when the storage hangs', async t => {
    const site = await RunSite.open(t)
    // Whoever opens it waits in the kernel, as with a share whose server is gone.
    execFileSync('mkfifo', [join(site.place, 'manifests', 'f'.repeat(32))])
    const run = await site.ask(await site.addSource())
    await site.startWorker()
    while (!(await site.log(run.id)).includes('preparing')) await sleep(10)
    await apply(site, wantCancel, run.id)
    assert.equal((await site.final(run.id)).state, 'cancelled')
    assert.deepEqual(site.leftovers(), [])
  })

  test('is cancelled in time when the database server hangs', async t => {
    const site = await RunSite.open(t)
    const { id, source, blocker } = await hangingRun(site, t)
    const waiting = async () => {
      const [backend] = await site.test.server.query<{ pid: number }>(
        'postgres',
        `select pid from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`,
        [await site.databaseOf(source)],
      )
      return backend?.pid
    }
    while ((await waiting()) === undefined) await sleep(10)
    const backend = (await waiting()) ?? 0
    assert.ok(backend > 0)
    process.kill(backend, 'SIGSTOP')
    await blocker.query('rollback')
    await apply(site, wantCancel, id)
    const cancelled = await site.final(id)
    process.kill(backend, 'SIGCONT')
    assert.equal(cancelled.state, 'cancelled')
    assert.deepEqual(site.leftovers(), [])
  })

  test('is cancelled in time when the worker stands still', async t => {
    const site = await RunSite.open(t)
    const run = await site.ask(await site.addSource())
    // Its lease lasts longer than this test.
    const timing = { ...QUICK, leaseMs: 120_000, cancelMs: 1_000 }
    const worker = await site.spawnWorker({
      runner: site.runner({ step: 'preparing', happens: 'SIGSTOP' }),
      timing,
    })
    await site.until(run.id, one => one.state === 'running')
    worker.kill('SIGSTOP')
    await site.startWorker({ timing })
    await apply(site, wantCancel, run.id)
    assert.equal((await site.final(run.id)).state, 'cancelled')
  })

  test('is paused with everything else, and goes on with it', async t => {
    const site = await RunSite.open(t)
    const { id, blocker } = await hangingRun(site, t)
    await site.catalog.transaction(sql => pauseAll(sql, 'ops'))
    await site.until(id, run => run.state === 'paused')
    const other = await site.ask(await site.addSource())
    await blocker.query('rollback')
    // Several looks for work later it still waits.
    await sleep(600)
    assert.equal((await findRun(site.catalog, other.id)).state, 'queued')
    await site.catalog.transaction(sql => resumeAll(sql, 'ops'))
    assert.equal((await site.final(id)).state, 'completed')
    assert.equal((await site.final(other.id)).state, 'completed')
  })

  test('loses its lock by force, and its worker writes nothing more', async t => {
    const site = await RunSite.open(t)
    const { id, source, blocker } = await hangingRun(site, t)
    await apply(site, releaseLock, id)
    const released = await findRun(site.catalog, id)
    assert.deepEqual([released.state, released.failure?.code], ['failed', 'LOCK_RELEASED'])
    await blocker.query('rollback')
    const next = await site.ask(source)
    assert.equal((await site.final(next.id)).state, 'completed')
    assert.deepEqual(
      (await site.backups()).map(one => one.madeBy.run),
      [next.id],
    )
    const entries = await site.catalog.query('select action, actor, object_id from audit_log')
    assert.deepEqual(entries, [{ action: 'run.release', actor: 'ops', object_id: id }])
  })
})

describe('what is asked of a run that nobody works on', () => {
  test('holds it back, lets it go, cancels it', async t => {
    const { catalog } = await openTestCatalog(t)
    const node = { ...(await addNode(catalog)), leaseMs: 30_000 }
    const by = (control: Control) => catalog.transaction(sql => control(sql, run.id, 'ops'))
    const run = await insertRun(catalog, await newRun(catalog))
    await by(wantPause)
    assert.equal(await claimRun(catalog, node), undefined)
    await by(wantResume)
    const claimed = await claimRun(catalog, node)
    assert.ok(claimed)
    await catalog.transaction(sql => moveRun(sql, claimed, 'retrying', { notBefore: 60_000 }))
    assert.equal(await claimRun(catalog, node), undefined)
    assert.equal((await by(wantCancel)).state, 'cancelled')
    for (const control of [wantPause, wantResume, wantCancel, releaseLock]) {
      await assert.rejects(by(control), RunIsFinal)
    }
  })

  test('a cancel and a completion never both win, however they meet', async t => {
    const { catalog } = await openTestCatalog(t)
    const node = { ...(await addNode(catalog, 1000)), leaseMs: 30_000 }
    const asked = await newRun(catalog)
    const tally = { completed: 0, cancelled: 0 }
    for (let round = 0; round < 60; round += 1) {
      await insertRun(catalog, asked)
      const run = await claimRun(catalog, node)
      assert.ok(run)
      const [cancel, commit] = await Promise.allSettled([
        catalog.transaction(sql => wantCancel(sql, run.id, 'ops')),
        beginCommit(catalog, run),
      ])
      assert.equal(cancel.status, 'fulfilled')
      if (commit.status === 'rejected') assert.ok(commit.reason instanceof RunIsFinal)
      const { state } = await catalog.transaction(sql => moveRun(sql, run, 'completed'))
      assert.equal(state, commit.status === 'fulfilled' ? 'completed' : 'cancelled')
      tally[state as 'completed'] += 1
    }
    assert.ok(tally.completed > 0 && tally.cancelled > 0, JSON.stringify(tally))
  })

  test('the same request sent twice is one run, and another with its key is refused', async t => {
    const { catalog } = await openTestCatalog(t)
    const asked = { ...(await newRun(catalog)), idempotencyKey: 'once' }
    const both = await Promise.all([insertRun(catalog, asked), insertRun(catalog, asked)])
    assert.equal(both[0].id, both[1].id)
    const other = await newRun(catalog, { idempotencyKey: 'once' })
    await assert.rejects(insertRun(catalog, other), /was used for another request/)
    await assert.rejects(insertRun(catalog, { ...asked, idempotencyKey: 'two' }), RunInTheWay)
  })
})
