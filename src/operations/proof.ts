import { type Outline, tableName } from '../core/backup.ts'
import type { Database, Engine } from '../engines/engine.ts'
import type { Bytes } from '../stream/bytes.ts'
import { type Comparison, compareOutlines, type Difference } from './compare.ts'
import type { Meter } from './meter.ts'

/** What a database is compared with. */
export interface Evidence {
  readonly engine: Engine
  readonly outline: Outline
  /** The dump as backed up, read again where the order of rows must be set aside. */
  dump(): Bytes
}

/** How a database is read. */
export interface Reading {
  /** Follows what is read. */
  readonly meter: Meter
  /** How many readers share the work; more than one only where nobody writes meanwhile. */
  readonly lanes: number
}

/**
 * Reads a database as it stands and compares it with a backup. A table whose rows only stand in another
 * order does not differ: for such tables both sides are read a second time, with a digest that does not
 * depend on the order.
 */
export async function compareWithLive(
  backup: Evidence,
  live: Database,
  reading: Reading,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const found = await outlineOf(live, new Set(), reading, signal)
  const comparison = compareOutlines(backup.outline, found)
  if (comparison.unsettled.size === 0) return comparison.differences
  const expected = await backup.engine.outlineOf(backup.dump(), comparison.unsettled)
  const again = await outlineOf(live, comparison.unsettled, reading, signal)
  return settled(comparison, expected, again)
}

/** The differences that remain once the order of rows is set aside. */
export function settled(
  comparison: Comparison,
  expected: Outline,
  found: Outline,
): readonly Difference[] {
  const digests = new Map(found.tables.map(table => [tableName(table), table.sha256]))
  const same = new Set(
    expected.tables.filter(one => digests.get(tableName(one)) === one.sha256).map(tableName),
  )
  return comparison.differences.filter(
    one => !(one.kind === 'table' && comparison.unsettled.has(one.name) && same.has(one.name)),
  )
}

async function outlineOf(
  live: Database,
  unordered: ReadonlySet<string>,
  { meter, lanes }: Reading,
  signal: AbortSignal,
): Promise<Outline> {
  const failure = new AbortController()
  const during = AbortSignal.any([signal, failure.signal])
  const survey = await live.survey({ unordered, lanes }, during)
  meter.item = () => survey.position().table
  const readers = survey.parts.map(async part => {
    for await (const piece of meter.through(part)) void piece
  })
  try {
    await Promise.all(readers)
  } catch (error) {
    failure.abort(error)
    await Promise.allSettled(readers)
    throw error
  }
  return survey.outline()
}
