import { type Manifest, OUTLINE, Outline } from '../core/backup.ts'
import { reason } from '../core/fault.ts'
import { Damaged } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import type { BackupReader, Repository } from '../repository/repository.ts'
import { collect } from '../stream/bytes.ts'

/** The outline of an open backup. */
export async function readOutline(reader: BackupReader, manifest: Manifest): Promise<Outline> {
  const bytes = await collect(reader.stream(OUTLINE))
  try {
    return Outline.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch (error) {
    const what = `the outline of backup ${shortId(manifest.id)}`
    throw new Damaged({ what, why: reason(error) }, error)
  }
}

/** The outline of a backup, with nothing else of it opened. */
export async function outlineOfBackup(
  repository: Repository,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Outline> {
  const reader = await repository.reader(manifest, signal)
  try {
    return await readOutline(reader, manifest)
  } finally {
    await reader.close()
  }
}
