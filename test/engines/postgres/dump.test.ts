import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Client } from 'pg'
import {
  DatabaseRefused,
  DumpTruncated,
  Interrupted,
  TablesLocked,
  ToolFailed,
  ToolMissing,
} from '../../../src/core/faults.ts'
import { Secret } from '../../../src/core/secret.ts'
import type { Database } from '../../../src/engines/engine.ts'
import { postgresEngine } from '../../../src/engines/postgres/postgres.ts'
import { Toolbox } from '../../../src/engines/postgres/tools.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { oldPrograms } from '../../support/old-programs.ts'
import {
  backUp,
  engine,
  inPieces,
  never,
  open,
  ownTemporaryPlace,
  readAll,
  serverForTests,
} from './site.ts'

const PATH = process.env.PATH ?? ''
const server = await serverForTests()
const temporaryFiles = ownTemporaryPlace()
await server.query('postgres', 'create database big')
await server.query(
  'big',
  `create table a (i int, t text);
   insert into a select i, repeat(md5(i::text), 30) from generate_series(1, 20000) i;
   create table b (i int)`,
)
const big = open(server.url('big'))

/** The database through programs of our own making, as HOLDFAST_PG_BIN would name them. */
function through(scripts: Record<string, string>, url = server.url('big')): Database {
  const pgBin = tempDir()
  for (const [name, body] of Object.entries(scripts)) {
    const version = `[ "$1" = --version ] && { echo "${name} (PostgreSQL) 15.99"; exit; }`
    writeFileSync(join(pgBin, name), `#!/bin/sh\n${version}\n${body}\n`)
    chmodSync(join(pgBin, name), 0o755)
  }
  return postgresEngine({ pgBin, path: `${pgBin}:${PATH}` }).database(new Secret(url))
}

const real = join(server.bin, 'pg_dump')
const dumpAll = async (database: Database) => readAll(await database.dump({}, never))

test('a dump says what it is of, and holds roles and tables', async () => {
  const taken = await backUp(big)
  const { properties, ...facts } = taken.facts
  const [version] = await server.query<{ v: string }>(
    'big',
    `select split_part(version(), ' ', 2) as v`,
  )
  assert.deepEqual(facts, {
    engine: 'postgres',
    name: `big@127.0.0.1:${server.port}`,
    server: version?.v,
    tool: `pg_dump ${version?.v}`,
    database: 'big',
    tls: 'none',
  })
  assert.equal(properties.encoding, 'UTF8')
  assert.match(taken.globals ?? '', /CREATE ROLE postgres/)
  assert.deepEqual(await engine.outlineOf(inPieces(taken.dump, 65_536), new Set()), taken.outline)
  assert.deepEqual(
    taken.outline.tables.map(({ name, rows }) => [name, rows]),
    [
      ['a', 20_000],
      ['b', 0],
    ],
  )
})

test('the guess at the size and the position serve progress', async () => {
  const dump = await big.dump({}, never)
  const seen = new Set<string | undefined>()
  let bytes = 0
  const names: string[] = []
  for await (const stream of dump.streams) {
    names.push(stream.name)
    for await (const piece of stream.bytes) {
      if (stream.name === 'dump') bytes += piece.length
      seen.add(dump.position().table)
    }
  }
  assert.deepEqual(names, ['dump', 'globals'])
  assert.ok(seen.has('public.a'))
  assert.ok(Math.abs((dump.estimatedBytes ?? 0) / bytes - 1) < 0.5)
})

test('pg_dump gives way to the server that it reads from', async () => {
  const heard = join(tempDir(), 'nice')
  const nicer = Math.min(19, getPriority() + 10)
  // It is made nicer once it has begun; the loop waits for that, and ends whatever happens.
  const waits = `for i in $(seq 500); do [ "$(nice)" = ${nicer} ] && break; done`
  await dumpAll(through({ pg_dump: `${waits}; nice > ${heard}; exec ${real} "$@"` }))
  assert.equal(readFileSync(heard, 'utf8').trim(), String(nicer))
})

/** As Linux calls how a program is scheduled (sched(7)). */
const SCHED_OTHER = '0'
const SCHED_BATCH = '3'
const isLinux = process.platform === 'linux'
/** A container may forbid it, also the one that this test is in. */
const mayBatch = () => spawnSync('chrt', ['-b', '0', 'true']).status === 0

test('pg_dump never takes the processor from another program', { skip: !isLinux }, async () => {
  const heard = join(tempDir(), 'policy')
  const tells = `cut -d ' ' -f 41 /proc/$$/stat > ${heard}; exec ${real} "$@"`
  await dumpAll(through({ pg_dump: tells }))
  assert.equal(readFileSync(heard, 'utf8').trim(), mayBatch() ? SCHED_BATCH : SCHED_OTHER)
  await dumpAll(through({ pg_dump: tells, chrt: 'exit 1' }))
  assert.equal(readFileSync(heard, 'utf8').trim(), SCHED_OTHER)
})

test('a dump that is killed half-way fails', async () => {
  const killed = through({ pg_dump: `${real} "$@" | { head -c 500000; kill -KILL $$; }` })
  await assert.rejects(dumpAll(killed), {
    code: 'TOOL_FAILED',
    message: 'pg_dump was killed by SIGKILL (out of memory?)',
  })
})

test('a dump that ends too early and says that all is well is found out', async () => {
  for (const bytes of [0, 3, 4000, 500_000]) {
    const short = through({ pg_dump: `${real} "$@" | head -c ${bytes}; exit 0` })
    await assert.rejects(dumpAll(short), DumpTruncated, `${bytes} bytes`)
  }
})

test('a dump whose connection is cut on the server fails with the words of the tool', async () => {
  const dump = await big.dump({}, never)
  const reading = (async () => {
    let isCut = false
    for await (const stream of dump.streams) {
      for await (const _ of stream.bytes) {
        if (isCut) continue
        isCut = true
        await server.query(
          'postgres',
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'big'`,
        )
      }
    }
  })()
  await assert.rejects(reading, (error: unknown) => {
    assert.ok(error instanceof ToolFailed)
    assert.match(error.message, /^pg_dump ended with exit code 1: .*terminat/)
    assert.equal(error.retry, true)
    return true
  })
})

test('aborting a dump ends it, and leaves no password file', async () => {
  const abort = new AbortController()
  const dump = await big.dump({}, abort.signal)
  const reading = (async () => {
    for await (const stream of dump.streams) for await (const _ of stream.bytes) abort.abort()
  })()
  await assert.rejects(reading, Interrupted)
  assert.deepEqual(temporaryFiles(), [])
})

test('a warning of a dump that succeeds is kept', async () => {
  const warning = through({ pg_dump: `echo "pg_dump: warning: circular" >&2; exec ${real} "$@"` })
  assert.deepEqual((await backUp(warning)).warnings, ['pg_dump: warning: circular'])
})

test('a locked table fails the dump and names who holds it', async () => {
  const holder = new Client({
    connectionString: server.url('big'),
    application_name: 'nightly job',
  })
  await holder.connect()
  try {
    await holder.query('begin; lock table b')
    const dump = await big.dump({ lockTimeout: 200 }, never)
    await assert.rejects(readAll(dump), (error: unknown) => {
      assert.ok(error instanceof TablesLocked)
      assert.match(error.message, /locked: b by process \d+ \(postgres, nightly job\)/)
      return true
    })
  } finally {
    await holder.end()
  }
})

test('rows that the login cannot see are found before the dump starts', async () => {
  await server.query('postgres', 'create database secured')
  await server.query(
    'secured',
    `create role limited login password 'limited'; create table mine (who name);
     alter table mine enable row level security; create policy own on mine using (who = current_user);
     grant select on mine to limited`,
  )
  const url = `postgres://limited:limited@127.0.0.1:${server.port}/secured`
  await assert.rejects(open(url).dump({}, never), {
    code: 'DATABASE_REFUSED',
    message: `127.0.0.1:${server.port} refused to show limited every row of public.mine: row level security applies to this login`,
  })
  await server.query('secured', 'alter role limited bypassrls')
  const taken = await backUp(open(url))
  assert.match(taken.warnings.join(), /roles were saved without their passwords/)
  assert.match(taken.globals ?? '', /CREATE ROLE limited/)
  assert.doesNotMatch(taken.globals ?? '', /SCRAM/)
  await server.query('secured', 'create table hers (i int); revoke all on hers from public')
  await assert.rejects(backUp(open(url)), DatabaseRefused)
})

test('roles that cannot be read are a warning, and the backup is whole', async () => {
  const without = through({ pg_dump: `exec ${real} "$@"`, pg_dumpall: 'echo "no way" >&2; exit 1' })
  const taken = await backUp(without)
  assert.equal(taken.globals, undefined)
  assert.deepEqual(taken.warnings, [
    'roles and tablespaces were not saved: pg_dumpall ended with exit code 1: no way',
  ])
  assert.equal(taken.outline.tables.length, 2)
})

test('the program of the lowest version that fits is taken, and a missing one is named', async () => {
  const bins = [13, 16, 14].map(major => oldPrograms(`${major}.2`))
  const toolbox = new Toolbox({ pgBin: bins[1], path: bins.join(':') })
  assert.equal((await toolbox.find('pg_dump', 13, never)).version, '16.2')
  const onPath = new Toolbox({ pgBin: bins[0], path: bins.join(':') })
  assert.equal((await onPath.find('pg_dump', 14, never)).version, '14.2')
  await assert.rejects(onPath.find('pg_dump', 99, never), (error: unknown) => {
    assert.ok(error instanceof ToolMissing)
    assert.match(
      error.message,
      /^no usable pg_dump: version 99 is needed, and the newest one here is \d+$/,
    )
    assert.match(error.hint, /99/)
    return true
  })
})

test('no password shows in the arguments or the environment of any program', async () => {
  const canary = 'canary-7f3a'
  await server.query('big', `create role watched superuser login password '${canary}'`)
  const watched = open(`postgres://watched:${canary}@127.0.0.1:${server.port}/big`)
  const dump = await watched.dump({}, never)
  const seen = new Set<string>()
  for await (const stream of dump.streams) {
    for await (const _ of stream.bytes) {
      for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
        if (Number(pid) === process.pid) continue
        for (const file of ['cmdline', 'environ']) {
          const text = readOrNothing(`/proc/${pid}/${file}`)
          assert.ok(!text.includes(canary), `${file} of ${text}`)
          if (text.includes('pg_dump')) seen.add(file)
        }
      }
    }
  }
  assert.ok(seen.has('cmdline'))
})

function readOrNothing(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  } catch {
    return ''
  }
}
