import { once } from 'node:events'
import type { Transform } from 'node:stream'
import { createInflate, createZstdDecompress } from 'node:zlib'
import { reason } from '../../core/fault.ts'
import { Damaged, DumpTruncated } from '../../core/faults.ts'
import type { Bytes } from '../../stream/bytes.ts'
import {
  type ArchiveHeader,
  type Asking,
  COMPRESSION_AT,
  notAnArchive,
  readEntry,
  readHeader,
  readInt,
} from './archive-head.ts'

const BLOCK_OF_DATA = 1
const BLOCK_OF_LARGE_OBJECTS = 3
/** pg_dump hands its compressors' output on in pieces of a few KiB; garbage announces more. */
const MAX_PIECE = 64 * 1024 * 1024
/** Bytes of data that get one frame. */
const FRAME_BYTES = 64 * 1024
/** In front of a position: it is not known, as in an archive that was written to a pipe. */
const POSITION_UNKNOWN = 1
const POSITION_SET = 2

type Compression = ArchiveHeader['compression']
const DECOMPRESSORS: Readonly<Partial<Record<Compression, () => Transform>>> = {
  gzip: createInflate,
  zstd: createZstdDecompress,
}

/**
 * An archive of pg_dump as `--compress=0` would have written it: one that is compressed is taken apart and put
 * together again without, any other one passes as it is. Whether it is whole is for an ArchiveReader to say,
 * except where it stops within something compressed. `seen` is told of the header.
 */
export async function* uncompressed(
  archive: Bytes,
  tool: string,
  seen: (header: ArchiveHeader) => void,
): AsyncGenerator<Uint8Array> {
  const source = new Source(archive, tool)
  try {
    const header = await source.read(readHeader())
    seen(header.result)
    if (header.result.compression === 'none') {
      yield header.bytes
      yield* source.rest()
      return
    }
    yield withoutCompression(header.result, header.bytes)
    yield* contents(source, header.result)
    while (!(await source.isAtEnd())) yield* block(source, header.result)
  } finally {
    await source.close()
  }
}

/** The header with another word on compression: a byte since 1.15, a number before. */
function withoutCompression({ head }: ArchiveHeader, bytes: Buffer): Buffer {
  return bytes.fill(0, COMPRESSION_AT, COMPRESSION_AT + (head.version >= 15 ? 1 : 1 + head.intSize))
}

/** The table of contents; where the data of an entry was is not where it will be. */
async function* contents(
  source: Source,
  { head, offSize }: ArchiveHeader,
): AsyncGenerator<Uint8Array> {
  const count = await source.read(readInt(head.intSize))
  yield count.bytes
  for (let i = 0; i < count.result; i += 1) {
    const { bytes } = await source.read(readEntry(head, offSize))
    const at = bytes.length - offSize - 1
    if (bytes[at] === POSITION_SET) bytes.fill(0, at).writeUInt8(POSITION_UNKNOWN, at)
    yield bytes
  }
}

async function* block(source: Source, header: ArchiveHeader): AsyncGenerator<Uint8Array> {
  const { intSize } = header.head
  const type = await source.take(1)
  yield type
  yield (await source.read(readInt(intSize))).bytes
  if (type[0] === BLOCK_OF_DATA) yield* data(source, header)
  else if (type[0] === BLOCK_OF_LARGE_OBJECTS) yield* largeObjects(source, header)
  else {
    throw notAnArchive(`a block before byte ${source.offset} is of the unknown type ${type[0]}`)
  }
}

async function* largeObjects(source: Source, header: ArchiveHeader): AsyncGenerator<Uint8Array> {
  while (true) {
    const oid = await source.read(readInt(header.head.intSize))
    yield oid.bytes
    if (oid.result === 0) return
    yield* data(source, header)
  }
}

/** The data of a table or a large object: one compressed stream, in pieces that each have their length in front. */
async function* data(
  source: Source,
  { compression, head }: ArchiveHeader,
): AsyncGenerator<Uint8Array> {
  const open = DECOMPRESSORS[compression]
  if (open === undefined) throw notAnArchive(`its data is compressed with ${compression}`)
  let length = await source.read(readInt(head.intSize))
  if (length.result === 0) {
    // Nothing was written, not even an empty stream.
    yield length.bytes
    return
  }
  const decompress = open()
  const feeding = feed(decompress, async () => {
    if (length.result < 0 || length.result > MAX_PIECE) {
      throw notAnArchive(`it announces a piece of ${length.result} bytes before ${source.offset}`)
    }
    const piece = await source.take(length.result)
    length = await source.read(readInt(head.intSize))
    return { piece, isLast: length.result === 0 }
  })
  feeding.catch((error: unknown) => decompress.destroy(error as Error))
  try {
    yield* framed(decompress, head.intSize)
  } catch (error) {
    await feeding // its own failure goes before what came of it
    const what = `the data before byte ${source.offset} of the dump`
    throw new Damaged({ what, why: `it does not decompress (${reason(error)})` }, error)
  } finally {
    decompress.destroy()
  }
  await feeding
  yield length.bytes
}

/** Writes pieces until the last one. */
async function feed(
  into: Transform,
  next: () => Promise<{ readonly piece: Buffer; readonly isLast: boolean }>,
): Promise<void> {
  for (let isLast = false; !isLast; ) {
    const more = await next()
    isLast = more.isLast
    if (into.destroyed) return
    if (!into.write(more.piece) && !isLast) await once(into, 'drain').catch(() => undefined)
  }
  into.end()
}

async function* framed(bytes: AsyncIterable<Uint8Array>, intSize: number) {
  for await (const piece of bytes) {
    for (let at = 0; at < piece.length; at += FRAME_BYTES) {
      const part = piece.subarray(at, at + FRAME_BYTES)
      const length = Buffer.alloc(1 + intSize)
      length.writeUInt32LE(part.length, 1)
      yield Buffer.concat([length, part])
    }
  }
}

/** Bytes that are asked for by number. */
class Source {
  /** Bytes that were taken so far. */
  offset = 0
  readonly #tool: string
  readonly #pieces: AsyncIterator<Uint8Array>
  #piece: Buffer = Buffer.alloc(0)
  #at = 0

  constructor(bytes: Bytes, tool: string) {
    this.#tool = tool
    this.#pieces = bytes[Symbol.asyncIterator]()
  }

  /** What a parser makes of the next bytes, and these bytes. */
  async read<Result>(parser: Asking<Result>): Promise<{ result: Result; bytes: Buffer }> {
    const taken: Buffer[] = []
    let step = parser.next()
    while (!step.done) {
      const bytes = await this.take(step.value)
      taken.push(bytes)
      step = parser.next(bytes)
    }
    return { result: step.value, bytes: Buffer.concat(taken) }
  }

  /** The next so many bytes, no fewer. Throws DumpTruncated. */
  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let left = count; left > 0; ) {
      if (await this.isAtEnd()) {
        const why = this.offset === 0 ? 'it is empty' : `it stops after ${this.offset} bytes`
        throw new DumpTruncated({ tool: this.#tool, why })
      }
      const part = this.#piece.subarray(this.#at, this.#at + left)
      parts.push(part)
      left -= part.length
      this.#at += part.length
      this.offset += part.length
    }
    // A copy: whoever takes it may change it, and the piece may be only lent.
    return Buffer.concat(parts)
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#at === this.#piece.length) {
      const next = await this.#pieces.next()
      if (next.done) return true
      const { buffer, byteOffset, length } = next.value
      this.#piece = Buffer.from(buffer, byteOffset, length)
      this.#at = 0
    }
    return false
  }

  async *rest(): AsyncGenerator<Uint8Array> {
    while (!(await this.isAtEnd())) {
      yield this.#piece.subarray(this.#at)
      this.#at = this.#piece.length
    }
  }

  async close(): Promise<void> {
    await this.#pieces.return?.()
  }
}
