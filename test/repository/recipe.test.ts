import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Recipe } from '../../src/core/backup.ts'
import { Damaged } from '../../src/core/faults.ts'
import {
  type RecipeEntry,
  RecipeWriter,
  recipeEntries,
  stretchesOf,
} from '../../src/repository/recipe.ts'
import { Seeded, sha256 } from './material.ts'

/** Keeps lists as a repository does: by the hash of their bytes. */
function keeper() {
  const lists = new Map<string, Buffer>()
  return {
    lists,
    store: async (bytes: Buffer) => {
      lists.set(sha256(bytes), bytes)
      return Buffer.from(sha256(bytes), 'hex')
    },
    load: async ({ id, plain }: RecipeEntry) => {
      const list = lists.get(id.toString('hex'))
      assert.ok(list)
      assert.equal(list.length, plain)
      return list
    },
  }
}

async function written(ids: readonly Buffer[], keep: ReturnType<typeof keeper>): Promise<Recipe> {
  const writer = new RecipeWriter(keep.store)
  for (const [number, id] of ids.entries()) await writer.add(id, number + 1)
  return await writer.finish()
}

async function readBack(recipe: Recipe, keep: ReturnType<typeof keeper>): Promise<RecipeEntry[]> {
  return await Array.fromAsync(recipeEntries(recipe, keep.load))
}

/** Throws unless the stretches of a recipe, one behind the other, are the whole stream. */
async function assertCovered(
  recipe: Recipe,
  entries: readonly RecipeEntry[],
  keep: ReturnType<typeof keeper>,
): Promise<void> {
  const stretches = await stretchesOf(recipe, keep.load)
  let at = 0
  const found: RecipeEntry[] = []
  for (const { from, to, recipe: part } of stretches) {
    assert.equal(from, at)
    for await (const entry of recipeEntries(part, keep.load)) {
      at += entry.plain
      found.push(entry)
    }
    assert.equal(to, at)
  }
  assert.deepEqual(found, entries)
}

const idsOf = (seed: string, count: number) => {
  const all = new Seeded(seed).bytes(count * 32)
  return Array.from({ length: count }, (_, n) => all.subarray(n * 32, n * 32 + 32))
}
const ends = (id: Buffer) => (id.readUInt16LE(30) & 0x3ff) === 0
/** An id that ends a list. */
const cutter = () => Buffer.concat([Buffer.alloc(30, 0xaa), Buffer.of(0, 4)])

describe('a recipe', () => {
  const shapes: [what: string, ids: Buffer[], depth: number][] = [
    ['of nothing', [], 0],
    ['of one chunk', idsOf('one', 1), 0],
    ['of 64 chunks', idsOf('inline', 64), 0],
    ['of 65 chunks', idsOf('few', 65), 1],
    [
      'of one entry more than a list takes',
      idsOf('full', 50_000)
        .filter(id => !ends(id))
        .slice(0, 8193),
      1,
    ],
    ['of 30,000 chunks', idsOf('many', 30_000), 1],
    ['of 200,000 chunks', idsOf('most', 200_000), 2],
    ['that is cut after every chunk', Array.from({ length: 65 }, cutter), 2],
  ]

  for (const [what, ids, depth] of shapes) {
    test(`${what} has depth ${depth} and comes back in order`, async () => {
      const keep = keeper()
      const recipe = await written(ids, keep)
      assert.equal(recipe.depth, depth)
      assert.ok(recipe.entries.length <= (64 * 36 * 4) / 3)
      const entries = await readBack(recipe, keep)
      assert.deepEqual(
        entries.map(entry => entry.id.toString('hex')),
        ids.map(id => id.toString('hex')),
      )
      assert.deepEqual(
        entries.map(entry => entry.plain),
        ids.map((_, number) => number + 1),
      )
      for (const list of keep.lists.values()) assert.ok(list.length <= 8192 * 36)
      await assertCovered(recipe, entries, keep)
    })
  }

  test('shares its lists with that of a stream that differs in one place', async () => {
    const keep = keeper()
    const ids = idsOf('shared', 30_000)
    await written(ids, keep)
    const before = keep.lists.size
    const writer = new RecipeWriter(keep.store)
    for (const [number, id] of ids.entries()) {
      await writer.add(number === 15_000 ? cutter() : id, number + 1)
    }
    await writer.finish()
    assert.ok(keep.lists.size - before <= 3, `${keep.lists.size - before} new lists`)
  })

  test('that ends within an entry is damaged', async () => {
    const keep = keeper()
    const entries = Buffer.alloc(35).toString('base64')
    await assert.rejects(readBack({ depth: 0, entries }, keep), Damaged)
  })
})
