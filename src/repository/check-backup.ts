import {
  DUMP,
  type Manifest,
  OUTLINE,
  Outline,
  type StoredStream,
  tableName,
} from '../core/backup.ts'
import { collect } from '../stream/bytes.ts'
import type { ChunkIndex } from './chunk-index.ts'
import { isDamage } from './load-index.ts'
import type { ChunkReader } from './reader.ts'

/** What a backup lost. */
export interface DamagedBackup {
  readonly id: string
  /** Undefined when its manifest and the copy are gone. */
  readonly source: string | undefined
  readonly startedAt: string | undefined
  readonly streams: readonly string[]
  /** The tables whose data is hurt; `all` when that cannot be told, or when the schema is hurt. */
  readonly tables: readonly string[] | 'all'
}

type Range = readonly [from: number, to: number]

/** Follows every recipe of a backup; undefined when every chunk is there and none is known as bad. */
export async function damageOf(
  manifest: Manifest,
  reader: ChunkReader,
  chunks: ChunkIndex,
  bad: ReadonlyMap<string, string>,
): Promise<{ backup: DamagedBackup; objects: Set<string> } | undefined> {
  const objects = new Set<string>()
  const streams: string[] = []
  let dump: readonly Range[] = []
  for (const stream of manifest.streams) {
    const ranges = await brokenRanges(stream, reader, chunks, bad, objects)
    if (ranges.length === 0) continue
    streams.push(stream.name)
    if (stream.name === DUMP) dump = ranges
  }
  if (streams.length === 0) return undefined
  const { id, source, startedAt } = manifest
  const tables = await tablesIn(dump, manifest, reader)
  return { backup: { id, source: source.name, startedAt, streams, tables }, objects }
}

async function brokenRanges(
  stream: StoredStream,
  reader: ChunkReader,
  chunks: ChunkIndex,
  bad: ReadonlyMap<string, string>,
  objects: Set<string>,
): Promise<Range[]> {
  const ranges: Range[] = []
  let at = 0
  try {
    for await (const { id, plain } of reader.entries(stream.recipe)) {
      const object = bad.size === 0 ? undefined : bad.get(id.toString('hex'))
      if (object !== undefined || !chunks.has(id)) {
        ranges.push([at, at + plain])
        if (object !== undefined) objects.add(object)
      }
      at += plain
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    // A broken list: where the rest of the stream lies is not known any more.
    ranges.push([at, stream.bytes])
    for (const object of bad.values()) if (error.message.includes(object)) objects.add(object)
  }
  return ranges
}

async function tablesIn(
  broken: readonly Range[],
  manifest: Manifest,
  reader: ChunkReader,
): Promise<readonly string[] | 'all'> {
  const stream = manifest.streams.find(one => one.name === OUTLINE)
  if (broken.length === 0) return []
  if (stream === undefined) return 'all'
  let outline: Outline
  try {
    const json = await collect(reader.bytes(stream.recipe))
    outline = Outline.parse(JSON.parse(Buffer.from(json).toString()))
  } catch (error) {
    if (!isDamage(error)) throw error
    return 'all'
  }
  const areas = [
    ...outline.tables.map(table => ({ name: tableName(table), at: table.at })),
    ...outline.largeObjects.at.map(at => ({ name: 'large objects', at })),
  ]
  const meets = ([from, to]: Range, [start, end]: Range) => from < end && start < to
  const first = Math.min(...areas.map(area => area.at[0]))
  // Before the first table lies the schema of all of them.
  if (broken.some(([from]) => from < first)) return 'all'
  const hit = areas.filter(area => broken.some(range => meets(range, area.at)))
  return [...new Set(hit.map(area => area.name))]
}
