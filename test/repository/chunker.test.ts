import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  Chunker,
  type ChunkerSizes,
  DEFAULT_SIZES,
  gearTable,
} from '../../src/repository/chunker.ts'
import { hmac } from '../../src/repository/key-ring.ts'
import { Seeded, sha256, testRing } from './material.ts'

const gearOf = (seed: string) => {
  const { chunker } = testRing(seed)
  return gearTable(counter => hmac(chunker, Buffer.of(counter)))
}
const gear = gearOf('chunker')
/** Small chunks, so that many cuts fit into a fast test. */
const SMALL: ChunkerSizes = { min: 512, average: 2048, max: 8192 }

/** Ends of all chunks when the stream comes in pieces of these sizes, over and over. */
function cutsOf(bytes: Uint8Array, pieces: readonly number[], sizes = SMALL, table = gear) {
  const chunker = new Chunker(table, sizes)
  const cuts: number[] = []
  let start = 0
  for (let turn = 0; start < bytes.length; turn++) {
    const piece = bytes.subarray(start, start + (pieces[turn % pieces.length] ?? 1))
    for (let from = 0; from < piece.length; ) {
      const cut = chunker.nextCut(piece, from)
      if (cut < 0) break
      cuts.push(start + cut)
      from = cut
    }
    start += piece.length
  }
  return cuts
}

/** The cuts as the specification has them, one byte after the other. */
function specifiedCuts(bytes: Uint8Array, sizes: ChunkerSizes): number[] {
  const bits = Math.round(Math.log2(sizes.average))
  const cuts: number[] = []
  let hash = 0
  let length = 0
  for (const [at, byte] of bytes.entries()) {
    length++
    if (length <= sizes.min) continue
    hash = (hash * 2 + ((gear[byte] ?? 0) >>> 0)) % 2 ** 32
    const zeros = length <= sizes.average ? bits + 2 : bits - 2
    if (hash < 2 ** (32 - zeros) || length === sizes.max) {
      cuts.push(at + 1)
      hash = 0
      length = 0
    }
  }
  return cuts
}

const chunksOf = (bytes: Uint8Array, cuts: readonly number[]) =>
  [...cuts, bytes.length]
    .filter((cut, number, all) => cut !== all[number - 1])
    .map((cut, number, all) => bytes.subarray(all[number - 1] ?? 0, cut))

describe('the chunker', () => {
  const random = new Seeded('chunker').bytes(600_000)
  const text = Buffer.from(
    Array.from({ length: 20_000 }, (_, row) => `${row}\tname of ${row % 97}\t${row * 7919}\n`).join(
      '',
    ),
  )

  test('cuts as the specification says', () => {
    for (const bytes of [random, text, Buffer.alloc(100_000), Buffer.alloc(511)]) {
      assert.deepEqual(cutsOf(bytes, [bytes.length]), specifiedCuts(bytes, SMALL))
    }
  })

  test('cuts the same however the stream is sliced', () => {
    const whole = cutsOf(random, [random.length])
    assert.ok(whole.length > 150)
    const seeded = new Seeded('slices')
    const slicings = [[1], [2, 3], [511, 512, 513], [2048], [8192], [65_536]]
    for (let turn = 0; turn < 40; turn++) {
      slicings.push(Array.from({ length: 20 }, () => 1 + seeded.below(turn < 20 ? 200 : 20_000)))
    }
    for (const slicing of slicings) assert.deepEqual(cutsOf(random, slicing), whole, slicing.join())
  })

  test('keeps every chunk but the last between the minimum and the maximum', () => {
    for (const bytes of [random, text, Buffer.alloc(300_000)]) {
      const chunks = chunksOf(bytes, cutsOf(bytes, [4096]))
      for (const chunk of chunks.slice(0, -1)) {
        assert.ok(chunk.length > SMALL.min && chunk.length <= SMALL.max, `${chunk.length} bytes`)
      }
      assert.equal(Buffer.concat(chunks).equals(bytes), true)
    }
  })

  test('cuts random bytes near the average', () => {
    const mean = random.length / cutsOf(random, [random.length]).length
    assert.ok(mean > SMALL.average * 0.8 && mean < SMALL.average * 1.6, `mean ${mean}`)
  })

  test('with the sizes of new streams, cuts near the average too', () => {
    const bytes = new Seeded('large').bytes(48 * 1024 * 1024)
    const cuts = cutsOf(bytes, [65_536], DEFAULT_SIZES)
    const chunks = chunksOf(bytes, cuts)
    const mean = bytes.length / chunks.length
    assert.ok(mean > DEFAULT_SIZES.average * 0.8 && mean < DEFAULT_SIZES.average * 1.6, `${mean}`)
    const share = chunks.filter(chunk => chunk.length === DEFAULT_SIZES.max).length / chunks.length
    assert.ok(share < 0.02, `${share} of the chunks are of the maximum size`)
  })

  test('an insertion, a removal or a change only touches its neighbours', () => {
    const before = new Set(chunksOf(random, cutsOf(random, [random.length])).map(c => sha256(c)))
    const seeded = new Seeded('edits')
    for (let turn = 0; turn < 60; turn++) {
      const at = seeded.below(random.length)
      const gone = turn % 3 === 0 ? 0 : 1 + seeded.below(100)
      const added = turn % 3 === 1 ? Buffer.alloc(0) : seeded.bytes(1 + seeded.below(100))
      const edited = Buffer.concat([random.subarray(0, at), added, random.subarray(at + gone)])
      const after = chunksOf(edited, cutsOf(edited, [edited.length])).map(c => sha256(c))
      const changed = after.filter(hash => !before.has(hash)).length
      assert.ok(changed >= 1 && changed <= 12, `${changed} new chunks after an edit at ${at}`)
    }
  })

  test('another key cuts elsewhere', () => {
    const mine = new Set(cutsOf(random, [random.length]))
    const theirs = cutsOf(random, [random.length], SMALL, gearOf('somebody else'))
    const shared = theirs.filter(cut => mine.has(cut)).length
    assert.ok(shared < theirs.length / 10, `${shared} of ${theirs.length} cuts are the same`)
  })

  test('the gear table is the HMAC of 32 counters, read as little-endian words', () => {
    const { chunker } = testRing('chunker')
    assert.equal(gear.length, 256)
    const block = hmac(chunker, Buffer.of(5))
    assert.equal((gear[41] ?? 0) >>> 0, block.readUInt32LE(4))
    assert.equal(new Set(gear).size, 256)
  })
})
