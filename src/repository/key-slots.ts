import { randomBytes } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { reason } from '../core/fault.ts'
import { Damaged, LastKeySlot, WrongPassphrase, WrongUse } from '../core/faults.ts'
import type { Secret } from '../core/secret.ts'
import type { Storage } from '../storage/storage.ts'
import type { Description } from './description.ts'
import { DescriptionStore } from './description-store.ts'
import type { KeyRing } from './key-ring.ts'
import { type Key, type KeySlot, makeSlot, openSlot, readSlot } from './key-slot.ts'
import { KEYS, nameOf } from './layout.ts'
import { isDamage, type Problem } from './load-index.ts'
import { recoveryKeyText } from './recovery-key.ts'

/** Slots in one repository; opening it with a passphrase tries each. */
const MOST_SLOTS = 16

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
   * The master key. A slot that is damaged is passed over while another opens; when none opens, damage is
   * told apart from a wrong key. Throws WrongPassphrase, Damaged.
   */
  static async unlock(
    storage: Storage,
    repository: string,
    key: Key,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const { slots, problems } = await readSlots(storage, signal)
    let damage: unknown
    if (slots.length > 0 && slots.every(({ slot }) => slot.repository !== repository)) {
      throw new Damaged({ what: 'object repository', why: 'its id is not that of its key slots' })
    }
    for (const { slot } of slots) {
      try {
        const master = await openSlot(slot, key)
        if (master !== undefined) return master
      } catch (error) {
        damage = error
      }
    }
    if (damage !== undefined) throw damage
    const kind = 'passphrase' in key ? 'passphrase' : 'recovery'
    const [problem] = problems
    if (problem !== undefined && !slots.some(slot => slot.kind === kind)) {
      throw new Damaged({ what: problem.object, why: problem.why })
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
    const listed = new Set(this.#description.keySlots.map(id => KEYS + id))
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
    const present = await this.list(signal)
    if (present.length >= MOST_SLOTS) {
      throw new WrongUse({ why: `a repository takes ${MOST_SLOTS} key slots, and it has them` })
    }
    const repository = this.#ring.repositoryId.toString('hex')
    const created = this.#clock.now()
    const { id, bytes } = await makeSlot(key, this.#ring.master, { repository, label, created })
    await this.#storage.put(KEYS + id, bytes, { signal })
    await this.#list([...present.map(slot => slot.id), id], signal)
    return readSlot(id, await this.#storage.get(KEYS + id, 'all', signal))
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
    await this.#list(
      slots.map(one => one.id).filter(id => id !== slot.id),
      signal,
    )
    await this.#storage.remove(KEYS + slot.id, signal)
    return slot
  }

  async #list(keySlots: string[], signal: AbortSignal): Promise<void> {
    this.#description = { ...this.#description, keySlots }
    await this.#descriptions.write(this.#description, this.#ring, signal)
  }
}

async function readSlots(
  storage: Storage,
  signal: AbortSignal,
): Promise<{ slots: ReturnType<typeof readSlot>[]; problems: Problem[] }> {
  const slots: ReturnType<typeof readSlot>[] = []
  const problems: Problem[] = []
  for await (const { key } of storage.list(KEYS, signal)) {
    try {
      slots.push(readSlot(nameOf(key), await storage.get(key, 'all', signal)))
    } catch (error) {
      if (!isDamage(error)) throw error
      problems.push({ object: key, why: reason(error) })
    }
  }
  return { slots, problems }
}
