import { createHash } from 'node:crypto'
import { reason } from '../core/fault.ts'
import { Damaged } from '../core/faults.ts'
import type { Storage, StoredObject } from '../storage/storage.ts'
import { inFlight } from '../stream/in-flight.ts'
import { ChunkIndex, type PackFacts, PackTable } from './chunk-index.ts'
import { decodeIndex, type IndexFile } from './index-file.ts'
import type { KeyRing } from './key-ring.ts'
import { INDEX, nameOf, PACKS, packKey } from './layout.ts'
import {
  openFooter,
  PACK_HEADER,
  PACK_TRAILER,
  type PackEntry,
  parseHeader,
  parseTrailer,
} from './pack.ts'
import { isDamage, type Note, type Problem } from './problem.ts'
import { ObjectKind, openObject } from './seal.ts'
import { readTrash } from './trash.ts'

/** Every chunk that the repository holds right now, and what was wrong while finding out. */
export interface LoadedIndex {
  readonly chunks: ChunkIndex
  readonly packs: PackTable
  /** Packs that no readable index object names, as read from their footers. */
  readonly unindexed: IndexFile['packs']
  readonly problems: readonly Problem[]
  /** Chunks of packs that are gone or cut: id in hexadecimal -> the pack's key. */
  readonly lostChunks: ReadonlyMap<string, string>
}

/** Reads at once; each is one request, and storages far away answer slowly. */
const READS = 8

type IndexedPack = IndexFile['packs'][number]

/**
 * Loads the chunk index: index objects first, then the footers of packs that none of them names (left by
 * a writer that died, or after an index object was lost). A chunk counts only when its pack is there in
 * its full length, so a later backup stores again what was lost. For a writer, packs in the trash do not
 * count either; a reader may use them for as long as they are there.
 */
export async function loadIndex(
  storage: Storage,
  ring: KeyRing,
  purpose: 'reading' | 'writing',
  signal: AbortSignal,
): Promise<LoadedIndex> {
  const problems: Problem[] = []
  const note = (object: string, error: unknown): void => {
    if (!isDamage(error)) throw error
    problems.push({ object, why: reason(error) })
  }
  const isTrash = await readTrash(storage, ring, signal, note)
  const indexKeys: string[] = []
  for await (const { key } of storage.list(INDEX, signal)) indexKeys.push(key)
  // Listed after the index: every pack that it names was there before it.
  const present = new Map<string, StoredObject>()
  const trashed = new Set<string>()
  for await (const pack of storage.list(PACKS, signal)) {
    if (isTrash(pack)) trashed.add(nameOf(pack.key))
    if (purpose === 'reading' || !isTrash(pack)) present.set(nameOf(pack.key), pack)
  }
  const build = new IndexBuild(present, trashed)
  for await (const { name, file } of indexFiles(storage, ring, indexKeys, note, signal)) {
    build.add(name, file)
  }
  const lostChunks = build.lost(problems)
  const unindexed: IndexedPack[] = []
  for await (const pack of inFlight(READS, build.unnamed(), async ({ key, bytes }) => {
    try {
      return await readFooter(storage, ring, nameOf(key), bytes, signal)
    } catch (error) {
      note(key, error)
      return undefined
    }
  })) {
    if (pack === undefined) continue
    unindexed.push(pack)
    build.addPack(pack)
  }
  const { chunks, packs } = build.finish()
  return { chunks, packs, unindexed, problems, lostChunks }
}

/** What the index says of one pack: for a pack whose own footer is broken. */
export async function indexedEntries(
  storage: Storage,
  ring: KeyRing,
  id: string,
  signal: AbortSignal,
): Promise<readonly PackEntry[]> {
  const keys: string[] = []
  for await (const { key } of storage.list(INDEX, signal)) keys.push(key)
  for await (const { file } of indexFiles(storage, ring, keys, () => undefined, signal)) {
    const found = file.packs.find(pack => pack.facts.id === id)
    if (found !== undefined) return found.entries
  }
  return []
}

/** Takes index files one by one, so that only one at a time lies in memory in its long form. */
class IndexBuild {
  readonly #chunks = new ChunkIndex()
  readonly #packs = new PackTable()
  readonly #present: ReadonlyMap<string, StoredObject>
  readonly #trashed: ReadonlySet<string>
  readonly #named = new Set<string>()
  readonly #superseded = new Set<string>()
  readonly #missing: { readonly file: string; readonly pack: IndexedPack }[] = []
  /** Packs in the trash come last, so that a chunk is read from a pack that stays. */
  readonly #last: IndexedPack[] = []

  constructor(present: ReadonlyMap<string, StoredObject>, trashed: ReadonlySet<string>) {
    this.#present = present
    this.#trashed = trashed
  }

  add(name: string, file: IndexFile): void {
    for (const older of file.supersedes) this.#superseded.add(older)
    for (const pack of file.packs) {
      const { id, bytes } = pack.facts
      if (this.#named.has(id)) continue
      if (this.#present.get(id)?.bytes !== bytes) this.#missing.push({ file: name, pack })
      else this.addPack(pack)
    }
  }

  addPack(pack: IndexedPack): void {
    this.#named.add(pack.facts.id)
    if (this.#trashed.has(pack.facts.id)) this.#last.push(pack)
    else this.#addNow(pack)
  }

  /** Chunks of packs that are gone or cut, by id; which packs these are is added to `problems`. */
  lost(problems: Problem[]): Map<string, string> {
    const lostChunks = new Map<string, string>()
    for (const { file, pack } of this.#missing) {
      const { id, bytes } = pack.facts
      if (this.#superseded.has(file) || this.#named.has(id) || this.#trashed.has(id)) continue
      this.#named.add(id)
      const found = this.#present.get(id)
      const why = found === undefined ? 'it is gone' : `it has ${found.bytes} bytes, not ${bytes}`
      problems.push({ object: packKey(id), why })
      for (const entry of pack.entries) lostChunks.set(entry.id.toString('hex'), packKey(id))
    }
    return lostChunks
  }

  unnamed(): StoredObject[] {
    return [...this.#present.values()].filter(({ key }) => !this.#named.has(nameOf(key)))
  }

  finish(): { chunks: ChunkIndex; packs: PackTable } {
    for (const pack of this.#last) this.#addNow(pack)
    return { chunks: this.#chunks, packs: this.#packs }
  }

  #addNow(pack: IndexedPack): void {
    const number = this.#packs.add(pack.facts)
    for (const entry of pack.entries) this.#chunks.add(entry.id, { ...entry, pack: number })
  }
}

async function* indexFiles(
  storage: Storage,
  ring: KeyRing,
  keys: readonly string[],
  note: Note,
  signal: AbortSignal,
): AsyncGenerator<{ name: string; file: IndexFile }> {
  for await (const { key, plain } of inFlight(READS, keys, async key => {
    try {
      const sealed = await storage.get(key, 'all', signal)
      if (createHash('sha256').update(sealed).digest('hex') !== nameOf(key)) {
        throw new Damaged({ what: key, why: 'its bytes do not match its name' })
      }
      return { key, plain: await openObject(ring, ObjectKind.index, 'index', sealed, key) }
    } catch (error) {
      note(key, error)
      return { key, plain: undefined }
    }
  })) {
    if (plain === undefined) continue
    let file: IndexFile
    try {
      file = decodeIndex(plain, key)
    } catch (error) {
      note(key, error)
      continue
    }
    yield { name: nameOf(key), file }
  }
}

/** What a pack says of itself. Throws Damaged. */
export async function readFooter(
  storage: Storage,
  ring: KeyRing,
  id: string,
  bytes: number,
  signal: AbortSignal,
): Promise<{ facts: PackFacts; entries: PackEntry[] }> {
  const key = packKey(id)
  if (bytes < PACK_HEADER + PACK_TRAILER) throw new Damaged({ what: key, why: 'it is too short' })
  const read = async (from: number, length: number) =>
    Buffer.from(await storage.get(key, { from, length }, signal))
  const header = await read(0, PACK_HEADER)
  const footerBytes = parseTrailer(await read(bytes - PACK_TRAILER, PACK_TRAILER), bytes, key)
  const footer = await read(bytes - PACK_TRAILER - footerBytes, footerBytes)
  const { entries } = openFooter(ring, header, footer, key)
  return { facts: { id, bytes, ...parseHeader(header, key) }, entries }
}
