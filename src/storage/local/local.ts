import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, statfs, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { throwIfAborted } from '../../core/abort.ts'
import {
  ObjectExists,
  ObjectMissing,
  PlaceNotEmpty,
  StorageUnreachable,
  WrongUse,
} from '../../core/faults.ts'
import type { ByteRange, PutOptions, Storage, StoredObject } from '../storage.ts'
import { isThere, nameOnce, syncDirectory, writeDurably } from './durable.ts'
import { codeOf, readTrouble, writeTrouble } from './trouble.ts'
import { describe, isAbsence, isKey, walk } from './walk.ts'

/** Where objects are written before they get their name; on the same file system as these. */
const TMP = 'tmp'
/**
 * Made by `prepare` and never again: on an empty mount point a `put` must fail, not start a new tree
 * on the wrong disk. Only below `packs` a put makes directories, one level deep.
 */
export const DIRECTORIES = [
  'packs',
  'keys',
  'index',
  'manifests',
  'copies',
  'sessions',
  'trash',
  TMP,
]
const NESTED = 'packs'
/** What a new file system holds before anyone wrote to it. */
const OF_THE_FILE_SYSTEM = 'lost+found'
export const PRIVATE = 0o700
/** No write takes as long as this: a temporary file older than it was left by a crash. */
const ABANDONED_MS = 24 * 60 * 60 * 1000

/** A directory of this machine. */
export class LocalStorage implements Storage {
  readonly place: string
  readonly #base: string
  /** Whether a repository was seen here: if its directories are gone later, so is the disk. */
  #seen = false
  #swept = false
  /** Directories below {@link NESTED} that are known to be there, durably. */
  readonly #settled = new Set<string>()

  /** `base` is another way to the same directory. */
  constructor(place: string, base: string = place) {
    this.place = place
    this.#base = base
  }

  async put(key: string, body: Uint8Array, options: PutOptions): Promise<void> {
    const what = `write ${key}`
    throwIfAborted(options.signal, what)
    const path = this.#path(key)
    const temp = join(this.#base, TMP, randomUUID())
    try {
      const now = await writeDurably(temp, body, options.signal, what)
      await this.#settle(dirname(key))
      if (options.replace === true) await rename(temp, path)
      else await this.#nameOnce(temp, path, key)
      await syncDirectory(dirname(path))
      await this.#sweep(now).catch(leftForTheSweep)
    } catch (error) {
      if (isAbsence(error)) await this.#requireLayout(what)
      throw writeTrouble(this.place, what, key, error)
    } finally {
      await rm(temp, { force: true }).catch(leftForTheSweep)
    }
    this.#seen = true
  }

  async get(key: string, range: ByteRange | 'all', signal: AbortSignal): Promise<Uint8Array> {
    const what = `read ${key}`
    throwIfAborted(signal, what)
    try {
      const bytes = await read(this.#path(key), range)
      this.#seen = true
      return bytes
    } catch (error) {
      if (!isAbsence(error)) throw readTrouble(this.place, what, error)
      await this.#explainAbsence(what)
      throw new ObjectMissing({ key, place: this.place }, error)
    }
  }

  async stat(key: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    const what = `look for ${key}`
    throwIfAborted(signal, what)
    this.#path(key)
    try {
      const object = await describe(this.#base, key)
      if (object === undefined) await this.#explainAbsence(what)
      else this.#seen = true
      return object
    } catch (error) {
      throw readTrouble(this.place, what, error)
    }
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<StoredObject> {
    const what = `list ${prefix === '' ? 'all objects' : prefix}`
    throwIfAborted(signal, what)
    const dir = prefix.replace(/\/$/, '')
    if (dir !== '') this.#path(dir)
    await this.#requireLayout(what)
    this.#seen = true
    try {
      yield* walk(this.#base, dir, TMP, signal)
    } catch (error) {
      if (!isAbsence(error) || !(await this.#mayBeAbsent(dir))) {
        throw readTrouble(this.place, what, error)
      }
    }
    // What a disk that went away half-way no longer shows must not pass for removed.
    await this.#requireLayout(what)
  }

  async remove(key: string, signal: AbortSignal): Promise<void> {
    const what = `remove ${key}`
    throwIfAborted(signal, what)
    try {
      await unlink(this.#path(key))
    } catch (error) {
      if (!isAbsence(error)) throw writeTrouble(this.place, what, key, error)
      await this.#explainAbsence(what)
    }
  }

  async prepare(signal: AbortSignal): Promise<void> {
    const { place } = this
    const base = this.#base
    throwIfAborted(signal, 'make a repository')
    try {
      await makePath(base)
      const found = await firstFound(base)
      if (found !== undefined) throw new PlaceNotEmpty({ place, found })
      for (const dir of DIRECTORIES) {
        await makeDirectory(join(base, dir))
        await syncDirectory(join(base, dir))
      }
      await syncDirectory(base)
    } catch (error) {
      const isFile = codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTDIR'
      if (isFile) throw new PlaceNotEmpty({ place, found: 'a file' }, error)
      throw writeTrouble(place, 'make a repository', 'a new repository', error)
    }
    this.#seen = true
  }

  async free(signal: AbortSignal): Promise<number> {
    const what = 'measure the free space'
    throwIfAborted(signal, what)
    try {
      const { bavail, bsize } = await statfs(this.#base)
      return bavail * bsize
    } catch (error) {
      if (isAbsence(error)) await this.#requireLayout(what)
      throw readTrouble(this.place, what, error)
    }
  }

  async close(): Promise<void> {
    // Nothing stays open between two calls.
  }

  /** Where an object lies; the check keeps every path inside of the place. */
  #path(key: string): string {
    if (isKey(key) && !`${key}/`.startsWith(`${TMP}/`)) return join(this.#base, key)
    throw new WrongUse({ why: `"${key}" cannot be the name of an object` })
  }

  async #nameOnce(temp: string, path: string, key: string): Promise<void> {
    const claim = join(this.#base, TMP, `claim-${key.replaceAll('/', '.')}`)
    if (await nameOnce(temp, path, claim)) return
    throw new ObjectExists({ key, place: this.place })
  }

  /** Makes a directory below {@link NESTED}, and its name durable, before the first object in it. */
  async #settle(dir: string): Promise<void> {
    if (dirname(dir) !== NESTED || this.#settled.has(dir)) return
    await makeDirectory(join(this.#base, dir))
    await syncDirectory(join(this.#base, NESTED))
    this.#settled.add(dir)
  }

  /** With the first object put: removes what crashed writers left long ago, by the disk's own clock. */
  async #sweep(now: Date): Promise<void> {
    if (this.#swept) return
    this.#swept = true
    const dir = join(this.#base, TMP)
    for (const name of await readdir(dir)) {
      const path = join(dir, name)
      const { mtime } = await stat(path)
      if (now.getTime() - mtime.getTime() > ABANDONED_MS) await rm(path, { force: true })
    }
  }

  /** Only the fixed directories must be there; one below them appears with its first object. */
  async #mayBeAbsent(dir: string): Promise<boolean> {
    const isFixed = dir === '' || DIRECTORIES.includes(dir)
    return !isFixed && (await isThere(join(this.#base, dirname(dir))))
  }

  /** An object is not there: throws when that is because its whole repository has vanished. */
  async #explainAbsence(what: string): Promise<void> {
    if (this.#seen || !(await isThere(this.#base))) await this.#requireLayout(what)
  }

  async #requireLayout(what: string): Promise<void> {
    const { place } = this
    if (await isThere(join(this.#base, TMP))) return
    const absent = !(await isThere(this.#base))
    const why = absent ? 'there is no such directory' : 'there is no repository in this directory'
    const question = `${why}; is its file system mounted?`
    throw new StorageUnreachable({ place, what, why: question, absent })
  }
}

/** A temporary file that cannot be removed now spoils nothing: see {@link ABANDONED_MS}. */
const leftForTheSweep = (): void => undefined

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: PRIVATE })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** Not mkdir's own way, which never ends where a file system refuses with ENOENT (autofs, /proc). */
async function makePath(path: string): Promise<void> {
  if (await isThere(path)) return
  await makePath(dirname(path))
  await makeDirectory(path)
  await syncDirectory(dirname(path))
}

/** Something that stands in the way of a new repository; what a broken `prepare` left does not. */
async function firstFound(place: string): Promise<string | undefined> {
  for (const name of await readdir(place)) {
    if (name === OF_THE_FILE_SYSTEM) continue
    const ours = DIRECTORIES.includes(name) && (await readdir(join(place, name))).length === 0
    if (!ours) return name
  }
  return undefined
}

async function read(path: string, range: ByteRange | 'all'): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const from = range === 'all' ? 0 : range.from
    const end = range === 'all' ? size : Math.min(size, from + range.length)
    const bytes = Buffer.allocUnsafe(Math.max(0, end - from))
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, from + at)
      if (bytesRead === 0) throw new Error(`it ended after ${from + at} of its ${size} bytes`)
      at += bytesRead
    }
    return bytes
  } finally {
    await file.close()
  }
}
