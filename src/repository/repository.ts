import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Manifest } from '../core/backup.ts'
import type { Clock } from '../core/clock.ts'
import {
  OtherRepository,
  RepositoryExists,
  RepositoryLocked,
  RepositoryMissing,
  StorageUnreachable,
} from '../core/faults.ts'
import { newId } from '../core/ids.ts'
import type { Secret } from '../core/secret.ts'
import type { Storage } from '../storage/storage.ts'
import { type CheckOptions, type CheckReport, checkRepository } from './check.ts'
import { type Description, newDescription, requireFeatures } from './description.ts'
import { DescriptionStore, proven } from './description-store.ts'
import { type KeyRing, keyRing } from './key-ring.ts'
import type { Key } from './key-slot.ts'
import { KeySlots } from './key-slots.ts'
import { PACKS, SESSIONS } from './layout.ts'
import { type LoadedIndex, loadIndex } from './load-index.ts'
import { Manifests } from './manifests.ts'
import { BackupReader, ChunkReader } from './reader.ts'
import { recoveryKeyText } from './recovery-key.ts'
import { liveSessions, Session } from './session.ts'
import { BackupWriter } from './writer.ts'

export type { CheckOptions, CheckReport, DamagedBackup } from './check.ts'
export type { Key, KeySlot } from './key-slot.ts'
export type { BackupReader } from './reader.ts'
export type { BackupFacts, BackupWriter, WriteProgress } from './writer.ts'

/** A backup that is listed but cannot be read. */
export interface LostBackup {
  readonly id: string
  readonly why: string
}

/** What a repository takes on its storage. */
export interface RepositoryUsage {
  readonly storedBytes: number
  readonly packs: number
}

/** The encrypted, deduplicated store that holds backups; it knows no databases. */
export class Repository {
  readonly id: string
  readonly keys: KeySlots
  readonly #storage: Storage
  readonly #clock: Clock
  readonly #ring: KeyRing
  readonly #description: Description
  readonly #manifests: Manifests

  private constructor(storage: Storage, clock: Clock, ring: KeyRing, description: Description) {
    this.id = description.id
    this.keys = new KeySlots(storage, clock, ring, description)
    this.#storage = storage
    this.#clock = clock
    this.#ring = ring
    this.#description = description
    this.#manifests = new Manifests(storage, ring)
  }

  /**
   * Makes a repository with two key slots: the passphrase, and a recovery key that is returned once and
   * kept nowhere. Throws RepositoryExists, PlaceNotEmpty.
   */
  static async init(
    storage: Storage,
    options: { passphrase: Secret; clock: Clock },
    signal: AbortSignal,
  ): Promise<{ repository: Repository; recoveryKey: Secret }> {
    const { passphrase, clock } = options
    await refuseExisting(storage, signal)
    await storage.prepare(signal)
    const description = newDescription(newId(), clock.now())
    const ring = keyRing(randomBytes(32), Buffer.from(description.id, 'hex'))
    const repository = new Repository(storage, clock, ring, description)
    const recoveryKey = recoveryKeyText(randomBytes(32))
    await repository.keys.add({ passphrase }, 'first passphrase', signal)
    await repository.keys.add({ recoveryKey }, 'recovery key', signal)
    return { repository, recoveryKey }
  }

  /** Throws RepositoryMissing, WrongPassphrase, RepositoryTooNew, Damaged. */
  static async open(
    storage: Storage,
    key: Key,
    options: { clock: Clock },
    signal: AbortSignal,
  ): Promise<Repository> {
    const { place } = storage
    const candidates = await new DescriptionStore(storage).candidates(signal)
    const ids = candidates.map(candidate => candidate.description.id)
    const { master, repository } = await KeySlots.unlock(storage, ids, key, signal)
    const ring = keyRing(master, Buffer.from(repository, 'hex'))
    const description = proven(candidates, ring)
    requireFeatures(description, 'read', place)
    return new Repository(storage, options.clock, ring, description)
  }

  /**
   * Looks whether the repository of this id is in a place, without opening it: what two small objects say.
   * Throws RepositoryMissing, OtherRepository, RepositoryTooNew, Damaged.
   */
  static async find(storage: Storage, id: string, signal: AbortSignal): Promise<void> {
    const candidates = await new DescriptionStore(storage).candidates(signal)
    if (candidates.some(({ description }) => description.id === id)) return
    throw new OtherRepository({ place: storage.place })
  }

  /** Names the place for people. */
  get place(): string {
    return this.#storage.place
  }

  async free(signal: AbortSignal): Promise<number | undefined> {
    return await this.#storage.free(signal)
  }

  /** What all objects take, from a list of them. */
  async usage(signal: AbortSignal): Promise<RepositoryUsage> {
    let [storedBytes, packs] = [0, 0]
    for await (const { key, bytes } of this.#storage.list('', signal)) {
      storedBytes += bytes
      if (key.startsWith(PACKS)) packs += 1
    }
    return { storedBytes, packs }
  }

  /** Every backup, newest first, and those whose manifest cannot be read. */
  async backups(signal: AbortSignal): Promise<{ manifests: Manifest[]; damaged: LostBackup[] }> {
    const { manifests, problems } = await this.#manifests.all(signal)
    const lost = Map.groupBy(
      problems.filter(problem => problem.lost),
      problem => problem.id,
    )
    const damaged = [...lost].map(([id, why]) => ({ id, why: why.map(one => one.why).join('; ') }))
    return { manifests, damaged }
  }

  /** A backup by id, unambiguous beginning of it, or `latest`. Throws NoSuchBackup, Damaged. */
  async find(name: string, signal: AbortSignal): Promise<Manifest> {
    return await this.#manifests.find(name, signal)
  }

  /** Begins to read a backup; nobody can forget it until the reader is closed. */
  async reader(manifest: Manifest, signal: AbortSignal): Promise<BackupReader> {
    const about = { kind: 'reader' as const, host: hostname(), pins: [manifest.id] }
    const session = await Session.open(this.#storage, this.#ring, this.#clock, about, signal)
    try {
      const index = await this.#loadIndex(signal)
      const chunks = new ChunkReader(this.#storage, this.#ring, index, signal)
      return new BackupReader(manifest, chunks, session)
    } catch (error) {
      await session.close()
      throw error
    }
  }

  /** Begins to write a backup; what is the same as in the one before is found sooner. */
  async writer(
    options: { readonly host: string; readonly previous?: Manifest | undefined },
    signal: AbortSignal,
  ): Promise<BackupWriter> {
    requireFeatures(this.#description, 'write', this.place)
    return await BackupWriter.open(
      {
        storage: this.#storage,
        ring: this.#ring,
        clock: this.#clock,
        manifests: this.#manifests,
        host: options.host,
        previous: options.previous,
      },
      signal,
    )
  }

  /**
   * Makes a backup no longer exist; its space is freed by pruning. Throws RepositoryLocked while somebody
   * reads it.
   */
  async forget(manifest: Manifest, signal: AbortSignal): Promise<void> {
    requireFeatures(this.#description, 'prune', this.place)
    const about = { kind: 'pruner' as const, host: hostname(), pins: [] }
    const session = await Session.open(this.#storage, this.#ring, this.#clock, about, signal)
    try {
      const own = await this.#storage.stat(SESSIONS + session.id, signal)
      const now = own?.modified ?? this.#clock.now()
      for (const { record } of await liveSessions(this.#storage, this.#ring, now, signal)) {
        if (!record.pins.includes(manifest.id)) continue
        throw new RepositoryLocked({
          what: `backup ${manifest.id.slice(0, 8)}`,
          by: `process ${record.pid} on ${record.host}`,
          since: record.startedAt,
        })
      }
      await this.#manifests.remove(manifest.id, signal)
    } finally {
      await session.close()
    }
  }

  /** Is everything there and whole? See {@link CheckReport}. */
  async check(options: CheckOptions, signal: AbortSignal): Promise<CheckReport> {
    const at = { storage: this.#storage, ring: this.#ring, manifests: this.#manifests }
    return await checkRepository(at, this.keys, options, signal)
  }

  async #loadIndex(signal: AbortSignal): Promise<LoadedIndex> {
    return await loadIndex(this.#storage, this.#ring, 'reading', signal)
  }
}

async function refuseExisting(storage: Storage, signal: AbortSignal): Promise<void> {
  try {
    await new DescriptionStore(storage).candidates(signal)
  } catch (error) {
    // A place that is not there yet is what a new repository wants; `prepare` judges anything else.
    if (error instanceof RepositoryMissing || error instanceof StorageUnreachable) return
    throw error
  }
  throw new RepositoryExists({ place: storage.place })
}
