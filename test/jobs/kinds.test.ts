import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { findRun } from '../../src/catalog/runs.ts'
import { watchLoop } from '../support/loop.ts'
import { RunSite } from '../support/run-site.ts'

test('backup, restore, replace, verify and check go the same way', async t => {
  const site = await RunSite.open(t)
  const source = await site.addSource()
  await site.startWorker()
  const backup = await site.final((await site.ask(source)).id)
  const database = `copy_${randomUUID().slice(0, 8)}`
  const restored = await site.final((await site.askRestore(source, database)).id)
  assert.equal(restored.state, 'completed', await site.log(restored.id))
  assert.deepEqual([restored.backupId, restored.result?.target], [backup.backupId, 'absent'])

  const occupied = await site.final((await site.askRestore(source, database)).id)
  assert.deepEqual([occupied.state, occupied.failure?.code], ['failed', 'TARGET_NOT_EMPTY'])

  const replaced = await site.final((await site.askRestore(source, database, { replace: true })).id)
  assert.equal(replaced.state, 'completed', await site.log(replaced.id))
  assert.match(String(replaced.result?.kept), /^copy_/)

  const verify = { kind: 'verify', request: { backup: 'latest' } } as const
  const equal = await site.final((await site.ask(source, verify)).id)
  assert.deepEqual([equal.state, equal.result?.equal], ['completed', true])
  const name = await site.databaseOf(source)
  await site.test.server.query(name, 'delete from shop.order_lines')
  const differs = await site.final((await site.ask(source, verify)).id)
  assert.deepEqual([differs.state, differs.failure?.code], ['failed', 'DATABASE_DIFFERS'])
  assert.equal(differs.result?.equal, false)

  const check = { kind: 'check', lockKey: 'repository:main', request: { readData: true } } as const
  const whole = await site.final((await site.ask(source, check)).id)
  assert.deepEqual([whole.state, whole.result?.problemCount], ['completed', 0])
})

test('a restore whose runner died when it had swapped is settled by looking at the target', async t => {
  const site = await RunSite.open(t)
  const source = await site.addSource()
  const first = await site.startWorker()
  await site.final((await site.ask(source)).id)
  await first.stop({ graceMs: 0 })
  await site.startWorker({ runner: site.runner({ step: 'after manifest' }) })
  const database = `copy_${randomUUID().slice(0, 8)}`
  const asked = await site.askRestore(source, database)
  const restored = await site.final(asked.id)
  assert.deepEqual([restored.state, restored.attempt], ['completed', 2], await site.log(asked.id))
  assert.equal(restored.result?.recovered, true)
})

test('a stopping worker hands its runs back, and that counts as no failure', async t => {
  const site = await RunSite.open(t)
  const run = await site.ask(await site.addSource())
  const hanging = site.runner({ step: 'before manifest', happens: 'SIGSTOP' })
  const first = await site.startWorker({ runner: hanging })
  while (!(await site.log(run.id)).includes('verifying')) await sleep(10)
  await first.stop({ graceMs: 100 })
  const back = await findRun(site.catalog, run.id)
  assert.deepEqual([back.state, back.failures, back.lost], ['retrying', 0, 0])
  assert.deepEqual(site.leftovers(), [])
  await site.startWorker()
  assert.equal((await site.final(run.id)).state, 'completed')
})

describe('three backups that stream at once', () => {
  test('leave the event loop of their worker free', async t => {
    const site = await RunSite.open(t)
    const runs: string[] = []
    for (let i = 0; i < 3; i += 1) runs.push((await site.ask(await site.addSource(0.06))).id)
    await site.startWorker()
    for (const id of runs) await site.until(id, run => run.state === 'running')
    const assertFree = watchLoop()
    for (const id of runs) assert.equal((await site.final(id)).state, 'completed')
    assertFree()
  })
})

test('no secret of a run is in its record, its attempts or its log', async t => {
  const site = await RunSite.open(t)
  const { server } = site.test
  await server.query('postgres', `create role canary superuser login password 'c4n4ry:/@ é'`)
  const source = await site.addSource()
  const name = await site.databaseOf(source)
  const password = encodeURIComponent('c4n4ry:/@ é')
  const url = `postgres://canary:${password}@127.0.0.1:${server.port}/${name}`
  const good = await site.addSourceAt(url, name)
  const bad = await site.addSourceAt(`${url}_missing`, `${name}_missing`)
  await site.startWorker()
  const ids = [(await site.ask(good)).id, (await site.ask(bad)).id]
  assert.equal((await site.final(ids[0] ?? '')).state, 'completed')
  assert.equal((await site.final(ids[1] ?? '')).state, 'failed')
  const seen = await site.catalog.query<{ text: string }>(
    `select runs::text || coalesce((select string_agg(e::text, '') from run_events e
       where e.run_id = runs.id), '') || coalesce((select string_agg(a::text, '')
       from run_attempts a where a.run_id = runs.id), '') as text from runs`,
  )
  assert.equal(seen.length, 2)
  for (const { text } of seen) assert.ok(!text.includes('c4n4ry'), text)
})
