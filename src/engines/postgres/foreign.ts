import { isUtf8 } from 'node:buffer'
import type { Outline, SourceFacts } from '../../core/backup.ts'
import { reason } from '../../core/fault.ts'
import { Damaged, DumpTruncated, DumpUnfit } from '../../core/faults.ts'
import { WARNINGS } from '../../core/warnings.ts'
import type { Bytes } from '../../stream/bytes.ts'
import type { ForeignDump } from '../engine.ts'
import { ArchiveReader } from './archive.ts'
import type { ArchiveEntry, ArchiveHeader } from './archive-head.ts'
import { OutlineBuilder } from './outline.ts'
import type { Properties } from './properties.ts'
import { uncompressed } from './uncompress.ts'

const MAGIC = Buffer.from('PGDMP')
const FRESH = 'pg_dump --format=custom --compress=0 --file=FILE DATABASE'

/** A custom-format archive that pg_dump made elsewhere. */
export class ForeignArchive implements ForeignDump {
  readonly format = 'pg_dump custom'
  readonly #dump: Bytes
  readonly #name: string
  readonly #builder = new OutlineBuilder(new Set(), entry => this.#note(entry))
  readonly #warnings: string[] = []
  #header: ArchiveHeader | undefined
  #encoding: string | undefined
  #database: ArchiveEntry | undefined

  constructor(dump: Bytes, name: string) {
    this.#dump = dump
    this.#name = name
  }

  get bytes(): Bytes {
    return this.#read()
  }

  facts(): SourceFacts {
    const { head } = this.#header ?? {}
    const database = plain(head?.database)
    return {
      engine: 'postgres',
      // Not as the backups of a source: `latest` of that one means its own.
      name: `${database}@upload`,
      server: versionIn(head?.server),
      tool: `pg_dump ${versionIn(head?.tool)}`,
      database,
      properties: propertiesIn(this.#database, this.#encoding),
    }
  }

  madeAt(): Date {
    return this.#header?.madeAt ?? new Date(0)
  }

  outline(): Outline {
    return this.#builder.outline()
  }

  position(): { readonly table: string | undefined } {
    return { table: this.#builder.table }
  }

  warnings(): readonly string[] {
    return this.#database === undefined
      ? [...this.#warnings, WARNINGS.localeUnsaid()]
      : this.#warnings
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    const reader = new ArchiveReader(this.#builder)
    const seen = (header: ArchiveHeader) => this.#see(header)
    const archive = uncompressed(knownKind(this.#dump, this.#name), this.#name, seen)
    try {
      for await (const piece of archive) {
        reader.push(piece)
        yield piece
      }
      reader.end(this.#name)
    } catch (error) {
      if (!isOfTheDump(error)) throw error
      // A program's dump "ended as if all were well"; of a file it is enough to say where it stops.
      const cut = error instanceof DumpTruncated && (error.details as { why: string }).why
      const why = cut === false ? reason(error) : `it is not whole: ${cut}`
      throw new DumpUnfit({ name: this.#name, why }, error)
    }
  }

  #see(header: ArchiveHeader): void {
    this.#header = header
    if (header.compression !== 'lz4') return
    throw new DumpUnfit({
      name: this.#name,
      why: 'its data is compressed with lz4, which is not read here',
      hint: `make it with another compression, gzip, zstd or best of all none: ${FRESH}`,
    })
  }

  /** The entries that say what the database was, beside what it held. */
  #note(entry: ArchiveEntry): void {
    if (entry.type === 'DATABASE') this.#database = entry
    if (entry.type === 'ENCODING') this.#encoding = /'([^']+)'/.exec(entry.definition)?.[1]
    const isAbout = entry.schema === '' && entry.name.startsWith('DATABASE ')
    if (entry.type === 'DATABASE PROPERTIES' || (entry.type === 'ACL' && isAbout)) {
      const what = entry.type === 'ACL' ? 'grants' : 'settings'
      this.#warnings.push(WARNINGS.notTakenOver({ what }))
    }
  }
}

const isOfTheDump = (error: unknown) => error instanceof Damaged || error instanceof DumpTruncated

/** The first number of a version: 15.18 of `15.18 (Debian 15.18-1)`. */
const versionIn = (text = ''): string => /\d+(?:\.\d+)*/.exec(text.slice(0, 100))?.[0] ?? ''

/** A name in PostgreSQL has 63 bytes, none of them a control character; a dump may claim anything. */
const plain = (text = ''): string => text.slice(0, 63).replaceAll(/\p{Cc}/gu, '')

/** What the statement that pg_dump writes for `--create` says of the database. */
function propertiesIn(entry: ArchiveEntry | undefined, encoding = 'UTF8'): Properties {
  const definition = (entry?.definition ?? '').slice(0, 10_000)
  const option = (name: string): string | undefined => {
    const quoted = new RegExp(`\\b${name} = '((?:[^']|'')*)'`).exec(definition)?.[1]
    return quoted === undefined ? undefined : plain(quoted.replaceAll("''", "'"))
  }
  const provider = /\bLOCALE_PROVIDER = (\w+)/.exec(definition)?.[1] ?? 'libc'
  const localeProvider = provider === 'icu' ? 'i' : provider === 'builtin' ? 'b' : 'c'
  const locale = option('LOCALE') ?? 'C'
  return {
    encoding: option('ENCODING') ?? plain(encoding),
    collate: option('LC_COLLATE') ?? locale,
    ctype: option('LC_CTYPE') ?? locale,
    localeProvider,
    locale: option('ICU_LOCALE') ?? option('BUILTIN_LOCALE') ?? null,
    icuRules: option('ICU_RULES') ?? null,
    owner: plain(entry?.owner),
    tablespace: 'pg_default',
    connectionLimit: -1,
    comment: null,
    acl: null,
    settings: [],
  }
}

/** The dump, once it is known to be an archive. Throws DumpUnfit, which says what it is instead. */
async function* knownKind(dump: Bytes, name: string): AsyncGenerator<Uint8Array> {
  let first: Buffer | undefined = Buffer.alloc(0)
  for await (const piece of dump) {
    if (first === undefined) yield piece
    else {
      first = Buffer.concat([first, piece])
      if (first.length < 512) continue
      refuseOthers(first, name)
      yield first
      first = undefined
    }
  }
  if (first === undefined) return
  refuseOthers(first, name)
  yield first
}

function refuseOthers(first: Buffer, name: string): void {
  if (first.length === 0) throw new DumpUnfit({ name, why: 'it is empty' })
  if (MAGIC.subarray(0, first.length).equals(first.subarray(0, MAGIC.length))) return
  const is = (text: string) => first.subarray(0, text.length).equals(Buffer.from(text, 'latin1'))
  const packed = is('\x1f\x8b') ? 'gzip' : is('\x28\xb5\x2f\xfd') ? 'zstd' : undefined
  if (packed !== undefined) {
    const why = `the whole file is compressed with ${packed}`
    throw new DumpUnfit({ name, why, hint: `decompress it first: ${packed} --decompress FILE` })
  }
  const isText = !first.includes(0) && isUtf8(first.subarray(0, lastCharacter(first)))
  const why = is('toc.dat')
    ? 'it is a dump of the tar format, and only the custom format is read'
    : isText
      ? 'it is SQL text, not an archive, so that nobody can tell whether it is whole'
      : 'it is no archive of pg_dump'
  throw new DumpUnfit({ name, why, hint: `make a dump that fits: ${FRESH}` })
}

/** Where the last whole character ends: the first bytes of a text may stop within one. */
function lastCharacter(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && end > bytes.length - 4 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1
  return end > 0 && (bytes[end - 1] ?? 0) >= 0xc0 ? end - 1 : bytes.length
}
