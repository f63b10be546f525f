import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { Chunker, type ChunkerSizes, gearTable } from '../../src/repository/chunker.ts'
import { Cutter } from '../../src/repository/cutter.ts'
import { Foresight } from '../../src/repository/foresight.ts'
import type { RecipeEntry } from '../../src/repository/recipe.ts'
import { Seeded } from './material.ts'

const SIZES: ChunkerSizes = { min: 2048, average: 4096, max: 16_384 }
const gear = gearTable(counter => createHash('sha256').update(Buffer.of(counter)).digest())
const idOf = (plain: Buffer): Buffer => createHash('sha256').update(plain).digest()

/** Counts what it is asked to look at. */
class WatchedChunker extends Chunker {
  looked = 0
  override nextCut(piece: Uint8Array, from: number): number {
    const cut = super.nextCut(piece, from)
    this.looked += (cut < 0 ? piece.length : cut) - from
    return cut
  }
}

/** Cuts a stream that comes in pieces of any size, and puts it together again. */
async function cut(data: Buffer, before?: AsyncIterable<RecipeEntry>, random = new Seeded('cut')) {
  const chunks: RecipeEntry[] = []
  const bytes: Buffer[] = []
  const chunker = new WatchedChunker(gear, SIZES)
  let room = Buffer.alloc(SIZES.max)
  const cutter = await Cutter.begin(chunker, before && new Foresight(before), {
    get room() {
      return room
    },
    idOf,
    emit: async (id, length) => {
      chunks.push({ id, plain: length })
      bytes.push(Buffer.from(room.subarray(0, length)))
      room = Buffer.alloc(SIZES.max)
    },
  })
  for (let at = 0; at < data.length; ) {
    const to = at + 1 + random.below(20_000)
    await cutter.take(data.subarray(at, to))
    at = to
  }
  await cutter.end()
  assert.ok(Buffer.concat(bytes).equals(data))
  return { chunks, looked: chunker.looked }
}

async function* these(entries: readonly RecipeEntry[], fails = false): AsyncGenerator<RecipeEntry> {
  yield* entries
  if (fails) throw new Error('the list of chunks is damaged')
}

const data = new Seeded('stream').bytes(2_000_000)
const { chunks: before } = await cut(data)
const middle = Math.floor(data.length / 2)
const other = new Seeded('other').bytes(300_000)
const CHANGES: Readonly<Record<string, Buffer>> = {
  'is the same': data,
  'is empty': Buffer.alloc(0),
  'begins otherwise': Buffer.concat([Buffer.from('another head'), data.subarray(12)]),
  'has a byte less': data.subarray(1),
  'has a byte more at its end': Buffer.concat([data, Buffer.of(7)]),
  'ends early': data.subarray(0, middle),
  'has something put in': Buffer.concat([data.subarray(0, middle), other, data.subarray(middle)]),
  'lacks something': Buffer.concat([data.subarray(0, middle - 200_000), data.subarray(middle)]),
  'is another': other,
  'comes twice': Buffer.concat([data, data]),
  'is put together anew': Buffer.concat([data.subarray(middle), data.subarray(0, middle)]),
  'changes here and there': changed(data, 40_000),
  'changes everywhere': changed(data, 2_000),
}

function changed(bytes: Buffer, every: number): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = every; at < copy.length; at += every) copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

describe('a stream is cut the same way, whatever was foreseen, when it', () => {
  for (const [what, now] of Object.entries(CHANGES)) {
    test(what, async () => {
      const { chunks } = await cut(now)
      for (const seed of ['a', 'b', 'c']) {
        const foreseen = await cut(now, these(before), new Seeded(seed))
        assert.deepEqual(foreseen.chunks, chunks)
      }
    })
  }
})

test('hardly anything is looked at where nothing changed, and little where little did', async () => {
  const share = async (now: Buffer) => (await cut(now, these(before))).looked / now.length
  assert.ok((await share(data)) < 0.02)
  const little = Buffer.concat([data.subarray(0, middle), other, data.subarray(middle)])
  assert.ok((await share(little)) < 0.25)
  // Looked at once, and what was foreseen in vain once more.
  assert.ok((await share(changed(data, 2_000))) < 1.05)
})

test('what cannot be read of the backup before, or makes no sense, changes nothing', async () => {
  const odd = [
    { id: Buffer.alloc(32), plain: 0 },
    { id: Buffer.alloc(32), plain: SIZES.max + 1 },
    { id: before[0]?.id ?? assert.fail(), plain: SIZES.max },
  ]
  for (const list of [these([]), these(before.slice(0, 40), true), these([...odd, ...before])]) {
    assert.deepEqual((await cut(data, list)).chunks, before)
  }
})
