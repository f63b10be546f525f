import { createHash, hash } from 'node:crypto'
import { type Outline, tableName } from '../../core/backup.ts'
import type { ArchiveSink } from './archive.ts'
import type { ArchiveEntry } from './archive-head.ts'
import { type DataDigester, OrderedDigest, UnorderedDigest } from './data-digest.ts'

/** The type of the entries that hold the data of large objects. */
const LARGE_OBJECTS = 'BLOBS'
/** Entries that say how to read the dump, or that name the database: a copy bears another name. */
const NOT_OBJECTS = new Set([
  'DATABASE',
  'DATABASE PROPERTIES',
  'ENCODING',
  'STDSTRINGS',
  'SEARCHPATH',
  LARGE_OBJECTS,
  'MATERIALIZED VIEW DATA', // that it was filled
  'SEQUENCE SET',
  'STATISTICS DATA',
  'TABLE DATA',
])
/** What is said about the database itself carries its name too. */
const ABOUT_OBJECTS = new Set(['ACL', 'COMMENT', 'SECURITY LABEL'])

/** Builds the outline of a dump from what passes an {@link ArchiveReader}. */
export class OutlineBuilder implements ArchiveSink {
  readonly #unordered: ReadonlySet<string>
  readonly #also: (entry: ArchiveEntry) => void
  readonly #ordered: DataDigester = new OrderedDigest()
  #digest: DataDigester = this.#ordered
  readonly #outline: Pick<Outline, 'tables' | 'sequences' | 'objects'> = {
    tables: [],
    sequences: [],
    objects: [],
  }
  readonly #largeObjects = new LargeObjectDigest()
  readonly #largeObjectsAt: [number, number][] = []
  #inLargeObjects = false
  #current: ArchiveEntry | undefined
  #start = 0

  /**
   * Tables in `unordered` (by `tableName`) get a digest that does not depend on the order of rows.
   * `also` is shown every entry of the table of contents.
   */
  constructor(unordered: ReadonlySet<string>, also: (entry: ArchiveEntry) => void = () => {}) {
    this.#unordered = unordered
    this.#also = also
  }

  /** What the dump holds; whole once the archive has ended. */
  outline(): Outline {
    const { count, bytes } = this.#largeObjects
    const sha256 = this.#largeObjects.sha256()
    return { ...this.#outline, largeObjects: { count, bytes, sha256, at: this.#largeObjectsAt } }
  }

  /** The table whose data passes at this moment. */
  get table(): string | undefined {
    return this.#current && tableName(this.#current)
  }

  entry(entry: ArchiveEntry): void {
    this.#also(entry)
    const { type, schema, name, owner, definition } = entry
    if (type === 'SEQUENCE SET') {
      this.#outline.sequences.push({ schema, name, value: sequenceValue(definition) })
    }
    if (NOT_OBJECTS.has(type)) return
    if (ABOUT_OBJECTS.has(type) && schema === '' && name.startsWith('DATABASE ')) return
    this.#outline.objects.push({ type, schema, name, owner, sha256: hash('sha256', definition) })
  }

  dataStart(entry: ArchiveEntry, offset: number): void {
    this.#current = entry
    this.#start = offset
    this.#inLargeObjects = entry.type === LARGE_OBJECTS
    if (this.#inLargeObjects) return
    this.#digest = this.#unordered.has(tableName(entry)) ? new UnorderedDigest() : this.#ordered
    this.#digest.start()
  }

  data(bytes: Uint8Array): void {
    if (this.#inLargeObjects) this.#largeObjects.add(bytes)
    else this.#digest.add(bytes)
  }

  dataEnd(offset: number): void {
    const at: [number, number] = [this.#start, offset]
    if (this.#inLargeObjects) {
      this.#largeObjectsAt.push(at)
    } else if (this.#current !== undefined) {
      const { schema, name } = this.#current
      this.#outline.tables.push({ schema, name, ...this.#digest.finish(), at })
    }
    this.#current = undefined
  }

  largeObjectStart(oid: number): void {
    this.#largeObjects.start(oid)
  }

  largeObjectEnd(): void {
    this.#largeObjects.end()
  }
}

/** SHA-256 over all large objects in their order: object id (4 bytes), data, length (8 bytes), big-endian. */
class LargeObjectDigest {
  count = 0
  bytes = 0
  readonly #hash = createHash('sha256')
  #length = 0

  start(oid: number): void {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(oid)
    this.#hash.update(head)
    this.#length = 0
  }

  add(data: Uint8Array): void {
    this.#hash.update(data)
    this.#length += data.length
  }

  end(): void {
    const tail = Buffer.alloc(8)
    tail.writeBigUInt64BE(BigInt(this.#length))
    this.#hash.update(tail)
    this.count += 1
    this.bytes += this.#length
  }

  sha256(): string {
    return this.#hash.copy().digest('hex')
  }
}

/** Where a sequence stands: `42`, or `42 (not used yet)` when 42 is what it will answer next. */
function sequenceValue(definition: string): string {
  const [, value = definition, isCalled] = /, (-?\d+), (true|false)\);\s*$/.exec(definition) ?? []
  return isCalled === 'false' ? `${value} (not used yet)` : value
}
