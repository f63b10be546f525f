import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { Metrics } from '../../src/api/metrics/metrics.ts'
import { addApiKey } from '../../src/catalog/api-keys.ts'
import { Catalog } from '../../src/catalog/db.ts'
import { ApiSite } from './site.ts'

const GUIDE = join(import.meta.dirname, '..', '..', 'docs', 'guide', 'monitoring.md')

interface Family {
  readonly type: string
  readonly help: string
  /** By the whole name: `name{label="value"}`. */
  readonly samples: Map<string, number>
}

/** Reads the text format as strictly as its definition. */
function parse(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  let last: Family | undefined
  let help = ''
  for (const line of text.split('\n').filter(one => one !== '')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (word === 'HELP') help = rest
    else if (word === 'TYPE') {
      assert.ok(!families.has(name), `${name} twice`)
      assert.match(name, /^[a-z][a-z0-9_]*$/)
      last = { type: rest, help, samples: new Map() }
      families.set(name, last)
    } else {
      const sample = /^([a-z0-9_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line)
      assert.ok(sample && last, line)
      const [, series = '', value] = sample
      assert.ok(!last.samples.has(series), `${series} twice`)
      assert.ok(value === 'Nan' || value === '+Inf' || Number.isFinite(Number(value)), line)
      last.samples.set(series, Number(value))
    }
  }
  return families
}

describe('metrics', () => {
  let site: ApiSite
  const fresh = () =>
    new Metrics({
      catalog: site.test.catalog,
      checks: [
        { name: 'well', check: async () => undefined },
        { name: 'ill', check: () => Promise.reject(new Error('ill')) },
      ],
      version: '1.2.3',
    })
  const read = async (metrics = fresh()) => {
    const families = parse(await metrics.text())
    const all = new Map([...families.values()].flatMap(one => Array.from(one.samples)))
    return { families, value: (series: string) => all.get(series) }
  }

  before(async () => {
    site = await ApiSite.open()
    await site.addShop('shop', 'main')
    await site.expect(201, 'POST', '/schedules', {
      source: 'shop',
      repository: 'main',
      cron: 'daily at 02:30',
    })
    const { catalog } = site.test
    await catalog.query('update sources set name = $1', ['shop "prod"\\x'])
    const [row] = await catalog.query<{ source: string; repository: string }>(
      'select s.id as source, r.id as repository from sources s, repositories r',
    )
    const finished = async (kind: string, state: string, seconds: number, result: object) => {
      await catalog.query(
        `insert into runs (id, kind, state, source_id, repository_id, trigger, triggered_by, lock_key,
           retry, queued_at, started_at, finished_at, failure, result)
         values (gen_random_uuid(), $1, $2, $3, $4, 'manual', 'test', 'x', '{}', now(),
           now() - $5 * interval '1 second', now(), '{}', $6)`,
        [kind, state, row?.source, row?.repository, seconds, JSON.stringify(result)],
      )
    }
    await finished('backup', 'completed', 10, { bytes: 3e12, storedBytes: 1000 })
    await finished('backup', 'completed', 20, { bytes: 500, storedBytes: 'odd' })
    await finished('backup', 'failed', 5, {})
    await finished('verify', 'completed', 3, { bytes: 77 })
    await catalog.query(
      `insert into backups (id, repository_id, source_id, source_label, started_at, finished_at,
         dump_bytes, stored_bytes, tables, rows, manifest, verified_at)
       values ('b', $2, $1, 'x', 'epoch', '2026-01-02 03:04:05Z', 4000, 1000, 1, 1, '{}',
         '2026-01-03 00:00:00Z')`,
      [row?.source, row?.repository],
    )
    await catalog.query(
      `insert into repository_usage (repository_id, stored_bytes, measured_at) values ($1, 1600, now())
       on conflict (repository_id) do update set stored_bytes = 1600`,
      [row?.repository],
    )
    await site.expect(201, 'POST', '/runs', { kind: 'check', repository: 'main' })
  })
  after(() => site.close())

  test('tell of runs, sources, repositories and the node, in the format of Prometheus', async () => {
    const { families, value } = await read()
    const source = 'source="shop \\"prod\\"\\\\x"'
    const expected: Record<string, number> = {
      'holdfast_runs_total{kind="backup",state="completed"}': 2,
      'holdfast_runs_total{kind="backup",state="failed"}': 1,
      'holdfast_runs_total{kind="verify",state="completed"}': 1,
      'holdfast_run_seconds_total{kind="backup"}': 30,
      holdfast_dumped_bytes_total: 3e12 + 500,
      holdfast_stored_bytes_total: 1000,
      'holdfast_runs_active{kind="check",state="queued"}': 1,
      holdfast_queue_runs: 1,
      'holdfast_sources{standing="overdue"}': 1,
      'holdfast_sources{standing="good"}': 0,
      [`holdfast_source_last_backup_timestamp_seconds{${source}}`]: 1_767_323_045,
      [`holdfast_source_last_proof_timestamp_seconds{${source}}`]: 1_767_398_400,
      [`holdfast_source_overdue{${source}}`]: 1,
      'holdfast_repository_backups{repository="main"}': 1,
      'holdfast_repository_dump_bytes{repository="main"}': 4000,
      'holdfast_repository_stored_bytes{repository="main"}': 1600,
      'holdfast_repository_dedup_ratio{repository="main"}': 2.5,
      'holdfast_schedules{enabled="true"}': 1,
      'holdfast_schedules{enabled="false"}': 0,
      holdfast_scheduler_running: 1,
      holdfast_paused: 0,
      holdfast_nodes: 0,
      'holdfast_check_ok{check="well"}': 1,
      'holdfast_check_ok{check="ill"}': 0,
      'holdfast_info{version="1.2.3"}': 1,
    }
    for (const [series, number] of Object.entries(expected)) {
      assert.equal(value(series), number, series)
    }
    for (const [name, { type, help }] of families) {
      assert.ok(help.length > 5, name)
      if (name.startsWith('holdfast_'))
        assert.equal(type === 'counter', name.endsWith('_total'), name)
    }
    for (const name of ['p50', 'p99', 'max'].map(one => `nodejs_eventloop_lag_${one}_seconds`)) {
      assert.ok(families.has(name), name)
    }
  })

  test('requests are counted by the pattern of their route, however many addresses are tried', async () => {
    const app = await site.openPort({ metrics: 'open' })
    const headers = { authorization: `Bearer ${site.key.reveal()}` }
    for (let n = 0; n < 50; n += 1) {
      await app.inject({ url: `/api/v1/sources/canary-${n}`, headers })
      await app.inject({ url: `/canary-${n}` })
    }
    const text = (await app.inject('/metrics')).payload
    assert.doesNotMatch(text, /canary/)
    const route = 'method="GET",route="/api/v1/sources/:source"'
    assert.ok(text.includes(`holdfast_http_requests_total{${route},status="404"} 50`), text)
    assert.ok(text.includes(`holdfast_http_request_duration_seconds_count{${route}} 50`))
  })

  test('however many look, the catalog is asked once in a while', async () => {
    const metrics = fresh()
    const before = (await read(metrics)).value('holdfast_paused')
    await site.expect(200, 'POST', '/pause-all')
    try {
      assert.equal((await read(metrics)).value('holdfast_paused'), before)
      assert.equal((await read()).value('holdfast_paused'), 1)
    } finally {
      await site.expect(200, 'POST', '/resume-all')
    }
  })

  test('without its catalog the node still tells of itself', async () => {
    const catalog = new Catalog({ host: '127.0.0.1', port: 1, connectionTimeoutMillis: 500 })
    const { families } = await read(new Metrics({ catalog, checks: [], version: '1' }))
    assert.ok(families.has('process_cpu_seconds_total'))
    assert.ok(!families.has('holdfast_runs_total'))
    await catalog.close()
  })

  test('are for those who may read them', async () => {
    const status = async (app: FastifyInstance, address: string, key?: string) =>
      (
        await app.inject({
          url: '/metrics',
          remoteAddress: address,
          headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
        })
      ).statusCode
    const made = await addApiKey(site.test.catalog, {
      name: 'runs-only',
      role: 'viewer',
      days: null,
      scopes: ['runs:read'],
    })
    const other = made.key.reveal()
    const key = site.key.reveal()
    const closed = await site.openPort({})
    assert.deepEqual(
      [
        await status(closed, '127.0.0.1'),
        await status(closed, '127.0.0.1', other),
        await status(closed, '127.0.0.1', key),
      ],
      [401, 403, 200],
    )
    const open = await site.openPort({ metrics: 'open', metricsFrom: ['10.1.0.0/16'] })
    assert.deepEqual(
      [
        await status(open, '10.1.2.3'),
        await status(open, '127.0.0.1'),
        await status(open, '127.0.0.1', key),
      ],
      [200, 401, 200],
    )
    const off = await site.openPort({ metrics: 'off' })
    assert.equal(await status(off, '127.0.0.1', key), 404)
    assert.equal((await site.socket.inject('/metrics')).statusCode, 200)
  })

  test('the guide lists each of them, and its rules name no others', async () => {
    const guide = readFileSync(GUIDE, 'utf8')
    const { families } = await read()
    const listed = [...guide.matchAll(/^\| `(holdfast_\w+)[{`]/gm)].map(match => match[1] ?? '')
    const ours = [...families.keys()].filter(name => name.startsWith('holdfast_'))
    assert.deepEqual(listed.toSorted(), ours.toSorted())
    const used = guide.matchAll(/\b(?:holdfast|nodejs|process)_\w+/g)
    const unknown = [...used].map(([name]) => name).filter(name => !families.has(name))
    assert.deepEqual(unknown, [])
    for (const family of ours) {
      const labels = new Set(
        [...(families.get(family)?.samples.keys() ?? [])].flatMap(series =>
          [...series.matchAll(/([a-z_]+)="/g)].map(match => match[1] ?? ''),
        ),
      )
      const told = new RegExp(`^\\| \`${family}(?:\\{([^}]*)\\})?\``, 'm').exec(guide)?.[1] ?? ''
      labels.delete('le')
      if (labels.size > 0) assert.deepEqual(told.split(',').toSorted(), [...labels].toSorted())
    }
  })
})
