import type { Manifest, TlsState } from '../core/backup.ts'
import type { Preflight } from '../core/preflight.ts'
import type { Secret } from '../core/secret.ts'
import type { BackupContents, RepositoryAccess } from './outside-backups.ts'
import type { TlsMode } from './schema/sources.ts'

/** What the API asks of databases and repositories; main.ts puts it together. */
export interface Outside extends BackupContents {
  /** A directory for repositories where nobody knows a better place; null: there is none. */
  readonly repositoriesHome: string | null
  /** The database that a URL names, without touching it. Throws WrongUse. */
  describeSource(url: Secret): SourceFacts
  /** The URL of a database that is given in parts. Throws WrongUse. */
  sourceUrl(engine: string, parts: SourceParts): Secret
  /** The parts of a database's URL. Throws WrongUse. */
  sourceParts(url: Secret): SourceParts & { readonly engine: string }
  /** The databases that a login finds on its server. */
  listDatabases(url: Secret, signal: AbortSignal): Promise<readonly FoundDatabase[]>
  /** Checks everything that can be checked before a dump. */
  testSource(url: Secret, signal: AbortSignal): Promise<SourceProbe>
  /** Looks at everything that a restore would meet; changes nothing. Throws NoSuchBackup. */
  preflight(
    from: RepositoryAccess & { readonly backup: string },
    target: Secret,
    choices: RestoreChoices,
    signal: AbortSignal,
  ): Promise<Preflight>
  /** Makes a repository and gives the server a key of its own. */
  createRepository(
    url: Secret,
    passphrase: Secret,
    signal: AbortSignal,
  ): Promise<AdoptedRepository & { readonly recoveryKey: Secret }>
  /** What opens a repository, without the secrets. */
  listKeys(url: Secret, key: Secret, signal: AbortSignal): Promise<readonly KeySlot[]>
  /** Makes one more recovery key, which can be shown this once only. */
  addRecoveryKey(
    url: Secret,
    key: Secret,
    label: string,
    signal: AbortSignal,
  ): Promise<{ readonly key: Secret; readonly slot: string }>
  /** What a repository takes on its storage. */
  measureRepository(url: Secret, key: Secret, signal: AbortSignal): Promise<RepositorySize>
  /** Looks whether the repository of this id is there, without opening it. Throws RepositoryMissing, OtherRepository. */
  findRepository(url: Secret, repository: string, signal: AbortSignal): Promise<void>
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

/** How a backup is to be restored. */
export interface RestoreChoices {
  readonly replace: boolean
  readonly disconnect: boolean
  readonly noOwner: boolean
}

export type RepositoryKey = { readonly passphrase: Secret } | { readonly recoveryKey: Secret }

/** A database as people fill it into a form. */
export interface SourceParts {
  readonly host: string
  readonly port?: number | undefined
  readonly database: string
  readonly user?: string | undefined
  readonly password?: Secret | undefined
  readonly tls?: TlsMode | undefined
  readonly caFile?: string | undefined
}

export interface FoundDatabase {
  readonly database: string
  /** `shop@db.example.org:5432` */
  readonly name: string
  readonly owner: string
  readonly encoding: string
  readonly bytes: number | undefined
}

export interface KeySlot {
  readonly id: string
  readonly kind: 'passphrase' | 'recovery'
  readonly label: string
  readonly created: string
}

export interface RepositorySize {
  readonly storedBytes: number
  readonly packs: number
}

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
  readonly tls: TlsState | undefined
  readonly warnings: readonly string[]
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
