import { Damaged } from '../core/faults.ts'
import type { PackFacts, PackType } from './chunk-index.ts'
import type { PackEntry } from './pack.ts'

/** The content of one index object: which chunks lie in which packs. */
export interface IndexFile {
  /** The session that wrote it, 32 hexadecimal digits. */
  readonly session: string
  /** Names of index objects that this one replaces. */
  readonly supersedes: readonly string[]
  readonly packs: readonly { readonly facts: PackFacts; readonly entries: readonly PackEntry[] }[]
}

/** An index object is closed at this many chunks: about 8 MiB. */
export const INDEX_ENTRIES = 150_000

const ID = 32
const PACK = 72
const ENTRY = 52

/** docs/design/repository-format.md, "Index": packs, then entries in ascending order of chunk id. */
export function encodeIndex(file: IndexFile): Buffer {
  const entries = file.packs
    .flatMap((pack, number) => pack.entries.map(entry => ({ number, entry })))
    .sort((a, b) => a.entry.id.compare(b.entry.id))
  const bases = entries.flatMap(({ entry }) => entry.bases)
  const head = 16 + 4 + file.supersedes.length * ID + 4 + file.packs.length * PACK + 4
  const out = Buffer.alloc(head + entries.length * ENTRY + bases.length * ID)
  let at = out.write(file.session, 0, 'hex')
  at = out.writeUInt32LE(file.supersedes.length, at)
  for (const name of file.supersedes) at += out.write(name, at, 'hex')
  at = out.writeUInt32LE(file.packs.length, at)
  for (const { facts } of file.packs) {
    out.write(facts.id, at, 'hex')
    facts.salt.copy(out, at + ID)
    out.writeUInt32LE(facts.bytes, at + 64)
    out.writeUInt8(facts.type, at + 68)
    at += PACK
  }
  at = out.writeUInt32LE(entries.length, at)
  for (const { number, entry } of entries) {
    entry.id.copy(out, at)
    out.writeUInt32LE(number, at + 32)
    out.writeUInt32LE(entry.offset, at + 36)
    out.writeUInt32LE(entry.stored, at + 40)
    out.writeUInt32LE(entry.plain, at + 44)
    out.writeUInt8(entry.codec, at + 48)
    out.writeUInt8(entry.bases.length, at + 49)
    at += ENTRY
  }
  for (const base of bases) at += base.copy(out, at)
  return out
}

/** The reverse of {@link encodeIndex}. Throws Damaged when the parts do not add up. */
export function decodeIndex(bytes: Buffer, what: string): IndexFile {
  try {
    return parse(bytes)
  } catch (cause) {
    throw new Damaged({ what, why: 'its parts do not add up' }, cause)
  }
}

function parse(bytes: Buffer): IndexFile {
  const session = bytes.toString('hex', 0, 16)
  const supersedes: string[] = []
  let at = 20
  for (let left = bytes.readUInt32LE(16); left > 0; left--, at += ID) {
    supersedes.push(bytes.toString('hex', at, at + ID))
  }
  const packs: { facts: PackFacts; entries: PackEntry[] }[] = []
  const packCount = bytes.readUInt32LE(at)
  at += 4
  for (let number = 0; number < packCount; number++, at += PACK) {
    const facts = {
      id: bytes.toString('hex', at, at + ID),
      salt: Buffer.from(bytes.subarray(at + ID, at + 64)),
      bytes: bytes.readUInt32LE(at + 64),
      type: bytes.readUInt8(at + 68) as PackType,
    }
    packs.push({ facts, entries: [] })
  }
  const entryCount = bytes.readUInt32LE(at)
  at += 4
  let basesAt = at + entryCount * ENTRY
  for (let left = entryCount; left > 0; left--, at += ENTRY) {
    const pack = packs[bytes.readUInt32LE(at + 32)]
    if (pack === undefined) throw new RangeError('an entry names a pack that is not listed')
    const bases: Buffer[] = []
    for (let base = bytes.readUInt8(at + 49); base > 0; base--, basesAt += ID) {
      bases.push(bytes.subarray(basesAt, basesAt + ID))
    }
    pack.entries.push({
      id: bytes.subarray(at, at + ID),
      offset: bytes.readUInt32LE(at + 36),
      stored: bytes.readUInt32LE(at + 40),
      plain: bytes.readUInt32LE(at + 44),
      codec: bytes.readUInt8(at + 48),
      bases,
    })
  }
  if (basesAt !== bytes.length) throw new RangeError('bytes are left over')
  return { session, supersedes, packs }
}
