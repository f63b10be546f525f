import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import {
  DatabaseInUse,
  DumpTruncated,
  Interrupted,
  TargetNotEmpty,
} from '../../../src/core/faults.ts'
import type { Restore, RestoreOptions } from '../../../src/engines/engine.ts'
import type { ByteRange } from '../../../src/stream/bytes.ts'
import {
  backUp,
  inPieces,
  never,
  OPTIONS,
  open,
  ownTemporaryPlace,
  serverForTests,
} from './site.ts'

const server = await serverForTests()
const temporaryFiles = ownTemporaryPlace()
const sql = (database: string, text: string) => server.query(database, text)
await sql('postgres', 'create database original')
await sql(
  'original',
  `create table things (id int primary key, v text);
   insert into things select i, md5(i::text) from generate_series(1, 20000) i;
   create index on things (v); create view shown as select * from things`,
)
const taken = await backUp(open(server.url('original')))
const prepare = (name: string, options: Partial<RestoreOptions> = {}) =>
  open(server.url(name)).restore(taken, { ...OPTIONS, ...options }, never)

async function upToSwap(restore: Restore) {
  await restore.create(never)
  await restore.load(range => taken.stream('dump', range), never)
  await restore.finish(never)
}

const databases = async () => {
  const rows = await server.query<{ name: string }>(
    'postgres',
    'select datname as name from pg_database order by 1',
  )
  return rows.map(row => row.name)
}
const things = async (database: string) => {
  const [row] = await server.query<{ n: number }>(database, 'select count(*)::int as n from things')
  return row?.n
}
/** A new database with one table of three rows. */
async function occupied(name: string): Promise<void> {
  await sql('postgres', `create database "${name}"`)
  await sql(name, 'create table things as select * from generate_series(1, 3)')
}
async function withConnection(database: string, work: (client: Client) => Promise<void>) {
  const client = new Client({ connectionString: server.url(database), application_name: 'the app' })
  client.on('error', () => {})
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

test('a restore into a database that is not there makes it, and nothing else', async () => {
  const before = await databases()
  const restore = await prepare('fresh')
  assert.equal(restore.target, 'absent')
  assert.deepEqual(await databases(), before)
  await upToSwap(restore)
  assert.ok(!(await databases()).includes('fresh'))
  assert.deepEqual(await restore.swap(never), { kept: undefined })
  await restore.discard()
  assert.deepEqual(await databases(), [...before, 'fresh'].sort())
  assert.equal(await things('fresh'), 20_000)
  const [comment] = await server.query(
    'fresh',
    `select shobj_description(oid, 'pg_database') as c from pg_database where datname = 'fresh'`,
  )
  assert.deepEqual(comment, { c: null })
})

test('an empty database is replaced, whatever template1 brought into it', async () => {
  await sql('template1', 'create table if not exists from_template (i int)')
  await sql('postgres', 'create database bare')
  const restore = await prepare('bare')
  assert.equal(restore.target, 'empty')
  await upToSwap(restore)
  assert.deepEqual(await restore.swap(never), { kept: undefined })
  await restore.discard()
  assert.equal(await things('bare'), 20_000)
  assert.deepEqual(
    (await databases()).filter(name => name.startsWith('bare')),
    ['bare'],
  )
  await sql('template1', 'drop table from_template')
})

test('a database that holds something is refused, and kept when it is replaced', async () => {
  await occupied('stocked')
  await assert.rejects(prepare('stocked'), (error: unknown) => {
    assert.ok(error instanceof TargetNotEmpty)
    assert.match(error.message, /stocked@127.0.0.1:\d+ is not empty \(1 table\)/)
    return true
  })
  const restore = await prepare('stocked', { replace: true })
  assert.equal(restore.target, 'occupied')
  await upToSwap(restore)
  assert.equal(await things('stocked'), 3)
  const { kept, afterwards } = await restore.swap(never)
  await restore.discard()
  assert.match(kept ?? '', /^stocked_before_\d{8}_\d{6}$/)
  assert.equal(await things('stocked'), 20_000)
  assert.equal(await things(kept ?? ''), 3)
  assert.equal(afterwards?.drop, `drop database "${kept}"`)
})

test('a replacement is undone, or what it kept dropped, by what is said of it', async () => {
  const name = `it's ${'ü'.repeat(20)}; x`
  await occupied(name)
  const before = await databases()
  const restore = await prepare(name, { replace: true })
  await upToSwap(restore)
  const { afterwards } = await restore.swap(never)
  await restore.discard()
  assert.ok(afterwards)
  for (const statement of afterwards.undo) await sql('postgres', statement)
  assert.equal(await things(name), 3)
  const [undone, ...others] = (await databases()).filter(one => !before.includes(one))
  assert.deepEqual(others, [])
  assert.equal(await things(undone ?? ''), 20_000)

  const again = await prepare(name, { replace: true })
  await upToSwap(again)
  await sql('postgres', (await again.swap(never)).afterwards?.drop ?? '')
  await again.discard()
  assert.deepEqual(await databases(), [...before, undone ?? ''].sort())
})

test('whatever a database holds counts', async () => {
  const cases = {
    v: 'create view v as select 1',
    f: `create function f() returns int language sql as 'select 1'`,
    t: `create type mood as enum ('good')`,
    c: 'create type pair as (a int, b int)',
    e: 'create extension hstore',
    s: 'create schema alone',
    l: 'select lo_create(0)',
    q: 'create sequence q',
  }
  for (const [key, statement] of Object.entries(cases)) {
    await sql('postgres', `create database holds_${key}`)
    await sql(`holds_${key}`, statement)
    await assert.rejects(prepare(`holds_${key}`), TargetNotEmpty, statement)
  }
})

test('open connections stand in the way before anything is made, and again at the swap', async () => {
  await occupied('busy')
  await withConnection('busy', async () => {
    await assert.rejects(prepare('busy', { replace: true }), (error: unknown) => {
      assert.ok(error instanceof DatabaseInUse)
      assert.match(error.message, /is in use by postgres with the app from 127.0.0.1/)
      return true
    })
  })
  const restore = await prepare('busy', { replace: true })
  await upToSwap(restore)
  await withConnection('busy', async client => {
    await assert.rejects(restore.swap(never), DatabaseInUse)
    await client.query('select 1')
  })
  await restore.discard()
  assert.equal(await things('busy'), 3)
  assert.deepEqual(
    (await databases()).filter(name => name.startsWith('busy')),
    ['busy'],
  )
})

test('connections are ended where that is asked for, even if they come back all the time', async () => {
  await occupied('crowded')
  const restore = await prepare('crowded', { replace: true, disconnect: true })
  await upToSwap(restore)
  const over = new AbortController()
  const connected: Client[] = []
  const insist = async () => {
    while (!over.signal.aborted) {
      await withConnection('crowded', async client => {
        connected.push(client)
        await client.query('select pg_sleep(30)')
      }).catch(() => {})
    }
  }
  const crowd = [insist(), insist(), insist()]
  while (connected.length < 3) await sleep(1)
  const { kept } = await restore.swap(never)
  over.abort()
  for (const client of connected) await client.end()
  await Promise.all(crowd)
  await restore.discard()
  assert.equal(await things('crowded'), 20_000)
  assert.equal(await things(kept ?? ''), 3)
})

test('a target that filled up meanwhile is not dropped', async () => {
  await sql('postgres', 'create database filling')
  const restore = await prepare('filling')
  await upToSwap(restore)
  await sql('filling', 'create table things as select 1')
  await assert.rejects(restore.swap(never), TargetNotEmpty)
  await restore.discard()
  assert.equal(await things('filling'), 1)
})

test('a target that appeared meanwhile is not touched', async () => {
  const restore = await prepare('appearing')
  await upToSwap(restore)
  await occupied('appearing')
  await assert.rejects(restore.swap(never), TargetNotEmpty)
  await restore.discard()
  assert.equal(await things('appearing'), 3)
})

test('a failure at any step leaves the target, and nothing beside it', async () => {
  await occupied('steady')
  const before = await databases()
  /** The first half of what is asked for. */
  const half = ({ from, to }: ByteRange) =>
    inPieces(taken.dump.subarray(from, from + (to - from) / 2), 65_536)
  async function* broken(range: ByteRange) {
    yield* half(range)
    throw new Error('the repository is damaged')
  }
  const steps: Record<string, (restore: Restore) => Promise<unknown>> = {
    'nothing done': async () => Promise.reject(new Error('stop')),
    'abort before create': restore => restore.create(AbortSignal.abort()),
    'broken source': async restore => {
      await restore.create(never)
      await restore.load(broken, never)
    },
    'truncated source': async restore => {
      await restore.create(never)
      await restore.load(half, never)
    },
    'abort while loading': async restore => {
      await restore.create(never)
      const abort = new AbortController()
      async function* aborting({ from, to }: ByteRange) {
        yield taken.dump.subarray(from, from + 100_000)
        abort.abort()
        yield taken.dump.subarray(from + 100_000, to)
      }
      await restore.load(aborting, abort.signal)
    },
    'abort before finish': async restore => {
      await restore.create(never)
      await restore.load(range => taken.stream('dump', range), never)
      await restore.finish(AbortSignal.abort())
    },
    'index that cannot be built': async restore => {
      await restore.create(never)
      await restore.load(range => taken.stream('dump', range), never)
      await sql(restore.besideName, `insert into things values (1, 'twice')`)
      await restore.finish(never)
    },
    'database gone before the swap': async restore => {
      await upToSwap(restore)
      await sql('postgres', `drop database "${restore.besideName}" with (force)`)
      await restore.swap(never)
    },
    'aborted swap': async restore => {
      await upToSwap(restore)
      await restore.swap(AbortSignal.abort())
    },
  }
  for (const [step, run] of Object.entries(steps)) {
    const restore = await prepare('steady', { replace: true })
    await assert.rejects(run(restore), step)
    await restore.discard()
    await restore.discard()
    assert.equal(await things('steady'), 3, step)
    assert.deepEqual(await databases(), before, step)
    assert.deepEqual(temporaryFiles(), [], step)
  }
})

test('the kind of a failure is told', async () => {
  const cases: [(restore: Restore) => Promise<unknown>, new (...args: never[]) => Error][] = [
    [restore => restore.create(AbortSignal.abort()), Interrupted],
    [
      async restore => {
        await restore.create(never)
        await restore.load(
          ({ from }) => inPieces(taken.dump.subarray(from, from + 200_000), 65_536),
          never,
        )
      },
      DumpTruncated,
    ],
  ]
  for (const [run, kind] of cases) {
    const restore = await prepare('kinds')
    await assert.rejects(run(restore), kind)
    await restore.discard()
  }
})

test('the swap is one step: when its second half fails, the first did not happen', async () => {
  await occupied('whole')
  const restore = await prepare('whole', { replace: true })
  await upToSwap(restore)
  // The target is renamed first; then the new database cannot be, because someone is in it.
  await withConnection(restore.besideName, async () => {
    await assert.rejects(restore.swap(never), /is being accessed by other users/)
  })
  assert.deepEqual(
    (await databases()).filter(name => name.startsWith('whole')),
    ['whole', restore.besideName],
  )
  assert.equal(await things('whole'), 3)
  await restore.discard()
})

test('leftovers of a restore that died are dropped by the next one, a living one is not', async () => {
  const dead = await prepare('leaving')
  await dead.create(never)
  await sql(
    'postgres',
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${dead.besideName}'`,
  )
  const living = await prepare('leaving')
  await living.create(never)
  const third = await prepare('leaving')
  await third.create(never)
  const left = (await databases()).filter(name => name.startsWith('leaving'))
  assert.deepEqual(left, [living.besideName, third.besideName].sort())
  for (const restore of [dead, living, third]) await restore.discard()
})

test('a name at the limit of 63 bytes can be restored, swapped and kept', async () => {
  const name = `${'ü'.repeat(31)}x`
  await occupied(name)
  const restore = await prepare(name, { replace: true })
  assert.ok(Buffer.byteLength(restore.besideName) <= 63)
  await upToSwap(restore)
  const { kept } = await restore.swap(never)
  await restore.discard()
  assert.match(kept ?? '', /^ü+_before_/)
  assert.equal(await things(name), 20_000)
  assert.equal(await things(kept ?? ''), 3)
})
