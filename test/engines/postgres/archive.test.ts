import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, hash } from 'node:crypto'
import { test } from 'node:test'
import { tableName } from '../../../src/core/backup.ts'
import { Damaged, DumpTruncated } from '../../../src/core/faults.ts'
import { bytesOf } from '../../../src/stream/bytes.ts'
import { backUp, engine, inPieces, open, serverForTests } from './site.ts'

const none: ReadonlySet<string> = new Set()
const server = await serverForTests({ auth: 'trust' })
await server.query('postgres', 'create database small')
await server.query(
  'small',
  `create table texts (id int primary key, t text);
   insert into texts select i, repeat(md5(i::text), i % 60) from generate_series(1, 400) i;
   create table "Odd ""one" (a text, b bytea);
   insert into "Odd ""one" values (E'\\\\.', '\\x00ff0a'), (E'two\\nlines', null), ('', '');
   create table no_rows (id int);
   create table no_columns ();
   insert into no_columns select from generate_series(1, 3);
   create sequence counted start 7;
   create sequence fresh start 9;
   select nextval('counted');
   select lo_from_bytea(0, decode(repeat('00ff10', 30000), 'hex')), lo_from_bytea(0, '');
   comment on database small is 'names the database'`,
)
const taken = await backUp(open(server.url('small')))

test('the outline tells of every table what it held', async () => {
  for (const table of taken.outline.tables) {
    const name = tableName(table)
    const [row] = await server.query<{ rows: number }>(
      'small',
      `select count(*)::int as rows from ${name}`,
    )
    assert.equal(table.rows, row?.rows, name)
    // The digest is over what COPY says of the table: it stands between header and trailer.
    const copy = await copied(name)
    assert.equal(table.bytes, copy.length, name)
    assert.equal(table.sha256, hash('sha256', copy), name)
    const inDump = Buffer.from(taken.dump).subarray(...table.at)
    assert.ok(inDump.length > table.bytes && inDump.length < table.bytes * 2 + 5000)
  }
  assert.deepEqual(taken.outline.tables.map(table => table.name).sort(), [
    'Odd "one',
    'no_columns',
    'no_rows',
    'texts',
  ])
})

test('the outline tells where sequences stand, and whether they were used', () => {
  const values = Object.fromEntries(taken.outline.sequences.map(({ name, value }) => [name, value]))
  assert.deepEqual(values, { counted: '7', fresh: '9 (not used yet)' })
})

test('the outline tells of large objects', async () => {
  const expected = createHash('sha256')
  const objects = await server.query<{ oid: number; data: Buffer }>(
    'small',
    'select oid::int8::int as oid, lo_get(oid) as data from pg_largeobject_metadata order by oid',
  )
  for (const { oid, data } of objects) {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(oid)
    const tail = Buffer.alloc(8)
    tail.writeBigUInt64BE(BigInt(data.length))
    expected.update(head).update(data).update(tail)
  }
  const { count, bytes, sha256, at } = taken.outline.largeObjects
  assert.deepEqual(
    { count, bytes, sha256 },
    { count: 2, bytes: 90_000, sha256: expected.digest('hex') },
  )
  assert.equal(at.length, 1)
})

test('the outline has no object that names the database', () => {
  const text = JSON.stringify(taken.outline.objects)
  assert.doesNotMatch(text, /small/)
  assert.match(text, /texts_pkey/)
})

test('the size of the pieces makes no difference', async () => {
  for (const size of [1, 7, 4096, 1_000_000]) {
    assert.deepEqual(await engine.outlineOf(inPieces(taken.dump, size), none), taken.outline)
  }
})

test('a dump that was cut anywhere is truncated, never an outline', async () => {
  const { length } = taken.dump
  const cuts = new Set<number>([0, 1, length - 1])
  // Where one table's data ends and the next begins, the format itself is whole.
  for (const { at } of taken.outline.tables) cuts.add(at[0]).add(at[1])
  for (let i = 0; i < 1500; i += 1) cuts.add(Math.floor((i / 1500) * length))
  assert.ok(cuts.size > 1000)
  for (const cut of cuts) {
    const part = bytesOf(taken.dump.subarray(0, cut))
    await assert.rejects(engine.outlineOf(part, none), DumpTruncated, `cut at ${cut} of ${length}`)
  }
})

test('bytes behind the end are not part of a dump', async () => {
  const longer = bytesOf(taken.dump, Buffer.from([1, 0, 9, 9, 9, 9]))
  await assert.rejects(engine.outlineOf(longer, none), Damaged)
})

test('garbage is told from a dump, and takes no memory', async () => {
  const rss = process.memoryUsage().rss
  await assert.rejects(engine.outlineOf(bytesOf(Buffer.alloc(5_000_000, 'x')), none), Damaged)
  const plain = bytesOf('--\n-- PostgreSQL database dump\n--\n')
  await assert.rejects(engine.outlineOf(plain, none), Damaged)
  for (let round = 0; round < 3000; round += 1) {
    const noisy = Buffer.from(taken.dump)
    // Most flips hit data, where only the repository's checksums can tell; some hit what counts.
    for (let i = 0; i < 8; i += 1)
      noisy[(round * 977 + i * 131) % 9000] = (round * 31 + i * 7) & 0xff
    await engine.outlineOf(bytesOf(noisy), none).catch((error: unknown) => {
      assert.ok(error instanceof Damaged || error instanceof DumpTruncated, String(error))
    })
  }
  assert.ok(process.memoryUsage().rss - rss < 300_000_000)
})

test('a compressed archive is refused: nothing in it could be proven', async () => {
  const args = [
    '-h',
    server.host,
    '-p',
    String(server.port),
    '-U',
    'postgres',
    '-Fc',
    '-Z1',
    'small',
  ]
  const compressed = execFileSync(`${server.bin}/pg_dump`, args)
  await assert.rejects(engine.outlineOf(bytesOf(compressed), none), /its data is compressed/)
})

test('an unordered digest is the same for the same rows in any order, and only for these', async () => {
  const digest = async (order: string, extra = '') => {
    await server.query('postgres', 'drop database if exists ordered')
    await server.query('postgres', 'create database ordered')
    await server.query(
      'ordered',
      `create table t (v text); ${extra}
       insert into t select v from (select i, case i when 3 then '' when 4 then repeat('x', 700000)
         else md5((i % 50)::text) end as v from generate_series(1, 300) i) s order by ${order}`,
    )
    const { dump } = await backUp(open(server.url('ordered')))
    const outlines = [65_536, 4099].map(size =>
      engine.outlineOf(inPieces(dump, size), new Set(['public.t'])),
    )
    const [one, two] = await Promise.all(outlines)
    assert.deepEqual(one?.tables, two?.tables)
    return one?.tables[0]
  }
  const forwards = await digest('i')
  const backwards = await digest('-i')
  assert.deepEqual(forwards, backwards)
  assert.equal(forwards?.rows, 300)
  const doubled = await digest('i', `insert into t values ('x'), ('x');`)
  assert.notEqual(doubled?.sha256, forwards?.sha256)
})

async function copied(table: string): Promise<Buffer> {
  const args = ['-h', server.host, '-p', String(server.port), '-U', 'postgres', '-d', 'small', '-X']
  return execFileSync(`${server.bin}/psql`, [...args, '-c', `copy ${table} to stdout`])
}
