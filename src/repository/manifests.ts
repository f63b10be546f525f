import { createHash } from 'node:crypto'
import { Manifest } from '../core/backup.ts'
import { reason } from '../core/fault.ts'
import {
  Damaged,
  NoSuchBackup,
  ObjectExists,
  ObjectMissing,
  RepositoryTooNew,
} from '../core/faults.ts'
import { isId, shortId } from '../core/ids.ts'
import type { Storage } from '../storage/storage.ts'
import { inFlight } from '../stream/in-flight.ts'
import type { KeyRing } from './key-ring.ts'
import { COPIES, MANIFESTS, nameOf } from './layout.ts'
import { isDamage, type Problem } from './problem.ts'
import { ObjectKind, openObject, sealObject } from './seal.ts'

const READS = 8
const READ_BACK_MS = 60_000

/** The backups of a repository: one object each, with a copy, written last. */
export class Manifests {
  readonly #storage: Storage
  readonly #ring: KeyRing

  constructor(storage: Storage, ring: KeyRing) {
    this.#storage = storage
    this.#ring = ring
  }

  /** Every backup, newest first; what could be read only from its copy, or not at all, is a problem. */
  async all(
    signal: AbortSignal,
  ): Promise<{ manifests: Manifest[]; problems: (Problem & { id: string; lost: boolean })[] }> {
    const manifests: Manifest[] = []
    const problems: (Problem & { id: string; lost: boolean })[] = []
    const ids = new Set([
      ...(await this.#ids(MANIFESTS, signal)),
      ...(await this.#ids(COPIES, signal)),
    ])
    for await (const found of inFlight(READS, ids, id => this.#read(id, signal))) {
      if (found.manifest !== undefined) manifests.push(found.manifest)
      const lost = found.manifest === undefined
      for (const problem of found.problems) problems.push({ ...problem, id: found.id, lost })
    }
    manifests.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
    return { manifests, problems }
  }

  /** A backup by its id, an unambiguous beginning of it, or `latest`. Throws NoSuchBackup, Damaged. */
  async find(name: string, signal: AbortSignal): Promise<Manifest> {
    if (name === 'latest') return await this.#latest(signal)
    if (!/^[0-9a-f]{2,32}$/.test(name)) {
      throw new NoSuchBackup({ name, why: 'a backup is named by hexadecimal digits, or `latest`' })
    }
    const ids = new Set([
      ...(await this.#ids(MANIFESTS, signal)),
      ...(await this.#ids(COPIES, signal)),
    ])
    const matches = [...ids].filter(id => id.startsWith(name))
    const [id] = matches
    if (id === undefined) throw new NoSuchBackup({ name, why: 'nothing here has that name' })
    if (matches.length > 1) {
      throw new NoSuchBackup({ name, why: `${matches.length} backups begin with it` })
    }
    return await this.get(id, signal)
  }

  async get(id: string, signal: AbortSignal): Promise<Manifest> {
    const { manifest, problems } = await this.#read(id, signal)
    if (manifest !== undefined) return manifest
    const name = shortId(id)
    if (problems.length === 0) throw new NoSuchBackup({ name, why: 'it was just forgotten' })
    throw new Damaged({ what: `backup ${name}`, why: problems.map(p => p.why).join('; ') })
  }

  /** Makes a backup exist. Returns once it was read back as written, which nothing can cancel. */
  async put(manifest: Manifest, signal: AbortSignal): Promise<void> {
    const key = MANIFESTS + manifest.id
    const json = Buffer.from(JSON.stringify(Manifest.parse(manifest)))
    const sealed = await sealObject(this.#ring, ObjectKind.manifest, key, json)
    await this.#putOnce(key, sealed, signal)
    const patience = AbortSignal.timeout(READ_BACK_MS)
    const stored = await this.#storage.get(key, 'all', patience)
    if (!sealed.equals(stored)) {
      await this.#storage.remove(key, patience)
      throw new Damaged({ what: key, why: 'the storage gave back other bytes than it was given' })
    }
  }

  /** When a manifest was written, by the storage's clock. */
  async written(id: string, signal: AbortSignal): Promise<Date> {
    const object = await this.#storage.stat(MANIFESTS + id, signal)
    if (object === undefined)
      throw new ObjectMissing({ key: MANIFESTS + id, place: this.#storage.place })
    return object.modified
  }

  /** The second copy, after the first: a copy alone means that a manifest was lost. */
  async putCopy(id: string, signal: AbortSignal): Promise<void> {
    const sealed = await this.#storage.get(MANIFESTS + id, 'all', signal)
    await this.#putOnce(COPIES + id, sealed, signal)
  }

  /** The copy goes first: killed in between, the backup still exists. */
  async remove(id: string, signal: AbortSignal): Promise<void> {
    await this.#storage.remove(COPIES + id, signal)
    await this.#storage.remove(MANIFESTS + id, signal)
  }

  /** Copies that are not, byte for byte, the manifest that they are copies of. */
  async badCopies(manifests: readonly Manifest[], signal: AbortSignal): Promise<Problem[]> {
    const problems: Problem[] = []
    const copies = new Set(await this.#ids(COPIES, signal))
    const ids = manifests.map(manifest => manifest.id).filter(id => copies.has(id))
    for await (const why of inFlight(READS, ids, async id => await this.#copyTrouble(id, signal))) {
      if (why !== undefined) problems.push(why)
    }
    return problems
  }

  /** SHA-256 of a manifest's stored bytes, for the chain from one backup to the one before it. */
  async digest(id: string, signal: AbortSignal): Promise<string> {
    const sealed = await this.#storage
      .get(MANIFESTS + id, 'all', signal)
      .catch((error: unknown) => {
        if (!isDamage(error)) throw error
        return this.#storage.get(COPIES + id, 'all', signal)
      })
    return createHash('sha256').update(sealed).digest('hex')
  }

  /** Never silently an older one: a newer backup that cannot be read must be known to whoever restores. */
  async #latest(signal: AbortSignal): Promise<Manifest> {
    const { manifests, problems } = await this.all(signal)
    const [newest] = manifests
    const lost = problems.filter(problem => problem.lost)
    if (newest === undefined) {
      const why = lost.length > 0 ? 'no manifest can be read' : 'there is no backup yet'
      throw new NoSuchBackup({ name: 'latest', why })
    }
    const readable = await this.#age(newest.id, signal)
    for (const { id, why } of lost) {
      if ((await this.#age(id, signal)) <= readable) continue
      throw new Damaged({ what: `backup ${id.slice(0, 8)}, which is newer than all others,`, why })
    }
    return newest
  }

  async #age(id: string, signal: AbortSignal): Promise<number> {
    const object =
      (await this.#storage.stat(MANIFESTS + id, signal)) ??
      (await this.#storage.stat(COPIES + id, signal))
    return object?.modified.getTime() ?? 0
  }

  async #ids(prefix: string, signal: AbortSignal): Promise<string[]> {
    const ids: string[] = []
    for await (const { key } of this.#storage.list(prefix, signal)) {
      if (isId(nameOf(key))) ids.push(nameOf(key))
    }
    return ids
  }

  /** A manifest that was listed, from its copy if need be; neither it nor a problem when it was forgotten since. */
  async #read(
    id: string,
    signal: AbortSignal,
  ): Promise<{ id: string; manifest: Manifest | undefined; problems: Problem[] }> {
    const problems: Problem[] = []
    let isGone = true
    for (const prefix of [MANIFESTS, COPIES]) {
      try {
        return { id, manifest: await this.#open(id, prefix, signal), problems }
      } catch (error) {
        if (!isDamage(error)) throw error
        isGone &&= error instanceof ObjectMissing
        problems.push({ object: prefix + id, why: reason(error) })
      }
    }
    return { id, manifest: undefined, problems: isGone ? [] : problems }
  }

  async #copyTrouble(id: string, signal: AbortSignal): Promise<Problem | undefined> {
    const object = COPIES + id
    try {
      await this.#open(id, COPIES, signal)
      return undefined
    } catch (error) {
      // Forgotten since it was listed.
      if (error instanceof ObjectMissing) return undefined
      if (!isDamage(error)) throw error
      return { object, why: reason(error) }
    }
  }

  async #open(id: string, prefix: string, signal: AbortSignal): Promise<Manifest> {
    const sealed = await this.#storage.get(prefix + id, 'all', signal)
    const json = await openObject(
      this.#ring,
      ObjectKind.manifest,
      MANIFESTS + id,
      sealed,
      prefix + id,
    )
    const parsed = Manifest.safeParse(JSON.parse(json.toString()))
    if (!parsed.success) {
      throw new RepositoryTooNew({ place: prefix + id, needs: 'another manifest format' })
    }
    return parsed.data
  }

  async #putOnce(key: string, body: Uint8Array, signal: AbortSignal): Promise<void> {
    try {
      await this.#storage.put(key, body, { signal })
    } catch (error) {
      // A put whose answer was lost is repeated: the same bytes are what we wanted there.
      if (!(error instanceof ObjectExists)) throw error
      const there = await this.#storage.get(key, 'all', signal)
      if (!Buffer.from(body).equals(there)) throw error
    }
  }
}
