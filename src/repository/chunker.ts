/**
 * Content-defined chunking: FastCDC (Xia et al., USENIX ATC 2016) with a keyed Gear table and
 * normalised chunk sizes. The same bytes cut the same way wherever they stand in a stream.
 */
export interface ChunkerSizes {
  readonly min: number
  readonly average: number
  readonly max: number
}

/** What new streams are cut with; the manifest keeps it per stream, so it may change later. */
export const DEFAULT_SIZES: ChunkerSizes = { min: 64 * 1024, average: 256 * 1024, max: 1024 * 1024 }

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
  #hash = 0
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
    let at = from
    const skip = Math.min(Math.max(0, min - this.#length), piece.length - at)
    at += skip
    this.#length += skip
    const early = Math.min(piece.length, at + Math.max(0, average - this.#length))
    let cut = this.#scan(piece, at, early, this.#early)
    if (cut < 0 && early < piece.length) {
      this.#length += early - at
      at = early
      const late = Math.min(piece.length, at + (max - this.#length))
      cut = this.#scan(piece, at, late, this.#late)
      if (cut < 0 && this.#length + (late - at) === max) cut = late
      if (cut < 0) this.#length += late - at
    } else if (cut < 0) this.#length += early - at
    if (cut < 0) return -1
    this.#hash = 0
    this.#length = 0
    return cut
  }

  /** High bits are tested: each has been mixed by the most bytes. */
  #scan(piece: Uint8Array, from: number, to: number, mask: number): number {
    const gear = this.#gear
    let hash = this.#hash
    for (let at = from; at < to; at++) {
      hash = ((hash << 1) + (gear[piece[at] as number] as number)) | 0
      if ((hash & mask) === 0) return at + 1
    }
    this.#hash = hash
    return -1
  }
}
