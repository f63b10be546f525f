import { tableName } from '../../core/backup.ts'
import { DumpTruncated } from '../../core/faults.ts'
import {
  type ArchiveEntry,
  type ArchiveHead,
  type Asking,
  intOf,
  notAnArchive,
  readEntry,
  readHeader,
  readInt,
} from './archive-head.ts'
import { unframe } from './copy-data.ts'

/** Who is told what passes by. */
export interface ArchiveSink {
  entry(entry: ArchiveEntry): void
  /** The table of contents has ended; `offset` is the length of the archive's head. */
  headEnd?(head: ArchiveHead, offset: number): void
  /** Data of `entry` follows; its framing begins at `offset`. */
  dataStart(entry: ArchiveEntry, offset: number): void
  /** Data without its framing, cut anywhere; `bytes` is lent until it returns. */
  data(bytes: Uint8Array): void
  /** Inside of the data of large objects: one begins. */
  largeObjectStart(oid: number): void
  largeObjectEnd(): void
  /** The data of the entry is complete; its framing ends before `offset`. */
  dataEnd(offset: number): void
}

const BLOCK_OF_DATA = 1
const BLOCK_OF_LARGE_OBJECTS = 3
/** pg_dump writes one row at a time, and a row has at most 1 GiB; as text it can take a little more. */
const MAX_PIECE = 0x7fff_ffff
/** More bytes are needed to know the length. */
const INCOMPLETE = Number.NaN

/**
 * Reads a custom-format archive of pg_dump in one pass while it streams by, in pieces of any size, and
 * keeps nothing of it. pg_dump can exit 0 after it wrote less than all to a full disk, and pg_restore
 * lists a truncated archive without a complaint: that `end` returns is the only proof of a whole dump.
 */
export class ArchiveReader {
  readonly #sink: ArchiveSink
  readonly #steps: Asking<void>
  /** Bytes that were taken before the current piece. */
  #before = 0
  #offset = 0
  /** What the steps wait for: this many bytes, gathered from as many pieces as it takes. */
  #wanted = 0
  #gathered: Uint8Array[] = []
  #gatheredBytes = 0
  /** Whether the data of a table or a large object passes: a chain of lengths and bytes, ended by 0. */
  #inData = false
  #leftOfPiece = 0
  #lengthSize = 5
  #length = new Uint8Array(5)
  #lengthFilled = 0
  /** Entries whose data has not come yet. */
  readonly #missing = new Map<number, ArchiveEntry>()
  #isWhole = false

  constructor(sink: ArchiveSink) {
    this.#sink = sink
    this.#steps = this.#archive()
    this.#next()
  }

  /** Takes the next piece of the archive. */
  push(piece: Uint8Array): void {
    let at = 0
    while (at < piece.length) at = this.#inData ? this.#pass(piece, at) : this.#gather(piece, at)
    this.#before += piece.length
  }

  /** Says that the archive has ended; throws {@link DumpTruncated} when it should have gone on. */
  end(tool: string): void {
    if (this.#isWhole && this.#gatheredBytes === 0) return
    const [next] = this.#missing.values()
    const at = this.#before === 0 ? 'it is empty' : `it stops after ${this.#before} bytes`
    const lack = next === undefined ? '' : `, and the data of ${tableName(next)} is missing`
    throw new DumpTruncated({ tool, why: `${at}${lack}` })
  }

  /** The whole format as a sequence of wishes; data itself passes outside of it, see `#pass`. */
  *#archive(): Asking<void> {
    const { head, offSize, compression } = yield* readHeader()
    if (compression !== 'none') throw notAnArchive('its data is compressed')
    this.#lengthSize = 1 + head.intSize
    this.#length = new Uint8Array(this.#lengthSize)
    const entries = yield* readInt(head.intSize)
    if (entries < 1) throw notAnArchive('its table of contents is empty')
    for (let i = 0; i < entries; i += 1) {
      const entry = yield* readEntry(head, offSize)
      if (entry.hasData) this.#missing.set(entry.id, entry)
      this.#sink.entry(entry)
    }
    this.#sink.headEnd?.(head, this.#offset)
    while (true) {
      this.#isWhole = this.#missing.size === 0
      const start = this.#offset
      const [type] = yield 1
      this.#isWhole = false
      yield* this.#block(type, head.intSize, start)
    }
  }

  *#block(type: number | undefined, intSize: number, start: number): Asking<void> {
    const id = yield* readInt(intSize)
    const entry = this.#missing.get(id)
    if (entry === undefined) throw notAnArchive(`a block at byte ${start} belongs to no entry`)
    this.#sink.dataStart(entry, start)
    if (type === BLOCK_OF_DATA) yield* this.#data()
    else if (type === BLOCK_OF_LARGE_OBJECTS) yield* this.#largeObjects(intSize)
    else throw notAnArchive(`the block at byte ${start} is of the unknown type ${type}`)
    this.#missing.delete(id)
    this.#sink.dataEnd(this.#offset)
  }

  *#largeObjects(intSize: number): Asking<void> {
    for (let oid = yield* readInt(intSize); oid !== 0; oid = yield* readInt(intSize)) {
      this.#sink.largeObjectStart(oid >>> 0)
      yield* this.#data()
      this.#sink.largeObjectEnd()
    }
  }

  /** Lets data pass; goes on behind its end. */
  *#data(): Asking<void> {
    this.#inData = true
    yield 0
  }

  #next(bytes: Uint8Array = new Uint8Array()): void {
    const step = this.#steps.next(bytes)
    this.#wanted = step.done ? 0 : step.value
  }

  /** Gathers what the steps wait for. Returns where it stopped. */
  #gather(piece: Uint8Array, at: number): number {
    const stop = Math.min(piece.length, at + this.#wanted - this.#gatheredBytes)
    this.#gathered.push(piece.slice(at, stop))
    this.#gatheredBytes += stop - at
    this.#offset = this.#before + stop
    if (this.#gatheredBytes < this.#wanted) return stop
    const [only] = this.#gathered
    const whole = this.#gathered.length === 1 && only ? only : Buffer.concat(this.#gathered)
    this.#gathered = []
    this.#gatheredBytes = 0
    this.#next(whole)
    return stop
  }

  /** Hands data on without its framing. Returns where it stopped: at the end of the piece, or of the data. */
  #pass(piece: Uint8Array, from: number): number {
    for (let at = from; at < piece.length; ) {
      if (this.#leftOfPiece > 0 || this.#isAtLength) {
        at += this.#unframe(piece.subarray(at))
        if (at === piece.length || this.#leftOfPiece > 0) continue
      }
      // What is left is a length that is cut, is not of the usual size, or ends the data.
      const left = this.#lengthByte(piece[at] as number)
      at += 1
      if (left === 0) return this.#dataEnded(at)
      if (left < 0 || left > MAX_PIECE) {
        throw notAnArchive(`it announces a row of ${left} bytes before byte ${this.#before + at}`)
      }
      if (left > 0) this.#leftOfPiece = left
    }
    return piece.length
  }

  /** Whether a length of the usual size comes next. */
  get #isAtLength(): boolean {
    return this.#lengthSize === 5 && this.#lengthFilled === 0
  }

  #unframe(rest: Uint8Array): number {
    const piece = this.#lengthSize === 5 ? rest : rest.subarray(0, this.#leftOfPiece)
    const { taken, left, data } = unframe(piece, this.#leftOfPiece)
    this.#leftOfPiece = left
    if (data.length > 0) this.#sink.data(data)
    return taken
  }

  /** Takes one byte of a length that is cut or not of the usual size. */
  #lengthByte(byte: number): number {
    this.#length[this.#lengthFilled] = byte
    this.#lengthFilled += 1
    if (this.#lengthFilled < this.#lengthSize) return INCOMPLETE
    this.#lengthFilled = 0
    return intOf(this.#length)
  }

  #dataEnded(at: number): number {
    this.#leftOfPiece = 0
    this.#inData = false
    this.#offset = this.#before + at
    this.#next()
    return at
  }
}
