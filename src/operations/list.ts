import type { Manifest } from '../core/backup.ts'
import type { Repository } from '../repository/repository.ts'

export interface BackupList {
  /** Newest first. */
  readonly manifests: readonly Manifest[]
  /** Backups whose manifest cannot be read. */
  readonly damaged: readonly { readonly id: string; readonly why: string }[]
}

/** Every backup of a repository, or of one source, named in full or by its database. */
export async function listBackups(
  repository: Repository,
  source: string | undefined,
  signal: AbortSignal,
): Promise<BackupList> {
  const { manifests, damaged } = await repository.backups(signal)
  const wanted = (one: Manifest) =>
    source === undefined || one.source.name === source || one.source.database === source
  return { manifests: manifests.filter(wanted), damaged }
}
