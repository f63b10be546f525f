import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Manifest } from '../../src/core/backup.ts'
import { systemClock } from '../../src/core/clock.ts'
import { ProofFailed } from '../../src/core/faults.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Database, Restore } from '../../src/engines/engine.ts'
import { openDatabase } from '../../src/engines/index.ts'
import { backup } from '../../src/operations/backup.ts'
import { Progress, type Stage } from '../../src/operations/progress.ts'
import { restore } from '../../src/operations/restore.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { tempDir } from '../../support/temp-dir.ts'

const STEPS = ['create', 'load', 'finish', 'swap'] as const
type Step = (typeof STEPS)[number]
const { signal } = new AbortController()
const clock = systemClock

describe('a restore that fails leaves the live database as it was', () => {
  let server: PostgresServer
  let repository: Repository
  let manifest: Manifest
  before(async () => {
    server = await startPostgres()
    await server.query('postgres', 'create database shop')
    await server.query(
      'shop',
      `create table orders (id int primary key, what text);
       insert into orders select i, 'order ' || i from generate_series(1, 1000) i;
       create view daily as select count(*) from orders`,
    )
    const storage = openStorage(`${tempDir()}/repository`)
    const passphrase = new Secret('correct horse battery')
    repository = (await Repository.init(storage, { passphrase, clock }, signal)).repository
    const result = await backup(
      {
        repository,
        source: open('shop').database,
        clock,
        progress: new Progress(clock),
        madeBy: { holdfast: '0.0.0', host: 'test' },
        tags: {},
        maxBytes: undefined,
      },
      signal,
    )
    manifest = result.manifest
    await server.query('shop', "insert into orders values (1001, 'since the backup')")
  })
  after(() => server.stop())

  const open = (database: string) =>
    openDatabase(new Secret(server.url(database)), {
      path: process.env.PATH ?? '',
      pgBin: undefined,
    })

  const restoreInto = (target: Database, progress = new Progress(clock), during = signal) =>
    restore(
      {
        repository,
        manifest,
        engine: open('shop').engine,
        target,
        options: { replace: true, disconnect: false, noOwner: false, jobs: 1 },
        clock,
        progress,
      },
      during,
    )

  /** What a failed restore must not have touched. */
  async function state(): Promise<unknown> {
    return {
      databases: await server.query('postgres', 'select datname from pg_database order by 1'),
      orders: await server.query('shop', 'select count(*)::int, max(what) from orders'),
    }
  }

  for (const step of STEPS) {
    for (const when of ['before', 'after'] as const) {
      // When the swap is done, so is the restore.
      if (step === 'swap' && when === 'after') continue
      test(`fault ${when} ${step}`, async () => {
        const untouched = await state()
        const fault = faultAt(step, when)
        await assert.rejects(restoreInto(fault.through(open('shop').database)), /planned fault/)
        assert.ok(fault.hasFired())
        assert.deepEqual(await state(), untouched)
      })
    }
  }

  for (const stage of ['loading', 'indexing', 'verifying', 'swapping'] as const) {
    test(`interrupted as ${stage} begins`, async () => {
      const untouched = await state()
      const stop = new AbortController()
      const progress = new Progress(clock, {
        stage: (at: Stage) => at === stage && stop.abort(),
      })
      await assert.rejects(restoreInto(open('shop').database, progress, stop.signal))
      assert.deepEqual(await state(), untouched)
    })
  }

  for (const [what, sql, difference] of [
    [
      'a row less',
      'delete from orders where id = 7',
      /public\.orders has 999 rows instead of 1,000/,
    ],
    [
      'another value',
      "update orders set what = 'ordre 7' where id = 7",
      /public\.orders .* other content/,
    ],
    ['a view less', 'drop view daily', /view public\.daily is missing/],
    ['a table more', 'create table more ()', /public\.more is not in the backup/],
  ] as const) {
    test(`the proof refuses ${what}`, async () => {
      const untouched = await state()
      const tampered = changing(open('shop').database, async restore => {
        await server.query(restore.besideName, sql)
      })
      await assert.rejects(restoreInto(tampered), (error: unknown) => {
        assert.ok(error instanceof ProofFailed, String(error))
        assert.match(error.message, difference)
        return true
      })
      assert.deepEqual(await state(), untouched)
    })
  }

  test('the proof accepts the same rows in another order', async () => {
    const moved = changing(open('copy').database, async restore => {
      await server.query(restore.besideName, 'update orders set what = what where id < 500')
    })
    const result = await restoreInto(moved)
    assert.deepEqual([result.target, result.rows, result.kept], ['absent', 1000, undefined])
    assert.deepEqual(await server.query('copy', 'select count(*)::int from orders'), [
      { count: 1000 },
    ])
  })

  test('without a fault the backup is swapped in and the old database kept', async () => {
    const stages: Stage[] = []
    const progress = new Progress(clock, { stage: stage => stages.push(stage) })
    const { kept, target } = await restoreInto(open('shop').database, progress)
    assert.equal(target, 'occupied')
    assert.deepEqual(stages, ['preparing', 'loading', 'indexing', 'verifying', 'swapping'])
    const count = 'select count(*)::int from orders'
    assert.deepEqual(await server.query('shop', count), [{ count: 1000 }])
    assert.deepEqual(await server.query(kept ?? assert.fail(), count), [{ count: 1001 }])
  })
})

/** A database whose restores pass through `wrap`; everything else is its own. */
const wrapped = (database: Database, wrap: (restore: Restore) => Partial<Restore>): Database => ({
  name: database.name,
  dump: (options, signal) => database.dump(options, signal),
  survey: (options, signal) => database.survey(options, signal),
  inspect: (backup, options, signal) => database.inspect(backup, options, signal),
  restore: async (...args) => {
    const restore = await database.restore(...args)
    const changed = wrap(restore)
    return new Proxy(restore, {
      get: (target, key: keyof Restore) => {
        const value = changed[key] ?? target[key]
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  },
})

/** One planned fault, before or after a step has done its work. */
function faultAt(step: Step, when: 'before' | 'after') {
  let fired = false
  const fire = () => {
    fired = true
    throw new Error('planned fault')
  }
  return {
    hasFired: () => fired,
    through: (database: Database) =>
      wrapped(database, restore => ({
        [step]: async (...args: never[]) => {
          if (when === 'before') fire()
          await (restore[step] as (...args: never[]) => Promise<unknown>).call(restore, ...args)
          fire()
        },
      })),
  }
}

/** Changes the new database after it was filled and before it is proven. */
const changing = (database: Database, change: (restore: Restore) => Promise<void>): Database =>
  wrapped(database, restore => ({
    finish: async signal => {
      await restore.finish(signal)
      await change(restore)
    },
  }))
