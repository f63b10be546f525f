import type { Manifest } from '../core/backup.ts'
import { NoSuchBackup } from '../core/faults.ts'
import type { Repository } from '../repository/repository.ts'

/**
 * The backup that a name means: an id, an unambiguous prefix of one, `latest`, or `latest:SOURCE` for the
 * newest of one source, named as in a list of backups or by its database.
 */
export async function findBackup(
  repository: Repository,
  name: string,
  signal: AbortSignal,
): Promise<Manifest> {
  const source = /^latest:(.+)$/s.exec(name)?.[1]
  if (source === undefined) return await repository.find(name, signal)
  const { manifests } = await repository.backups(signal)
  const newest = manifests.find(one => one.source.name === source || one.source.database === source)
  if (newest === undefined) throw new NoSuchBackup({ name, why: `${source} has no backup here` })
  return newest
}
