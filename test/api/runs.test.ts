import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { claimRun } from '../../src/catalog/run-claims.ts'
import { addNode } from '../support/catalog-rows.ts'
import { ApiSite } from './site.ts'

interface Run {
  readonly id: string
  readonly kind: string
  readonly state: string
  readonly source: string | null
  readonly repository: string
  readonly trigger: string
  readonly triggeredBy: string
  readonly wanted: string | null
  readonly request: Record<string, unknown>
  readonly failure: { code: string } | null
}

interface RunPage {
  readonly runs: Run[]
  readonly next: string | null
}

describe('runs', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.addShop()
    for (const name of ['one', 'two', 'three']) await site.addSource(name)
  })
  after(() => site.close())

  const trigger = (source: string, more: object = {}) =>
    site.expect<Run>(201, 'POST', '/runs', { kind: 'backup', source, ...more })
  const cancel = (run: { id: string }) => site.expect<Run>(200, 'POST', `/runs/${run.id}/cancel`)

  test('a backup is queued into the only repository, and says who asked', async () => {
    const run = await trigger('shop', { tags: { release: '2.4' } })
    assert.equal(run.state, 'queued')
    assert.deepEqual([run.source, run.repository], ['shop', 'main'])
    assert.deepEqual([run.trigger, run.triggeredBy], ['manual', 'local user ops'])
    assert.deepEqual(run.request, { tags: { release: '2.4' } })
    const [entry] = await site.audited('run.start')
    assert.deepEqual([entry?.actor, entry?.result], ['local user ops', 'done'])
    await cancel(run)
  })

  test('a second one of the same source is refused, and the first one named', async () => {
    const run = await trigger('shop')
    const problem = await site.refuse('RUN_IN_THE_WAY', 409, 'POST', '/runs', {
      kind: 'backup',
      source: 'shop',
    })
    assert.equal(problem.run, run.id)
    assert.match(problem.detail, /source shop is at work already/)
    const [entry] = await site.audited('run.start')
    assert.deepEqual([entry?.result, entry?.details.code], ['refused', 'RUN_IN_THE_WAY'])
    await cancel(run)
  })

  test('the same idempotency key is the same run, also at the same moment', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const ask = () => site.send<Run>('POST', '/runs', { kind: 'backup', source: 'shop' }, key)
    const answers = await Promise.all(Array.from({ length: 8 }, ask))
    assert.deepEqual(
      answers.map(one => one.status).sort((a, b) => a - b),
      [200, 200, 200, 200, 200, 200, 200, 201],
      JSON.stringify(answers.find(one => one.status > 201)?.body),
    )
    assert.equal(new Set(answers.map(one => one.body.id)).size, 1)
    const [run] = answers
    assert.ok(run)
    await cancel(run.body)
    const later = await ask()
    assert.deepEqual(
      [later.status, later.body.id, later.body.state],
      [200, run.body.id, 'cancelled'],
    )
  })

  test('a key that was used for something else, or is none, is refused', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const run = await site.expect<Run>(201, 'POST', '/runs', { kind: 'backup', source: 'one' }, key)
    await site.refuse('WRONG_USE', 422, 'POST', '/runs', { kind: 'backup', source: 'two' }, key)
    const tagged = { kind: 'backup', source: 'one', tags: { release: '2.4' } }
    await site.refuse('WRONG_USE', 422, 'POST', '/runs', tagged, key)
    const spaced = { 'idempotency-key': 'a b' }
    await site.refuse(
      'INVALID_INPUT',
      422,
      'POST',
      '/runs',
      { kind: 'backup', source: 'two' },
      spaced,
    )
    await cancel(run)
  })

  test('a restore keeps the URL of its target sealed, for its own row', async () => {
    const target = site.test.server.url('copy')
    const run = await site.expect<Run>(201, 'POST', '/runs', {
      kind: 'restore',
      source: 'shop',
      backup: 'latest',
      target,
    })
    const label = `@127.0.0.1:${site.test.server.port}`
    assert.deepEqual(run.request, {
      backup: `latest:shop${label}`,
      target: `copy${label}`,
      replace: false,
      disconnect: false,
      noOwner: false,
    })
    const [row] = await site.test.catalog.query<{ sealed: Buffer; lock: string }>(
      'select request_sealed as sealed, lock_key as lock from runs where id = $1',
      [run.id],
    )
    assert.ok(row)
    assert.equal(row.lock, `target:copy${label}`)
    const opened = site.vault.unseal(row.sealed, `runs.request_sealed:${run.id}`)
    assert.equal(opened.reveal(), target)
    await cancel(run)
  })

  test('a restore in place of a source keeps its backups out', async () => {
    const body = { kind: 'restore', source: 'one', backup: 'latest', target: 'source' }
    const run = await site.expect<Run>(201, 'POST', '/runs', body)
    assert.equal(run.request.replace, true)
    await site.refuse('RUN_IN_THE_WAY', 409, 'POST', '/runs', { kind: 'backup', source: 'one' })
    await cancel(run)
  })

  test('a check has its repository to itself, and leaves sources free', async () => {
    const check = { kind: 'check', repository: 'main', readData: true }
    const run = await site.expect<Run>(201, 'POST', '/runs', check)
    assert.deepEqual([run.source, run.request], [null, { readData: true }])
    await site.refuse('RUN_IN_THE_WAY', 409, 'POST', '/runs', check)
    const verify = await site.expect<Run>(201, 'POST', '/runs', { kind: 'verify', source: 'two' })
    await cancel(run)
    await cancel(verify)
  })

  test('wrong input is refused', async () => {
    for (const [body, field] of [
      [{ kind: 'drill', source: 'shop' }, 'kind'],
      [{ kind: 'backup' }, 'source'],
      [{ kind: 'backup', source: 'shop', target: 'x' }, 'target'],
      [{ kind: 'restore', source: 'shop', backup: 'latest' }, 'target'],
      [{ kind: 'backup', source: 'shop', maxBytes: 0 }, 'maxBytes'],
    ] as const) {
      const { problems } = await site.refuse('INVALID_INPUT', 422, 'POST', '/runs', body)
      assert.deepEqual(
        problems?.map(one => one.field),
        [field],
      )
    }
    await site.refuse('NOT_FOUND', 404, 'POST', '/runs', { kind: 'backup', source: 'nix' })
    await site.refuse('NOT_FOUND', 404, 'POST', '/runs', {
      kind: 'backup',
      source: 'shop',
      repository: 'nix',
    })
    const bad = { kind: 'restore', source: 'shop', backup: 'latest', target: 'not a url' }
    await site.refuse('WRONG_USE', 422, 'POST', '/runs', bad)
  })

  test('which repository must be said where it could be several', async () => {
    const url = await site.makeRepository('second')
    const body = { name: 'second', url, passphrase: 'correct horse canary staple' }
    await site.expect(201, 'POST', '/repositories', body)
    const asked = { kind: 'backup', source: 'shop' }
    const { problems } = await site.refuse('INVALID_INPUT', 422, 'POST', '/runs', asked)
    assert.deepEqual(problems, [
      { field: 'repository', why: 'it could be main or second; name one' },
    ])
    const schedule = { source: 'shop', repository: 'second', cron: '0 3 * * *' }
    await site.expect(201, 'POST', '/schedules', schedule)
    const run = await site.expect<Run>(201, 'POST', '/runs', asked)
    assert.equal(run.repository, 'second')
    await cancel(run)
    await site.expect(200, 'DELETE', '/schedules/shop')
    await site.expect(200, 'DELETE', '/repositories/second')
  })

  test('the list is paged by key, with none twice and none left out', async () => {
    const all = await site.expect<RunPage>(200, 'GET', '/runs?limit=200')
    const seen: string[] = []
    let after = ''
    for (;;) {
      const page = await site.expect<RunPage>(200, 'GET', `/runs?limit=3${after}`)
      seen.push(...page.runs.map(run => run.id))
      if (page.next === null) break
      after = `&after=${page.next}`
    }
    assert.ok(seen.length > 6)
    assert.deepEqual(
      seen,
      all.runs.map(run => run.id),
    )
  })

  test('the list is filtered', async () => {
    const run = await trigger('three')
    const of = async (query: string) =>
      (await site.expect<RunPage>(200, 'GET', `/runs?${query}`)).runs.map(one => one.id)
    assert.deepEqual(await of('source=three'), [run.id])
    assert.deepEqual(await of('state=queued,running'), [run.id])
    assert.deepEqual(await of('source=three&kind=restore'), [])
    assert.deepEqual(await of('source=three&trigger=schedule'), [])
    assert.deepEqual(await of('source=three&since=2000-01-01T00:00:00Z'), [run.id])
    assert.deepEqual(await of('source=three&until=2000-01-01T00:00:00%2B02:00'), [])
    for (const wrong of ['state=done', 'limit=201', 'limit=0', 'since=today', 'colour=red']) {
      await site.refuse('INVALID_INPUT', 422, 'GET', `/runs?${wrong}`)
    }
    await site.refuse('NOT_FOUND', 404, 'GET', '/runs?source=nix')
    await cancel(run)
  })

  test('one run is shown by the beginning of its id, with attempts and log', async () => {
    const run = await trigger('one')
    const shown = await site.expect<{ run: Run; attempts: unknown[] }>(
      200,
      'GET',
      `/runs/${run.id.slice(0, 8)}`,
    )
    assert.deepEqual(shown, { run, attempts: [] })
    await cancel(run)
    const log = await site.expect<{ events: { id: number; message: string }[] }>(
      200,
      'GET',
      `/runs/${run.id}/log`,
    )
    const [first, ...rest] = log.events
    assert.match(first?.message ?? '', /queued by local user ops/)
    const more = await site.expect<{ events: unknown[] }>(
      200,
      'GET',
      `/runs/${run.id}/log?after=${first?.id}`,
    )
    assert.deepEqual(more.events, rest)
    for (const path of ['', '/log', '/follow']) {
      await site.refuse('NOT_FOUND', 404, 'GET', `/runs/deadbeef${path}`)
    }
  })

  test('whoever follows a run sees each change at once, until it is over', async () => {
    const run = await trigger('one')
    const { promise, resolve } = Promise.withResolvers<void>()
    const lines: { run?: Run; event?: { message: string } }[] = []
    await site.socket.ready()
    const response = await site.socket.inject({
      url: `/api/v1/runs/${run.id}/follow`,
      payloadAsStream: true,
    })
    assert.match(String(response.headers['content-type']), /x-ndjson/)
    const reading = (async () => {
      let rest = ''
      for await (const part of response.stream().setEncoding('utf8')) {
        rest += String(part)
        const whole = rest.split('\n')
        rest = whole.pop() ?? ''
        for (const line of whole) lines.push(JSON.parse(line) as (typeof lines)[number])
        if (lines.some(line => line.run?.state === 'queued')) resolve()
      }
    })()
    await promise
    await cancel(run)
    await reading
    assert.equal(lines.at(-1)?.run?.state, 'cancelled')
    assert.ok(lines.some(line => line.event?.message.includes('cancel')))
  })

  test('pause, resume and cancel say what is wanted, and are refused once it is over', async () => {
    const run = await trigger('one')
    const node = await addNode(site.test.catalog)
    const claimed = await claimRun(site.test.catalog, { id: node.id, leaseMs: 30_000 })
    assert.equal(claimed?.id, run.id)
    const steer = (verb: string) => site.expect<Run>(200, 'POST', `/runs/${run.id}/${verb}`)
    assert.equal((await steer('pause')).wanted, 'pause')
    assert.equal((await steer('resume')).wanted, null)
    assert.equal((await steer('cancel')).wanted, 'cancel')
    await site.refuse('RUN_IS_FINAL', 409, 'POST', `/runs/${run.id}/pause`)
    const released = await site.expect<Run>(200, 'POST', '/locks/release', { lock: 'one' })
    assert.deepEqual([released.state, released.failure?.code], ['failed', 'LOCK_RELEASED'])
    for (const verb of ['pause', 'resume', 'cancel']) {
      await site.refuse('RUN_IS_FINAL', 409, 'POST', `/runs/${run.id}/${verb}`)
      await site.refuse('NOT_FOUND', 404, 'POST', `/runs/deadbeef/${verb}`)
      const [entry] = await site.audited(`run.${verb}`)
      assert.equal(entry?.result, 'refused')
    }
  })

  test('locks are listed with what they are on, and released by any of their names', async () => {
    const backup = await trigger('two')
    const check = await site.expect<Run>(201, 'POST', '/runs', {
      kind: 'check',
      repository: 'main',
    })
    const { locks } = await site.expect<{ locks: { name: string; runId: string; key: string }[] }>(
      200,
      'GET',
      '/locks',
    )
    assert.deepEqual(
      locks.map(one => one.name),
      ['source two', 'repository main'],
    )
    await site.refuse('NOT_FOUND', 404, 'POST', '/locks/release', { lock: 'nix' })
    await site.refuse('INVALID_INPUT', 422, 'POST', '/locks/release', {})
    await site.expect(200, 'POST', '/locks/release', { lock: 'source two' })
    await site.expect(200, 'POST', '/locks/release', { lock: check.id })
    assert.deepEqual(await site.expect(200, 'GET', '/locks'), { locks: [] })
    assert.ok(backup.id)
  })

  test('everything is paused and goes on', async () => {
    await site.expect(200, 'POST', '/pause-all')
    const run = await trigger('two')
    const node = await addNode(site.test.catalog)
    assert.equal(await claimRun(site.test.catalog, { id: node.id, leaseMs: 30_000 }), undefined)
    const paused = await site.expect<{ paused: boolean; runs: { queued: number } }>(
      200,
      'GET',
      '/scheduler',
    )
    assert.deepEqual([paused.paused, paused.runs.queued], [true, 1])
    await site.expect(200, 'POST', '/resume-all')
    assert.equal((await claimRun(site.test.catalog, { id: node.id, leaseMs: 30_000 }))?.id, run.id)
    await site.expect(200, 'POST', '/locks/release', { lock: 'two' })
  })

  test('the scheduler stops and starts', async () => {
    await site.expect(201, 'POST', '/schedules', {
      source: 'shop',
      repository: 'main',
      cron: '0 3 * * *',
    })
    const state = async (verb: string) =>
      await site.expect<{ state: string; nextFire: string | null }>(
        200,
        'POST',
        `/scheduler/${verb}`,
      )
    assert.deepEqual((await state('stop')).nextFire, null)
    const started = await state('start')
    assert.equal(started.state, 'running')
    assert.ok(started.nextFire)
  })

  test('numbers add up', async () => {
    const stats = await site.expect<{
      total: number
      byState: Record<string, number>
      successRate: number
    }>(200, 'GET', '/stats?source=one')
    const { runs } = await site.expect<RunPage>(200, 'GET', '/runs?source=one')
    assert.equal(stats.total, runs.length)
    assert.equal(
      Object.values(stats.byState).reduce((sum, count) => sum + count),
      runs.length,
    )
    assert.equal(stats.successRate, 0)
    await site.refuse('INVALID_INPUT', 422, 'GET', '/stats?limit=3')
  })
})
