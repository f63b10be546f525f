import { type Fault, reason } from '../core/fault.ts'
import { Damaged, ObjectMissing } from '../core/faults.ts'
import type { Storage } from '../storage/storage.ts'
import { inFlight } from '../stream/in-flight.ts'
import { ChunkIndex, type PackFacts, PackTable } from './chunk-index.ts'
import { decodeIndex, type IndexFile } from './index-file.ts'
import type { KeyRing } from './key-ring.ts'
import { INDEX, nameOf, PACKS, packKey, TRASH } from './layout.ts'
import {
  openFooter,
  PACK_HEADER,
  PACK_TRAILER,
  type PackEntry,
  parseHeader,
  parseTrailer,
} from './pack.ts'
import { ObjectKind, openObject } from './seal.ts'

export interface Problem {
  readonly object: string
  readonly why: string
}

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

/**
 * Loads the chunk index: index objects first, then the footers of packs that none of them names (left by
 * a writer that died, or after an index object was lost). A chunk counts only when its pack is there in
 * its full length, so a later backup stores again what was lost. Packs in the trash do not count either.
 */
export async function loadIndex(
  storage: Storage,
  ring: KeyRing,
  signal: AbortSignal,
): Promise<LoadedIndex> {
  const problems: Problem[] = []
  const note = (object: string, error: unknown): void => {
    if (!isDamage(error)) throw error
    problems.push({ object, why: reason(error) })
  }
  const trashed = await trashedPacks(storage, ring, note, signal)
  const files = await indexFiles(storage, ring, note, signal)
  const present = new Map<string, number>()
  for await (const pack of storage.list(PACKS, signal)) present.set(nameOf(pack.key), pack.bytes)
  for (const id of trashed) present.delete(id)
  const chunks = new ChunkIndex()
  const packs = new PackTable()
  const lostChunks = new Map<string, string>()
  const named = new Set<string>()
  for (const pack of files.flatMap(file => file.packs)) {
    const { id } = pack.facts
    if (named.has(id) || trashed.has(id)) continue
    named.add(id)
    const found = present.get(id)
    if (found === pack.facts.bytes) {
      addPack(chunks, packs, pack)
      continue
    }
    const why =
      found === undefined ? 'it is gone' : `it has ${found} bytes, not ${pack.facts.bytes}`
    problems.push({ object: packKey(id), why })
    for (const entry of pack.entries) lostChunks.set(entry.id.toString('hex'), packKey(id))
  }
  const unnamed = [...present].filter(([id]) => !named.has(id))
  const unindexed: { facts: PackFacts; entries: readonly PackEntry[] }[] = []
  for await (const pack of inFlight(READS, unnamed, ([id, bytes]) =>
    readFooter(storage, ring, id, bytes, signal).catch((error: unknown) =>
      note(packKey(id), error),
    ),
  )) {
    if (pack === undefined) continue
    unindexed.push(pack)
    addPack(chunks, packs, pack)
  }
  return { chunks, packs, unindexed, problems, lostChunks }
}

/** What the index says of one pack: for a pack whose own footer is broken. */
export async function indexedEntries(
  storage: Storage,
  ring: KeyRing,
  id: string,
  signal: AbortSignal,
): Promise<readonly PackEntry[]> {
  const files = await indexFiles(storage, ring, () => undefined, signal)
  const packs = files.flatMap(file => file.packs)
  return packs.find(pack => pack.facts.id === id)?.entries ?? []
}

function addPack(chunks: ChunkIndex, packs: PackTable, pack: IndexFile['packs'][number]): void {
  const number = packs.add(pack.facts)
  for (const entry of pack.entries) chunks.add(entry.id, { ...entry, pack: number })
}

async function indexFiles(
  storage: Storage,
  ring: KeyRing,
  note: (object: string, error: unknown) => void,
  signal: AbortSignal,
): Promise<IndexFile[]> {
  const keys: string[] = []
  for await (const object of storage.list(INDEX, signal)) keys.push(object.key)
  const files = new Map<string, IndexFile>()
  for await (const file of inFlight(READS, keys, async key => {
    try {
      const sealed = await storage.get(key, 'all', signal)
      const plain = await openObject(ring, ObjectKind.index, 'index', sealed, key)
      return { key, content: decodeIndex(plain, key) }
    } catch (error) {
      note(key, error)
      return undefined
    }
  })) {
    if (file !== undefined) files.set(nameOf(file.key), file.content)
  }
  const superseded = new Set([...files.values()].flatMap(file => file.supersedes))
  return [...files].filter(([name]) => !superseded.has(name)).map(([, file]) => file)
}

/** Ids of packs that a pruner is about to remove. A trash object is their ids, 32 bytes each. */
async function trashedPacks(
  storage: Storage,
  ring: KeyRing,
  note: (object: string, error: unknown) => void,
  signal: AbortSignal,
): Promise<Set<string>> {
  const ids = new Set<string>()
  for await (const { key } of storage.list(TRASH, signal)) {
    try {
      const sealed = await storage.get(key, 'all', signal)
      const list = await openObject(ring, ObjectKind.trash, key, sealed, key)
      for (let at = 0; at < list.length; at += 32) ids.add(list.toString('hex', at, at + 32))
    } catch (error) {
      note(key, error)
    }
  }
  return ids
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

/** True for the faults that name a broken or lost object, as opposed to an unreachable storage. */
export const isDamage = (error: unknown): error is Fault =>
  error instanceof Damaged || error instanceof ObjectMissing
