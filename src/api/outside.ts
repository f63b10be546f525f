import type { Manifest } from '../core/backup.ts'
import type { Secret } from '../core/secret.ts'
import type { BackupContents } from './outside-backups.ts'

/** What the API asks of databases and repositories; main.ts puts it together. */
export interface Outside extends BackupContents {
  /** The database that a URL names, without touching it. Throws WrongUse. */
  describeSource(url: Secret): SourceFacts
  /** Checks everything that can be checked before a dump. */
  testSource(url: Secret, signal: AbortSignal): Promise<SourceProbe>
  /** Opens a repository and gives the server a key of its own. */
  adoptRepository(
    url: Secret,
    key: RepositoryKey,
    signal: AbortSignal,
  ): Promise<AdoptedRepository & BackupsFound>
  /** Every backup of a repository. */
  readBackups(url: Secret, key: Secret, signal: AbortSignal): Promise<BackupsFound>
  /** Takes the server's key of a repository out of use. */
  dropKey(url: Secret, key: Secret, slot: string, signal: AbortSignal): Promise<void>
}

export type RepositoryKey = { readonly passphrase: Secret } | { readonly recoveryKey: Secret }

export interface SourceFacts {
  readonly engine: string
  /** `db.example.org:5432` */
  readonly host: string
  readonly database: string
  /** `shop@db.example.org:5432` */
  readonly label: string
}

export interface SourceProbe {
  readonly server: string
  readonly tool: string
  readonly estimatedBytes: number | undefined
}

export interface AdoptedRepository {
  readonly repository: string
  readonly place: string
  readonly key: Secret
  readonly slot: string
}

export interface BackupsFound {
  readonly manifests: readonly Manifest[]
  /** Ids of backups whose manifest is damaged. */
  readonly unreadable: readonly string[]
}
