import { readdirSync } from 'node:fs'
import { after } from 'node:test'
import { type Outline, tableName } from '../../../src/core/backup.ts'
import { Secret } from '../../../src/core/secret.ts'
import type {
  Database,
  Dump,
  RestorableBackup,
  RestoreOptions,
} from '../../../src/engines/engine.ts'
import { postgresEngine } from '../../../src/engines/postgres/postgres.ts'
import { bytesOf, collect } from '../../../src/stream/bytes.ts'
import {
  type PostgresOptions,
  type PostgresServer,
  startPostgres,
} from '../../../support/postgres.ts'
import { tempDir } from '../../../support/temp-dir.ts'

export const never = new AbortController().signal
export const engine = postgresEngine({ pgBin: undefined, path: process.env.PATH ?? '' })
export const OPTIONS: RestoreOptions = {
  replace: false,
  disconnect: false,
  noOwner: false,
  jobs: 2,
}

/** A server that ends with the test file. */
export async function serverForTests(options: PostgresOptions = {}): Promise<PostgresServer> {
  const server = await startPostgres(options)
  after(() => server.stop())
  return server
}

export const open = (url: string): Database => engine.database(new Secret(url))

/** A backup in memory. */
export interface Taken extends RestorableBackup {
  readonly dump: Uint8Array
  readonly globals: string | undefined
  readonly warnings: readonly string[]
}

export async function backUp(database: Database): Promise<Taken> {
  const dump = await database.dump({}, never)
  const streams = await readAll(dump)
  const bytes = streams.get('dump') ?? new Uint8Array()
  const globals = streams.get('globals')
  return {
    facts: dump.facts,
    isForeign: false,
    outline: dump.outline(),
    stream: (_name, { from, to } = { from: 0, to: bytes.length }) =>
      inPieces(bytes.subarray(from, to), 65_536),
    dump: bytes,
    globals: globals && Buffer.from(globals).toString(),
    warnings: dump.warnings(),
  }
}

export async function readAll(dump: Dump): Promise<Map<string, Uint8Array>> {
  const streams = new Map<string, Uint8Array>()
  for await (const stream of dump.streams) streams.set(stream.name, await collect(stream.bytes))
  return streams
}

export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Everything but where it lies in the dump, and with digests that set the order of rows aside. */
export async function contentOf(database: Database): Promise<object> {
  const { dump, outline } = await backUp(database)
  return comparable(await withoutOrder(dump, outline))
}

async function withoutOrder(dump: Uint8Array, outline: Outline): Promise<Outline> {
  const names = new Set(outline.tables.map(tableName))
  return await engine.outlineOf(bytesOf(dump), names)
}

export function comparable(outline: Outline): object {
  const text = (one: object) =>
    JSON.stringify(one, (key, value: unknown) => (key === 'at' ? undefined : value))
  const sorted = (list: readonly object[]) => list.map(text).sort()
  const { tables, largeObjects, sequences, objects } = outline
  return {
    tables: sorted(tables),
    largeObjects: text(largeObjects),
    sequences: sorted(sequences),
    objects: sorted(objects),
  }
}

/** Gives the engine a place of its own for what it makes; answers a look at what is in there. */
export function ownTemporaryPlace(): () => string[] {
  const place = tempDir()
  process.env.TMPDIR = place
  // Not what `tempDir` makes for the tests themselves.
  return () => readdirSync(place).filter(name => !/^holdfast-\w{6}$/.test(name))
}
