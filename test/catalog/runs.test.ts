import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimRun, heartbeat } from '../../src/catalog/run-claims.ts'
import { wantCancel } from '../../src/catalog/run-control.ts'
import { runEvents } from '../../src/catalog/run-events.ts'
import { listRuns } from '../../src/catalog/run-list.ts'
import { moveRun } from '../../src/catalog/run-moves.ts'
import { findRun, insertRun, insertRuns } from '../../src/catalog/runs.ts'
import { runStatistics } from '../../src/catalog/statistics.ts'
import { LeaseLost, RunInTheWay, RunIsFinal } from '../../src/core/faults.ts'
import { openTestCatalog } from '../../support/catalog.ts'
import { addNode, newRun } from '../support/catalog-rows.ts'

const LEASE = 30_000

test('one trigger leaves one record, which goes all the way', async t => {
  const { catalog } = await openTestCatalog(t)
  const node = { ...(await addNode(catalog)), leaseMs: LEASE }
  const queued = await insertRun(catalog, await newRun(catalog))
  const claimed = await claimRun(catalog, node)
  assert.equal(claimed?.id, queued.id)
  assert.deepEqual([claimed.state, claimed.attempt, claimed.fence], ['running', 1, 1])
  assert.deepEqual(await heartbeat(catalog, node, [claimed]), [
    { id: claimed.id, fence: 1, state: 'running', wanted: null },
  ])
  await catalog.transaction(sql => moveRun(sql, claimed, 'completed', { result: { rows: 1 } }))
  const { runs } = await listRuns(catalog, {}, { limit: 10 })
  assert.deepEqual(
    runs.map(run => [run.id, run.state, run.triggeredBy]),
    [[queued.id, 'completed', 'ops']],
  )
  const log = await runEvents(catalog, queued.id)
  assert.deepEqual(
    log.map(line => [line.message, line.code]),
    [
      ['queued by ops', 'QUEUED'],
      ['claimed', 'CLAIMED'],
      ['completed', null],
    ],
  )
  assert.deepEqual(
    log.map(line => line.details),
    [{ by: 'ops' }, { state: 'running' }, { state: 'completed' }],
  )
  await assert.rejects(
    catalog.transaction(sql => moveRun(sql, claimed, 'failed')),
    RunIsFinal,
  )
  assert.equal((await runStatistics(catalog, {})).successRate, 1)
})

test('a second run of a source is refused, and the one in the way is named', async t => {
  const { catalog } = await openTestCatalog(t)
  const run = await newRun(catalog)
  const first = await insertRun(catalog, run)
  await assert.rejects(insertRun(catalog, run), (error: Error) => {
    assert.ok(error instanceof RunInTheWay)
    assert.ok(error.message.includes(first.id.slice(0, 8)))
    return true
  })
})

test('scheduled runs that meet another are skipped, finished and audited', async t => {
  const { catalog } = await openTestCatalog(t)
  const run = await newRun(catalog, { trigger: 'schedule', triggeredBy: 'schedule nightly' })
  const { queued, skipped } = await insertRuns(catalog, [run, run])
  assert.deepEqual([queued.length, skipped.length], [1, 1])
  const [late] = skipped
  assert.ok(late?.finishedAt)
  assert.match(late.failure?.message ?? '', new RegExp(`^run ${queued[0]?.id.slice(0, 8)} was`))
  const entries = await catalog.query('select action, object_id from audit_log')
  assert.deepEqual(entries, [{ action: 'run.skip', object_id: late.id }])
})

test('a worker that lost its run writes nothing', async t => {
  const { catalog } = await openTestCatalog(t)
  const node = { ...(await addNode(catalog)), leaseMs: LEASE }
  await insertRun(catalog, await newRun(catalog))
  const old = await claimRun(catalog, node)
  assert.ok(old)
  await catalog.transaction(sql => moveRun(sql, old, 'retrying', { countsAs: 'lost' }))
  const taken = await claimRun(catalog, node)
  assert.equal(taken?.fence, 2)
  await assert.rejects(
    catalog.transaction(sql => moveRun(sql, old, 'completed')),
    LeaseLost,
  )
  assert.equal((await findRun(catalog, old.id.slice(0, 8))).state, 'running')
})

test('a run that was to be cancelled does not come back as a retry', async t => {
  const { catalog } = await openTestCatalog(t)
  const node = { ...(await addNode(catalog)), leaseMs: LEASE }
  await insertRun(catalog, await newRun(catalog))
  const run = await claimRun(catalog, node)
  assert.ok(run)
  await catalog.transaction(sql => wantCancel(sql, run.id, 'ops'))
  const moved = await catalog.transaction(sql => moveRun(sql, run, 'retrying'))
  assert.equal(moved.state, 'cancelled')
})
