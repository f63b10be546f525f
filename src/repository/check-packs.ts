import { createHash } from 'node:crypto'
import { reason } from '../core/fault.ts'
import { Damaged } from '../core/faults.ts'
import type { Storage } from '../storage/storage.ts'
import { inFlight } from '../stream/in-flight.ts'
import type { PackType } from './chunk-index.ts'
import { decode } from './codec.ts'
import { hmac, type KeyRing } from './key-ring.ts'
import { nameOf, PACKS } from './layout.ts'
import { indexedEntries, type LoadedIndex } from './load-index.ts'
import {
  openFooter,
  PACK_HEADER,
  PACK_TRAILER,
  type PackEntry,
  parseHeader,
  parseTrailer,
  unsealChunk,
} from './pack.ts'
import { type CheckProgress, isDamage, type Problem } from './problem.ts'

/** Chunks opened at once: the thread pool does the work. */
const CHUNKS_AT_ONCE = 8

/** Reads every pack whole, and opens and names anew every chunk in it. */
export async function checkPacks(
  storage: Storage,
  ring: KeyRing,
  index: LoadedIndex,
  progress: CheckProgress,
  signal: AbortSignal,
): Promise<{ problems: Problem[]; badChunks: Map<string, string> }> {
  const keys: string[] = []
  for await (const { key } of storage.list(PACKS, signal)) keys.push(key)
  Object.assign(progress, { stage: 'data', done: 0, total: keys.length })
  const problems: Problem[] = []
  const badChunks = new Map<string, string>()
  for (const key of keys) {
    const bytes = Buffer.from(await storage.get(key, 'all', signal))
    progress.done++
    progress.bytes += bytes.length
    const whole = createHash('sha256').update(bytes).digest('hex') === nameOf(key)
    const why: string[] = whole ? [] : ['its bytes do not match its name']
    const entries = await entriesOf(storage, ring, index, key, bytes, why, signal)
    const facts = factsOf(index, key, bytes)
    let broken = 0
    for await (const { entry, sound } of inFlight(CHUNKS_AT_ONCE, entries, async entry => ({
      entry,
      sound: facts !== undefined && (await isSound(ring, facts, bytes, entry)),
    }))) {
      if (sound) continue
      broken++
      // A second copy of the chunk in another pack may be the one that is read.
      const place = index.chunks.get(entry.id)
      if (place !== undefined && index.packs.at(place.pack).id !== nameOf(key)) continue
      badChunks.set(entry.id.toString('hex'), key)
    }
    if (broken > 0) why.push(`${broken} of its ${entries.length} chunks do not open`)
    if (why.length > 0) problems.push({ object: key, why: why.join('; ') })
  }
  return { problems, badChunks }
}

/** What the pack's footer lists; when that is broken, what the index says of the pack. */
async function entriesOf(
  storage: Storage,
  ring: KeyRing,
  index: LoadedIndex,
  key: string,
  bytes: Buffer,
  why: string[],
  signal: AbortSignal,
): Promise<readonly PackEntry[]> {
  try {
    if (bytes.length < PACK_HEADER + PACK_TRAILER) {
      throw new Damaged({ what: key, why: 'it is too short' })
    }
    const end = bytes.length - PACK_TRAILER
    const footer = parseTrailer(bytes.subarray(end), bytes.length, key)
    return openFooter(ring, bytes, bytes.subarray(end - footer, end), key).entries
  } catch (error) {
    if (!isDamage(error)) throw error
    why.push(reason(error))
    return index.packs.has(nameOf(key))
      ? await indexedEntries(storage, ring, nameOf(key), signal)
      : []
  }
}

/** Type and salt from the index where it knows the pack: whoever reads a backup takes them from there. */
function factsOf(
  index: LoadedIndex,
  key: string,
  bytes: Buffer,
): { type: PackType; salt: Buffer } | undefined {
  const known = index.packs.find(nameOf(key))
  if (known !== undefined) return known
  try {
    return parseHeader(bytes, key)
  } catch (error) {
    if (!isDamage(error)) throw error
    return undefined
  }
}

async function isSound(
  ring: KeyRing,
  pack: { type: PackType; salt: Buffer },
  bytes: Buffer,
  entry: PackEntry,
): Promise<boolean> {
  try {
    const sealed = bytes.subarray(entry.offset, entry.offset + entry.stored)
    const encoded = unsealChunk(ring, pack, entry, sealed)
    if (encoded === undefined) return false
    const plain = await decode(entry.codec, encoded, entry.plain, 'a chunk')
    return hmac(ring.chunkId, plain).equals(entry.id)
  } catch (error) {
    if (!isDamage(error)) throw error
    return false
  }
}
