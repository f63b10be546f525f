import type { Transform } from 'node:stream'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { Damaged } from '../core/faults.ts'
import { CHUNK_PARAMETERS, Codec, type Encoded, isWorthIt } from './codec.ts'

/** Chunks under way at once: as many as node has threads for them; about 4 MB each. */
const LANES = 4
/** What a stream allocates at a time to put its output into: several chunks' worth, because a chunk that
 *  does not fit in what is left takes one more trip to the thread pool. */
const PACKED_BYTES = 1024 * 1024
const PLAIN_BYTES = 2 * 1024 * 1024
/** More than any chunk has, so that a stream never waits for being read. */
const HIGH_WATER = { readableHighWaterMark: 8 << 20, writableHighWaterMark: 8 << 20 }

/**
 * Room for one chunk, with a compressor and a decompressor that live as long as the backup: a fresh zstd
 * context for every chunk costs twice the processor time, and the garbage collector frees it late.
 * Both work on node's thread pool.
 */
export class Lane {
  /** The chunk goes here. */
  readonly plain: Buffer
  readonly #compress = createZstdCompress({
    params: CHUNK_PARAMETERS,
    // Every write is a frame of its own: the end of a frame, not of the stream.
    flush: constants.ZSTD_e_end,
    chunkSize: PACKED_BYTES,
    ...HIGH_WATER,
  })
  readonly #decompress = createZstdDecompress({ chunkSize: PLAIN_BYTES, ...HIGH_WATER })

  constructor(largestChunk: number) {
    this.plain = Buffer.allocUnsafeSlow(largestChunk)
  }

  /** Encodes the first `length` bytes of the lane, and proves that they come back. Throws Damaged. */
  async encode(length: number): Promise<Encoded> {
    const plain = this.plain.subarray(0, length)
    const packed = await pass(this.#compress, done => this.#compress.write(plain, done))
    const bytes = packed.length === 1 ? (packed[0] as Buffer) : Buffer.concat(packed)
    if (!isWorthIt(bytes, plain)) return { codec: Codec.raw, bytes: plain }
    const back = await pass(this.#decompress, done => this.#decompress.write(bytes, done))
    if (!isSame(back, plain)) {
      const why = 'it does not decompress to itself; is the memory of this machine sound?'
      throw new Damaged({ what: 'a chunk just compressed', why })
    }
    return { codec: Codec.zstd, bytes }
  }

  close(): void {
    this.#compress.destroy()
    this.#decompress.destroy()
  }
}

/** What a stream gives between `begin` and its `done`, in the pieces in which it came. */
async function pass(
  stream: Transform,
  begin: (done: (error?: Error | null) => void) => void,
): Promise<Buffer[]> {
  const parts: Buffer[] = []
  const take = (part: Buffer): void => void parts.push(part)
  let fail: (error: Error) => void = () => undefined
  stream.on('data', take)
  try {
    await new Promise<void>((resolve, reject) => {
      fail = reject
      stream.on('error', fail)
      begin(error => (error ? reject(error) : resolve()))
    })
  } finally {
    stream.off('data', take)
    stream.off('error', fail)
  }
  return parts
}

/** Whether the parts, put together, are `whole`: compared in place, since copying costs more. */
function isSame(parts: readonly Buffer[], whole: Buffer): boolean {
  let at = 0
  for (const part of parts) {
    if (part.compare(whole, at, Math.min(at + part.length, whole.length)) !== 0) return false
    at += part.length
  }
  return at === whole.length
}

/** A fixed number of lanes: whoever wants one more waits. */
export class Encoder {
  readonly #lanes: Lane[] = []
  readonly #free: Lane[] = []
  readonly #wanted: ((lane: Lane) => void)[] = []
  readonly #largestChunk: number

  constructor(largestChunk: number) {
    this.#largestChunk = largestChunk
  }

  /** Waits for a lane; whoever takes it releases it. */
  async take(): Promise<Lane> {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#lanes.length === LANES)
      return await new Promise(resolve => this.#wanted.push(resolve))
    const lane = new Lane(this.#largestChunk)
    this.#lanes.push(lane)
    return lane
  }

  release(lane: Lane): void {
    const next = this.#wanted.shift()
    if (next === undefined) this.#free.push(lane)
    else next(lane)
  }

  /** Only once no lane is at work any more. */
  close(): void {
    for (const lane of this.#lanes) lane.close()
  }
}
