import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Catalog } from '../../src/catalog/db.ts'
import { type Node, registerNode } from '../../src/catalog/nodes.ts'
import { claimRun } from '../../src/catalog/run-claims.ts'
import { findRun, type Run } from '../../src/catalog/runs.ts'
import { QUICK, RunSite } from '../support/run-site.ts'

/** No process has this number. */
const NOBODY = 2 ** 22 + 1
const AT_ONCE = { delays: [1, 1, 1], networkDelays: [1, 1, 1] }

describe('a lease', () => {
  test('that ended while the worker stood still: another completes, and it writes nothing', async t => {
    const site = await RunSite.open(t)
    const run = await site.ask(await site.addSource(), { retry: AT_ONCE })
    // Its runner waits for leave to commit, which only it can give.
    const old = await site.spawnWorker({
      runner: site.runner({ step: 'before manifest', happens: 'SIGSTOP' }),
    })
    await site.until(run.id, one => one.state === 'running')
    while (!(await site.log(run.id)).includes('verifying')) await sleep(10)
    old.kill('SIGSTOP')
    await site.startWorker()
    const done = await site.final(run.id)
    assert.deepEqual([done.state, done.attempt, done.lost], ['completed', 2, 1])
    const log = await site.log(run.id)
    old.kill('SIGCONT')
    // Long enough for it to look at its runs several times.
    await sleep(4 * QUICK.heartbeatMs)
    assert.deepEqual(await findRun(site.catalog, run.id), done)
    assert.equal(await site.log(run.id), log)
    assert.deepEqual(
      (await site.backups()).map(one => one.id),
      [done.backupId],
    )
  })

  test('is not lost when the clock of the catalog jumps ahead', async t => {
    const site = await RunSite.open(t)
    const run = await site.ask(await site.addSource())
    await site.startWorker({
      runner: site.runner({ step: 'before manifest', happens: 'SIGSTOP' }),
    })
    while (!(await site.log(run.id)).includes('verifying')) await sleep(10)
    await site.catalog.query(`create or replace function clock_now() returns timestamptz
      language sql volatile as $$ select clock_timestamp() + interval '2 days' $$`)
    await sleep(3 * QUICK.confirmMs)
    const now = await findRun(site.catalog, run.id)
    assert.deepEqual([now.state, now.attempt, now.lost], ['running', 1, 0])
  })

  test('lasts through broken connections to the catalog', async t => {
    const site = await RunSite.open(t)
    const runs: Run[] = []
    for (let i = 0; i < 3; i += 1) runs.push(await site.ask(await site.addSource(0.01)))
    await site.startWorker()
    let last: Promise<unknown> = Promise.resolve()
    const breaking = setInterval(() => {
      last = site.test.server.query(
        'postgres',
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = '${new URL(site.test.url).pathname.slice(1)}'`,
      )
    }, 150)
    t.after(() => clearInterval(breaking))
    await sleep(3_000)
    clearInterval(breaking)
    await last
    await site.reconnect()
    for (const { id } of runs) {
      const done = await site.final(id)
      assert.equal(done.state, 'completed', await site.log(id))
      assert.equal(done.failures, 0)
    }
    assert.equal((await site.backups()).length, 3)
  })

  test('lasts while the catalog is read-only, and the result is written down afterwards', async t => {
    const site = await RunSite.open(t)
    const name = new URL(site.test.url).pathname.slice(1)
    const run = await site.ask(await site.addSource())
    await site.startWorker({ timing: { ...QUICK, leaseMs: 10_000, silenceMs: 8_000 } })
    while (!(await site.log(run.id)).includes('finishing')) await sleep(5)
    const make = async (readOnly: string) => {
      await site.test.server.query(
        'postgres',
        `alter database ${name} set default_transaction_read_only = ${readOnly}`,
      )
      await site.test.server.query(
        'postgres',
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
      )
    }
    await make('on')
    await sleep(1_500)
    await make('off')
    await site.reconnect()
    const done = await site.final(run.id)
    assert.deepEqual([done.state, done.failures], ['completed', 0])
    assert.equal((await site.backups()).length, 1)
  })

  test('of a claim whose answer was lost is given back by the node itself', async t => {
    const site = await RunSite.open(t)
    const run = await site.ask(await site.addSource())
    const options = site.workerOptions()
    await registerNode(site.catalog, options.node)
    const claimed = await claimRun(site.catalog, { id: options.node.id, leaseMs: 60_000 })
    assert.equal(claimed?.id, run.id)
    await site.startWorker({ ...options, timing: { ...QUICK, leaseMs: 60_000, pollMs: 60_000 } })
    const done = await site.final(claimed.id)
    assert.equal(done.state, 'completed')
    assert.equal(done.lost, 0)
  })
})

test('what a dead node left standing on its machine is ended', async t => {
  const site = await RunSite.open(t)
  const run = await site.ask(await site.addSource(), { retry: AT_ONCE })
  const dead = await site.spawnWorker({
    runner: site.runner({ step: 'preparing', happens: 'SIGSTOP' }),
  })
  await site.until(run.id, one => one.state === 'running')
  const runner = await site.stoppedRunner(run.id)
  dead.kill('SIGKILL')
  await site.startWorker()
  const done = await site.final(run.id)
  assert.equal(done.state, 'completed')
  assert.ok(!site.leftovers().some(one => one.startsWith(`${runner} `)))
})

test('of a node that is gone from its machine, runs are taken up long before their lease ends', async t => {
  const site = await RunSite.open(t)
  // Nodes of another machine, and of another container that has the same name, may be well.
  const mark = 'another-boot pid:[1] 1'
  const held = []
  for (const host of ['elsewhere', hostname()]) {
    const node = await addNode(site.catalog, { host, pid: NOBODY, processMark: mark })
    await site.ask(await site.addSource())
    held.push(await claimRun(site.catalog, { id: node.id, leaseMs: 600_000 }))
  }
  const run = await site.ask(await site.addSource(), { retry: AT_ONCE })
  const timing = { ...QUICK, leaseMs: 600_000, silenceMs: 500_000 }
  const dead = await site.spawnWorker({
    runner: site.runner({ step: 'before manifest', happens: 'SIGSTOP' }),
    timing,
  })
  while (!(await site.log(run.id)).includes('verifying')) await sleep(10)
  dead.kill('SIGKILL')
  await site.startWorker({ timing })
  const done = await site.final(run.id)
  assert.deepEqual([done.state, done.attempt, done.lost], ['completed', 2, 1])
  for (const one of held) {
    const { state, attempt } = await findRun(site.catalog, one?.id ?? '')
    assert.deepEqual([state, attempt], ['running', 1])
  }
})

async function addNode(
  catalog: Catalog,
  about: Pick<Node, 'host' | 'pid' | 'processMark'>,
): Promise<Node> {
  const node = { id: randomUUID(), version: '0.0.0', maxRuns: 3, ...about }
  await registerNode(catalog, node)
  return node
}
