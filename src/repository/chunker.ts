/**
 * Content-defined chunking: FastCDC (Xia et al., USENIX ATC 2016) with a keyed Gear table and
 * normalised chunk sizes. The same bytes cut the same way wherever they stand in a stream.
 */
export interface ChunkerSizes {
  readonly min: number
  readonly average: number
  readonly max: number
}

/**
 * What new streams are cut with; the manifest keeps it per stream, so it may change later. Bytes below the
 * minimum are never looked at: half the average instead of a quarter makes cutting half again as fast, and
 * chunks of a dump stay of the same mean size (296 KiB instead of 283).
 */
export const DEFAULT_SIZES: ChunkerSizes = {
  min: 128 * 1024,
  average: 256 * 1024,
  max: 1024 * 1024,
}

export const CHUNKER = 'gear-fastcdc'

/** Cut before the average size only where 2 more bits are zero, after it where 2 fewer are. */
const NORMALISATION = 2

/** The Gear table: 256 words from HMAC-SHA256(key, counter). Int32: twice as fast as Uint32 in V8. */
export function gearTable(block: (counter: number) => Buffer): Int32Array {
  const table = new Int32Array(256)
  for (let i = 0; i < 32; i++) {
    const bytes = block(i)
    for (let word = 0; word < 8; word++) table[i * 8 + word] = bytes.readInt32LE(word * 4)
  }
  return table
}

/**
 * Finds the cuts in a stream that comes in pieces. It keeps no bytes: the caller copies what lies
 * before a cut.
 */
export class Chunker {
  readonly #gear: Int32Array
  readonly #sizes: ChunkerSizes
  readonly #early: number
  readonly #late: number
  /** One word: the rolling hash, carried from piece to piece. */
  readonly #hash = new Int32Array(1)
  #length = 0

  constructor(gear: Int32Array, sizes: ChunkerSizes) {
    const bits = Math.round(Math.log2(sizes.average))
    this.#gear = gear
    this.#sizes = sizes
    this.#early = -1 << (32 - bits - NORMALISATION)
    this.#late = -1 << (32 - bits + NORMALISATION)
  }

  /** The position just after the next cut in `piece` at or after `from`, or -1 when it holds none. */
  nextCut(piece: Uint8Array, from: number): number {
    const { min, average, max } = this.#sizes
    const skipped = Math.min(Math.max(0, min - this.#length), piece.length - from)
    let length = this.#length + skipped
    let at = from + skipped
    let cut = -1
    while (cut < 0 && at < piece.length) {
      const early = length < average
      const to = Math.min(piece.length, at + (early ? average : max) - length)
      cut = scan(piece, at, to, early ? this.#early : this.#late, this.#gear, this.#hash)
      length += to - at
      at = to
      if (cut < 0 && length === max) cut = at
    }
    if (cut >= 0) this.#hash[0] = 0
    this.#length = cut < 0 ? length : 0
    return cut
  }
}

/**
 * High bits are tested: each has been mixed by the most bytes. A function of its own with the hash in an
 * array: as a method with private fields, V8 makes it three times slower.
 */
function scan(
  piece: Uint8Array,
  from: number,
  to: number,
  mask: number,
  gear: Int32Array,
  state: Int32Array,
): number {
  let hash = state[0] as number
  for (let at = from; at < to; at++) {
    hash = ((hash << 1) + (gear[piece[at] as number] as number)) | 0
    if ((hash & mask) === 0) return at + 1
  }
  state[0] = hash
  return -1
}
