import { open } from 'node:fs/promises'
import { type Outline, type OutlineTable, tableName } from '../../core/backup.ts'
import { Damaged, DumpTruncated } from '../../core/faults.ts'
import type { ByteRange, Bytes } from '../../stream/bytes.ts'
import { ArchiveReader, type ArchiveSink } from './archive.ts'
import type { ArchiveEntry } from './archive-head.ts'
import type { Copy, Session } from './client.ts'
import type { Contents } from './needs.ts'

/** Tables that lie behind each other are loaded as one job up to this many bytes: chunks hold several. */
const JOB_BYTES = 8 * 1024 * 1024
/** What pg_restore sets, too: data must come in whatever the server's defaults are. */
const SESSION = [
  'set synchronous_commit = off', // the swap's commit waits for the disk, and it comes after all of these
  'set statement_timeout = 0',
  'set lock_timeout = 0',
  'set idle_in_transaction_session_timeout = 0',
  'set client_min_messages = warning',
  'set row_security = off',
  'set xmloption = content',
]

/** How pg_dump writes it: `COPY schema."odd name" (id, v) FROM stdin;` */
const NAME = String.raw`(?:"(?:[^"]|"")+"|[^\s."(]+)`
const COPY = new RegExp(`^COPY (${NAME}\\.${NAME})( .*)? FROM stdin;\\s*$`, 's')

/** Reads a part of the dump. */
export type ReadDump = (range: ByteRange) => Bytes

/** Loads tables over several connections, the largest first; each table is one transaction. */
export class TableLoader {
  readonly #contents: Contents
  readonly #read: ReadDump
  readonly #jobs: Iterator<OutlineTable[]>
  readonly #rows: ReadonlyMap<string, number>
  /** The table that was begun last. */
  table: string | undefined

  /** Throws Damaged when the outline does not tell where the data of every table is. */
  constructor(contents: Contents, outline: Outline, read: ReadDump) {
    this.#contents = contents
    this.#read = read
    this.#rows = new Map(outline.tables.map(table => [tableName(table), table.rows]))
    for (const table of contents.copies.keys()) {
      if (this.#rows.has(table)) continue
      throw new Damaged({ what: 'the outline of the backup', why: `it lacks table ${table}` })
    }
    this.#jobs = jobsOf(outline.tables).values()
  }

  /** Takes jobs until none is left; called once for each connection. */
  async run(session: Session): Promise<void> {
    for (const sql of [...SESSION, ...this.#contents.session]) {
      await session.rows('prepare for loading', sql)
    }
    const lane = new Lane()
    const reader = new ArchiveReader(lane)
    for await (const piece of headOf(this.#contents)) reader.push(piece)
    for (let job = this.#jobs.next(); !job.done; job = this.#jobs.next()) {
      const [from, to] = [job.value[0]?.at[0] ?? 0, job.value.at(-1)?.at[1] ?? 0]
      for await (const piece of this.#read({ from, to })) {
        reader.push(piece)
        await this.#send(session, lane)
      }
      if (lane.ended !== job.value.length) {
        throw new DumpTruncated({ tool: 'pg_dump', why: `the data of ${this.table} is cut off` })
      }
      lane.ended = 0
    }
  }

  /** Sends what the last piece held, before the next one takes its place in memory. */
  async #send(session: Session, lane: Lane): Promise<void> {
    for (const step of lane.take()) {
      if (step.begins !== undefined) lane.copy = await this.#begin(session, step.begins)
      else if (step.data !== undefined) await lane.copy?.write(step.data)
      else {
        await lane.copy?.end()
        lane.copy = undefined
      }
    }
  }

  async #begin(session: Session, entry: ArchiveEntry): Promise<Copy | undefined> {
    const name = tableName(entry)
    if (this.#rows.get(name) === 0) return undefined
    this.table = name
    const copy = this.#contents.copies.get(name)
    if (!copy) throw new Damaged({ what: `the data of ${name}`, why: 'no statement loads it' })
    const sql = this.#statement(entry, copy)
    return await session.copyIn(`load ${name}`, Buffer.from(sql, 'latin1'))
  }

  /**
   * In one transaction with its truncation, rows go behind each other and come in frozen. Otherwise a short
   * row may fill a gap in an earlier page, so that the proof must set their order aside, and whoever reads
   * a row first, which is the proof, writes its page anew.
   */
  #statement(entry: ArchiveEntry, copy: string): string {
    const [, table, columns] = COPY.exec(copy) ?? []
    if (table === undefined || !this.#contents.tables.has(tableName(entry))) return copy
    return `truncate table only ${table}; copy ${table}${columns ?? ''} from stdin with (freeze)`
  }
}

/** The tables in runs that lie behind each other in the dump, the largest run first. */
function jobsOf(tables: readonly OutlineTable[]): OutlineTable[][] {
  const jobs: OutlineTable[][] = []
  for (const table of tables.toSorted((a, b) => a.at[0] - b.at[0])) {
    const job = jobs.at(-1)
    const start = job?.[0]?.at[0] ?? 0
    const isNext = job?.at(-1)?.at[1] === table.at[0]
    if (isNext && table.at[1] - start <= JOB_BYTES) job?.push(table)
    else jobs.push([table])
  }
  const loaded = jobs.filter(job => job.some(table => table.rows > 0))
  return loaded.toSorted((a, b) => sizeOf(b) - sizeOf(a))
}

const sizeOf = (job: readonly OutlineTable[]): number =>
  (job.at(-1)?.at[1] ?? 0) - (job[0]?.at[0] ?? 0)

/** The file with the archive's head, as a stream. */
export async function* headOf(contents: Contents): AsyncGenerator<Uint8Array> {
  const file = await open(contents.head)
  try {
    yield* file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>
  } finally {
    await file.close()
  }
}

/** What is to be done for a piece of the dump, in this order. */
type Step =
  | { readonly begins: ArchiveEntry; readonly data?: never }
  | { readonly data: Uint8Array; readonly begins?: never }
  | { readonly ends: true; readonly data?: never; readonly begins?: never }

/** Notes what passes, since what follows from it has to wait for the server. */
class Lane implements ArchiveSink {
  copy: Copy | undefined
  /** Tables whose data has passed to its end. */
  ended = 0
  #steps: Step[] = []

  take(): Step[] {
    const steps = this.#steps
    this.#steps = []
    return steps
  }

  dataStart(entry: ArchiveEntry): void {
    this.#steps.push({ begins: entry })
  }

  data(bytes: Uint8Array): void {
    this.#steps.push({ data: bytes.slice() })
  }

  dataEnd(): void {
    this.ended += 1
    this.#steps.push({ ends: true })
  }

  entry(): void {}
  largeObjectStart(): void {}
  largeObjectEnd(): void {}
}
