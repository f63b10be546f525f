import { type Manifest, UPLOADED } from '../core/backup.ts'
import { LastGoodBackup } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import { type Judged, judge, type Retainable, type Rule } from '../core/retention.ts'
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

/** A backup in a repository, and why a rule keeps it. */
export type JudgedBackup = Judged<Retainable & { readonly manifest: Manifest }>

/**
 * What a rule says of the backups of each source in a repository, or of one, newest first. Pins and proofs are
 * in the catalog of a server, and not known here; backups whose manifest is damaged are passed over.
 */
export function judgeBackups(
  manifests: readonly Manifest[],
  rule: Omit<Rule, 'enabled'>,
  now: Date,
): JudgedBackup[] {
  const bySource = Map.groupBy(manifests, one => one.source.name)
  return [...bySource.values()].flatMap(backups =>
    judge(backups.map(retainable), [{ ...rule, enabled: true }], now),
  )
}

/**
 * Removes what a rule has just let go, the oldest first: whatever ends this leaves no gap among the newer ones.
 * The newest backup of each source is never among them.
 */
export async function forgetGoing(
  repository: Repository,
  judged: readonly JudgedBackup[],
  signal: AbortSignal,
): Promise<void> {
  const going = judged.filter(one => one.keptBy.length === 0)
  const byAge = going.toSorted((one, other) => one.startedAt.getTime() - other.startedAt.getTime())
  for (const { manifest } of byAge) await repository.forget(manifest, signal)
}

const retainable = (manifest: Manifest) => ({
  id: manifest.id,
  startedAt: new Date(manifest.startedAt),
  label: manifest.source.name,
  pinned: false,
  proven: false,
  damaged: false,
  uploaded: UPLOADED in manifest.tags,
  manifest,
})
