import { type Manifest, type Outline, OutlineTable } from '../../src/core/backup.ts'
import type { KeyRing } from '../../src/repository/key-ring.ts'
import { loadIndex } from '../../src/repository/load-index.ts'
import { openFooter, PACK_TRAILER, type PackEntry } from '../../src/repository/pack.ts'
import { ChunkReader } from '../../src/repository/reader.ts'
import type { RecipeEntry } from '../../src/repository/recipe.ts'
import { Seeded, sha256, unhurried } from './material.ts'
import { bytesAt, keysOf, type Site, type Streams } from './site.ts'

export interface TableContent {
  readonly name: string
  readonly seed: string
  readonly bytes: number
}

/** A dump as engines make it: the schema, the data of one table after the other, and an end. */
export function dumpOf(tables: readonly TableContent[]): Streams {
  const parts = [new Seeded('schema').bytes(200_000)]
  const outline: Outline = {
    tables: [],
    largeObjects: { count: 0, bytes: 0, sha256: sha256(), at: [] },
    sequences: [{ schema: 'public', name: 'orders_id', value: '7' }],
    objects: [],
  }
  let at = 200_000
  for (const { name, seed, bytes } of tables) {
    const data = new Seeded(seed).bytes(bytes)
    const framed = Buffer.from(`data of ${name}\n`)
    parts.push(framed, data)
    at += framed.length
    const facts = { rows: 1, bytes, sha256: sha256(data), at: [at, at + bytes] }
    outline.tables.push(OutlineTable.parse({ schema: 'public', name, ...facts }))
    at += bytes
  }
  parts.push(Buffer.from('the end\n'))
  return { dump: Buffer.concat(parts), outline: Buffer.from(JSON.stringify(outline)) }
}

export interface Pack {
  readonly key: string
  readonly type: number
  readonly bytes: number
  readonly entries: readonly PackEntry[]
  /** Where the padding and the sealed footer begin. */
  readonly chunksEnd: number
  readonly footerAt: number
}

/** What the footers say, read here and not through an index. */
export function packsOf(site: Site, ring: KeyRing): Pack[] {
  return keysOf(site, 'packs/').map(key => {
    const bytes = bytesAt(site, key)
    const end = bytes.length - PACK_TRAILER
    const footerAt = end - bytes.readUInt32LE(end)
    const { entries } = openFooter(ring, bytes, bytes.subarray(footerAt, end), key)
    const chunksEnd = entries.reduce(
      (most, { offset, stored }) => Math.max(most, offset + stored),
      0,
    )
    const type = bytes.readUInt8(7)
    return { key, type, bytes: bytes.length, entries, chunksEnd, footerAt }
  })
}

/** A stream of a backup: its chunks, and the lists that name these, with their places. */
export interface Layout {
  readonly name: string
  readonly bytes: number
  readonly lists: readonly { readonly id: string; readonly from: number }[]
  readonly chunks: readonly { readonly id: string; readonly from: number; readonly to: number }[]
}

export async function layoutOf(site: Site, ring: KeyRing, manifest: Manifest): Promise<Layout[]> {
  const index = await loadIndex(site.storage, ring, 'reading', unhurried)
  const reader = new ChunkReader(site.storage, ring, index, unhurried)
  const layouts: Layout[] = []
  for (const { name, bytes, recipe } of manifest.streams) {
    const lists: { id: string; from: number }[] = []
    const chunks: { id: string; from: number; to: number }[] = []
    let at = 0
    const listed = ({ id }: RecipeEntry) => lists.push({ id: id.toString('hex'), from: at })
    for await (const { id, plain } of reader.entries(recipe, listed)) {
      chunks.push({ id: id.toString('hex'), from: at, to: at + plain })
      at += plain
    }
    layouts.push({ name, bytes, lists, chunks })
  }
  return layouts
}
