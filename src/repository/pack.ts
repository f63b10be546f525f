import { createHash, randomBytes, randomFillSync } from 'node:crypto'
import { Damaged, RepositoryTooNew } from '../core/faults.ts'
import { PackType } from './chunk-index.ts'
import { hmac, type KeyRing } from './key-ring.ts'
import { SALT_BYTES, sealInto, TAG_BYTES, unseal } from './seal.ts'

/*
 * A pack: header (48 bytes), sealed chunks back to back, padding, sealed footer, trailer (16 bytes).
 * Nothing outside the seals tells where a chunk begins. docs/design/repository-format.md, "Packs".
 */
const HEADER_MAGIC = Buffer.from('HFPACK', 'latin1')
const TRAILER_MAGIC = Buffer.from('HFPEND', 'latin1')
const VERSION = 1
export const PACK_HEADER = 48
export const PACK_TRAILER = 16
const ENTRY = 48
const FOOTER_HEAD = 20
const SESSION_BYTES = 16
const ID_BYTES = 32

/** A pack is closed once it holds this much. */
export const PACK_TARGET = 32 * 1024 * 1024
/** The largest plain chunk a pack takes; also bounds what a footer may claim. */
export const MAX_CHUNK = 4 * 1024 * 1024
const MAX_FOOTER = 64 * 1024 * 1024

/** One chunk in a pack. */
export interface PackEntry {
  readonly id: Buffer
  readonly offset: number
  readonly stored: number
  readonly plain: number
  readonly codec: number
  /** Ids of the chunks that codec 3 needs to read this one; none for the other codecs. */
  readonly bases: readonly Buffer[]
}

const keyFor = (ring: KeyRing, type: PackType): Buffer =>
  type === PackType.data ? ring.data : ring.meta

function chunkAad(ring: KeyRing, type: PackType, entry: Omit<PackEntry, 'offset' | 'stored'>) {
  const head = Buffer.alloc(8)
  head.writeUInt8(VERSION, 0)
  head.writeUInt8(type, 1)
  head.writeUInt8(entry.codec, 2)
  head.writeUInt8(entry.bases.length, 3)
  head.writeUInt32LE(entry.plain, 4)
  return Buffer.concat([ring.repositoryId, head, entry.id, ...entry.bases])
}

const chunkKey = (ring: KeyRing, type: PackType, salt: Buffer, id: Buffer): Buffer =>
  hmac(keyFor(ring, type), 'chunk', salt, id)

/** Opens one sealed chunk; undefined when it is not what was sealed. The plain bytes are still encoded. */
export function unsealChunk(
  ring: KeyRing,
  pack: { type: PackType; salt: Buffer },
  entry: Omit<PackEntry, 'offset' | 'stored'>,
  sealed: Uint8Array,
): Buffer | undefined {
  const key = chunkKey(ring, pack.type, pack.salt, entry.id)
  return unseal(key, chunkAad(ring, pack.type, entry), sealed)
}

/** A pack being filled, in a buffer that is used again for the next one. */
export class PackBuilder {
  readonly type: PackType
  readonly entries: PackEntry[] = []
  readonly salt: Buffer
  readonly #ring: KeyRing
  readonly #session: Buffer
  readonly #buffer: Buffer
  readonly #hash = createHash('sha256')
  #end = 0

  constructor(ring: KeyRing, type: PackType, session: string, buffer: Buffer) {
    this.type = type
    this.#ring = ring
    this.#session = Buffer.from(session, 'hex')
    this.#buffer = buffer
    this.salt = newSalt(this.#session)
    HEADER_MAGIC.copy(buffer)
    buffer.fill(0, HEADER_MAGIC.length, PACK_HEADER)
    buffer.writeUInt8(VERSION, 6)
    buffer.writeUInt8(type, 7)
    this.salt.copy(buffer, 16)
    this.#advance(PACK_HEADER)
  }

  get bytes(): number {
    return this.#end
  }

  /** Seals an encoded chunk and appends it; returns the sealed bytes, to be proven before they count. */
  append(id: Buffer, encoded: { codec: number; bytes: Uint8Array }, plain: number): Buffer {
    const entry = { id, codec: encoded.codec, plain, bases: [] }
    const offset = this.#end
    const stored = sealInto(
      this.#buffer,
      offset,
      chunkKey(this.#ring, this.type, this.salt, id),
      chunkAad(this.#ring, this.type, entry),
      encoded.bytes,
    )
    this.entries.push({ ...entry, offset, stored })
    this.#advance(stored)
    return this.#buffer.subarray(offset, offset + stored)
  }

  /** True when a chunk of the largest size and its footer entry might not fit any more. */
  get isFull(): boolean {
    return this.#end >= PACK_TARGET || this.#room() < MAX_CHUNK + TAG_BYTES
  }

  #room(): number {
    const footer = FOOTER_HEAD + (this.entries.length + 1) * ENTRY + TAG_BYTES + PACK_TRAILER
    return this.#buffer.length - this.#end - footer
  }

  /** Closes the pack. With `pad`, random bytes hide the exact size of what it holds. */
  finish(pad: boolean): { id: string; bytes: Buffer } {
    if (pad) this.#pad()
    const footer = encodeFooter(this.#session, this.entries)
    const key = hmac(keyFor(this.#ring, this.type), 'footer', this.salt)
    const aad = Buffer.concat([this.#ring.repositoryId, this.#buffer.subarray(0, PACK_HEADER)])
    const length = sealInto(this.#buffer, this.#end, key, aad, footer)
    this.#advance(length)
    this.#buffer.writeUInt32LE(length, this.#end)
    this.#buffer.writeUInt32LE(0, this.#end + 4)
    TRAILER_MAGIC.copy(this.#buffer, this.#end + 8)
    this.#buffer.writeUInt8(VERSION, this.#end + 14)
    this.#buffer.writeUInt8(0, this.#end + 15)
    this.#advance(PACK_TRAILER)
    return { id: this.#hash.digest('hex'), bytes: this.#buffer.subarray(0, this.#end) }
  }

  #pad(): void {
    const room = this.#room()
    const padding = Math.min(paddedSize(this.#end) - this.#end, Math.max(0, room))
    randomFillSync(this.#buffer, this.#end, padding)
    this.#advance(padding)
  }

  #advance(bytes: number): void {
    this.#hash.update(this.#buffer.subarray(this.#end, this.#end + bytes))
    this.#end += bytes
  }
}

/** The buffer of a pack: what it holds when closed, one more chunk and the footer. */
export const PACK_BUFFER = PACK_TARGET + 2 * MAX_CHUNK

/**
 * Should the random generator ever repeat itself (a cloned machine), time, session and process still tell
 * two packs apart.
 */
function newSalt(session: Buffer): Buffer {
  const witness = `${process.pid} ${Date.now()} ${process.hrtime.bigint()}`
  return createHash('sha256')
    .update(randomBytes(SALT_BYTES))
    .update(session)
    .update(witness)
    .digest()
}

/** Padmé (Nikitin et al., PETS 2019): at most 12 % more, and only O(log log n) bits of the size leak. */
function paddedSize(bytes: number): number {
  const exponent = Math.floor(Math.log2(bytes))
  const kept = Math.floor(Math.log2(exponent)) + 1
  const step = 2 ** Math.max(0, exponent - kept)
  return Math.ceil(bytes / step) * step
}

function encodeFooter(session: Buffer, entries: readonly PackEntry[]): Buffer {
  const bases = entries.reduce((sum, entry) => sum + entry.bases.length, 0)
  const footer = Buffer.alloc(FOOTER_HEAD + entries.length * ENTRY + bases * ID_BYTES)
  session.copy(footer)
  footer.writeUInt32LE(entries.length, SESSION_BYTES)
  let at = FOOTER_HEAD
  for (const entry of entries) {
    entry.id.copy(footer, at)
    footer.writeUInt32LE(entry.offset, at + 32)
    footer.writeUInt32LE(entry.stored, at + 36)
    footer.writeUInt32LE(entry.plain, at + 40)
    footer.writeUInt8(entry.codec, at + 44)
    footer.writeUInt8(entry.bases.length, at + 45)
    at += ENTRY
    for (const base of entry.bases) at += base.copy(footer, at)
  }
  return footer
}

/** Header of a pack: its type and salt. Throws Damaged. */
export function parseHeader(header: Buffer, what: string): { type: PackType; salt: Buffer } {
  if (header.length < PACK_HEADER || header.compare(HEADER_MAGIC, 0, 6, 0, 6) !== 0) {
    throw new Damaged({ what, why: 'it does not begin as a pack does' })
  }
  const type = header.readUInt8(7)
  if (type !== PackType.data && type !== PackType.meta) {
    throw new Damaged({ what, why: 'it is of no known type' })
  }
  return { type, salt: Buffer.from(header.subarray(16, PACK_HEADER)) }
}

/** Bytes of the sealed footer, from the last 16 bytes of a pack. Throws Damaged. */
export function parseTrailer(trailer: Buffer, packBytes: number, what: string): number {
  if (trailer.length < PACK_TRAILER || trailer.compare(TRAILER_MAGIC, 0, 6, 8, 14) !== 0) {
    throw new Damaged({ what, why: 'it does not end as a pack does' })
  }
  const length = trailer.readUInt32LE(0)
  if (length > Math.min(MAX_FOOTER, packBytes - PACK_HEADER - PACK_TRAILER)) {
    throw new Damaged({ what, why: 'its footer cannot be that long' })
  }
  return length
}

/** What a pack holds, from its header and sealed footer. Throws Damaged, RepositoryTooNew. */
export function openFooter(
  ring: KeyRing,
  header: Buffer,
  sealed: Uint8Array,
  what: string,
): { session: string; entries: PackEntry[] } {
  const { type, salt } = parseHeader(header, what)
  const aad = Buffer.concat([ring.repositoryId, header.subarray(0, PACK_HEADER)])
  const footer = unseal(hmac(keyFor(ring, type), 'footer', salt), aad, sealed)
  if (footer === undefined) throw new Damaged({ what, why: 'the seal of its footer is broken' })
  // Only now: before, another version might be a flipped bit.
  if (header.readUInt8(6) !== VERSION) {
    throw new RepositoryTooNew({ place: what, needs: `pack version ${header.readUInt8(6)}` })
  }
  const entries: PackEntry[] = []
  let at = FOOTER_HEAD
  for (let left = footer.readUInt32LE(SESSION_BYTES); left > 0; left--) {
    const bases: Buffer[] = []
    const count = footer.readUInt8(at + 45)
    for (let base = 0; base < count; base++) {
      const from = at + ENTRY + base * ID_BYTES
      bases.push(footer.subarray(from, from + ID_BYTES))
    }
    entries.push({
      id: footer.subarray(at, at + ID_BYTES),
      offset: footer.readUInt32LE(at + 32),
      stored: footer.readUInt32LE(at + 36),
      plain: footer.readUInt32LE(at + 40),
      codec: footer.readUInt8(at + 44),
      bases,
    })
    at += ENTRY + count * ID_BYTES
  }
  return { session: footer.subarray(0, SESSION_BYTES).toString('hex'), entries }
}
