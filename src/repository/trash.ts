import { ObjectMissing } from '../core/faults.ts'
import type { Storage, StoredObject } from '../storage/storage.ts'
import type { KeyRing } from './key-ring.ts'
import { nameOf, TRASH } from './layout.ts'
import { isDamage, type Note } from './problem.ts'
import { ObjectKind, openObject } from './seal.ts'

const ID = 32

/**
 * Tells the packs that a pruner is about to remove. A trash object is their ids, 32 bytes each; one that
 * cannot be read may name every pack that is not younger than itself.
 */
export async function readTrash(
  storage: Storage,
  ring: KeyRing,
  signal: AbortSignal,
  note: Note = refuseOthers,
): Promise<(pack: StoredObject) => boolean> {
  const ids = new Set<string>()
  let doubtful = Number.NEGATIVE_INFINITY
  for await (const { key, modified } of storage.list(TRASH, signal)) {
    try {
      const sealed = await storage.get(key, 'all', signal)
      const list = await openObject(ring, ObjectKind.trash, key, sealed, key)
      for (let at = 0; at < list.length; at += ID) ids.add(list.toString('hex', at, at + ID))
    } catch (error) {
      // Gone since it was listed: its packs were removed before it.
      if (error instanceof ObjectMissing) continue
      note(key, error)
      doubtful = Math.max(doubtful, modified.getTime())
    }
  }
  return pack => ids.has(nameOf(pack.key)) || pack.modified.getTime() <= doubtful
}

function refuseOthers(_object: string, error: unknown): void {
  if (!isDamage(error)) throw error
}
