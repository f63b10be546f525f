import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PREFIX } from '../../src/api/mount.ts'
import { claimRun } from '../../src/catalog/run-claims.ts'
import { moveRun } from '../../src/catalog/run-moves.ts'
import { asFailure } from '../../src/core/run.ts'
import { addNode } from '../support/catalog-rows.ts'
import { ApiSite } from './site.ts'

interface Run {
  readonly id: string
  readonly state: string
  readonly repeats: string | null
  readonly request: object
  readonly queuedAt: string
  readonly repositoryId: string
}
interface Page {
  readonly runs: Run[]
  readonly next: string | null
  readonly previous: string | null
}
interface Active {
  readonly counts: Record<string, number>
  readonly places: number
  readonly runs: (Run & { position: number | null; waitsFor: string | null })[]
}
interface Stats {
  readonly meanSeconds: number | null
  readonly total: number
  readonly byState: Record<string, number>
  readonly p95Seconds: number | null
  readonly days: {
    day: string
    completed: number
    failed: number
    skipped: number
    cancelled: number
    other: number
    meanSeconds: number | null
    dumpedBytes: number
    storedBytes: number
  }[]
}

const FORMULA = `=cmd|' /C calc'!A0`

describe('lists of runs', () => {
  let site: ApiSite
  let node: { id: string; leaseMs: number }
  before(async () => {
    site = await ApiSite.open()
    await site.addShop()
    await site.addSource(FORMULA)
    node = { ...(await addNode(site.test.catalog, 1)), leaseMs: 60_000 }
  })
  after(() => site.close())
  const start = (source = 'shop') =>
    site.expect<Run>(201, 'POST', '/runs', { kind: 'backup', source, tags: { a: 'b' } })
  async function end(state: 'completed' | 'failed' | 'retrying', message = 'broke'): Promise<void> {
    const { catalog } = site.test
    const run = await claimRun(catalog, node)
    assert.ok(run)
    const failure = asFailure(new Error(message))
    await catalog.transaction(sql => moveRun(sql, run, state, { failure, notBefore: 3_600_000 }))
  }
  const list = (query: string) => site.expect<Page>(200, 'GET', `/runs?${query}`)

  test('a run that failed is repeated as a new one, which says so', async () => {
    const { id } = await start()
    await end('failed')
    const again = await site.expect<Run>(201, 'POST', `/runs/${id}/retry`)
    assert.deepEqual([again.repeats, again.request], [id, { tags: { a: 'b' } }])
    const problem = await site.refuse('RUN_IN_THE_WAY', 409, 'POST', `/runs/${id}/retry`)
    assert.equal(problem.run, again.id)
    await site.refuse('RUN_NOT_OVER', 409, 'POST', `/runs/${again.id}/retry`)
    await end('completed')
    await site.refuse('RUN_IS_FINAL', 409, 'POST', `/runs/${again.id}/retry`)
    const entry = (await site.audited('run.retry')).find(one => one.result === 'done')
    assert.equal(entry?.details.repeats, id)
    const { run } = await site.expect<{ run: Run }>(200, 'GET', `/runs/${again.id}`)
    assert.equal(run.repeats, id)
  })

  test('a run that is to be tried again is tried at once', async () => {
    const { id } = await start()
    await end('retrying')
    const waiting = await site.expect<Active>(200, 'GET', '/runs/active')
    assert.deepEqual(
      waiting.runs.map(one => [one.position, one.waitsFor]),
      [[1, 'retry']],
    )
    assert.equal(await claimRun(site.test.catalog, node), undefined)
    await site.expect(200, 'POST', `/runs/${id}/retry`)
    await end('completed')
    const [entry] = await site.audited('run.retry')
    assert.deepEqual(entry?.details, { attempt: 1 })
  })

  test('what waits says what for, and in which place', async () => {
    await start()
    const second = await start(FORMULA)
    const held = await claimRun(site.test.catalog, node)
    const active = () => site.expect<Active>(200, 'GET', '/runs/active')
    const { counts, places, runs } = await active()
    assert.deepEqual([counts.queued, counts.running, places], [1, 1, 1])
    assert.deepEqual(
      runs.map(one => [one.id, one.position, one.waitsFor]),
      [
        [held?.id, null, null],
        [second.id, 1, 'busy'],
      ],
    )
    await site.expect(200, 'PATCH', '/settings', { maxRunsPerHost: 1 })
    assert.equal((await active()).runs[1]?.waitsFor, 'host-limit')
    await site.expect(200, 'PATCH', '/settings', { maxRunsPerHost: null })
    await site.expect(200, 'PATCH', '/repositories/main', { maxRuns: 1 })
    assert.equal((await active()).runs[1]?.waitsFor, 'repository-limit')
    await site.expect(200, 'PATCH', '/repositories/main', { maxRuns: null })
    await site.expect(200, 'POST', '/pause-all')
    assert.equal((await active()).runs[1]?.waitsFor, 'all-paused')
    await site.expect(200, 'POST', '/resume-all')
    assert.ok(held)
    await site.test.catalog.transaction(sql => moveRun(sql, held, 'completed'))
    assert.equal((await active()).runs[0]?.waitsFor, 'turn')
    await end('failed', 'could not connect to 100%_db: refused')
  })

  test('pages go back as they went on', async () => {
    const all = (await list('limit=200')).runs.map(run => run.id)
    const first = await list('limit=2')
    assert.equal(first.previous, null)
    const second = await list(`limit=2&after=${first.next}`)
    const third = await list(`limit=2&after=${second.next}`)
    const back = await list(`limit=2&before=${third.previous}`)
    assert.deepEqual(back, second)
    const start = await list(`limit=2&before=${back.previous}`)
    assert.deepEqual(start.runs, first.runs)
    assert.equal(start.previous, null)
    assert.deepEqual(
      [...first.runs, ...second.runs, ...third.runs].map(run => run.id),
      all.slice(0, 6),
    )
    await site.refuse('INVALID_INPUT', 422, 'GET', `/runs?after=${all[0]}&before=${all[1]}`)
  })

  test('filters: who, several states, a text that means itself', async () => {
    const ids = async (query: string) => (await list(query)).runs.map(run => run.id)
    const all = await ids('limit=200')
    assert.deepEqual(await ids('who=LOCAL%20user%20ops'), all)
    assert.deepEqual(await ids('who=nobody'), [])
    const failed = await ids('state=failed')
    const completed = await ids('state=completed')
    assert.deepEqual(await ids('state=completed,failed'), all)
    assert.equal(failed.length + completed.length, all.length)
    assert.deepEqual(await ids('text=100%25_db'), [failed[0]])
    assert.deepEqual(await ids('text=%25%25'), [])
    assert.deepEqual(await ids(`text=${all[2]?.slice(0, 13)}`), [all[2]])
    assert.deepEqual(await ids('text=SHOP'), await ids('source=shop'))
    await site.refuse('INVALID_INPUT', 422, 'GET', '/runs?text=%00')
    await site.refuse('INVALID_INPUT', 422, 'GET', '/runs?source=%00')
    await site.expect(
      200,
      'GET',
      '/runs?since=0000-01-01T00:00:00Z&until=9999-12-31T23:59:59-14:00',
    )
    await site.expect(
      200,
      'GET',
      '/stats?since=0000-01-01T00:00:00Z&until=9999-12-31T23:59:59-14:00',
    )
  })

  test('numbers are those of the runs themselves, and of parts of a day', async () => {
    const stats = (query = '') => site.expect<Stats>(200, 'GET', `/stats${query}`)
    const all = await stats()
    assert.deepEqual(all.byState, { completed: 3, failed: 2 })
    const today = new Date().toISOString().slice(0, 10)
    assert.deepEqual(all.days, [
      {
        day: today,
        completed: 3,
        failed: 2,
        skipped: 0,
        cancelled: 0,
        other: 0,
        meanSeconds: all.meanSeconds,
        dumpedBytes: 0,
        storedBytes: 0,
      },
    ])
    assert.ok(all.p95Seconds !== null && all.p95Seconds >= 0)
    assert.equal((await stats('?source=shop')).total, 4)
    assert.deepEqual((await stats('?state=failed')).byState, { failed: 2 })
    const soon = new Date(Date.now() + 60_000).toISOString()
    const before = new Date(Date.now() - 3_600_000).toISOString()
    assert.equal((await stats(`?since=${before}`)).total, 5)
    assert.equal((await stats(`?since=${before}&until=${soon}`)).total, 5)
    assert.equal((await stats(`?since=${soon}`)).total, 0)
    await site.test.catalog.query('select recount_runs()')
    await site.test.catalog.query('select recount_totals()')
    // Added up in another order.
    const rounded = (numbers: Stats) =>
      JSON.parse(
        JSON.stringify(numbers, (name, value: unknown) =>
          name === 'meanSeconds' ? Math.round(Number(value) * 1e6) : value,
        ),
      ) as unknown
    assert.deepEqual(rounded(await stats()), rounded(all))
    // The same by the days of others, however they are counted.
    const [newest] = (await site.expect<{ runs: Run[] }>(200, 'GET', '/runs?limit=1')).runs
    for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu']) {
      const day = new Date(newest?.queuedAt ?? 0).toLocaleDateString('sv', { timeZone })
      for (const query of ['?days=2', '?source=shop', `?repository=${newest?.repositoryId}`]) {
        const [here, there] = [await stats(query), await stats(`${query}&timeZone=${timeZone}`)]
        for (const one of here.days) Object.assign(one, { day })
        assert.deepEqual(rounded(here), rounded(there), `${query} ${timeZone}`)
      }
      await site.test.catalog.query('select recount_quarters()')
    }
    await site.refuse('INVALID_INPUT', 422, 'GET', `/stats?since=${before}&timeZone=Asia/Tokyo`)
    const { sources } = await site.expect<{ sources: { name: string; failed: number }[] }>(
      200,
      'GET',
      '/stats/sources',
    )
    assert.deepEqual(
      sources.map(one => [one.name, one.failed]),
      [
        [FORMULA, 1],
        ['shop', 1],
      ],
    )
  })

  test('an export has every run in a line, and nothing that a spreadsheet would perform', async () => {
    const answer = await site.socket.inject({
      method: 'GET',
      url: `${PREFIX}/runs.csv?state=failed`,
    })
    assert.equal(answer.statusCode, 200)
    assert.match(String(answer.headers['content-type']), /^text\/csv/)
    assert.match(String(answer.headers['content-disposition']), /runs\.csv/)
    const lines = answer.payload.split('\r\n')
    assert.equal(lines.pop(), '')
    assert.equal(lines.length, 3)
    assert.match(lines[0] ?? '', /^id,kind,state,source,repository,/)
    assert.ok(lines[1]?.includes(`,'${FORMULA},main,`), lines[1])
    await site.refuse('NOT_FOUND', 404, 'GET', '/runs.csv?source=nix')
  })
})
