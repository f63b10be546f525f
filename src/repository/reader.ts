import { throwIfAborted } from '../core/abort.ts'
import type { Manifest, Recipe, StoredStream } from '../core/backup.ts'
import { Damaged, NoSuchStream } from '../core/faults.ts'
import type { Storage } from '../storage/storage.ts'
import type { ByteRange, Bytes } from '../stream/bytes.ts'
import { inFlight } from '../stream/in-flight.ts'
import type { ChunkPlace } from './chunk-index.ts'
import { decode, requireCodec } from './codec.ts'
import { hmac, type KeyRing } from './key-ring.ts'
import { packKey } from './layout.ts'
import type { LoadedIndex } from './load-index.ts'
import { unsealChunk } from './pack.ts'
import { type RecipeEntry, recipeEntries, type Stretch, stretchesOf } from './recipe.ts'
import type { Session } from './session.ts'

/** Chunks fetched together: neighbours in a pack become one request. About 9 MB of plain bytes. */
const WINDOW = 32
/** Bytes that nobody asked for are read when they lie between two chunks this close: one request less. */
const GAP = 128 * 1024

interface Located extends RecipeEntry {
  readonly place: ChunkPlace
}

/** Reads chunks by id and proves each: what it yields is what was stored, or it throws Damaged. */
export class ChunkReader {
  readonly #storage: Storage
  readonly #ring: KeyRing
  readonly #index: LoadedIndex
  readonly #signal: AbortSignal

  constructor(storage: Storage, ring: KeyRing, index: LoadedIndex, signal: AbortSignal) {
    this.#storage = storage
    this.#ring = ring
    this.#index = index
    this.#signal = signal
  }

  /** The chunks of a recipe in order; `reading` is told of each list of chunks before it is read. */
  entries(recipe: Recipe, reading?: (list: RecipeEntry) => void): AsyncGenerator<RecipeEntry> {
    return recipeEntries(recipe, async entry => {
      reading?.(entry)
      const [list] = await this.#window([entry])
      return list as Buffer
    })
  }

  /** The pack that a chunk is read from. */
  packOf(id: Uint8Array): string | undefined {
    const place = this.#index.chunks.get(id)
    return place && packKey(this.#index.packs.at(place.pack).id)
  }

  /** Where the lists of a recipe begin. */
  async stretches(recipe: Recipe): Promise<Stretch[]> {
    return await stretchesOf(recipe, async list => (await this.#window([list]))[0] as Buffer)
  }

  /** The plain bytes of a recipe, read ahead by one window. */
  bytes(recipe: Recipe): AsyncGenerator<Uint8Array> {
    return this.#read(this.entries(recipe))
  }

  /** The plain bytes from `from` up to `to` of the stream that the stretches make up. */
  async *part(stretches: readonly Stretch[], { from, to }: ByteRange): AsyncGenerator<Uint8Array> {
    for (const stretch of stretches) {
      if (stretch.to <= from || stretch.from >= to) continue
      const chunks = new Covering(stretch.from, from, to)
      let at: number | undefined
      for await (const plain of this.#read(chunks.of(this.entries(stretch.recipe)))) {
        at ??= chunks.from
        const cut = plain.subarray(Math.max(0, from - at), Math.max(0, to - at))
        at += plain.length
        yield cut
      }
    }
  }

  async *#read(entries: AsyncGenerator<RecipeEntry>): AsyncGenerator<Uint8Array> {
    for await (const window of inFlight(2, windows(entries), chunks => this.#window(chunks))) {
      throwIfAborted(this.#signal, 'reading the backup')
      yield* window
    }
  }

  async #window(entries: readonly RecipeEntry[]): Promise<Buffer[]> {
    const located = entries.map(entry => ({ ...entry, place: this.#locate(entry) }))
    const sealed = await this.#fetch(located)
    return await Promise.all(located.map(async chunk => await this.#open(chunk, sealed)))
  }

  #locate(entry: RecipeEntry): ChunkPlace {
    const place = this.#index.chunks.get(entry.id)
    if (place !== undefined) return place
    throw new Damaged({
      what: `chunk ${entry.id.toString('hex', 0, 4)}`,
      why: 'no pack in the repository holds it',
    })
  }

  /** Fetches the sealed bytes of the chunks, in as few requests as the packs allow. */
  async #fetch(chunks: readonly Located[]): Promise<Map<number, Fetched[]>> {
    const packs = Map.groupBy(chunks, chunk => chunk.place.pack)
    const fetched = new Map<number, Fetched[]>()
    await Promise.all(
      [...packs].map(async ([pack, inPack]) => {
        const key = packKey(this.#index.packs.at(pack).id)
        const spans = spansOf(inPack.map(chunk => chunk.place))
        const read = spans.map(async span => ({
          from: span.from,
          bytes: await this.#storage.get(key, span, this.#signal),
        }))
        fetched.set(pack, await Promise.all(read))
      }),
    )
    return fetched
  }

  async #open(chunk: Located, fetched: ReadonlyMap<number, readonly Fetched[]>): Promise<Buffer> {
    const { place, id } = chunk
    const pack = this.#index.packs.at(place.pack)
    const what = `chunk ${id.toString('hex', 0, 4)} in ${packKey(pack.id)}`
    const span = fetched
      .get(place.pack)
      ?.find(({ from, bytes }) => from <= place.offset && place.offset < from + bytes.length)
    const start = place.offset - (span?.from ?? 0)
    const sealed = span?.bytes.subarray(start, start + place.stored)
    if (sealed?.length !== place.stored) throw new Damaged({ what, why: 'the pack ends before it' })
    requireCodec(place.codec, what)
    const entry = { id, plain: place.plain, codec: place.codec, bases: [] }
    const encoded = unsealChunk(this.#ring, pack, entry, sealed)
    if (encoded === undefined) throw new Damaged({ what, why: 'its seal is broken' })
    const plain = await decode(place.codec, encoded, place.plain, what)
    if (plain.length !== chunk.plain || !hmac(this.#ring.chunkId, plain).equals(id)) {
      throw new Damaged({ what, why: 'its bytes do not match its name' })
    }
    return plain
  }
}

/** Picks the chunks that cover a range. */
class Covering {
  /** Where the first of them begins. */
  from: number
  readonly #range: ByteRange

  constructor(at: number, from: number, to: number) {
    this.from = at
    this.#range = { from, to }
  }

  async *of(entries: AsyncIterable<RecipeEntry>): AsyncGenerator<RecipeEntry> {
    let at = this.from
    for await (const entry of entries) {
      const end = at + entry.plain
      if (end <= this.#range.from) this.from = end
      else yield entry
      if (end >= this.#range.to) return
      at = end
    }
  }
}

interface Fetched {
  readonly from: number
  readonly bytes: Uint8Array
}

/** Ranges that cover all the places, joined where they touch or nearly do. */
function spansOf(places: readonly ChunkPlace[]): { from: number; length: number }[] {
  const spans: { from: number; length: number }[] = []
  for (const place of places.toSorted((a, b) => a.offset - b.offset)) {
    const last = spans.at(-1)
    const end = place.offset + place.stored
    if (last !== undefined && place.offset - (last.from + last.length) <= GAP) {
      last.length = Math.max(last.length, end - last.from)
    } else spans.push({ from: place.offset, length: place.stored })
  }
  return spans
}

async function* windows(entries: AsyncIterable<RecipeEntry>): AsyncGenerator<RecipeEntry[]> {
  let window: RecipeEntry[] = []
  for await (const entry of entries) {
    window.push(entry)
    if (window.length < WINDOW) continue
    yield window
    window = []
  }
  if (window.length > 0) yield window
}

/** One backup being read; its session keeps it from being forgotten meanwhile. */
export class BackupReader {
  readonly manifest: Manifest
  readonly #chunks: ChunkReader
  readonly #session: Session
  readonly #stretches = new Map<string, Promise<Stretch[]>>()

  constructor(manifest: Manifest, chunks: ChunkReader, session: Session) {
    this.manifest = manifest
    this.#chunks = chunks
    this.#session = session
  }

  /** A stream of the backup, or a part of it: every chunk is proven, and it ends only when all have come. */
  stream(name: string, range?: ByteRange): Bytes {
    const { id, streams } = this.manifest
    const stream = streams.find(one => one.name === name)
    if (stream === undefined) {
      const has = streams.map(one => one.name).join(', ')
      throw new NoSuchStream({ backup: id.slice(0, 8), stream: name, has })
    }
    const what = `stream ${name} of backup ${id.slice(0, 8)}`
    if (range === undefined) {
      return ofLength(this.#chunks.bytes(stream.recipe), stream.bytes, what)
    }
    const part = `${what} from byte ${range.from} on`
    return ofLength(this.#part(stream, range), range.to - range.from, part)
  }

  async *#part(stream: StoredStream, range: ByteRange): AsyncGenerator<Uint8Array> {
    let stretches = this.#stretches.get(stream.name)
    if (stretches === undefined) {
      stretches = this.#chunks.stretches(stream.recipe)
      this.#stretches.set(stream.name, stretches)
    }
    yield* this.#chunks.part(await stretches, range)
  }

  async close(): Promise<void> {
    await this.#session.close()
  }
}

/** Every chunk of a recipe is proven by its name; what is left is that the recipe is that of this stream. */
async function* ofLength(bytes: Bytes, expected: number, what: string): AsyncGenerator<Uint8Array> {
  let length = 0
  for await (const piece of bytes) {
    length += piece.length
    yield piece
  }
  if (length !== expected) throw new Damaged({ what, why: `it has ${length} of ${expected} bytes` })
}
