import { createHash, randomInt } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { Damaged, ObjectExists } from '../core/faults.ts'
import type { Storage } from '../storage/storage.ts'
import { type PackFacts, PackType } from './chunk-index.ts'
import type { Encoded } from './codec.ts'
import { encodeIndex, INDEX_ENTRIES, type IndexFile } from './index-file.ts'
import type { KeyRing } from './key-ring.ts'
import { INDEX, packKey } from './layout.ts'
import { PACK_BUFFER, PackBuilder, type PackEntry, unsealChunk } from './pack.ts'
import { ObjectKind, sealObject } from './seal.ts'

/** How many packs there are at once, filling or on their way to the storage: the memory of a backup. */
const MOST_BUFFERS: Readonly<Record<PackType, number>> = { [PackType.data]: 2, [PackType.meta]: 1 }
/** Chunks go to one of two open packs by chance, so that a pack does not show where chunks begin. */
const OPEN_DATA_PACKS = 2
/** The second pack lags behind the first by half a pack: while one is on its way, the other takes the chunks. */
const SECOND_PACK_FROM = 16 * 1024 * 1024
/** After a crash, packs that no index names cost one more request each: so index them now and then. */
const INDEX_EVERY_MS = 10 * 60_000

interface WrittenPack {
  readonly facts: PackFacts
  readonly entries: readonly PackEntry[]
}

/** Fills packs, sends them to the storage and writes the index objects that name them. */
export class PackWriter {
  /** Every pack of this session that the storage has acknowledged. */
  readonly written: WrittenPack[] = []
  storedBytes = 0
  readonly #storage: Storage
  readonly #ring: KeyRing
  readonly #session: string
  readonly #clock: Clock
  readonly #signal: AbortSignal
  /** What is free again; with what is in use, never more than {@link MOST_BUFFERS}. */
  readonly #buffers = new Map<PackType, Buffer[]>([
    [PackType.data, []],
    [PackType.meta, []],
  ])
  readonly #open = new Map<PackType, PackBuilder[]>([
    [PackType.data, []],
    [PackType.meta, []],
  ])
  readonly #uploads = new Set<Promise<void>>()
  #unindexed: WrittenPack[] = []
  readonly #allocated = new Map<PackType, number>()
  #indexedAt: number
  #failure: { readonly cause: unknown } | undefined

  constructor(
    storage: Storage,
    ring: KeyRing,
    session: string,
    clock: Clock,
    unindexed: IndexFile['packs'],
    signal: AbortSignal,
  ) {
    this.#storage = storage
    this.#ring = ring
    this.#session = session
    this.#clock = clock
    this.#signal = signal
    this.#unindexed = [...unindexed]
    this.#indexedAt = clock.elapsed()
  }

  /** Seals a chunk into a pack, and proves that what was sealed opens again, before it counts. */
  async append(type: PackType, id: Buffer, encoded: Encoded, plain: number): Promise<void> {
    let pack = this.#pick(type)
    while (pack === undefined) {
      await Promise.race(this.#uploads)
      pack = this.#pick(type)
    }
    const sealed = pack.append(id, encoded, plain)
    const entry = { id, plain, codec: encoded.codec, bases: [] }
    if (unsealChunk(this.#ring, pack, entry, sealed)?.equals(encoded.bytes) !== true) {
      throw new Damaged({
        what: 'a chunk just sealed',
        why: 'it does not open again; is the memory of this machine sound?',
      })
    }
    if (pack.isFull) this.#close(pack, false)
  }

  /** Sends what is still open, and waits until the storage has everything. */
  async flush(): Promise<void> {
    for (const packs of this.#open.values()) {
      for (let pack = packs[0]; pack !== undefined; pack = packs[0]) this.#close(pack, true)
    }
    await this.settle()
    this.#throwFailure()
  }

  /** Waits for uploads under way, whatever becomes of them. */
  async settle(): Promise<void> {
    while (this.#uploads.size > 0) await Promise.allSettled(this.#uploads)
  }

  /** Writes index objects for every pack that none names yet. */
  async writeIndex(): Promise<void> {
    const packs = this.#unindexed
    this.#unindexed = []
    this.#indexedAt = this.#clock.elapsed()
    let batch: WrittenPack[] = []
    let entries = 0
    for (const pack of packs) {
      if (batch.length > 0 && entries + pack.entries.length > INDEX_ENTRIES) {
        await this.#putIndex(batch)
        batch = []
        entries = 0
      }
      batch.push(pack)
      entries += pack.entries.length
    }
    if (batch.length > 0) await this.#putIndex(batch)
  }

  /** A pack with room, or undefined while every buffer is on its way to the storage. */
  #pick(type: PackType): PackBuilder | undefined {
    this.#throwFailure()
    const open = this.#open.get(type) as PackBuilder[]
    const wanted =
      type === PackType.data && (open[0]?.bytes ?? 0) > SECOND_PACK_FROM ? OPEN_DATA_PACKS : 1
    if (open.length < wanted) {
      const buffer = this.#takeBuffer(type)
      if (buffer !== undefined) open.push(new PackBuilder(this.#ring, type, this.#session, buffer))
    }
    return open.length === 0 ? undefined : open[randomInt(open.length)]
  }

  #takeBuffer(type: PackType): Buffer | undefined {
    const free = this.#buffers.get(type)?.pop()
    const allocated = this.#allocated.get(type) ?? 0
    if (free !== undefined || allocated === MOST_BUFFERS[type]) return free
    this.#allocated.set(type, allocated + 1)
    return Buffer.allocUnsafeSlow(PACK_BUFFER)
  }

  #close(pack: PackBuilder, pad: boolean): void {
    const open = this.#open.get(pack.type) as PackBuilder[]
    open.splice(open.indexOf(pack), 1)
    const upload = this.#upload(pack, pad)
      .catch((cause: unknown) => {
        this.#failure ??= { cause }
      })
      .finally(() => this.#uploads.delete(upload))
    this.#uploads.add(upload)
  }

  async #upload(pack: PackBuilder, pad: boolean): Promise<void> {
    const { id, bytes } = pack.finish(pad)
    await putContent(this.#storage, packKey(id), bytes, this.#signal)
    const written = {
      facts: { id, salt: pack.salt, bytes: bytes.length, type: pack.type },
      entries: pack.entries,
    }
    this.#buffers.get(pack.type)?.push(Buffer.from(bytes.buffer))
    this.storedBytes += bytes.length
    this.written.push(written)
    this.#unindexed.push(written)
    if (this.#clock.elapsed() - this.#indexedAt > INDEX_EVERY_MS) await this.writeIndex()
  }

  async #putIndex(packs: readonly WrittenPack[]): Promise<void> {
    const plain = encodeIndex({ session: this.#session, supersedes: [], packs })
    const sealed = await sealObject(this.#ring, ObjectKind.index, 'index', plain)
    const name = createHash('sha256').update(sealed).digest('hex')
    await putContent(this.#storage, INDEX + name, sealed, this.#signal)
    this.storedBytes += sealed.length
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.cause
  }
}

/** Puts an object whose name is the hash of its bytes: when it is there already, all is well. */
async function putContent(
  storage: Storage,
  key: string,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<void> {
  try {
    await storage.put(key, bytes, { signal })
  } catch (error) {
    if (!(error instanceof ObjectExists)) throw error
  }
}
