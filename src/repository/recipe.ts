import type { Recipe } from '../core/backup.ts'
import { Damaged } from '../core/faults.ts'

/*
 * A recipe lists a stream's chunks: 36 bytes each (id, plain length). A long list is itself cut into
 * chunks, in levels, until what is left fits the manifest: 1 TiB of dump has 150 MB of entries.
 */
const ENTRY = 36
const ID = 32
/** A list this short stands in the manifest itself. */
const INLINE = 64
/** Lists are cut where an id ends in 10 zero bits: equal stretches of a stream give equal lists. */
const CUT_MASK = 0x3ff
const LONGEST = 8192

/** Stores a chunk of recipe entries and returns its id. */
export type StoreChunk = (bytes: Buffer) => Promise<Buffer>

export class RecipeWriter {
  readonly #store: StoreChunk
  readonly #pending = Buffer.allocUnsafe(LONGEST * ENTRY)
  readonly #depth: number
  #count = 0
  #upper: RecipeWriter | undefined

  constructor(store: StoreChunk, depth = 0) {
    this.#store = store
    this.#depth = depth
  }

  async add(id: Buffer, plain: number): Promise<void> {
    id.copy(this.#pending, this.#count * ENTRY)
    this.#pending.writeUInt32LE(plain, this.#count * ENTRY + ID)
    this.#count++
    if (this.#count === LONGEST || (id.readUInt16LE(ID - 2) & CUT_MASK) === 0) await this.#cut()
  }

  async finish(): Promise<Recipe> {
    if (this.#upper === undefined && this.#count <= INLINE) {
      const entries = this.#pending.toString('base64', 0, this.#count * ENTRY)
      return { depth: this.#depth, entries }
    }
    if (this.#count > 0) await this.#cut()
    return await (this.#upper as RecipeWriter).finish()
  }

  async #cut(): Promise<void> {
    const list = Buffer.from(this.#pending.subarray(0, this.#count * ENTRY))
    this.#count = 0
    this.#upper ??= new RecipeWriter(this.#store, this.#depth + 1)
    await this.#upper.add(await this.#store(list), list.length)
  }
}

export interface RecipeEntry {
  readonly id: Buffer
  readonly plain: number
}

/** Every chunk of a stream in order; `load` reads a chunk of a lower level. Throws Damaged. */
export async function* recipeEntries(
  recipe: Recipe,
  load: (entry: RecipeEntry) => Promise<Buffer>,
): AsyncGenerator<RecipeEntry> {
  yield* level(Buffer.from(recipe.entries, 'base64'), recipe.depth, load)
}

async function* level(
  list: Buffer,
  depth: number,
  load: (entry: RecipeEntry) => Promise<Buffer>,
): AsyncGenerator<RecipeEntry> {
  if (list.length % ENTRY !== 0) {
    throw new Damaged({ what: 'a recipe', why: 'it ends within an entry' })
  }
  for (let at = 0; at < list.length; at += ENTRY) {
    const entry = { id: list.subarray(at, at + ID), plain: list.readUInt32LE(at + ID) }
    if (depth === 0) yield entry
    else yield* level(await load(entry), depth - 1, load)
  }
}

/** A stretch of a stream whose chunks one list of the lowest level names. */
export interface Stretch {
  /** Where it begins in the stream. */
  readonly from: number
  readonly to: number
  /** Its chunks. */
  readonly recipe: Recipe
}

/** Where each list of a recipe begins: reading from the middle of a stream needs only some of them. */
export async function stretchesOf(
  recipe: Recipe,
  load: (entry: RecipeEntry) => Promise<Buffer>,
): Promise<Stretch[]> {
  const stretches: Stretch[] = []
  let from = 0
  for await (const one of lowest(recipe, load)) {
    let to = from
    for await (const chunk of recipeEntries(one, load)) to += chunk.plain
    stretches.push({ from, to, recipe: one })
    from = to
  }
  return stretches
}

/** A recipe as one recipe for each list of the lowest level. */
async function* lowest(
  recipe: Recipe,
  load: (entry: RecipeEntry) => Promise<Buffer>,
): AsyncGenerator<Recipe> {
  if (recipe.depth === 0) {
    yield recipe
    return
  }
  const lists = Buffer.from(recipe.entries, 'base64')
  for await (const { id, plain } of level(lists, recipe.depth - 1, load)) {
    const entry = Buffer.alloc(ENTRY)
    id.copy(entry)
    entry.writeUInt32LE(plain, ID)
    yield { depth: 1, entries: entry.toString('base64') }
  }
}
