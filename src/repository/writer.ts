import { isDeepStrictEqual } from 'node:util'
import { throwIfAborted } from '../core/abort.ts'
import type { Manifest, StoredStream } from '../core/backup.ts'
import type { Clock } from '../core/clock.ts'
import { Damaged, ObjectMissing, SessionLost } from '../core/faults.ts'
import type { Storage } from '../storage/storage.ts'
import type { Bytes } from '../stream/bytes.ts'
import { PackType } from './chunk-index.ts'
import { CHUNKER, Chunker, DEFAULT_SIZES, gearTable } from './chunker.ts'
import { type ChunkSink, Cutter } from './cutter.ts'
import { Encoder, type Lane } from './encoder.ts'
import { Foresight } from './foresight.ts'
import { hmac, type KeyRing } from './key-ring.ts'
import { packKey } from './layout.ts'
import { type LoadedIndex, loadIndex } from './load-index.ts'
import type { Manifests } from './manifests.ts'
import { PackWriter } from './pack-writer.ts'
import { ChunkReader } from './reader.ts'
import { RecipeWriter } from './recipe.ts'
import { Session } from './session.ts'
import { readTrash } from './trash.ts'

const CUT_WITH = { name: CHUNKER, ...DEFAULT_SIZES }
/** Stands for "a pack of this very session" in the chunk index. */
const OWN_PACK = 0xffff_fff0
/** How long the last steps may take once the backup exists. */
const FINISHING_MS = 60_000

/** What only the caller knows about a backup. */
export type BackupFacts = Pick<
  Manifest,
  'source' | 'startedAt' | 'tags' | 'summary' | 'warnings' | 'madeBy'
>

export interface WriteProgress {
  /** Bytes of all streams so far. */
  readonly plainBytes: number
  readonly newChunks: number
  readonly reusedChunks: number
  /** Bytes handed to the storage so far. */
  readonly storedBytes: number
}

interface WriterPlace {
  readonly storage: Storage
  readonly ring: KeyRing
  readonly clock: Clock
  readonly manifests: Manifests
  readonly host: string
  /** The backup before: what is the same as there is found sooner. */
  readonly previous: Manifest | undefined
}

/** One backup being written. Until `commit` has returned there is no backup; `close` always follows. */
export class BackupWriter {
  readonly #storage: Storage
  readonly #clock: Clock
  readonly #manifests: Manifests
  readonly #ring: KeyRing
  readonly #session: Session
  readonly #index: LoadedIndex
  readonly #packs: PackWriter
  readonly #signal: AbortSignal
  readonly #gear: Int32Array
  readonly #previous: Manifest | undefined
  readonly #chunks: ChunkReader
  readonly #streams: StoredStream[] = []
  readonly #reusedPacks = new Set<number>()
  readonly #tasks = new Set<Promise<void>>()
  readonly #encoder = new Encoder(DEFAULT_SIZES.max)
  #failure: { readonly cause: unknown } | undefined
  #plainBytes = 0
  #newChunks = 0
  #reusedChunks = 0

  private constructor(at: WriterPlace, session: Session, index: LoadedIndex, signal: AbortSignal) {
    this.#storage = at.storage
    this.#ring = at.ring
    this.#clock = at.clock
    this.#manifests = at.manifests
    this.#session = session
    this.#index = index
    this.#signal = signal
    this.#previous = at.previous
    this.#chunks = new ChunkReader(at.storage, at.ring, index, signal)
    this.#gear = gearTable(counter => hmac(at.ring.chunker, Buffer.of(counter)))
    this.#packs = new PackWriter(
      at.storage,
      at.ring,
      session.id,
      at.clock,
      index.unindexed,
      this.#signal,
    )
  }

  /** The session comes first: what is read after it, nobody removes while it lives. */
  static async open(at: WriterPlace, signal: AbortSignal): Promise<BackupWriter> {
    const about = { kind: 'writer' as const, host: at.host, pins: [] }
    const session = await Session.open(at.storage, at.ring, at.clock, about, signal)
    try {
      const both = AbortSignal.any([signal, session.lost])
      return new BackupWriter(
        at,
        session,
        await loadIndex(at.storage, at.ring, 'writing', both),
        both,
      )
    } catch (error) {
      await session.close()
      throw error
    }
  }

  /** The id of the backup to be. */
  get id(): string {
    return this.#session.id
  }

  progress(): WriteProgress {
    return {
      plainBytes: this.#plainBytes,
      newChunks: this.#newChunks,
      reusedChunks: this.#reusedChunks,
      storedBytes: this.#packs.storedBytes,
    }
  }

  /** Stores a stream to its end; only what the repository does not hold yet takes space. */
  async store(
    name: string,
    format: string,
    bytes: Bytes,
    options: { kind: 'data' | 'meta' } = { kind: 'data' },
  ): Promise<void> {
    const type = options.kind === 'data' ? PackType.data : PackType.meta
    const recipe = new RecipeWriter(list => this.#storeList(list))
    const before = this.#foresee(name)
    let lane = await this.#encoder.take()
    let length = 0
    let chunks = 0
    const sink: ChunkSink = {
      get room() {
        return lane.plain
      },
      idOf: plain => hmac(this.#ring.chunkId, plain),
      emit: async (id, bytes) => {
        chunks++
        await recipe.add(id, bytes)
        if (this.#isKnown(id)) return
        this.#start(type, id, lane, bytes)
        lane = await this.#encoder.take()
      },
    }
    try {
      const cutter = await Cutter.begin(new Chunker(this.#gear, DEFAULT_SIZES), before, sink)
      for await (const piece of bytes) {
        this.#throwIfStopped()
        length += piece.length
        this.#plainBytes += piece.length
        await cutter.take(piece)
      }
      await cutter.end()
    } finally {
      this.#encoder.release(lane)
      await before?.close()
    }
    this.#streams.push({
      name,
      format,
      bytes: length,
      chunks,
      chunker: CUT_WITH,
      recipe: await recipe.finish(),
    })
  }

  /** What may come in a stream, as the backup before had it; nothing where that was cut in another way. */
  #foresee(name: string): Foresight | undefined {
    const before = this.#previous?.streams.find(stream => stream.name === name)
    if (before === undefined || !isDeepStrictEqual(before.chunker, CUT_WITH)) return undefined
    return new Foresight(this.#chunks.entries(before.recipe))
  }

  /** Makes the backup exist: packs, index, self-check, and the manifest as the last of all. */
  async commit(facts: BackupFacts): Promise<Manifest> {
    await Promise.all(this.#tasks)
    this.#throwIfStopped()
    await this.#packs.flush()
    await this.#packs.writeIndex()
    await this.#checkOwnPacks()
    const manifest: Manifest = {
      format: 1,
      id: this.id,
      ...facts,
      finishedAt: this.#clock.now().toISOString(),
      streams: this.#streams,
      stored: {
        bytes: this.#packs.storedBytes,
        newChunks: this.#newChunks,
        reusedChunks: this.#reusedChunks,
      },
      previous: await this.#previousOf(facts.source.name),
    }
    // Last before the manifest: it proves that all this backup builds on was protected until now.
    await this.#session.renew(this.#signal)
    this.#throwIfStopped()
    await this.#manifests.put(manifest, this.#signal)
    // The backup exists: it is too late to cancel it.
    const signal = AbortSignal.timeout(FINISHING_MS)
    await this.#confirmSession(manifest.id, signal)
    // A backup is whole without its second copy, and a check tells that it lacks one.
    await this.#manifests.putCopy(manifest.id, signal).catch(() => undefined)
    return manifest
  }

  /** Ends the session, with or without a commit. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#tasks)
    this.#encoder.close()
    await this.#packs.settle()
    await this.#session.close()
  }

  #isKnown(id: Buffer): boolean {
    const place = this.#index.chunks.get(id)
    if (place === undefined) {
      // From here on it counts as known: its like may come again before it is sealed.
      const own = { pack: OWN_PACK, offset: 0, stored: 0, plain: 0, codec: 0 }
      this.#index.chunks.add(id, own)
      this.#newChunks++
      return false
    }
    if (place.pack !== OWN_PACK) this.#reusedPacks.add(place.pack)
    this.#reusedChunks++
    return true
  }

  async #storeList(list: Buffer): Promise<Buffer> {
    const id = hmac(this.#ring.chunkId, list)
    if (this.#isKnown(id)) return id
    const lane = await this.#encoder.take()
    list.copy(lane.plain)
    this.#start(PackType.meta, id, lane, list.length)
    return id
  }

  /** Encodes and seals the chunk in a lane in the background; the lane is free again afterwards. */
  #start(type: PackType, id: Buffer, lane: Lane, length: number): void {
    const task = this.#seal(type, id, lane, length)
      .catch((cause: unknown) => {
        this.#failure ??= { cause }
      })
      .finally(() => {
        this.#encoder.release(lane)
        this.#tasks.delete(task)
      })
    this.#tasks.add(task)
  }

  async #seal(type: PackType, id: Buffer, lane: Lane, length: number): Promise<void> {
    await this.#packs.append(type, id, await lane.encode(length), length)
  }

  #throwIfStopped(): void {
    if (this.#failure !== undefined) throw this.#failure.cause
    throwIfAborted(this.#signal, 'the backup')
  }

  async #checkOwnPacks(): Promise<void> {
    for (const { facts } of this.#packs.written) {
      const there = await this.#storage.stat(packKey(facts.id), this.#signal)
      if (there?.bytes !== facts.bytes) {
        const why = there === undefined ? 'it is gone' : `it has ${there.bytes} bytes`
        throw new Damaged({ what: packKey(facts.id), why: `${why}, just after it was written` })
      }
    }
  }

  async #previousOf(source: string): Promise<Manifest['previous']> {
    for (;;) {
      const { manifests } = await this.#manifests.all(this.#signal)
      const previous = manifests.find(manifest => manifest.source.name === source)
      if (previous === undefined) return null
      try {
        const sha256 = await this.#manifests.digest(previous.id, this.#signal)
        return { id: previous.id, sha256 }
      } catch (error) {
        // Forgotten since it was listed: then the one before it counts.
        if (!(error instanceof ObjectMissing)) throw error
      }
    }
  }

  /** Had the session been given up meanwhile, a pruner may take packs that this backup builds on. */
  async #confirmSession(id: string, signal: AbortSignal): Promise<void> {
    if (await this.#session.heldAt(await this.#manifests.written(id, signal), signal)) return
    const isTrash = await readTrash(this.#storage, this.#ring, signal)
    for (const number of this.#reusedPacks) {
      const { id: pack, bytes } = this.#index.packs.at(number)
      const there = await this.#storage.stat(packKey(pack), signal)
      if (there?.bytes === bytes && !isTrash(there)) continue
      await this.#manifests.remove(id, signal)
      throw new SessionLost({ session: id.slice(0, 8), why: 'packs it built on were removed' })
    }
  }
}
