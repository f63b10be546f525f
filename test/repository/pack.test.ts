import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import { Damaged, RepositoryTooNew } from '../../src/core/faults.ts'
import { PackType } from '../../src/repository/chunk-index.ts'
import { decode } from '../../src/repository/codec.ts'
import {
  MAX_CHUNK,
  openFooter,
  PACK_BUFFER,
  PACK_HEADER,
  PACK_TARGET,
  PACK_TRAILER,
  PackBuilder,
  type PackEntry,
  parseHeader,
  parseTrailer,
  unsealChunk,
} from '../../src/repository/pack.ts'
import { chunkIdOf, type ForgedPack, forgePack } from './forge.ts'
import { flipped, Seeded, sha256, testRing } from './material.ts'

const ring = testRing()
const SESSION = '0123456789abcdef0123456789abcdef'
const seeded = new Seeded('packs')
const chunks = [1, 15, 16, 17, 1000, 70_000].map(length => seeded.bytes(length))

function footerOf(pack: Buffer) {
  const end = pack.length - PACK_TRAILER
  const length = parseTrailer(pack.subarray(end), pack.length, 'a pack')
  return openFooter(ring, pack, pack.subarray(end - length, end), 'a pack')
}

function open(pack: Buffer, entry: PackEntry): Buffer | undefined {
  const sealed = pack.subarray(entry.offset, entry.offset + entry.stored)
  return unsealChunk(ring, parseHeader(pack, 'a pack'), entry, sealed)
}

function built(type: PackType, pad: boolean) {
  const builder = new PackBuilder(ring, type, SESSION, Buffer.alloc(PACK_BUFFER, 0xff))
  for (const [number, plain] of chunks.entries()) {
    const codec = number % 2
    builder.append(chunkIdOf(ring, plain), { codec, bytes: plain }, plain.length + number)
  }
  return builder.finish(pad)
}

describe('a pack', () => {
  for (const [name, type] of Object.entries(PackType)) {
    test(`of ${name} gives back every chunk, named and sealed`, () => {
      const { id, bytes } = built(type, false)
      assert.equal(id, sha256(bytes))
      assert.equal(parseHeader(bytes, 'a pack').type, type)
      const { session, entries } = footerOf(bytes)
      assert.equal(session, SESSION)
      assert.equal(entries.length, chunks.length)
      let end = PACK_HEADER
      for (const [number, entry] of entries.entries()) {
        const plain = chunks[number] ?? Buffer.alloc(0)
        assert.deepEqual(entry.id, chunkIdOf(ring, plain))
        assert.deepEqual([entry.offset, entry.stored], [end, plain.length + 16])
        assert.deepEqual([entry.plain, entry.codec], [plain.length + number, number % 2])
        assert.deepEqual(open(bytes, entry), plain)
        end += entry.stored
      }
    })
  }

  test('shows neither its chunks nor their names, and never repeats itself', () => {
    const [one, other] = [built(PackType.data, false).bytes, built(PackType.data, false).bytes]
    for (const plain of chunks.slice(4)) {
      assert.equal(one.includes(plain.subarray(0, 16)), false)
      assert.equal(one.includes(chunkIdOf(ring, plain).subarray(0, 8)), false)
    }
    assert.equal(one.includes(Buffer.from(SESSION, 'hex')), false)
    assert.notDeepEqual(one.subarray(48, 80), other.subarray(48, 80))
  })

  test('is padded to a coarse size', () => {
    const sizes = new Set<number>()
    for (let length = 30_000; length < 40_000; length += 97) {
      const builder = new PackBuilder(ring, PackType.data, SESSION, Buffer.alloc(PACK_BUFFER))
      const plain = seeded.bytes(length)
      builder.append(chunkIdOf(ring, plain), { codec: 0, bytes: plain }, length)
      const { bytes } = builder.finish(true)
      const least = length + PACK_HEADER + 16 + 20 + 48 + 16 + PACK_TRAILER
      assert.ok(bytes.length >= least && bytes.length <= least * 1.12, `${bytes.length}`)
      sizes.add(bytes.length)
      const [entry] = footerOf(bytes).entries
      assert.ok(entry && open(bytes, entry)?.equals(plain))
    }
    assert.ok(sizes.size <= 12, `${sizes.size} sizes for ${Math.ceil(10_000 / 97)} contents`)
  })

  test('takes its target and one more chunk of the largest size, whatever its footer needs', () => {
    const builder = new PackBuilder(ring, PackType.data, SESSION, Buffer.alloc(PACK_BUFFER))
    const large = Buffer.alloc(MAX_CHUNK)
    for (let number = 0; !builder.isFull; number++) {
      large.writeUInt32LE(number)
      const bytes = number < 300 ? large.subarray(0, 100 + number) : large
      builder.append(chunkIdOf(ring, bytes), { codec: 0, bytes }, bytes.length)
    }
    const { bytes } = builder.finish(true)
    assert.ok(bytes.length > PACK_TARGET && bytes.length <= PACK_BUFFER)
    assert.ok(footerOf(bytes).entries.length > 300)
  })

  test('written by the letter of the specification is read', () => {
    for (const type of Object.values(PackType)) {
      const contents = chunks.map(plain => ({ plain }))
      const forged = forgePack(ring, contents, { session: SESSION, type })
      const { session, entries } = footerOf(forged.bytes)
      assert.equal(session, SESSION)
      assert.deepEqual(entries, forged.entries)
      for (const [number, entry] of entries.entries()) {
        assert.deepEqual(open(forged.bytes, entry), chunks[number])
      }
    }
  })

  test('keeps the bases of codec 3, bound to the chunk', () => {
    const [base = Buffer.alloc(0), other = base] = chunks.map(plain => chunkIdOf(ring, plain))
    const plain = seeded.bytes(500)
    const forged = forgePack(ring, [
      { plain: seeded.bytes(30) },
      { plain, encoded: seeded.bytes(90), codec: 3, bases: [base, other] },
      { plain: seeded.bytes(40) },
    ])
    const { entries } = footerOf(forged.bytes)
    assert.deepEqual(entries, forged.entries)
    const [, delta] = entries
    assert.ok(delta)
    assert.equal(open(forged.bytes, delta)?.length, 90)
    assert.equal(open(forged.bytes, { ...delta, bases: [other, base] }), undefined)
    assert.equal(open(forged.bytes, { ...delta, bases: [base] }), undefined)
  })
})

describe('a damaged pack', () => {
  const forged = forgePack(
    ring,
    chunks.slice(0, 3).map(plain => ({ plain })),
  )
  const { bytes, entries } = forged

  test('tells every flipped bit of its header and its footer', () => {
    const footer = entries.reduce((end, entry) => end + entry.stored, PACK_HEADER)
    const fragile = [...range(0, PACK_HEADER), ...range(footer, bytes.length - PACK_TRAILER)]
    for (const at of fragile) {
      assert.throws(() => footerOf(flipped(bytes, at, at % 8)), Damaged, `byte ${at}`)
    }
  })

  test('tells flipped bits of its trailer where they matter', () => {
    const trailer = bytes.length - PACK_TRAILER
    for (const at of [...range(0, 4), ...range(8, 14)]) {
      assert.throws(() => footerOf(flipped(bytes, trailer + at, 1)), Damaged, `byte ${at}`)
    }
  })

  test('gives back no chunk of which a bit is flipped, nor one chunk for another', () => {
    for (const entry of entries) {
      for (let at = entry.offset; at < entry.offset + entry.stored; at++) {
        assert.equal(open(flipped(bytes, at), entry), undefined, `byte ${at}`)
      }
    }
    const [first, second, third] = entries
    assert.ok(first && second && third)
    assert.equal(open(bytes, { ...second, id: third.id }), undefined)
    assert.equal(open(bytes, { ...second, plain: second.plain + 1 }), undefined)
    assert.equal(open(bytes, { ...second, codec: 1 }), undefined)
    assert.equal(open(moved(forged, second, third), third), undefined)
    const meta = { type: PackType.meta, salt: forged.salt }
    const sealed = bytes.subarray(second.offset, second.offset + second.stored)
    assert.equal(unsealChunk(ring, meta, second, sealed), undefined)
    assert.equal(unsealChunk(testRing('other'), { ...meta, type: 0 }, second, sealed), undefined)
  })

  test('of any length short of its own is told as damaged', () => {
    for (let end = PACK_HEADER + PACK_TRAILER; end < bytes.length; end++) {
      assert.throws(() => footerOf(bytes.subarray(0, end)), Damaged, `${end} bytes`)
    }
  })
})

describe('a pack of a later version', () => {
  test('is refused once its seal proves that it is one', () => {
    const { bytes } = forgePack(ring, [{ plain: Buffer.from('x') }], { version: 2 })
    assert.throws(() => footerOf(bytes), RepositoryTooNew)
    const flippedVersion = flipped(forgePack(ring, [{ plain: Buffer.from('x') }]).bytes, 6)
    assert.throws(() => footerOf(flippedVersion), Damaged)
  })
})

describe('decoding', () => {
  const plain = Buffer.alloc(10_000, 'abc')

  test('refuses codecs that it does not know, the reserved one among them', async () => {
    for (const codec of [2, 3, 4, 255]) {
      await assert.rejects(decode(codec, plain, plain.length, 'a chunk'), RepositoryTooNew)
    }
  })

  test('yields the promised length or nothing, and allocates no more', async () => {
    const packed = zstdCompressSync(plain)
    assert.deepEqual(await decode(1, packed, plain.length, 'a chunk'), plain)
    for (const length of [0, 1, plain.length - 1, plain.length + 1]) {
      await assert.rejects(decode(1, packed, length, 'a chunk'), Damaged, `${length}`)
      await assert.rejects(decode(0, plain, length, 'a chunk'), Damaged, `${length}`)
    }
    const bomb = zstdCompressSync(Buffer.alloc(256 * 1024 * 1024))
    const before = process.memoryUsage.rss()
    await assert.rejects(decode(1, bomb, 1000, 'a chunk'), Damaged)
    assert.ok(process.memoryUsage.rss() - before < 64 * 1024 * 1024)
    await assert.rejects(decode(1, packed.subarray(0, 20), plain.length, 'a chunk'), Damaged)
    await assert.rejects(decode(1, Buffer.alloc(20), plain.length, 'a chunk'), Damaged)
  })
})

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n)

/** A pack in which the sealed bytes of one chunk stand where another one's were. */
function moved({ bytes }: ForgedPack, from: PackEntry, to: PackEntry): Buffer {
  const copy = Buffer.from(bytes)
  bytes.copy(copy, to.offset, from.offset, from.offset + from.stored)
  return copy
}
