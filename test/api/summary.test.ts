import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { registerNode, stopNode } from '../../src/catalog/nodes.ts'
import { ApiSite } from './site.ts'

interface Summary {
  readonly verdicts: Record<string, number>
  readonly sources: {
    name: string
    verdict: string
    periodSeconds: number | null
    ageSeconds: number | null
    lastGood: { backup: string } | null
    lastRun: { state: string } | null
    nextRunAt: string | null
    strip: string
  }[]
}

const NAMES = ['fine', 'late', 'none', 'broke', 'idle', 'after']

describe('the summary', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.test.setClock('2026-06-01 12:00:00+00')
    await site.addShop('first', 'main')
    for (const name of NAMES) await site.addSource(name)
    for (const source of ['fine', 'late', 'none', 'broke']) {
      const schedule = { source, repository: 'main', cron: 'daily at 02:00' }
      await site.expect(201, 'POST', '/schedules', schedule)
    }
    const leader = await site.expect<{ id: string }>(200, 'GET', '/schedules/fine')
    const follower = { source: 'after', repository: 'main', after: leader.id }
    await site.expect(201, 'POST', '/schedules', follower)
    await backup('fine', '2026-06-09 02:05')
    await backup('broke', '2026-06-09 02:05')
    await backup('late', '2026-06-08 02:05')
    // What somebody brought in says nothing of how a source is protected.
    await backup('late', '2026-06-09 11:00', { uploaded: 'late.dump' })
    await run('fine', 'completed', '2026-06-09 02:00')
    await run('fine', 'failed', '2026-06-08 02:00')
    await run('broke', 'failed', '2026-06-09 10:00')
    await site.test.setClock('2026-06-09 12:00:00+00')
  })
  after(() => site.close())

  const backup = (source: string, at: string, tags = {}) =>
    site.test.catalog.query(
      `insert into backups (id, repository_id, source_id, source_label, started_at, finished_at,
         dump_bytes, stored_bytes, tables, rows, manifest, tags)
       select $1 || ' backup' || $3::text, r.id, s.id, s.label, $2::timestamptz, $2::timestamptz,
         1, 1, 1, 1, '{}', $3::jsonb
       from repositories r, sources s where s.name = $1`,
      [source, `${at}+00`, JSON.stringify(tags)],
    )
  const run = (source: string, state: string, at: string) =>
    site.test.catalog.query(
      `insert into runs (id, kind, state, source_id, repository_id, trigger, triggered_by, lock_key,
         retry, failure, queued_at, started_at, finished_at)
       select gen_random_uuid(), 'backup', $2, s.id, r.id, 'manual', 'ops', 'source:' || s.id, '{}',
         '{}', $3::timestamptz, $3::timestamptz, $3::timestamptz
       from repositories r, sources s where s.name = $1`,
      [source, state, `${at}+00`],
    )

  test('says of every source how it stands', async () => {
    const { verdicts, sources } = await site.expect<Summary>(200, 'GET', '/summary?days=4')
    const of = Object.fromEntries(sources.map(one => [one.name, one]))
    const verdictOf = (name: string) => of[name]?.verdict
    assert.deepEqual(NAMES.map(verdictOf), [
      'good',
      'overdue',
      'never',
      'failing',
      'unscheduled',
      'never',
    ])
    assert.deepEqual(verdicts, { good: 1, failing: 1, overdue: 1, never: 2, unscheduled: 2 })
    // Asked for on 6 June in vain, and overdue for want of any since 2 June; mended on the 9th.
    assert.equal(of.fine?.strip, 'ggi1')
    assert.equal(of.idle?.strip, '0000')
    assert.equal(of.fine?.lastGood?.backup, 'fine backup{}')
    assert.equal(of.fine?.ageSeconds, (9 * 60 + 55) * 60)
    assert.equal(of.broke?.lastRun?.state, 'failed')
    assert.deepEqual([of.fine?.periodSeconds, of.after?.periodSeconds], [86_400, 86_400])
    assert.equal(of.fine?.nextRunAt, '2026-06-02T02:00:00.000Z')
  })

  test('a source is overdue only after its period and a quarter', async () => {
    const verdict = async (now: string) => {
      await site.test.setClock(`${now}+00`)
      const { sources } = await site.expect<Summary>(200, 'GET', '/summary')
      return sources.find(one => one.name === 'fine')?.verdict
    }
    assert.equal(await verdict('2026-06-10 08:04'), 'good')
    assert.equal(await verdict('2026-06-10 08:06'), 'overdue')
  })

  test('the scheduler tells of schedules that should have fired, and what comes next', async () => {
    const { schedules, next, queueDepth } = await site.expect<{
      schedules: { overdue: number }
      next: { source: string } | null
      queueDepth: number
    }>(200, 'GET', '/scheduler')
    assert.deepEqual([schedules.overdue, queueDepth], [4, 0])
    assert.ok(next)
  })

  test('the scheduler names nodes that work, and for a day those that are lost', async () => {
    const { catalog } = site.test
    const start = async (pid: number, seat?: string) => {
      const node = { id: randomUUID(), host: 'a', pid, version: '1', maxRuns: 3, seat }
      await registerNode(catalog, node)
      return node.id
    }
    const nodes = async () => {
      const told = await site.expect<{ nodes: { pid: number; lost: boolean }[] }>(
        200,
        'GET',
        '/scheduler',
      )
      return told.nodes.map(one => `${one.pid}${one.lost ? ' lost' : ''}`)
    }
    await site.test.setClock('2026-06-11 12:00:00+00')
    await start(1)
    await start(2, 'server in /data')
    await stopNode(catalog, await start(3))
    assert.deepEqual(await nodes(), ['1', '2'])
    await site.test.setClock('2026-06-11 12:01:00+00')
    assert.deepEqual(await nodes(), ['1 lost', '2 lost'])
    await start(4, 'server in /data')
    await start(5, 'server in /other')
    assert.deepEqual(await nodes(), ['1 lost', '4', '5'])
    await site.test.setClock('2026-06-12 12:00:30+00')
    assert.deepEqual(await nodes(), ['4 lost', '5 lost'])
  })

  test('settings are checked, and the record has what they were before', async () => {
    const usual = {
      maxRunsPerHost: null,
      manualBackupsPerMinute: 1,
      deleteGraceHours: 24,
      maxUploadBytes: 2 ** 40,
    }
    assert.deepEqual(await site.expect(200, 'GET', '/settings'), usual)
    const changed = { ...usual, maxRunsPerHost: 2, deleteGraceHours: 48 }
    const body = { maxRunsPerHost: 2, deleteGraceHours: 48 }
    assert.deepEqual(await site.expect(200, 'PATCH', '/settings', body), changed)
    const [entry] = await site.audited('settings.edit')
    assert.deepEqual(entry?.details, {
      before: { maxRunsPerHost: null, deleteGraceHours: 24 },
      after: body,
    })
    await site.expect(200, 'PATCH', '/settings', { maxRunsPerHost: null })
    for (const wrong of [{}, { maxRunsPerHost: 0 }, { deleteGraceHours: 0 }, { secretKey: 'x' }]) {
      await site.refuse('INVALID_INPUT', 422, 'PATCH', '/settings', wrong)
    }
  })
})
