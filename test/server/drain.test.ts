import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { holdfast, startHoldfast } from '../support/holdfast.ts'
import { childOf, processes } from '../support/processes.ts'
import { eventually, newDataDir, postgresOf } from '../support/server.ts'
import { ServerSite } from '../support/server-site.ts'

let site: ServerSite

before(async () => {
  site = await ServerSite.open(['shop'])
})

after(() => site.close())

/** A backup that waits for a lock, with its process. */
async function heldBackup() {
  const held = await site.heldBackup('shop')
  const { child, ended } = site.server
  return {
    ...held,
    runner: (await childOf(child.pid, /runner\.ts/, ended)) ?? assert.fail('no runner'),
  }
}

const stateOf = async (run: string) => (await site.run(run)).state

const lives = (pid: number) => processes().some(one => one.pid === pid)

describe('a server that stops', () => {
  test('lets a backup come to its end', async () => {
    const { run, letGo } = await heldBackup()
    site.server.child.kill('SIGTERM')
    await eventually('the word that it stops', () => site.server.stderr().includes('stopping'))
    await letGo()
    assert.equal((await site.server.ended).code, 0)
    await site.serve()
    assert.equal(await stateOf(run), 'completed')
  })

  test('hands back what does not end in time, leaves no process, and goes on later', async () => {
    site.server.child.kill('SIGTERM')
    await site.server.ended
    await site.serve({ HOLDFAST_STOP_SECONDS: '0' })
    const { run, runner, letGo } = await heldBackup()
    site.server.child.kill('SIGTERM')
    assert.equal((await site.server.ended).code, 0)
    assert.ok(!lives(runner))
    assert.equal(postgresOf(site.dataDir), undefined)
    await site.serve()
    assert.ok(!['completed', 'failed', 'cancelled'].includes(await stateOf(run)))
    await letGo()
    await site.completed(run)
  })

  test('stops at once when it is told twice', async () => {
    const { runner, letGo } = await heldBackup()
    site.server.child.kill('SIGTERM')
    await eventually('the word that it stops', () => site.server.stderr().includes('stopping'))
    site.server.child.kill('SIGTERM')
    assert.equal((await site.server.ended).code, 130)
    await eventually('the end of the runner', () => !lives(runner))
    await letGo()
    await site.serve()
    assert.match(site.server.stderr(), /embedded PostgreSQL adopted/)
  })
})

describe('holdfast worker', () => {
  test('works beside a server of the same data directory, and stops', async () => {
    const worker = startHoldfast(['worker'], { env: site.env })
    await eventually('a worker', () => worker.stderr().includes('ready for up to 3 runs at once'))
    worker.child.kill('SIGTERM')
    assert.equal((await worker.ended).code, 0, worker.stderr())
    assert.notEqual(postgresOf(site.dataDir), undefined)
  })

  test('says that it needs a catalog', async () => {
    const { code, stderr } = await holdfast(['worker'], { HOLDFAST_DATA_DIR: newDataDir() })
    assert.equal(code, 1)
    assert.match(stderr, /found no catalog to work for/)
  })
})
