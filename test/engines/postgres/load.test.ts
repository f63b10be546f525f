import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Damaged, DatabaseRefused, DumpTruncated, Interrupted } from '../../../src/core/faults.ts'
import { Secret } from '../../../src/core/secret.ts'
import { Session } from '../../../src/engines/postgres/client.ts'
import { TableLoader } from '../../../src/engines/postgres/load.ts'
import { type Contents, readContents } from '../../../src/engines/postgres/needs.ts'
import { settingsOf } from '../../../src/engines/postgres/settings.ts'
import { type ByteRange, bytesOf } from '../../../src/stream/bytes.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { backUp, never, open, serverForTests } from './site.ts'

const server = await serverForTests()
await server.query('postgres', 'create database source')
await server.query(
  'source',
  `create table rows (id int, v text); insert into rows select i, md5(i::text) from generate_series(1, 9) i`,
)
const taken = await backUp(open(server.url('source')))
const contents = await readContents(bytesOf(taken.dump), tempDir())
const read = (range: ByteRange) => taken.stream('dump', range)

/** Loads the dump into a database that has one row; answers how many it has then. */
async function loadInto(
  name: string,
  options: { contents?: Contents; read?: typeof read; signal?: AbortSignal; table?: string },
): Promise<{ failure: unknown; rows: number | undefined }> {
  await server.query('postgres', `create database ${name}`)
  await server.query(name, options.table ?? 'create table rows (id int, v text)')
  await server.query(name, `insert into rows values (0, 'was there')`)
  const loader = new TableLoader(options.contents ?? contents, taken.outline, options.read ?? read)
  const settings = settingsOf(new Secret(server.url(name)))
  const failure: unknown = await Session.use(settings, options.signal ?? never, session =>
    loader.run(session),
  ).catch((error: unknown) => error)
  const [row] = await server.query<{ n: number }>(name, 'select count(*)::int as n from rows')
  return { failure, rows: row?.n }
}

test('a table that the dump makes holds what the dump holds', async () => {
  assert.deepEqual(await loadInto('made', {}), { failure: undefined, rows: 9 })
})

test('rows that an extension brought along stay', async () => {
  const extension = { ...contents, tables: new Set<string>() }
  assert.deepEqual(await loadInto('brought', { contents: extension }), {
    failure: undefined,
    rows: 10,
  })
})

test('a table is loaded whole or not at all', async () => {
  const cut = ({ from, to }: ByteRange) => bytesOf(taken.dump.subarray(from, to - 30))
  const abort = new AbortController()
  async function* aborting({ from, to }: ByteRange) {
    yield taken.dump.subarray(from, from + 40)
    abort.abort()
    yield taken.dump.subarray(from + 40, to)
  }
  const refuses = 'create table rows (id int check (id < 5), v text)'
  const cases = {
    cut: [await loadInto('cut', { read: cut }), DumpTruncated],
    aborted: [await loadInto('aborted', { read: aborting, signal: abort.signal }), Interrupted],
    refused: [await loadInto('refused', { table: refuses }), DatabaseRefused],
  } as const
  for (const [what, [{ failure, rows }, kind]] of Object.entries(cases)) {
    assert.ok(failure instanceof kind, `${what}: ${String(failure)}`)
    assert.equal(rows, 1, what)
  }
})

test('an outline that lacks a table is damaged', () => {
  const outline = { ...taken.outline, tables: [] }
  assert.throws(() => new TableLoader(contents, outline, read), Damaged)
})
