import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Outline, tableName } from '../../../src/core/backup.ts'
import { DumpTruncated, ToolFailed } from '../../../src/core/faults.ts'
import { Secret } from '../../../src/core/secret.ts'
import type { Database, Survey } from '../../../src/engines/engine.ts'
import { postgresEngine } from '../../../src/engines/postgres/postgres.ts'
import { sharedOut } from '../../../src/engines/postgres/survey.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { backUp, never, open, serverForTests } from './site.ts'

const MiB = 1024 * 1024
const server = await serverForTests()
await server.query('postgres', 'create database big')
// What a pattern could mistake for something else, in names of tables that are large enough to be read apart.
await server.query(
  'big',
  `create schema "odd.schema";
   create table "odd.schema"."a""b*c.d" (id serial primary key, t text);
   insert into "odd.schema"."a""b*c.d" (t) select repeat(md5(i::text), 30) from generate_series(1, 45000) i;
   create table parted (i int, t text) partition by range (i);
   create table part_1 partition of parted for values from (0) to (100000);
   create table part_2 partition of parted for values from (100000) to (200000);
   insert into parted select i, repeat(md5(i::text), 30) from generate_series(1, 140000) i;
   create table small (id int primary key, next int references small);
   insert into small values (1, null), (2, 1);
   create table "A" (i int); create table a (i int); insert into a values (1);
   select lo_from_bytea(0, 'large')`,
)
const big = open(server.url('big'))

async function drain(survey: Survey): Promise<number[]> {
  return await Promise.all(
    survey.parts.map(async part => {
      let bytes = 0
      for await (const piece of part) bytes += piece.length
      return bytes
    }),
  )
}

/** What stands in an outline, whatever the order of its tables and wherever they lie. */
const content = (outline: Outline) => ({
  ...outline,
  largeObjects: { ...outline.largeObjects, at: [] },
  tables: outline.tables
    .map(table => ({ ...table, at: [], name: tableName(table) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1)),
})

const surveyed = async (lanes: number, unordered: ReadonlySet<string> = new Set()) => {
  const survey = await big.survey({ unordered, lanes }, never)
  const bytes = await drain(survey)
  return { bytes, outline: content(survey.outline()) }
}

test('a survey over any number of lanes sees what a dump sees', async () => {
  const { outline } = await backUp(big)
  for (const lanes of [1, 2, 3]) {
    const seen = await surveyed(lanes)
    assert.deepEqual(seen.outline, content(outline), `${lanes} lanes`)
    assert.equal(seen.bytes.length, lanes)
    for (const bytes of seen.bytes) assert.ok(bytes > 32 * MiB, `${bytes} bytes in one lane`)
  }
})

test('digests that set the order of rows aside are the same over several lanes', async () => {
  const odd = tableName({ schema: 'odd.schema', name: 'a"b*c.d' })
  const names = new Set(['public.part_1', odd])
  const [one, two] = [await surveyed(1, names), await surveyed(2, names)]
  assert.deepEqual(two.outline, one.outline)
  const ordered = await surveyed(2)
  const digests = (of: typeof one) => of.outline.tables.map(table => table.sha256)
  const differ = digests(ordered).filter((digest, at) => digest !== digests(two)[at])
  assert.equal(differ.length, names.size)
})

test('the largest tables are shared out evenly, and only where it is worth a start', () => {
  const table = (name: string, mib: number) => ({ schema: 's', name, bytes: mib * MiB })
  const tables = [table('a', 500), table('b', 300), table('c', 250), table('d', 1)]
  assert.deepEqual(
    sharedOut(tables, 2).map(share => share.map(one => one.name)),
    [['b', 'c']],
  )
  assert.deepEqual(sharedOut([table('a', 500), table('b', 10)], 2), [])
  assert.deepEqual(sharedOut([], 4), [])
})

/** The database through a pg_dump of our own making; those that read tables apart are told by `--data-only`. */
function through(script: string): Database {
  const pgBin = tempDir()
  const version = '[ "$1" = --version ] && { echo "pg_dump (PostgreSQL) 15.99"; exit; }'
  const program = join(pgBin, 'pg_dump')
  writeFileSync(program, `#!/bin/sh\n${version}\n${script}\n`)
  chmodSync(program, 0o755)
  const url = new Secret(server.url('big'))
  return postgresEngine({ pgBin, path: process.env.PATH ?? '' }).database(url)
}

test('a survey fails when any of its lanes does', async () => {
  const real = join(server.bin, 'pg_dump')
  const options = { unordered: new Set<string>(), lanes: 2 }
  const apart = (then: string) =>
    `case "$*" in *--data-only*) ${then};; *) exec ${real} "$@";; esac`
  const failing = await through(apart('echo no >&2; exit 1')).survey(options, never)
  await assert.rejects(drain(failing), ToolFailed)
  const short = await through(apart(`${real} "$@" | head -c 500000; exit 0`)).survey(options, never)
  await assert.rejects(drain(short), DumpTruncated)
})
