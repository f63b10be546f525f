import { reason } from '../core/fault.ts'
import { ObjectMissing, RepositoryMissing } from '../core/faults.ts'
import type { Storage } from '../storage/storage.ts'
import {
  type Description,
  encodeDescription,
  readDescription,
  type UnprovenDescription,
} from './description.ts'
import type { KeyRing } from './key-ring.ts'
import { REPOSITORY, REPOSITORY_COPY } from './layout.ts'
import { isDamage, type Problem } from './load-index.ts'

/** Object `repository` and its copy. */
export class DescriptionStore {
  readonly #storage: Storage

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /**
   * The description, from the copy when the first one is lost or broken. Throws RepositoryMissing when
   * both are absent, as on an empty mount point.
   */
  async read(signal: AbortSignal): Promise<UnprovenDescription> {
    const { place } = this.#storage
    const failures: unknown[] = []
    for (const key of [REPOSITORY, REPOSITORY_COPY]) {
      try {
        return readDescription(await this.#storage.get(key, 'all', signal), place)
      } catch (error) {
        if (!isDamage(error)) throw error
        failures.push(error)
      }
    }
    if (failures.every(error => error instanceof ObjectMissing)) {
      throw new RepositoryMissing({ place }, failures[0])
    }
    throw failures.find(error => !(error instanceof ObjectMissing))
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
        if (!isDamage(error)) throw error
        problems.push({ object: key, why: reason(error) })
      }
    }
    return problems
  }
}
