/** Where a chunk lies. */
export interface ChunkPlace {
  /** Number of the pack in the {@link PackTable}. */
  readonly pack: number
  readonly offset: number
  /** Sealed bytes in the pack. */
  readonly stored: number
  readonly plain: number
  readonly codec: number
}

const SHARDS = 64
/** Words of a slot: 4 of the id, pack + 1 (0: free), offset, stored length with codec, plain length. */
const SLOT = 8
const FIRST_SLOTS = 64
const FULL = 0.75
/** Doubling would leave half of the memory unused just after it. */
const GROWTH = 1.4
const STORED_BITS = 24

/**
 * chunk id -> place, for every chunk of a repository, in memory: 32 bytes a slot, 43 to 60 a chunk. A Map
 * of strings takes four times that and ends at 2^24 entries, which is 4 TiB of chunks.
 * Ids count as equal in their first 16 bytes: with 4 * 10^8 chunks, two collide with odds of 2^-71.
 */
export class ChunkIndex {
  readonly #shards: Shard[] = Array.from({ length: SHARDS }, () => new Shard())

  get size(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.count, 0)
  }

  get(id: Uint8Array): ChunkPlace | undefined {
    return this.#shardOf(id).get(id)
  }

  has(id: Uint8Array): boolean {
    return this.#shardOf(id).has(id)
  }

  /** Remembers a chunk; the first place that was told of a chunk stays. */
  add(id: Uint8Array, place: ChunkPlace): void {
    this.#shardOf(id).add(id, place)
  }

  // A shard grows alone, so growing never holds a second copy of the whole index.
  #shardOf(id: Uint8Array): Shard {
    return this.#shards[(id[15] ?? 0) % SHARDS] as Shard
  }
}

class Shard {
  count = 0
  #slots = new Uint32Array(FIRST_SLOTS * SLOT)

  get(id: Uint8Array): ChunkPlace | undefined {
    const at = this.#find(id)
    const slots = this.#slots
    const pack = slots[at + 4] as number
    if (pack === 0) return undefined
    const lengths = slots[at + 6] as number
    return {
      pack: pack - 1,
      offset: slots[at + 5] as number,
      stored: lengths & ((1 << STORED_BITS) - 1),
      codec: lengths >>> STORED_BITS,
      plain: slots[at + 7] as number,
    }
  }

  has(id: Uint8Array): boolean {
    return this.#slots[this.#find(id) + 4] !== 0
  }

  add(id: Uint8Array, place: ChunkPlace): void {
    if (this.count >= (this.#slots.length / SLOT) * FULL) this.#grow()
    const at = this.#find(id)
    const slots = this.#slots
    if (slots[at + 4] !== 0) return
    for (let word = 0; word < 4; word++) slots[at + word] = wordOf(id, word)
    slots[at + 4] = place.pack + 1
    slots[at + 5] = place.offset
    slots[at + 6] = place.stored | (place.codec << STORED_BITS)
    slots[at + 7] = place.plain
    this.count++
  }

  /** The slot that holds the id, or the free one where it belongs. */
  #find(id: Uint8Array): number {
    const slots = this.#slots
    const [a, b, c, d] = [wordOf(id, 0), wordOf(id, 1), wordOf(id, 2), wordOf(id, 3)]
    for (let at = home(a, slots); ; at = at + SLOT < slots.length ? at + SLOT : 0) {
      if (slots[at + 4] === 0) return at
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === d) {
        return at
      }
    }
  }

  #grow(): void {
    const old = this.#slots
    const slots = new Uint32Array(Math.ceil((old.length / SLOT) * GROWTH) * SLOT)
    for (let from = 0; from < old.length; from += SLOT) {
      if (old[from + 4] === 0) continue
      let at = home(old[from] as number, slots)
      while (slots[at + 4] !== 0) at = at + SLOT < slots.length ? at + SLOT : 0
      for (let word = 0; word < SLOT; word++) slots[at + word] = old[from + word] as number
    }
    this.#slots = slots
  }
}

/** Where the search for an id begins: its first word, scaled to the number of slots. */
const home = (first: number, slots: Uint32Array): number =>
  Math.floor((first / 2 ** 32) * (slots.length / SLOT)) * SLOT

const wordOf = (id: Uint8Array, word: number): number => {
  const at = word * 4
  return (
    ((id[at] as number) |
      ((id[at + 1] as number) << 8) |
      ((id[at + 2] as number) << 16) |
      ((id[at + 3] as number) << 24)) >>>
    0
  )
}

/** What is known of a pack besides its chunks. */
export interface PackFacts {
  /** SHA-256 of the whole object, hexadecimal: its name. */
  readonly id: string
  readonly salt: Buffer
  readonly bytes: number
  readonly type: PackType
}

export const PackType = { data: 0, meta: 1 } as const
export type PackType = (typeof PackType)[keyof typeof PackType]

/** Numbers for packs, as the chunk index uses them. */
export class PackTable {
  readonly #packs: PackFacts[] = []
  readonly #numbers = new Map<string, number>()

  add(pack: PackFacts): number {
    const known = this.#numbers.get(pack.id)
    if (known !== undefined) return known
    this.#numbers.set(pack.id, this.#packs.length)
    return this.#packs.push(pack) - 1
  }

  at(number: number): PackFacts {
    const pack = this.#packs[number]
    if (pack === undefined) throw new RangeError(`no pack has number ${number}`)
    return pack
  }

  find(id: string): PackFacts | undefined {
    const number = this.#numbers.get(id)
    return number === undefined ? undefined : this.at(number)
  }

  has(id: string): boolean {
    return this.#numbers.has(id)
  }

  get size(): number {
    return this.#packs.length
  }
}
