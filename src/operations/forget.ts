import type { Manifest } from '../core/backup.ts'
import { LastGoodBackup } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import type { Repository } from '../repository/repository.ts'

/** Removes a backup; the last one of its source only with `force`. What only it needed stays until a prune. */
export async function forget(
  repository: Repository,
  manifest: Manifest,
  options: { readonly force: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { manifests } = await repository.backups(signal)
  const source = manifest.source.name
  const others = manifests.filter(one => one.source.name === source && one.id !== manifest.id)
  if (others.length === 0 && !options.force) {
    throw new LastGoodBackup({ backup: shortId(manifest.id), source })
  }
  await repository.forget(manifest, signal)
}
