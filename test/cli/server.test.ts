import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { loadShop } from '../../support/shop.ts'
import { answer, newDataDir, startServer, sweep, type TestServer } from '../support/server.ts'
import { PASSPHRASE, Site, until } from './site.ts'

interface Run {
  readonly id: string
  readonly kind: string
  readonly state: string
  readonly trigger: string
  readonly source: string | null
  readonly slot: string | null
  readonly queuedAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly failure: { code: string } | null
  readonly backupId: string | null
}

interface ErrorDocument {
  readonly error: { code: string; message: string; hint: string; exit: number }
}

describe('commands on a server', () => {
  let site: Site
  let server: TestServer
  before(async () => {
    site = await Site.open()
    await loadShop(site.server, 'shop', 0.01)
    await site.init()
    const dataDir = newDataDir()
    server = await startServer(dataDir, { HOLDFAST_PG_BIN: site.server.bin })
    await server.ready()
    site.env = { ...site.env, HOLDFAST_DATA_DIR: dataDir }
  })
  after(async () => {
    await sweep(server)
    await site.close()
  })

  const runOf = async (args: readonly string[], code = 0) =>
    (await site.json<{ run: Run }>(code, args)).run
  const runs = async (...args: string[]) =>
    (await site.json<{ runs: Run[] }>(0, ['runs', ...args])).runs

  /** Waits for a run such as the server's API finds by this query: a command for each look costs more. */
  const runLike = async (query: string) =>
    await until(async () => {
      const { status, body } = await answer(server.socket, `/api/v1/runs?${query}`)
      assert.equal(status, 200, body)
      return (JSON.parse(body) as { runs: Run[] }).runs[0]
    })

  test('without a server they say how to start one', async () => {
    const env = { HOLDFAST_DATA_DIR: newDataDir() }
    for (const args of [['runs'], ['source', 'list'], ['run', 'shop'], ['scheduler', 'status']]) {
      const { error } = await site.json<ErrorDocument>(1, args, env)
      assert.equal(error.code, 'SERVER_UNREACHABLE')
      assert.match(error.hint, /start one with `holdfast serve`/)
    }
  })

  test('empty lists teach the next step', async () => {
    for (const [args, step] of [
      [['repo', 'list'], /holdfast repo add/],
      [['source', 'list'], /holdfast source add/],
      [['schedule', 'list'], /holdfast schedule add/],
      [['runs'], /holdfast run SOURCE/],
      [['stats'], /holdfast run SOURCE/],
      [['locks'], /nothing is locked/],
      [['api-key', 'list'], /holdfast api-key add/],
    ] as const) {
      assert.match(await site.expect(0, args), step)
    }
  })

  test('repo add opens it once with its passphrase; the server keeps a key of its own', async () => {
    const env = { HOLDFAST_PASSPHRASE: PASSPHRASE }
    await site.json<ErrorDocument>(12, ['repo', 'add', 'main'], {
      HOLDFAST_PASSPHRASE: 'wrong one',
    })
    await site.json<ErrorDocument>(10, ['repo', 'add', 'main', '-r', `${site.dir}/nowhere`], env)
    assert.match(await site.expect(0, ['repo', 'add', 'main'], env), /repository main is added/)
    await site.json<ErrorDocument>(1, ['repo', 'add', 'again'], env)
    const { keys } = await site.json<{ keys: { label: string }[] }>(0, ['keys', 'list'])
    assert.equal(keys.filter(one => one.label.startsWith('holdfast server')).length, 1)
    assert.match(await site.expect(0, ['repo', 'list']), /main .*repository/)
    assert.match(await site.expect(0, ['repo', 'refresh', 'main']), /0 backups adopted, 0 dropped/)
  })

  test('source add, test and list', async () => {
    assert.match(await site.expect(0, ['source', 'add', 'shop', '-s', 'env:DB_SHOP']), /shop@127/)
    await site.json<ErrorDocument>(1, ['source', 'add', 'shop', '-s', 'env:DB_SHOP'])
    await site.json<ErrorDocument>(2, ['source', 'add', 'x', '-s', 'shop'])
    await site.json<ErrorDocument>(2, ['source', 'add', 'x'])
    assert.match(await site.expect(0, ['source', 'test', 'shop']), /can be backed up.*\n.*pg_dump/)
    await site.expect(0, ['source', 'add', 'gone', '-s', 'env:DB_GONE'])
    const { error } = await site.json<ErrorDocument>(1, ['source', 'test', 'gone'])
    assert.equal(error.code, 'DATABASE_MISSING')
    const list = await site.expect(0, ['source', 'list'])
    assert.match(list, /shop .*none .*never/)
  })

  test('run backs up, waits, and tells what it made', async () => {
    const { code, stdout, stderr } = await site.run(['run', 'shop'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /run [0-9a-f]{8} \(backup of shop\): ✓ completed/)
    assert.match(stdout, /holds {3}12 tables, .* rows, .* of dump, .* stored/)
    assert.match(stderr, /queued by local user .*\n[\s\S]*dumping[\s\S]*completed/)
    const [run] = await runs()
    assert.ok(run)
    assert.deepEqual(
      [run.kind, run.state, run.trigger, run.source, run.slot, run.failure],
      ['backup', 'completed', 'manual', 'shop', null, null],
    )
    assert.ok(
      run.queuedAt <= (run.startedAt ?? '') && (run.startedAt ?? '') <= (run.finishedAt ?? ''),
    )
    const { backups } = await site.json<{ backups: { id: string; madeBy: { run: string } }[] }>(0, [
      'list',
    ])
    assert.deepEqual(
      backups.map(one => [one.id, one.madeBy.run]),
      [[run.backupId, run.id]],
    )
    const shown = await site.expect(0, ['run', 'show', run.id.slice(0, 6)])
    assert.match(shown, /local user .* \(manual\)/)
    assert.match(shown, /stage {3,}dumping/)
    assert.equal((await site.run(['run', 'show', run.id, '--follow'])).code, 0)
    assert.match(await site.expect(0, ['source', 'list']), /shop .*just now/)
  })

  test('run restores, verifies and checks', async () => {
    assert.match(await site.expect(0, ['run', 'shop', '--verify']), /equal {3}12 tables/)
    const copy = ['run', 'shop', '--restore', 'latest', '--target', 'env:DB_COPY']
    assert.match(await site.expect(0, copy), /into {4}copy@.*\n[\s\S]*proven/)
    await site.server.query('shop', 'delete from shop.order_lines')
    const differs = await site.run(['run', 'shop', '--verify', 'latest'])
    assert.equal(differs.code, 1)
    assert.match(differs.stdout, /✗ failed[\s\S]*order_lines/)
    const told = await site.expect(0, ['run', 'shop', '--restore', 'latest', '--in-place'])
    assert.match(told, /kept .* is now shop_before_/)
    assert.match(told, /undo +alter database "shop" rename to "shop_undone_\d+_\d+";\n +alter/)
    await site.expect(0, ['run', 'shop', '--verify'])
    assert.match(
      await site.expect(0, ['run', '--check', 'main', '--read-data']),
      /every byte was read/,
    )
  })

  test('a run that fails says why, and how it ended by its exit code', async () => {
    const { code, stdout } = await site.run(['run', 'gone'])
    assert.equal(code, 1)
    assert.match(stdout, /✗ failed\n {2}why {5}there is no database gone/)
    assert.equal((await runOf(['run', 'gone'], 1)).failure?.code, 'DATABASE_MISSING')
    const missing = ['run', 'shop', '--restore', 'deadbeef', '--target', 'env:DB_COPY2']
    assert.equal((await runOf(missing, 14)).failure?.code, 'NO_SUCH_BACKUP')
  })

  test('the same idempotency key means the same run', async () => {
    const args = ['run', 'shop', '--idempotency-key', randomUUID()]
    const [first, second] = [await runOf(args), await runOf(args)]
    assert.equal(first.id, second.id)
  })

  test('Ctrl-C leaves the run alone; it is paused, resumed and cancelled by name', async () => {
    const lock = new Client({ connectionString: site.server.url('shop') })
    lock.on('error', () => undefined)
    await lock.connect()
    await lock.query('begin; lock table shop.customers')
    try {
      const waiting = site.start(['run', 'shop'])
      await until(() => (waiting.stderr().includes('dumping') ? true : undefined))
      const [run] = await runs('--state', 'running')
      assert.ok(run)
      const id = run.id.slice(0, 8)
      waiting.child.kill('SIGINT')
      const { code, stdout } = await waiting.ended
      assert.equal(code, 130)
      assert.match(stdout, new RegExp(`goes on without you[\\s\\S]*holdfast cancel ${id}`))
      const inTheWay = await site.json<ErrorDocument>(11, ['run', 'shop'])
      assert.match(inTheWay.error.message, new RegExp(`source shop is at work already: run ${id}`))
      assert.match(await site.expect(0, ['locks']), new RegExp(`source shop +${id} .*► running`))
      await site.expect(0, ['pause', id])
      await runLike('state=paused')
      await site.expect(0, ['resume', id])
      await runLike('state=running')
      await site.expect(0, ['pause', '--all'])
      await runLike('state=paused')
      assert.match(await site.expect(0, ['scheduler', 'status']), /everything is paused/)
      await site.expect(0, ['resume', '--all'])
      await site.expect(0, ['cancel', id])
      assert.equal((await site.run(['run', 'show', id, '--follow'])).code, 130)
      const { error } = await site.json<ErrorDocument>(1, ['cancel', id])
      assert.equal(error.code, 'RUN_IS_FINAL')
    } finally {
      await lock.end()
    }
  })

  test('locks release fails the run that holds it', async () => {
    await site.expect(0, ['pause', '--all'])
    const run = await runOf(['run', 'shop', '--detach'])
    assert.equal(run.state, 'queued')
    assert.match(await site.expect(0, ['locks', 'release', 'shop']), /is released/)
    await site.json<ErrorDocument>(1, ['locks', 'release', 'shop'])
    await site.expect(0, ['resume', '--all'])
    assert.equal((await runs('--limit', '1'))[0]?.failure?.code, 'LOCK_RELEASED')
  })

  test('runs are filtered and paged, and counted by stats', async () => {
    const all = await runs('--limit', '200')
    const { runs: page, next } = await site.json<{ runs: Run[]; next: string }>(0, [
      'runs',
      '--limit',
      '2',
    ])
    const rest = await runs('--limit', '200', '--after', next.slice(0, 8))
    assert.deepEqual(
      [...page, ...rest].map(run => run.id),
      all.map(run => run.id),
    )
    const failed = await runs(
      '--state',
      'failed',
      '--kind',
      'backup',
      '--source',
      'gone',
      '--since',
      '1h',
    )
    assert.ok(failed.length > 0)
    assert.ok(failed.every(run => run.state === 'failed' && run.source === 'gone'))
    assert.deepEqual(await runs('--until', '2000-01-01'), [])
    const stats = await site.json<{ total: number }>(0, ['stats'])
    assert.equal(stats.total, all.length)
    assert.match(await site.expect(0, ['stats']), /✓ completed +\d+[\s\S]*success/)
  })

  test('schedule add, list, next, edit, disable, enable and remove', async () => {
    const add = ['schedule', 'add', '--source', 'shop', '--repository', 'main']
    const zone = { TZ: 'Asia/Ho_Chi_Minh' }
    const added = await site.expect(0, [...add, '--cron', 'daily at 02:30'], zone)
    assert.match(added, /every day at 02:30 \(Asia\/Ho_Chi_Minh\)\n {2}next {2}.* 02:30 UTC\+7/)
    const next = await site.expect(0, ['schedule', 'next', 'shop'], { TZ: 'Europe/Berlin' })
    assert.match(next, /HERE \(Europe\/Berlin\)/)
    assert.equal(next.match(/02:30 UTC\+7/g)?.length, 10)
    await site.expect(0, [
      'schedule',
      'edit',
      'shop',
      '--blackout',
      'fri-mon 02:00-05:00',
      '--retry',
      'none',
    ])
    await site.expect(1, ['schedule', 'edit', 'shop', '--repository', 'none'])
    await site.expect(0, ['schedule', 'edit', 'shop', '--repository', 'main'])
    await site.expect(0, ['schedule', 'edit', 'shop', '--max-size', 'none'])
    await site.expect(2, ['repo', 'edit', 'main'])
    await site.expect(2, ['repo', 'edit', 'main', '--max-runs', '0'])
    assert.match(
      await site.expect(0, ['repo', 'edit', 'main', '--max-runs', '2']),
      /runs at once +2/,
    )
    assert.match(await site.expect(0, ['repo', 'edit', 'main', '--max-runs', 'none']), /no limit/)
    const { schedules } = await site.json<{
      schedules: { id: string; timeZone: string; blackout: object[]; retry: { delays: number[] } }[]
    }>(0, ['schedule', 'list'])
    const [schedule] = schedules
    assert.ok(schedule)
    assert.deepEqual(schedule.blackout, [
      { days: ['sunday', 'monday', 'friday', 'saturday'], from: '02:00', to: '05:00' },
    ])
    assert.deepEqual([schedule.timeZone, schedule.retry.delays], ['Asia/Ho_Chi_Minh', []])
    assert.match(await site.expect(0, ['schedule', 'next', 'shop']), /05:00 UTC\+7 .*due 02:30/)
    const follower = [...add, '--after', schedule.id.slice(0, 8)]
    assert.match(await site.expect(0, follower), /after schedule/)
    assert.match(await site.expect(0, ['schedule', 'disable', schedule.id]), /‖ disabled/)
    await site.expect(0, ['schedule', 'enable', schedule.id])
    await site.json<ErrorDocument>(1, ['schedule', 'remove', schedule.id])
    await site.json<ErrorDocument>(1, ['source', 'remove', 'shop'])
    const wrong = [
      [...add, '--cron', 'every blue moon'],
      [...add, '--cron', '0 3 * * *', '--time-zone', 'Mars/Base'],
      [...add, '--cron', '0 3 * * *', '--blackout', 'noon'],
      [...add, '--cron', '0 3 * * *', '--priority', '1001'],
      ['schedule', 'add', '--source', 'shop', '--cron', '0 3 * * *'],
      ['schedule', 'edit', schedule.id],
    ]
    for (const args of wrong) await site.json<ErrorDocument>(2, args)
  })

  test('a schedule fires by itself, and the record says by which slot', async () => {
    const add = ['schedule', 'add', '--source', 'shop', '--repository', 'main']
    await site.expect(0, [...add, '--cron', '*/2 * * * * *'])
    const fired = await runLike('trigger=schedule&state=completed')
    const listed = await runs('--trigger', 'schedule', '--state', 'completed')
    assert.ok(listed.some(run => run.id === fired.id && run.slot !== null))
    assert.match(await site.expect(0, ['scheduler', 'stop']), /stopped/)
    assert.match(await site.expect(0, ['scheduler', 'start']), /► running/)
    const { schedules } = await site.json<{ schedules: { id: string }[] }>(0, ['schedule', 'list'])
    for (const { id } of schedules.toReversed()) await site.expect(0, ['schedule', 'remove', id])
  })

  test('wrong use is told apart from failure', async () => {
    for (const args of [
      ['run'],
      ['run', 'shop', '--restore', 'latest'],
      ['run', 'shop', '--restore', 'latest', '--in-place', '--target', 'env:DB_COPY'],
      ['run', 'shop', '--target', 'env:DB_COPY'],
      ['run', 'shop', '--check', 'main'],
      ['pause'],
      ['pause', 'abcd', '--all'],
      ['runs', '--state', 'done'],
      ['runs', '--since', 'yesterday'],
    ]) {
      await site.json<ErrorDocument>(2, args)
    }
    for (const args of [
      ['run', 'nix'],
      ['run', 'show', 'deadbeef'],
      ['cancel', 'deadbeef'],
    ]) {
      const { error } = await site.json<ErrorDocument>(1, args)
      assert.equal(error.code, 'NOT_FOUND')
    }
  })

  test('from elsewhere a key is needed', async () => {
    const added = await site.json<{ secret: string }>(0, ['api-key', 'add', 'elsewhere'])
    site.printed.pop() // its stderr, and
    site.printed.pop() // the one answer that shows it
    const elsewhere = {
      HOLDFAST_SERVER: `http://127.0.0.1:${server.port}`,
      HOLDFAST_DATA_DIR: newDataDir(),
    }
    const withKey = { ...elsewhere, HOLDFAST_API_KEY: added.secret }
    const run = await site.json<{ run: Run & { triggeredBy: string } }>(0, ['run', 'shop'], withKey)
    assert.equal(run.run.triggeredBy, 'api key elsewhere')
    assert.equal(
      (await site.json<ErrorDocument>(12, ['runs'], elsewhere)).error.code,
      'KEY_REQUIRED',
    )
    await site.expect(0, ['api-key', 'remove', 'elsewhere'])
    await site.json<ErrorDocument>(12, ['runs'], withKey)
    await site.json<ErrorDocument>(1, ['runs'], {
      ...withKey,
      HOLDFAST_SERVER: 'http://127.0.0.1:1',
    })
    await site.json<ErrorDocument>(2, ['runs'], {
      ...withKey,
      HOLDFAST_SERVER: 'backup.example.org',
    })
  })

  test('whoever waits for a run waits through a restart of the server', async () => {
    await site.expect(0, ['pause', '--all'])
    const waiting = site.start(['run', 'shop'])
    await until(() => (waiting.stderr().includes('queued by') ? true : undefined))
    server.child.kill('SIGTERM')
    await server.ended
    const { ended } = waiting
    server = await startServer(server.dataDir, { HOLDFAST_PG_BIN: site.server.bin })
    await server.ready()
    await site.expect(0, ['resume', '--all'])
    const { code, stdout, stderr } = await ended
    assert.equal(code, 0, stderr)
    assert.match(stdout, /✓ completed/)
    assert.equal(stderr.match(/queued by/g)?.length, 1)
  })

  test('what is not needed any more is removed', async () => {
    for (const name of ['shop', 'gone']) await site.expect(0, ['source', 'remove', name])
    await site.expect(0, ['repo', 'remove', 'main'])
    const { keys } = await site.json<{ keys: { label: string }[] }>(0, ['keys', 'list'])
    assert.ok(keys.every(one => !one.label.startsWith('holdfast server')))
    const { backups } = await site.json<{ backups: unknown[] }>(0, ['list'])
    assert.ok(backups.length > 0)
  })

  test('nothing that was printed or logged holds a secret', async () => {
    const { password } = site.server
    assert.ok(password)
    server.child.kill('SIGTERM')
    await once(server.child, 'exit')
    const log = readFileSync(join(server.dataDir, 'postgres', 'log'), 'utf8')
    const texts = [...site.printed, server.stderr(), log]
    for (const secret of [password, PASSPHRASE]) {
      assert.ok(texts.every(text => !text.includes(secret)))
    }
  })
})
