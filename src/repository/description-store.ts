import { reason } from '../core/fault.ts'
import {
  ObjectMissing,
  RepositoryMissing,
  RepositoryTooNew,
  StorageUnreachable,
} from '../core/faults.ts'
import type { Storage } from '../storage/storage.ts'
import {
  type Description,
  encodeDescription,
  readDescription,
  type UnprovenDescription,
} from './description.ts'
import type { KeyRing } from './key-ring.ts'
import { REPOSITORY, REPOSITORY_COPY } from './layout.ts'
import { isDamage, type Problem } from './problem.ts'

/** Object `repository` and its copy. */
export class DescriptionStore {
  readonly #storage: Storage

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /**
   * What may be the description, the first one before its copy: with no key at hand a broken one cannot be
   * told from a whole one yet. Throws RepositoryMissing when both are absent, as on an empty mount point,
   * or when the whole place is.
   */
  async candidates(signal: AbortSignal): Promise<UnprovenDescription[]> {
    const { place } = this.#storage
    const found: UnprovenDescription[] = []
    const failures: unknown[] = []
    for (const key of [REPOSITORY, REPOSITORY_COPY]) {
      try {
        found.push(readDescription(await this.#storage.get(key, 'all', signal), place))
      } catch (error) {
        if (error instanceof StorageUnreachable && error.details.absent === true) {
          throw new RepositoryMissing({ place }, error)
        }
        // A newer format may be a flipped bit as well, as long as the other one is of this format.
        if (!isDamage(error) && !(error instanceof RepositoryTooNew)) throw error
        failures.push(error)
      }
    }
    if (found.length > 0) return found
    if (failures.every(error => error instanceof ObjectMissing)) {
      throw new RepositoryMissing({ place }, failures[0])
    }
    throw failures.find(error => !(error instanceof ObjectMissing))
  }

  /** The description as the holder of the key wrote it. Throws Damaged, RepositoryMissing. */
  async read(ring: KeyRing, signal: AbortSignal): Promise<Description> {
    return proven(await this.candidates(signal), ring)
  }

  /** The copy is written first, so that the first one names only what is there. */
  async write(description: Description, ring: KeyRing, signal: AbortSignal): Promise<void> {
    const bytes = encodeDescription(description, ring)
    await this.#storage.put(REPOSITORY_COPY, bytes, { signal, replace: true })
    await this.#storage.put(REPOSITORY, bytes, { signal, replace: true })
  }

  /** What is wrong with either of the two. */
  async problems(ring: KeyRing, signal: AbortSignal): Promise<Problem[]> {
    const problems: Problem[] = []
    for (const key of [REPOSITORY, REPOSITORY_COPY]) {
      try {
        const bytes = await this.#storage.get(key, 'all', signal)
        readDescription(bytes, this.#storage.place).prove(ring)
      } catch (error) {
        if (!isDamage(error) && !(error instanceof RepositoryTooNew)) throw error
        problems.push({ object: key, why: reason(error) })
      }
    }
    return problems
  }
}

/** The first of the candidates that the holder of the key wrote. Throws Damaged. */
export function proven(candidates: readonly UnprovenDescription[], ring: KeyRing): Description {
  let failure: unknown
  for (const { description, prove } of candidates) {
    try {
      prove(ring)
      return description
    } catch (error) {
      if (!isDamage(error)) throw error
      failure ??= error
    }
  }
  throw failure
}
