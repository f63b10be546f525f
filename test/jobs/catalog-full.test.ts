import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sqlState } from '../../src/catalog/db.ts'
import { registerNode } from '../../src/catalog/nodes.ts'
import { claimRun } from '../../src/catalog/run-claims.ts'
import { findRun } from '../../src/catalog/runs.ts'
import { QUICK, RunSite } from '../support/run-site.ts'
import { tinyDisk } from '../support/tiny-disk.ts'

const MIB = 2 ** 20
const AT_ONCE = { delays: [1, 1, 1], networkDelays: [1, 1, 1] }
const DISK_FULL = '53100'
/** A node that does not work. */
const ELSEWHERE = randomUUID()

/** Moves the catalog to a disk of its own, and answers what fills it to the last byte and makes room again. */
async function tinyCatalog(t: TestContext, site: RunSite) {
  const { uid, gid } = statSync(site.test.server.dir)
  const disk = await tinyDisk(24 * MIB, { uid, gid })
  t.after(() => disk.close())
  const tablespace = `tiny_${randomUUID().slice(0, 8)}`
  await site.catalog.query(`create tablespace ${tablespace} location '${disk.path}'`)
  for (const kind of ['table', 'index']) {
    await site.catalog.query(
      `alter ${kind} all in tablespace pg_default set tablespace ${tablespace}`,
    )
  }
  return {
    fill: async (run: string) => {
      await disk.fill()
      // There is still room in the pages that are there: for less and less of what is shorter than any line.
      for (const lines of [200, 20, 1]) await fillPages(site, run, lines)
    },
    makeRoom: () => disk.makeRoom(),
  }
}

/** Adds empty lines to a log, so many at a time, until there is no room for them. */
async function fillPages(site: RunSite, run: string, lines: number): Promise<void> {
  for (;;) {
    try {
      await site.catalog.query(
        `insert into run_events (run_id, attempt, kind, message)
         select $1, 1, '', '' from generate_series(1, $2::int)`,
        [run, lines],
      )
    } catch (error) {
      if (sqlState(error) === DISK_FULL) return
      throw error
    }
  }
}

/** Shows that a full catalog begins nothing: neither a record without its log, nor work without its record. */
async function beginsNothing(site: RunSite, waiting: string, source: string): Promise<void> {
  const isFull = (error: unknown) => sqlState(error) === DISK_FULL
  await assert.rejects(site.ask(source), isFull)
  assert.match(site.catalog.refusal() ?? '', /No space left on device/)
  await assert.rejects(claimRun(site.catalog, { id: ELSEWHERE, leaseMs: 1000 }), isFull)
  const { state, fence } = await findRun(site.catalog, waiting)
  assert.deepEqual([state, fence], ['queued', 0])
}

for (const dies of [false, true]) {
  const worker = dies ? 'and whose worker dies' : 'and whose worker lives'
  test(`a catalog whose disk is full ${worker}: nothing begins, what has its manifest is recorded later`, async t => {
    const site = await RunSite.open(t)
    const { fill, makeRoom } = await tinyCatalog(t, site)
    const run = await site.ask(await site.addSource(), { retry: AT_ONCE })
    const runner = site.runner({ step: 'after manifest', happens: 'SIGSTOP' })
    const node = { ...site.workerOptions().node, maxRuns: 1 }
    const mortal = dies ? await site.spawnWorker({ runner }) : undefined
    if (!dies) await site.startWorker({ node, runner })
    const pid = await site.stoppedRunner(run.id)
    const [source, other] = [await site.addSource(), await site.addSource()]
    if (dies) await site.catalog.query('update nodes set max_runs = 1')
    const waiting = await site.ask(source)
    await registerNode(site.catalog, { ...node, id: ELSEWHERE, host: 'elsewhere' })
    await fill(run.id)
    await beginsNothing(site, waiting.id, other)

    mortal?.kill('SIGKILL')
    if (dies) await site.startWorker({ node })
    else process.kill(pid, 'SIGCONT')
    await sleep(2 * QUICK.confirmMs)
    assert.equal((await findRun(site.catalog, run.id)).state, 'running')
    assert.equal((await site.backups()).length, 1)

    await makeRoom()
    const done = await site.final(run.id)
    assert.deepEqual([done.state, done.failures], ['completed', 0])
    assert.deepEqual([done.attempt, done.result?.recovered], dies ? [2, true] : [1, undefined])
    assert.equal((await site.final(waiting.id)).state, 'completed')
    assert.equal((await site.backups()).length, 2)
  })
}
