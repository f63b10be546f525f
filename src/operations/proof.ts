import { DUMP, type Outline, tableName } from '../core/backup.ts'
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

/**
 * Dumps a database as it stands and compares it with a backup; `meter` follows the dump.
 * A table whose rows only stand in another order does not differ: for such tables both dumps are read
 * a second time, with a digest that does not depend on the order.
 */
export async function compareWithLive(
  backup: Evidence,
  live: Database,
  meter: Meter,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const found = await liveOutline(live, meter, signal)
  const comparison = compareOutlines(backup.outline, found)
  if (comparison.unsettled.size === 0) return comparison.differences
  const expected = await backup.engine.outlineOf(backup.dump(), comparison.unsettled)
  const again = await unorderedOutline(backup.engine, live, comparison.unsettled, meter, signal)
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

async function liveOutline(live: Database, meter: Meter, signal: AbortSignal): Promise<Outline> {
  const dump = await live.dump({ dataOnlyForProof: true }, signal)
  meter.item = () => dump.position().table
  for await (const stream of dump.streams) await drain(meter.through(stream.bytes))
  return dump.outline()
}

async function unorderedOutline(
  engine: Engine,
  live: Database,
  unordered: ReadonlySet<string>,
  meter: Meter,
  signal: AbortSignal,
): Promise<Outline> {
  const dump = await live.dump({ dataOnlyForProof: true }, signal)
  meter.item = () => dump.position().table
  let outline: Outline | undefined
  for await (const stream of dump.streams) {
    if (stream.name === DUMP)
      outline = await engine.outlineOf(meter.through(stream.bytes), unordered)
    else await drain(stream.bytes)
  }
  return outline ?? dump.outline()
}

async function drain(bytes: Bytes): Promise<void> {
  for await (const part of bytes) void part
}
