import {
  DUMP,
  type Manifest,
  OUTLINE,
  Outline,
  type StoredStream,
  tableName,
} from '../core/backup.ts'
import { reason } from '../core/fault.ts'
import { collect } from '../stream/bytes.ts'
import type { ChunkIndex } from './chunk-index.ts'
import { isDamage } from './problem.ts'
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

/** Objects that hurt a backup, each with what is wrong with it. */
export type HurtfulObjects = Map<string, string>

/** Follows every recipe of a backup; undefined when every chunk is there and none is known as bad. */
export async function damageOf(
  manifest: Manifest,
  reader: ChunkReader,
  chunks: ChunkIndex,
  bad: ReadonlyMap<string, string>,
): Promise<{ backup: DamagedBackup; objects: HurtfulObjects } | undefined> {
  const objects: HurtfulObjects = new Map()
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
  objects: HurtfulObjects,
): Promise<Range[]> {
  const ranges: Range[] = []
  let at = 0
  let list: Buffer | undefined
  try {
    for await (const { id, plain } of reader.entries(stream.recipe, entry => (list = entry.id))) {
      const object = bad.size === 0 ? undefined : bad.get(id.toString('hex'))
      if (object !== undefined || !chunks.has(id)) {
        ranges.push([at, at + plain])
        if (object !== undefined) objects.set(object, 'it lost chunks')
      }
      at += plain
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    // A broken list: where the rest of the stream lies is not known any more.
    ranges.push([at, stream.bytes])
    const object = list && (bad.get(list.toString('hex')) ?? reader.packOf(list))
    if (object !== undefined) objects.set(object, reason(error))
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
    const parsed = Outline.safeParse(JSON.parse(Buffer.from(json).toString()))
    if (!parsed.success) return 'all'
    outline = parsed.data
  } catch (error) {
    if (!isDamage(error)) throw error
    return 'all'
  }
  const areas = [
    ...outline.tables.map(table => ({ name: tableName(table), at: table.at })),
    ...outline.largeObjects.at.map(at => ({ name: 'large objects', at })),
  ]
  const meets = ([from, to]: Range, [start, end]: Range) => from < end && start < to
  const first = areas.reduce((least, area) => Math.min(least, area.at[0]), Number.POSITIVE_INFINITY)
  // Before the first table lies the schema of all of them.
  if (broken.some(([from]) => from < first)) return 'all'
  const hit = areas.filter(area => broken.some(range => meets(range, area.at)))
  return [...new Set(hit.map(area => area.name))]
}
