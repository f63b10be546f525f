import { isUtf8 } from 'node:buffer'
import { Damaged } from '../../core/faults.ts'

/**
 * The head of pg_dump's custom format: a header and the table of contents. Written from the format that
 * PostgreSQL 9.x to 18 write (archive versions 1.12 to 1.16); all data follows behind it.
 */
export interface ArchiveHead {
  /** Second number of the archive's version: 14 for 1.14. */
  readonly version: number
  /** Bytes of a number, without its sign byte in front. */
  readonly intSize: number
  readonly database: string
  /** The server's version as it called itself: `15.18 (Debian 15.18-1)`. */
  readonly server: string
  readonly tool: string
}

/** One entry of the table of contents. */
export interface ArchiveEntry {
  readonly id: number
  /** Whether a data block belongs to it. */
  readonly hasData: boolean
  /** `TABLE`, `TABLE DATA`, `INDEX`, … */
  readonly type: string
  readonly schema: string
  readonly name: string
  readonly owner: string
  readonly tablespace: string
  readonly definition: string
  /** The statement that its data is the input of, one character a byte; empty where it has none. */
  readonly copy: string
}

/** A parser that asks for bytes: it yields how many it wants and is resumed with exactly these. */
export type Asking<Result> = Generator<number, Result, Uint8Array>

const MAGIC = 'PGDMP'
const OLDEST = 12
const NEWEST = 16
const CUSTOM_FORMAT = 1
/** Where the header says how data is compressed: behind the magic, the version, the widths and the format. */
export const COMPRESSION_AT = MAGIC.length + 6
/** By their numbers since 1.15; before that, any level but 0 meant gzip. */
const COMPRESSIONS = ['none', 'gzip', 'lz4', 'zstd'] as const
/** No definition comes near it; a number read from garbage does. */
const MAX_STRING = 64 * 1024 * 1024
const NUMBERS_OF_A_DATE = 7

/** What stands before the table of contents. */
export interface ArchiveHeader {
  readonly head: ArchiveHead
  /** Bytes of a position, which is needed for the table of contents only. */
  readonly offSize: number
  readonly compression: (typeof COMPRESSIONS)[number]
  /** By the clock of the machine that it was made on, taken for UTC. */
  readonly madeAt: Date
}

/** The dump does not follow the format at all. */
export const notAnArchive = (why: string) => new Damaged({ what: 'the PostgreSQL dump', why })

/** Reads the header. */
export function* readHeader(): Asking<ArchiveHeader> {
  if (Buffer.from(yield MAGIC.length).toString('latin1') !== MAGIC) {
    throw notAnArchive('it does not begin as an archive of pg_dump does')
  }
  const [major, version, , intSize, offSize, format] = yield 6
  if (major !== 1 || version === undefined || version < OLDEST || version > NEWEST) {
    throw notAnArchive(
      `its archive version ${major}.${version} is none of 1.${OLDEST} to 1.${NEWEST}`,
    )
  }
  if (!isWidth(intSize) || !isWidth(offSize))
    throw notAnArchive('its numbers have an unknown width')
  if (format !== CUSTOM_FORMAT) throw notAnArchive('its format is not the custom format')
  // Since 1.15 the compression's method, before that its level.
  const method = version >= 15 ? (yield 1)[0] : (yield* readInt(intSize)) === 0 ? 0 : 1
  const compression = COMPRESSIONS[method ?? 0]
  if (compression === undefined) throw notAnArchive('its data is compressed in an unknown way')
  const date: number[] = []
  while (date.length < NUMBERS_OF_A_DATE) date.push(yield* readInt(intSize))
  const [second = 0, minute, hour, day, month = 0, year = 0] = date
  const madeAt = new Date(Date.UTC(1900 + year, month, day, hour, minute, second))
  const database = yield* readText(intSize)
  const server = yield* readText(intSize)
  const tool = yield* readText(intSize)
  return { head: { version, intSize, database, server, tool }, offSize, compression, madeAt }
}

const isWidth = (bytes: number | undefined): bytes is number =>
  bytes !== undefined && bytes >= 4 && bytes <= 8

/** Reads one entry of the table of contents. */
export function* readEntry(head: ArchiveHead, offSize: number): Asking<ArchiveEntry> {
  const { version, intSize } = head
  const id = yield* readInt(intSize)
  const hasData = (yield* readInt(intSize)) !== 0
  yield* readText(intSize) // object identifier of the catalog
  yield* readText(intSize) // object identifier of the object
  const name = yield* readText(intSize)
  const type = yield* readText(intSize)
  yield* readInt(intSize) // section
  const definition = yield* readText(intSize)
  yield* readText(intSize) // DROP statement
  const copy = Buffer.from((yield* readBytes(intSize)) ?? []).toString('latin1')
  const schema = yield* readText(intSize)
  const tablespace = yield* readText(intSize)
  if (version >= 14) yield* readText(intSize) // table access method
  if (version >= 16) yield* readInt(intSize) // kind of relation
  const owner = yield* readText(intSize)
  yield* readText(intSize) // WITH OIDS
  while ((yield* readString(intSize)) !== undefined); // dependencies
  yield 1 + offSize // where its data is: not known when pg_dump writes to a pipe
  return { id, hasData, type, schema, name, owner, tablespace, definition, copy }
}

/** A sign byte, then the number with its lowest byte first. */
export function* readInt(intSize: number): Asking<number> {
  return intOf(yield 1 + intSize)
}

/** The number in `bytes`: a sign byte, then the number with its lowest byte first. */
export function intOf(bytes: Uint8Array): number {
  let value = 0
  for (let i = bytes.length - 1; i > 0; i -= 1) value = value * 256 + (bytes[i] ?? 0)
  return bytes[0] === 0 ? value : -value
}

/** Text, or undefined for the null that ends a list. */
function* readString(intSize: number): Asking<string | undefined> {
  const bytes = yield* readBytes(intSize)
  return bytes && textOf(bytes)
}

/** The bytes of a text, or undefined for null. */
function* readBytes(intSize: number): Asking<Uint8Array | undefined> {
  const length = yield* readInt(intSize)
  if (length < 0) return undefined
  if (length > MAX_STRING) throw notAnArchive(`it announces a text of ${length} bytes`)
  return length === 0 ? new Uint8Array() : yield length
}

/** Names are in the database's encoding; what is not UTF-8 is read one character a byte, as LATIN1. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString(isUtf8(bytes) ? 'utf8' : 'latin1')
}

function* readText(intSize: number): Asking<string> {
  return (yield* readString(intSize)) ?? ''
}
