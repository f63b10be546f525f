import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Catalog } from '../../src/catalog/db.ts'
import { registerNode } from '../../src/catalog/nodes.ts'
import { claimRun } from '../../src/catalog/run-claims.ts'
import { listRuns, type Place } from '../../src/catalog/run-list.ts'
import { moveRun } from '../../src/catalog/run-moves.ts'
import { insertRun, insertRuns, type NewRun, type Run } from '../../src/catalog/runs.ts'
import { writeSetting } from '../../src/catalog/settings.ts'
import { runStatistics } from '../../src/catalog/statistics.ts'
import {
  DatabaseRefused,
  DatabaseUnreachable,
  StorageUnreachable,
  ToolFailed,
} from '../../src/core/faults.ts'
import { asFailure, DEFAULT_RETRY } from '../../src/core/run.ts'
import { moveAfter } from '../../src/jobs/outcome.ts'
import { openTestCatalog } from '../../support/catalog.ts'
import { addNode, addRepository, newRun } from '../support/catalog-rows.ts'

const leaseMs = 30_000

async function nodeOf(catalog: Catalog, maxRuns?: number) {
  return { ...(await addNode(catalog, maxRuns)), leaseMs }
}

async function claimAll(catalog: Catalog, node: { id: string; leaseMs: number }): Promise<Run[]> {
  const run = await claimRun(catalog, node)
  return run === undefined ? [] : [run, ...(await claimAll(catalog, node))]
}

async function ask(catalog: Catalog, about: Partial<NewRun> = {}): Promise<string> {
  const { queued } = await insertRuns(catalog, [await newRun(catalog, about)])
  return queued[0]?.id ?? ''
}

describe('the next run', () => {
  test('is that of the highest priority, manual before others, then the longest waiting', async t => {
    const { catalog } = await openTestCatalog(t)
    const node = await nodeOf(catalog, 10)
    const scheduled = { trigger: 'schedule', triggeredBy: 'schedule nightly' } as const
    const first = await ask(catalog, scheduled)
    const second = await ask(catalog, scheduled)
    const manual = await ask(catalog)
    const urgent = await ask(catalog, { ...scheduled, priority: 5 })
    const claimed = await claimAll(catalog, node)
    assert.deepEqual(
      claimed.map(run => run.id),
      [urgent, manual, first, second],
    )
  })

  test('is not claimed past the places of a node, a repository or a server', async t => {
    const { catalog } = await openTestCatalog(t)
    const small = await addRepository(catalog, 2)
    await writeSetting(catalog, 'maxRunsPerHost', 1)
    for (let i = 0; i < 4; i += 1) await ask(catalog, { repositoryId: small })
    for (let i = 0; i < 2; i += 1) await ask(catalog, { host: 'db:5432' })
    for (let i = 0; i < 5; i += 1) await ask(catalog)
    const claimed = await claimAll(catalog, await nodeOf(catalog, 4))
    assert.deepEqual(
      claimed.map(run => (run.repositoryId === small ? 'small' : run.host)),
      ['small', 'small', 'db:5432', ''],
    )
    const more = await claimAll(catalog, await nodeOf(catalog, 100))
    assert.deepEqual(
      more.map(run => run.host),
      ['', '', '', ''],
    )
    const [done] = claimed
    assert.ok(done)
    await catalog.transaction(sql => moveRun(sql, done, 'completed'))
    const [next, ...others] = await claimAll(catalog, await nodeOf(catalog, 100))
    assert.deepEqual([next?.repositoryId, others.length], [small, 0])
  })

  test('goes to one of many that look at the same moment', async t => {
    const { catalog } = await openTestCatalog(t)
    const nodes = await Promise.all(Array.from({ length: 5 }, () => nodeOf(catalog, 100)))
    for (let i = 0; i < 30; i += 1) await ask(catalog)
    const claimed = (await Promise.all(nodes.map(node => claimAll(catalog, node)))).flat()
    assert.equal(claimed.length, 30)
    assert.equal(new Set(claimed.map(run => run.id)).size, 30)
  })

  test('is none of a node that the catalog does not know', async t => {
    const { catalog } = await openTestCatalog(t)
    await ask(catalog)
    const node = { id: '00000000-0000-4000-8000-000000000000', leaseMs }
    assert.equal(await claimRun(catalog, node), undefined)
    await registerNode(catalog, { ...node, host: 'a', pid: 1, version: '0', maxRuns: 1 })
    assert.ok(await claimRun(catalog, node))
  })
})

describe('a failed attempt', () => {
  const cases = [
    [
      'the network',
      new StorageUnreachable({ place: '/x', what: 'list', why: 'no' }),
      [60, 120, 300],
    ],
    ['the server', new DatabaseUnreachable({ server: 'db', why: 'no' }), [60, 120, 300]],
    ['a tool', new ToolFailed({ tool: 'pg_dump', how: 'ended', lastWords: '' }), [30, 60, 120]],
    ['a right', new DatabaseRefused({ what: 'dump', server: 'db', why: 'no' }), []],
  ] as const
  for (const [what, fault, delays] of cases) {
    test(`for want of ${what} is repeated after ${delays.join(', ') || 'nothing'}`, async t => {
      const { catalog, setClock } = await openTestCatalog(t)
      const node = await nodeOf(catalog)
      let now = new Date('2026-03-29T00:00:00Z')
      await setClock(now.toISOString())
      const id = await ask(catalog, { retry: DEFAULT_RETRY })
      for (const delay of [...delays, undefined]) {
        const run = await claimRun(catalog, node)
        assert.equal(run?.id, id)
        const { to, changes } = moveAfter(run, { type: 'failed', failure: asFailure(fault) }, false)
        const moved = await catalog.transaction(sql => moveRun(sql, run, to, changes))
        assert.equal(moved.state, delay === undefined ? 'failed' : 'retrying')
        if (delay === undefined) break
        now = new Date(now.getTime() + delay * 1000)
        await setClock(new Date(now.getTime() - 1000).toISOString())
        assert.equal(await claimRun(catalog, node), undefined)
        await setClock(now.toISOString())
      }
    })
  }

  test('is not counted when it was handed back', async t => {
    const { catalog } = await openTestCatalog(t)
    const node = await nodeOf(catalog)
    await ask(catalog)
    for (let times = 0; times < 10; times += 1) {
      const run = await claimRun(catalog, node)
      assert.ok(run)
      const { to, changes } = moveAfter(run, { type: 'died', how: 'ended' }, true)
      const { failures, lost } = await catalog.transaction(sql => moveRun(sql, run, to, changes))
      assert.deepEqual([failures, lost], [0, 0])
    }
  })
})

test('runs are listed in pages without a gap, filtered, and counted', async t => {
  const { catalog } = await openTestCatalog(t)
  const node = await nodeOf(catalog, 100)
  const asked = await newRun(catalog)
  for (let i = 0; i < 7; i += 1) {
    await insertRun(catalog, asked)
    const run = await claimRun(catalog, node)
    assert.ok(run)
    const failure = asFailure(new Error('broke'))
    await catalog.transaction(sql => moveRun(sql, run, i < 2 ? 'failed' : 'completed', { failure }))
  }
  await insertRuns(catalog, [{ ...asked, trigger: 'schedule' }])
  const all = await listRuns(catalog, {}, { limit: 100 })
  const paged: string[] = []
  let after: Place | undefined
  do {
    const page = await listRuns(catalog, {}, { limit: 3, after })
    paged.push(...page.runs.map(run => run.id))
    after = page.runs.find(run => run.id === page.next)
  } while (after !== undefined)
  assert.deepEqual(
    paged,
    all.runs.map(run => run.id),
  )
  const count = async (filter: Parameters<typeof listRuns>[1]) =>
    (await listRuns(catalog, filter, { limit: 100 })).runs.length
  assert.equal(await count({ states: ['failed'] }), 2)
  assert.equal(await count({ triggers: ['schedule'] }), 1)
  assert.equal(await count({ sourceId: asked.sourceId, kinds: ['backup'] }), 8)
  assert.equal(await count({ since: new Date(Date.now() + 60_000) }), 0)
  const statistics = await runStatistics(catalog, {})
  assert.deepEqual(statistics.byState, { completed: 5, failed: 2, queued: 1 })
  assert.equal(statistics.successRate, 5 / 7)
  assert.equal(statistics.days.length, 1)
})
