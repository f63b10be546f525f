import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ChunkIndex, type ChunkPlace, PackTable } from '../../src/repository/chunk-index.ts'
import { Seeded } from './material.ts'

const ENTRIES = 150_000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What typed arrays take; old ones are freed by another thread a moment after they were collected. */
async function arrayBytes(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 3; turn++) {
    collectGarbage()
    await setImmediate()
    least = Math.min(least, process.memoryUsage().arrayBuffers)
  }
  return least
}

const placeOf = (number: number): ChunkPlace => ({
  pack: number % 70_000,
  offset: (number * 2_654_435_761) % 2 ** 32,
  stored: 1 + ((number * 97) % (2 ** 24 - 1)),
  plain: (number * 31) % 2 ** 32,
  codec: number % 256,
})

describe('the chunk index', () => {
  test('answers as a map does, while it grows', () => {
    const ids = new Seeded('ids').bytes(ENTRIES * 32)
    const idOf = (number: number) => ids.subarray(number * 32, number * 32 + 32)
    const index = new ChunkIndex()
    for (let number = 0; number < ENTRIES; number++) {
      assert.equal(index.has(idOf(number)), false)
      index.add(idOf(number), placeOf(number))
      const earlier = (number * 7919) % (number + 1)
      assert.deepEqual(index.get(idOf(earlier)), placeOf(earlier))
    }
    assert.equal(index.size, ENTRIES)
    for (let number = 0; number < ENTRIES; number++) {
      assert.deepEqual(index.get(idOf(number)), placeOf(number))
    }
    const strangers = new Seeded('strangers').bytes(1000 * 32)
    for (let at = 0; at < strangers.length; at += 32) {
      assert.equal(index.get(strangers.subarray(at, at + 32)), undefined)
    }
  })

  test('tells ids apart that share their first words, their shard, or all but one bit', () => {
    const index = new ChunkIndex()
    const ids: Buffer[] = []
    for (let number = 0; number < 5000; number++) {
      const id = Buffer.alloc(32, 0xee)
      id.writeUInt16LE(number, 12 - (number % 3) * 4)
      ids.push(id)
    }
    const byHex = new Map(ids.map((id, number) => [id.toString('hex'), placeOf(number)]))
    for (const [hex, place] of byHex) index.add(Buffer.from(hex, 'hex'), place)
    assert.equal(index.size, byHex.size)
    for (const [hex, place] of byHex) assert.deepEqual(index.get(Buffer.from(hex, 'hex')), place)
    for (let bit = 0; bit < 128; bit++) {
      const id = Buffer.alloc(32)
      id.writeUInt8(1 << (bit % 8), bit >> 3)
      index.add(id, placeOf(bit))
    }
    assert.equal(index.size, byHex.size + 128)
  })

  test('keeps the first place that it was told of', () => {
    const index = new ChunkIndex()
    const id = Buffer.alloc(32, 7)
    index.add(id, placeOf(1))
    index.add(id, placeOf(2))
    assert.deepEqual(index.get(id), placeOf(1))
    assert.equal(index.size, 1)
  })

  test('takes less than 64 bytes for a chunk, at any size', async () => {
    const ids = new Seeded('memory').bytes(300_000 * 32)
    const index = new ChunkIndex()
    const before = await arrayBytes()
    let most = 0
    for (let number = 0; number < 300_000; number++) {
      index.add(ids.subarray(number * 32, number * 32 + 32), placeOf(number))
      if (number > 50_000 && number % 10_000 === 0) {
        most = Math.max(most, ((await arrayBytes()) - before) / number)
      }
    }
    assert.ok(most < 64, `${most.toFixed(1)} bytes for a chunk`)
  })
})

describe('the pack table', () => {
  test('numbers packs, and knows each once', () => {
    const table = new PackTable()
    const pack = (id: string) => ({ id, salt: Buffer.alloc(32), bytes: 1, type: 0 as const })
    assert.equal(table.add(pack('a')), 0)
    assert.equal(table.add(pack('b')), 1)
    assert.equal(table.add(pack('a')), 0)
    assert.equal(table.at(1).id, 'b')
    assert.equal(table.has('c'), false)
    assert.equal(table.size, 2)
    assert.throws(() => table.at(2), RangeError)
  })
})
