import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Catalog } from '../../src/catalog/db.ts'
import { findRun } from '../../src/catalog/runs.ts'
import { CatalogUnreachable } from '../../src/core/faults.ts'
import { stateOf } from '../support/processes.ts'
import { QUICK, RunSite } from '../support/run-site.ts'

const AT_ONCE = { delays: [1, 1, 1], networkDelays: [1, 1, 1] }

/** A way to a server that can be made to swallow everything, with its connections open all the time. */
async function swallowingWay(t: TestContext, port: number) {
  let swallows = false
  const sockets: Socket[] = []
  const listener = createServer(near => {
    const far = connect(port, '127.0.0.1')
    sockets.push(near, far)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', bytes => void (swallows || to.write(bytes)))
      from.on('close', () => to.destroy())
      from.on('error', () => undefined)
    }
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  t.after(() => {
    cut()
    listener.close()
  })
  return {
    cut,
    port: (listener.address() as AddressInfo).port,
    swallow: (does: boolean) => (swallows = does),
  }
}

test('a catalog that swallows everything: the runner ends in time, nothing is written later', async t => {
  const site = await RunSite.open(t)
  const way = await swallowingWay(t, site.test.server.port)
  const url = new URL(site.test.url)
  url.port = String(way.port)
  const catalog = new Catalog({ connectionString: url.href })
  t.after(() => catalog.close())
  const run = await site.ask(await site.addSource(), { retry: AT_ONCE })
  const cutOff = await site.startWorker({
    catalog,
    runner: site.runner({ step: 'before manifest', happens: 'SIGSTOP' }),
  })
  const runner = await site.stoppedRunner(run.id)
  way.swallow(true)
  const began = performance.now()
  const asked = catalog.query('select 1').catch((error: unknown) => error)
  while (!['', 'Z'].includes(stateOf(runner))) await sleep(20)
  // The lease may have been renewed just before; the runner is gone before it ends.
  assert.ok(performance.now() - began < QUICK.leaseMs + QUICK.killAfterMs)
  await site.startWorker()
  const done = await site.final(run.id)
  assert.deepEqual([done.state, done.attempt, done.lost], ['completed', 2, 1])
  const log = await site.log(run.id)
  assert.ok((await asked) instanceof CatalogUnreachable)
  assert.ok(performance.now() - began < 32_000)
  way.swallow(false)
  await sleep(4 * QUICK.heartbeatMs)
  assert.deepEqual(await findRun(site.catalog, run.id), done)
  assert.equal(await site.log(run.id), log)
  assert.equal((await site.backups()).length, 1)
  way.cut()
  await cutOff.stop({ graceMs: 0 })
})
