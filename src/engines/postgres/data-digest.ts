import { createHash, type Hash, hash } from 'node:crypto'
import { countNewlines } from './copy-data.ts'

/** Rows are gathered here until they are whole. */
const STAGE = 256 * 1024
/** What pg_dump writes behind the last row of a table. */
const TRAILER = Buffer.from('\\.\n\n\n')
const TRAILER_LINES = 3
const TRAILER_LINE = TRAILER.subarray(0, 3)
const NEWLINE = 10
const DIGIT = 2 ** 32
/** A double holds 2^53, so a digit has room for 2^21 sums. */
const ROWS_PER_CARRY = 2 ** 20

/** What a table held. */
export interface DataDigest {
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/** Digests the data of tables as they pass, cut anywhere, one table after the other. */
export interface DataDigester {
  start(): void
  add(bytes: Uint8Array): void
  finish(): DataDigest
}

/** SHA-256 over the data as dumped: COPY text, every row with its newline, no trailer. */
export class OrderedDigest implements DataDigester {
  #hash: Hash = createHash('sha256')
  #newlines = 0
  #hashed = 0
  /** The last bytes, which could be the beginning of the trailer. */
  readonly #tail = Buffer.alloc(TRAILER.length)
  #tailBytes = 0

  start(): void {
    this.#hash = createHash('sha256')
    this.#newlines = 0
    this.#hashed = 0
    this.#tailBytes = 0
  }

  add(bytes: Uint8Array): void {
    this.#newlines += countNewlines(bytes)
    if (bytes.length >= TRAILER.length) {
      const end = bytes.length - TRAILER.length
      this.#update(this.#tail.subarray(0, this.#tailBytes))
      this.#update(bytes.subarray(0, end))
      this.#keep(bytes.subarray(end))
    } else {
      const joined = Buffer.concat([this.#tail.subarray(0, this.#tailBytes), bytes])
      const end = Math.max(0, joined.length - TRAILER.length)
      this.#update(joined.subarray(0, end))
      this.#keep(joined.subarray(end))
    }
  }

  finish(): DataDigest {
    const tail = this.#tail.subarray(0, this.#tailBytes)
    const hasTrailer = tail.equals(TRAILER)
    if (!hasTrailer) this.#update(tail)
    const rows = hasTrailer ? this.#newlines - TRAILER_LINES : this.#newlines
    return { rows, bytes: this.#hashed, sha256: this.#hash.digest('hex') }
  }

  #update(bytes: Uint8Array): void {
    this.#hash.update(bytes)
    this.#hashed += bytes.length
  }

  #keep(bytes: Uint8Array): void {
    this.#tail.set(bytes)
    this.#tailBytes = bytes.length
  }
}

/**
 * A digest that is the same for the same rows in any order: the sum, modulo 2^256, of the SHA-256 of
 * every row with its newline, as 64 hexadecimal digits. It finds rows that were lost, changed or
 * doubled; it is no defence against someone who is free to choose millions of rows.
 */
export class UnorderedDigest implements DataDigester {
  readonly #stage = Buffer.alloc(STAGE)
  #fill = 0
  /** The sum in digits of 32 bits, highest first, each carried before it could lose a bit. */
  readonly #sum = new Float64Array(8)
  #rows = 0
  #bytes = 0
  /** A row that is larger than the stage. */
  #large: Hash | undefined
  #inTrailer = false

  start(): void {
    this.#fill = 0
    this.#sum.fill(0)
    this.#rows = 0
    this.#bytes = 0
    this.#large = undefined
    this.#inTrailer = false
  }

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const stop = Math.min(bytes.length, at + STAGE - this.#fill)
      this.#stage.set(bytes.subarray(at, stop), this.#fill)
      this.#fill += stop - at
      at = stop
      if (this.#fill === STAGE) this.#takeRows()
    }
  }

  finish(): DataDigest {
    this.#takeRows()
    carry(this.#sum)
    const digits = [...this.#sum].map(digit => digit.toString(16).padStart(8, '0'))
    return { rows: this.#rows, bytes: this.#bytes, sha256: digits.join('') }
  }

  #takeRows(): void {
    const staged = this.#stage.subarray(0, this.#fill)
    let start = 0
    for (let end = staged.indexOf(NEWLINE) + 1; end > 0; end = staged.indexOf(NEWLINE, start) + 1) {
      this.#row(staged.subarray(start, end))
      start = end
    }
    if (start === 0 && this.#fill === STAGE) {
      this.#large ??= createHash('sha256')
      this.#large.update(staged)
      this.#bytes += STAGE
      start = STAGE
    }
    staged.copyWithin(0, start)
    this.#fill -= start
  }

  #row(row: Buffer): void {
    // Backslashes within rows are doubled, so this line can only be the trailer's first.
    this.#inTrailer ||= this.#large === undefined && row.equals(TRAILER_LINE)
    if (this.#inTrailer) return
    const sha256 = this.#large?.update(row).digest() ?? hash('sha256', row, 'buffer')
    this.#large = undefined
    this.#bytes += row.length
    this.#rows += 1
    for (let i = 0; i < 8; i += 1) {
      this.#sum[i] = (this.#sum[i] as number) + sha256.readUInt32BE(4 * i)
    }
    if (this.#rows % ROWS_PER_CARRY === 0) carry(this.#sum)
  }
}

/** Brings every digit below 2^32; what the highest loses is the modulo. */
function carry(sum: Float64Array): void {
  let over = 0
  for (let i = sum.length - 1; i >= 0; i -= 1) {
    const digit = (sum[i] as number) + over
    over = Math.floor(digit / DIGIT)
    sum[i] = digit % DIGIT
  }
}
