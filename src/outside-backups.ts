import { text } from 'node:stream/consumers'
import type { BackupContents, BackupPlace } from './api/outside-backups.ts'
import { type Manifest, OUTLINE, Outline } from './core/backup.ts'
import { systemClock } from './core/clock.ts'
import { reason } from './core/fault.ts'
import { Damaged, OutlineTooLarge } from './core/faults.ts'
import { shortId } from './core/ids.ts'
import type { EngineSettings } from './engines/index.ts'
import { importStream, readStream, type TransferOptions } from './jobs/transfer-process.ts'
import { diff } from './operations/diff.ts'
import { forget } from './operations/forget.ts'
import { Repository } from './repository/repository.ts'
import { openStorage, type StorageRules } from './storage/index.ts'

/** How bytes get out of repositories, and into them. */
export interface Transfers extends TransferOptions {
  readonly madeBy: Manifest['madeBy']
}

/** What the API asks about the contents of backups. */
export function backupsOutside(
  { path, pgBin }: EngineSettings,
  transfers: Transfers,
  rules: StorageRules,
): BackupContents {
  const outlines = new Outlines()
  const at = ({ url, key }: Pick<BackupPlace, 'url' | 'key'>) => ({
    repository: { url: url.reveal(), recoveryKey: key.reveal(), ...rules },
    engines: { path, pgBin },
  })
  const read: BackupContents['readStream'] = async (place, stream, signal) => {
    const order = { ...at(place), task: 'read' as const, backup: place.backup, stream }
    return await readStream(order, transfers, signal)
  }
  return {
    readStream: read,
    readOutline: (place, signal) =>
      outlines.of(place.backup, async () => {
        const { bytes, stream } = await read(place, OUTLINE, signal)
        if (bytes <= MOST_KEPT) return await text(stream)
        stream.destroy()
        throw new OutlineTooLarge({ backup: shortId(place.backup), bytes })
      }),
    importDump: (into, dump, bytes, signal) => {
      const order = { ...at(into), task: 'import' as const, ...dump, madeBy: transfers.madeBy }
      return importStream(order, bytes, transfers, signal)
    },
    forgetBackup: async ({ url, key, backup }, force, signal) => {
      const storage = openStorage(url.reveal(), rules)
      try {
        const opening = { clock: systemClock }
        const repository = await Repository.open(storage, { recoveryKey: key }, opening, signal)
        await forget(repository, await repository.find(backup, signal), { force }, signal)
      } finally {
        await storage.close()
      }
    },
    compare: (before, after) => diff(before, after),
  }
}

/** Of outlines that are read or kept, whatever a dump that was brought in made of them; one of 10,000 tables has 3 MB. */
const MOST_KEPT = 32 * 1024 * 1024

/**
 * The outlines read last, in this process's memory: they never change and their ids are random, so that nothing
 * here can be wrong. In the catalog they would grow with every backup, for a few of them to be looked at.
 */
class Outlines {
  readonly #kept = new Map<string, { readonly outline: Outline; readonly size: number }>()
  #size = 0

  async of(backup: string, read: () => Promise<string>): Promise<Outline> {
    const kept = this.#kept.get(backup)
    if (kept !== undefined) {
      // The last one to be forgotten is the one used last.
      this.#kept.delete(backup)
      this.#kept.set(backup, kept)
      return kept.outline
    }
    const json = await read()
    const outline = parsed(json, backup)
    this.#keep(backup, outline, json.length)
    return outline
  }

  #keep(backup: string, outline: Outline, size: number): void {
    if (this.#kept.has(backup) || size > MOST_KEPT) return
    this.#kept.set(backup, { outline, size })
    this.#size += size
    for (const [id, one] of this.#kept) {
      if (this.#size <= MOST_KEPT) return
      this.#kept.delete(id)
      this.#size -= one.size
    }
  }
}

function parsed(json: string, backup: string): Outline {
  try {
    return Outline.parse(JSON.parse(json))
  } catch (error) {
    const what = `the outline of backup ${shortId(backup)}`
    throw new Damaged({ what, why: reason(error) }, error)
  }
}
