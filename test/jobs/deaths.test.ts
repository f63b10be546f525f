import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RunSite } from '../support/run-site.ts'

/** How often a run may lose its worker, and at once, so that no test waits. */
const AT_ONCE = { delays: [1, 1, 1], networkDelays: [1, 1, 1] }

describe('a runner that is killed', () => {
  for (const step of ['started', 'preparing', 'streaming', 'before manifest'] as const) {
    test(`when it is at the step "${step}": the next attempt makes the one backup`, async t => {
      const site = await RunSite.open(t)
      const run = await site.ask(await site.addSource(), { retry: AT_ONCE })
      await site.startWorker({ runner: site.runner({ step }) })
      const retrying = await site.until(run.id, one => one.state === 'retrying')
      assert.equal(retrying.failure?.code, 'RUNNER_DIED')
      assert.deepEqual(await site.backups(), [])
      const done = await site.final(run.id)
      assert.deepEqual([done.state, done.attempt, done.lost], ['completed', 2, 1])
      assert.equal(done.failure, null)
      assert.deepEqual(
        (await site.backups()).map(one => one.id),
        [done.backupId],
      )
      assert.equal(done.result?.recovered, undefined)
    })
  }

  test('after the manifest: the next attempt finds the backup and makes none', async t => {
    const site = await RunSite.open(t)
    const run = await site.ask(await site.addSource(), { retry: AT_ONCE })
    await site.startWorker({ runner: site.runner({ step: 'after manifest' }) })
    const done = await site.final(run.id)
    assert.deepEqual([done.state, done.attempt, done.result?.recovered], ['completed', 2, true])
    assert.deepEqual(
      (await site.backups()).map(one => one.id),
      [done.backupId],
    )
  })

  test('each time: three attempts, then the run has failed and others go on', async t => {
    const site = await RunSite.open(t)
    const poison = await site.ask(await site.addSource(), { retry: AT_ONCE })
    await site.startWorker({
      runner: site.runner({ step: 'preparing', happens: 'abort', once: false }),
    })
    const failed = await site.final(poison.id)
    assert.deepEqual([failed.state, failed.attempt, failed.lost], ['failed', 3, 3])
    assert.match(await site.log(poison.id), /3 attempts were lost/)
  })
})

describe('a worker that is killed', () => {
  const steps = [
    { name: 'after it claimed the run', statement: 'insert into run_attempts', when: 'after' },
    { name: 'when its runner has started', statement: 'set pid =', when: 'before' },
    { name: 'while its runner streams', statement: ' stage dumping ', when: 'before' },
    { name: 'before the manifest', statement: 'set committing = true', when: 'before' },
    { name: 'before it writes down the end', statement: ' completed ', when: 'before' },
  ] as const
  for (const { name, statement, when } of steps) {
    test(`${name}: another takes the run up, and there is one backup`, async t => {
      const site = await RunSite.open(t)
      const run = await site.ask(await site.addSource(), { retry: AT_ONCE })
      const first = await site.spawnWorker({ dieAt: site.deathAt(statement, when) })
      await site.spawnWorker()
      const done = await site.final(run.id)
      assert.equal(first.signalCode, 'SIGKILL')
      assert.deepEqual([done.state, done.attempt, done.lost], ['completed', 2, 1])
      assert.deepEqual(
        (await site.backups()).map(one => one.id),
        [done.backupId],
      )
      const recovered = name === 'before it writes down the end' ? true : undefined
      assert.equal(done.result?.recovered, recovered)
    })
  }

  test('after it wrote down the end: the run has completed', async t => {
    const site = await RunSite.open(t)
    const run = await site.ask(await site.addSource())
    await site.spawnWorker({ dieAt: site.deathAt('run_id = $1 and attempt = $2', 'after') })
    const done = await site.final(run.id)
    assert.deepEqual([done.state, done.attempt], ['completed', 1])
  })
})
