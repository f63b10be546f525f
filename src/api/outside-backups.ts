import type { Readable } from 'node:stream'
import type { Manifest, Outline } from '../core/backup.ts'
import type { Secret } from '../core/secret.ts'
import type { Diff } from './schema/backups.ts'

/** What the API asks about the contents of backups; bytes pass through processes of their own. */
export interface BackupContents {
  /** What a backup holds, table by table; what was read lately comes from memory. */
  readOutline(at: BackupPlace, signal: AbortSignal): Promise<Outline>
  /** A stream of a backup; it ends only when all of it has come and was proven. */
  readStream(
    at: BackupPlace,
    stream: string,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: number; readonly stream: Readable }>
  /** Makes a native dump a backup, or throws DumpUnfit and keeps nothing of it. */
  importDump(
    into: RepositoryAccess,
    dump: NewDump,
    bytes: Readable,
    signal: AbortSignal,
  ): Promise<Manifest>
  /** Removes a backup from its repository; the last one of its database only by force. */
  forgetBackup(at: BackupPlace, force: boolean, signal: AbortSignal): Promise<void>
  /** What changed from one backup to another. */
  compare(before: Outline, after: Outline): Diff
}

/** What opens a repository. */
export interface RepositoryAccess {
  readonly url: Secret
  readonly key: Secret
}

/** A backup in its repository. */
export interface BackupPlace extends RepositoryAccess {
  /** Its whole id. */
  readonly backup: string
}

/** A dump that somebody brings. */
export interface NewDump {
  readonly engine: string
  /** The name of its file. */
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  /** Larger ones are refused. */
  readonly maxBytes: number
}
