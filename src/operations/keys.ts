import { WrongUse } from '../core/faults.ts'
import type { Secret } from '../core/secret.ts'
import type { KeySlot, Repository } from '../repository/repository.ts'

/** Shorter ones are guessed from a stolen copy of the repository, however slow each guess is made. */
const SHORTEST_PASSPHRASE = 8

/** Refuses a passphrase that protects nothing. */
export function requireStrong(passphrase: Secret): void {
  const text = passphrase.reveal()
  const length = Array.from(text).length
  const why =
    length < SHORTEST_PASSPHRASE
      ? `the passphrase has ${length} characters, and it needs ${SHORTEST_PASSPHRASE} or more`
      : new Set(text).size < 3
        ? 'the passphrase repeats one or two characters only'
        : undefined
  if (why !== undefined) {
    throw new WrongUse({ why, hint: 'four or five random words make a good one' })
  }
}

/** Every passphrase and recovery key that opens the repository, without the secrets themselves. */
export const listKeys = (repository: Repository, signal: AbortSignal): Promise<KeySlot[]> =>
  repository.keys.list(signal)

/** Lets one more passphrase open the repository. */
export async function addPassphrase(
  repository: Repository,
  passphrase: Secret,
  label: string,
  signal: AbortSignal,
): Promise<KeySlot> {
  requireStrong(passphrase)
  return await repository.keys.add({ passphrase }, label, signal)
}

/** Makes one more recovery key; it can be shown this once only. */
export const addRecoveryKey = (
  repository: Repository,
  label: string,
  signal: AbortSignal,
): Promise<{ slot: KeySlot; recoveryKey: Secret }> => repository.keys.addRecoveryKey(label, signal)

/** Takes a passphrase or recovery key out of use, named by its slot's id or the beginning of it. */
export const removeKey = (
  repository: Repository,
  prefix: string,
  signal: AbortSignal,
): Promise<KeySlot> => repository.keys.remove(prefix, signal)
