import { randomBytes } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { reason } from '../core/fault.ts'
import {
  Damaged,
  LastKeySlot,
  RepositoryMissing,
  RepositoryTooNew,
  WrongPassphrase,
  WrongUse,
} from '../core/faults.ts'
import type { Secret } from '../core/secret.ts'
import type { Storage } from '../storage/storage.ts'
import { type Description, requireFeatures } from './description.ts'
import { DescriptionStore } from './description-store.ts'
import type { KeyRing } from './key-ring.ts'
import { type Key, type KeySlot, makeSlot, openSlot, type ReadSlot, readSlot } from './key-slot.ts'
import { KEYS, nameOf } from './layout.ts'
import { isDamage, type Problem } from './problem.ts'
import { recoveryKeyText } from './recovery-key.ts'

/** Slots in one repository; opening it with a passphrase tries each. */
const MOST_SLOTS = 16
const TAKE_BACK_MS = 15_000

/** The ways into a repository. */
export class KeySlots {
  readonly #storage: Storage
  readonly #clock: Clock
  readonly #ring: KeyRing
  readonly #descriptions: DescriptionStore
  #description: Description

  constructor(storage: Storage, clock: Clock, ring: KeyRing, description: Description) {
    this.#storage = storage
    this.#clock = clock
    this.#ring = ring
    this.#descriptions = new DescriptionStore(storage)
    this.#description = description
  }

  /**
   * The master key, and the id of the repository whose slot it was in: one of those given. A slot that is
   * damaged is passed over while another opens; when none opens, damage is told apart from a wrong key.
   * Throws WrongPassphrase, Damaged, RepositoryTooNew.
   */
  static async unlock(
    storage: Storage,
    repositories: readonly string[],
    key: Key,
    signal: AbortSignal,
  ): Promise<{ master: Buffer; repository: string }> {
    const { slots, problems, tooNew } = await readSlots(storage, signal)
    const own = slots.filter(({ slot }) => repositories.includes(slot.repository))
    if (slots.length > 0 && own.length === 0) {
      throw new Damaged({ what: 'object repository', why: 'its id is not that of its key slots' })
    }
    let damage: unknown
    for (const { slot } of own) {
      try {
        const master = await openSlot(slot, key)
        if (master !== undefined) return { master, repository: slot.repository }
      } catch (error) {
        damage ??= error
      }
    }
    if (damage !== undefined) throw damage
    const kind = 'passphrase' in key ? 'passphrase' : 'recovery'
    const [problem] = problems
    if (!own.some(slot => slot.kind === kind)) {
      if (problem !== undefined) throw new Damaged({ what: problem.object, why: problem.why })
      if (tooNew !== undefined) throw tooNew
    }
    if (slots.length === 0) throw new Damaged({ what: KEYS, why: 'every key slot is gone' })
    const what = kind === 'passphrase' ? 'passphrase' : 'recovery key'
    throw new WrongPassphrase({ what, place: storage.place })
  }

  /** Every slot that can be read, oldest first. */
  async list(signal: AbortSignal): Promise<KeySlot[]> {
    const { slots } = await readSlots(this.#storage, signal)
    return slots
      .map(({ id, kind, label, created }) => ({ id, kind, label, created }))
      .sort((a, b) => (a.created < b.created ? -1 : 1))
  }

  /** Slots, and the description that lists them, that are not as they were written. */
  async problems(signal: AbortSignal): Promise<Problem[]> {
    const { slots, problems } = await readSlots(this.#storage, signal)
    const ids = new Set([...slots.map(slot => KEYS + slot.id), ...problems.map(one => one.object)])
    const { keySlots } = await this.#described(signal)
    const listed = new Set(keySlots.map(id => KEYS + id))
    const missing = [...listed].filter(key => !ids.has(key))
    const planted = [...ids].filter(key => !listed.has(key))
    return [
      ...(await this.#descriptions.problems(this.#ring, signal)),
      ...problems,
      ...missing.map(object => ({ object, why: 'it is gone' })),
      ...planted.map(object => ({
        object,
        why: 'the repository does not list it; remove it with `holdfast keys remove` unless you added it',
      })),
    ]
  }

  async add(key: Key, label: string, signal: AbortSignal): Promise<KeySlot> {
    requireFeatures(this.#description, 'write', this.#storage.place)
    const present = await this.list(signal)
    if (present.length >= MOST_SLOTS) {
      throw new WrongUse({ why: `a repository takes ${MOST_SLOTS} key slots, and it has them` })
    }
    const repository = this.#ring.repositoryId.toString('hex')
    const created = this.#clock.now()
    const { id, bytes } = await makeSlot(key, this.#ring.master, { repository, label, created })
    const before = this.#description
    try {
      await this.#storage.put(KEYS + id, bytes, { signal })
      await this.#list(listed => [...listed, id], signal)
      return readSlot(id, await this.#storage.get(KEYS + id, 'all', signal))
    } catch (error) {
      this.#description = before
      // Where that fails, too, a check reports the slot.
      await this.#takeBack(id).catch(() => undefined)
      throw error
    }
  }

  /** Undoes what was half added: nobody is told of that key. Done although the caller's signal may have fired. */
  async #takeBack(id: string): Promise<void> {
    const signal = AbortSignal.timeout(TAKE_BACK_MS)
    const stored = await this.#descriptions.read(this.#ring, signal).catch(() => undefined)
    if (stored !== undefined) {
      // Even where it is not listed: the copy, which is written first, may do so.
      const keySlots = stored.keySlots.filter(one => one !== id)
      await this.#descriptions.write({ ...stored, keySlots }, this.#ring, signal)
    }
    await this.#storage.remove(KEYS + id, signal)
  }

  /** A new recovery key beside those there are; it is returned once and kept nowhere. */
  async addRecoveryKey(
    label: string,
    signal: AbortSignal,
  ): Promise<{ slot: KeySlot; recoveryKey: Secret }> {
    const recoveryKey = recoveryKeyText(randomBytes(32))
    return { slot: await this.add({ recoveryKey }, label, signal), recoveryKey }
  }

  /** Removes the slot whose id begins with `prefix`; never the last one. Throws LastKeySlot, WrongUse. */
  async remove(prefix: string, signal: AbortSignal): Promise<KeySlot> {
    requireFeatures(this.#description, 'write', this.#storage.place)
    const slots = await this.list(signal)
    const matches = slots.filter(slot => prefix !== '' && slot.id.startsWith(prefix))
    const [slot] = matches
    if (slot === undefined || matches.length > 1) {
      const why = slot === undefined ? 'no key slot' : `${matches.length} key slots`
      throw new WrongUse({
        why: `${why} begin with ${prefix}`.replace('slot begin', 'slot begins'),
        hint: 'see `holdfast keys list`',
      })
    }
    if (slots.length === 1) throw new LastKeySlot({ slot: slot.id.slice(0, 8) })
    await this.#list(listed => listed.filter(id => id !== slot.id), signal)
    await this.#storage.remove(KEYS + slot.id, signal)
    return slot
  }

  /** Changes which slots the repository lists; only those that its users added ever get there. */
  async #list(change: (listed: readonly string[]) => string[], signal: AbortSignal): Promise<void> {
    const description = await this.#described(signal)
    this.#description = { ...description, keySlots: change(description.keySlots) }
    await this.#descriptions.write(this.#description, this.#ring, signal)
  }

  /** As it is in the storage: another process may have added or removed slots meanwhile. */
  async #described(signal: AbortSignal): Promise<Description> {
    try {
      return await this.#descriptions.read(this.#ring, signal)
    } catch (error) {
      // Not written yet, or broken: then what was read when the repository was opened makes it whole again.
      if (error instanceof RepositoryMissing || isDamage(error)) return this.#description
      throw error
    }
  }
}

async function readSlots(
  storage: Storage,
  signal: AbortSignal,
): Promise<{ slots: ReadSlot[]; problems: Problem[]; tooNew: unknown }> {
  const slots: ReadSlot[] = []
  const problems: Problem[] = []
  let tooNew: unknown
  for await (const { key } of storage.list(KEYS, signal)) {
    try {
      slots.push(readSlot(nameOf(key), await storage.get(key, 'all', signal)))
    } catch (error) {
      if (error instanceof RepositoryTooNew) tooNew ??= error
      else if (isDamage(error)) problems.push({ object: key, why: reason(error) })
      else throw error
    }
  }
  return { slots, problems, tooNew }
}
