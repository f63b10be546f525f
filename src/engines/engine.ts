import type { Outline, SourceFacts } from '../core/backup.ts'
import type { PreflightCheck, PreflightTarget } from '../core/preflight.ts'
import type { Secret } from '../core/secret.ts'
import type { ByteRange, Bytes } from '../stream/bytes.ts'

/** What dumps and restores one database product. Engines never see a storage or a repository. */
export interface Engine {
  /** As it stands in manifests: `postgres`. */
  readonly name: string
  /** The URL schemes it answers to, without the colon. */
  readonly schemes: readonly string[]

  /** The database that a URL names, without touching it. Throws WrongUse when the URL is no good. */
  database(url: Secret): Database

  /** The URL of a database that is given in parts; each part is taken literally. Throws WrongUse. */
  url(parts: DatabaseParts): Secret

  /** The parts of a URL. Throws WrongUse when the URL is no good. */
  parts(url: Secret): DatabaseParts

  /** Looks whether the programs that it works with are on this machine. Throws ToolMissing. */
  requirePrograms(signal: AbortSignal): Promise<void>

  /** A sentence for each of these programs that is known to be unsafe, with what to do. */
  unsafePrograms(signal: AbortSignal): Promise<string[]>

  /** The databases that a login finds on a server; the URL need not name one of them. */
  databases(url: Secret, signal: AbortSignal): Promise<ServerDatabase[]>

  /**
   * Reads a dump to its end and tells what it holds. For tables in `unordered` (by `tableName`), their
   * `sha256` is a digest of the rows that does not depend on the rows' order.
   * Throws DumpTruncated when the dump is not whole.
   */
  outlineOf(dump: Bytes, unordered: ReadonlySet<string>): Promise<Outline>

  /** Reads a dump that the engine's own tool made elsewhere; `name` is what messages call it. */
  foreignDump(dump: Bytes, name: string): ForeignDump
}

/** A dump of unknown origin. All but `bytes` is known once that has been read to its end. */
export interface ForeignDump {
  readonly format: string
  /** The dump as this engine stores it. Throws DumpUnfit where it is none, is cut off, or cannot be read. */
  readonly bytes: Bytes
  /** What the dump says about where it comes from. */
  facts(): SourceFacts
  /** When it was made, by the clock of the machine it was made on. */
  madeAt(): Date
  outline(): Outline
  position(): { readonly table: string | undefined }
  warnings(): readonly string[]
}

export const TLS_MODES = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
] as const
export type TlsMode = (typeof TLS_MODES)[number]

/** A database as people fill it into a form; what is left out is as in a URL that leaves it out. */
export interface DatabaseParts {
  /** A name, an address, or the directory of a unix socket. */
  readonly host: string
  readonly port?: number | undefined
  readonly database: string
  readonly user?: string | undefined
  readonly password?: Secret | undefined
  readonly tls?: TlsMode | undefined
  /** File with the certificates that are trusted. */
  readonly caFile?: string | undefined
}

/** A database that was found on a server. */
export interface ServerDatabase {
  readonly database: string
  /** What backups of it would call it: `shop@db.example.org:5432`. */
  readonly name: string
  readonly owner: string
  readonly encoding: string
  /** Undefined where the login may not see it, or where to measure takes too long. */
  readonly bytes: number | undefined
}

/** One database on one server, as a URL names it. */
export interface Database {
  /** For people and for manifests, the same for every backup: `shop@db.example.org:5432`. No password. */
  readonly name: string

  /** Starts a dump in one snapshot of the database; everything knowable beforehand is checked first. */
  dump(options: DumpOptions, signal: AbortSignal): Promise<Dump>

  /** Prepares to read all of the database, to compare it with a backup. */
  survey(options: SurveyOptions, signal: AbortSignal): Promise<Survey>

  /** Prepares to restore a backup into this database; checks everything that can be checked first. */
  restore(backup: RestorableBackup, options: RestoreOptions, signal: AbortSignal): Promise<Restore>

  /** Looks at what that restore would meet and changes nothing; what stands in its way is told, not thrown. */
  inspect(
    backup: RestorableBackup,
    options: RestoreOptions,
    signal: AbortSignal,
  ): Promise<Inspection>
}

/** What a restore would meet. */
export interface Inspection {
  readonly target: Omit<PreflightTarget, 'label'>
  /** What the present database would be called afterwards; undefined where none is kept. */
  readonly keptAs: string | undefined
  readonly checks: readonly PreflightCheck[]
  /** What the present database holds, where it would be replaced. */
  readonly tables: readonly LiveTable[] | undefined
  /** Bytes that are free where the server keeps its data, where that can be known. */
  readonly freeBytes: number | undefined
}

/** A table of a live database. */
export interface LiveTable {
  readonly schema: string
  readonly name: string
  /** Undefined where nobody can tell. */
  readonly rows: number | undefined
  /** Whether they were counted; otherwise they are as the server's own statistics have it. */
  readonly counted: boolean
}

export interface DumpOptions {
  /** Milliseconds to wait for a lock on a table before the dump fails and says who holds it. */
  readonly lockTimeout?: number
}

/** A dump under way. */
export interface Dump {
  readonly facts: SourceFacts
  /** A guess at the bytes to come, for progress; undefined where nothing is known. */
  readonly estimatedBytes: number | undefined
  /** The named streams, one after the other; each is read to its end before the next is asked for. */
  readonly streams: AsyncIterable<DumpStream>
  /** What is being dumped right now, for progress. */
  position(): { readonly table: string | undefined }
  /** Everything seen; complete once the streams have ended. */
  outline(): Outline
  /** What the tools complained about without failing. */
  warnings(): readonly string[]
}

export interface DumpStream {
  readonly name: string
  readonly format: string
  readonly bytes: Bytes
}

export interface SurveyOptions {
  /** Tables (by `tableName`) whose digest is to be one that does not depend on the order of rows. */
  readonly unordered: ReadonlySet<string>
  /** How many readers may share the work; more than one only where nobody writes meanwhile. */
  readonly lanes: number
}

/** A database being read to its end, to know what it holds. */
export interface Survey {
  /** What is read, in parts that are to be drained side by side. */
  readonly parts: readonly Bytes[]
  /** Everything seen; complete once the parts have ended. */
  outline(): Outline
  /** What is being read right now, for progress. */
  position(): { readonly table: string | undefined }
}

/** What an engine may ask of the backup it restores. */
export interface RestorableBackup {
  readonly facts: SourceFacts
  /** Somebody brought the dump along: it may have been made to do harm. */
  readonly isForeign: boolean
  readonly outline: Outline
  /** A stream of the backup, or a part; every byte was proven before it is yielded, and a broken one throws. */
  stream(name: string, range?: ByteRange): Bytes
}

export interface RestoreOptions {
  /** Swap in for a database that holds something. */
  readonly replace: boolean
  /** End connections that stand in the way of the swap. */
  readonly disconnect: boolean
  /** Restore without owners and grants, for a server that lacks the roles. */
  readonly noOwner: boolean
  /** How many tables are loaded, and indexes and constraints built, at once. */
  readonly jobs: number
}

/** What became of the database that was there. */
export interface Swapped {
  /** What it is called now; undefined where none was kept. */
  readonly kept: string | undefined
  readonly afterwards?: Afterwards
}

/** What to tell the server about a database that was kept, from another database of it and with nobody connected. */
export interface Afterwards {
  readonly drop: string
  /** Puts it back; the restored one is kept under another name. */
  readonly undo: readonly string[]
}

/**
 * A restore under way, beside the target: the target is untouched until `swap`.
 * Steps in order: create, load, finish, (proof against `beside`), swap. After any failure: discard.
 */
export interface Restore {
  /** What the target was when the restore began. */
  readonly target: 'absent' | 'empty' | 'occupied'
  /** The name of the database that is being filled. */
  readonly besideName: string
  /** The database that is being filled, to be compared with the backup. */
  readonly beside: Database
  /** Types of objects that the options leave out of the restore: the proof does not ask for them. */
  readonly leavesOut?: ReadonlySet<string>
  create(signal: AbortSignal): Promise<void>
  /** Loads the data; `read` gives any part of the dump. */
  load(read: (range: ByteRange) => Bytes, signal: AbortSignal): Promise<void>
  /** Builds what follows the data: indexes, constraints, triggers, settings. */
  finish(signal: AbortSignal): Promise<void>
  /** Puts the new database in the target's place in one step. */
  swap(signal: AbortSignal): Promise<Swapped>
  /** Removes what was made beside; safe to call at any time and more than once. */
  discard(): Promise<void>
  /** What is being restored right now, for progress. */
  position(): { readonly table: string | undefined }
  warnings(): readonly string[]
}
