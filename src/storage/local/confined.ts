import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { PlaceNotEmpty, PlaceRefused, StorageUnreachable } from '../../core/faults.ts'
import type { ByteRange, PutOptions, Storage, StoredObject } from '../storage.ts'
import { syncDirectory } from './durable.ts'
import { DIRECTORIES, LocalStorage, PRIVATE } from './local.ts'
import { codeOf, readTrouble } from './trouble.ts'
import { isAbsence } from './walk.ts'

/** A symbolic link that appears on the way is an error, not a way. */
const THE_DIRECTORY_ITSELF = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
/** Names what is open, whatever its path leads to by now; where there is none (macOS), the path has to do. */
const OPEN_FILES = '/proc/self/fd'

/**
 * A directory that must lie below one of some others, wherever the links on its path lead. It is opened once,
 * one name after the other, and what was opened is what is used: nothing that is put in its way later counts.
 */
export class ConfinedStorage implements Storage {
  readonly place: string
  readonly #roots: readonly string[]
  #opening: Promise<Opened> | undefined

  constructor(place: string, roots: readonly string[]) {
    this.place = place
    this.#roots = roots
  }

  async put(key: string, body: Uint8Array, options: PutOptions): Promise<void> {
    await (await this.#storage()).put(key, body, options)
  }

  async get(key: string, range: ByteRange | 'all', signal: AbortSignal): Promise<Uint8Array> {
    return await (await this.#storage()).get(key, range, signal)
  }

  async stat(key: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    return await (await this.#storage()).stat(key, signal)
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<StoredObject> {
    yield* (await this.#storage()).list(prefix, signal)
  }

  async remove(key: string, signal: AbortSignal): Promise<void> {
    await (await this.#storage()).remove(key, signal)
  }

  async prepare(signal: AbortSignal): Promise<void> {
    await (await this.#storage(true)).prepare(signal)
  }

  async free(signal: AbortSignal): Promise<number> {
    return await (await this.#storage()).free(signal)
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined)
    this.#opening = undefined
    await opened?.directory.close()
  }

  async #storage(isNew = false): Promise<LocalStorage> {
    this.#opening ??= openBelow(this.place, this.#roots, isNew)
    const opening = this.#opening
    try {
      return (await opening).storage
    } catch (error) {
      // What is not there yet may be made; what is in the way may be taken out of it.
      if (this.#opening === opening) this.#opening = undefined
      throw error
    }
  }
}

interface Opened {
  readonly directory: FileHandle
  readonly storage: LocalStorage
}

async function openBelow(place: string, roots: readonly string[], isNew: boolean): Promise<Opened> {
  const path = await whereItLeads(place)
  const root = await rootOf(path, roots)
  if (root === undefined) throw new PlaceRefused({ place, roots })
  let directory = await open(root, THE_DIRECTORY_ITSELF)
  try {
    let at = root
    for (const name of relative(root, path).split(sep).filter(Boolean)) {
      at = join(at, name)
      const next = await enter(directory, at, isNew).catch(async error => {
        throw await whyNotEntered(error, { place, at, roots, isNew })
      })
      await directory.close()
      directory = next
    }
    const base = await pathOf(directory, path)
    await refuseWaysOut(base, place, roots)
    return { directory, storage: new LocalStorage(place, base) }
  } catch (error) {
    await directory.close()
    throw error
  }
}

/** Where a path leads; what is not there yet is where its name says. */
async function whereItLeads(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await whereItLeads(parent), basename(path))
  }
}

/** The root that a path lies below, as it is called without links. Roots that are not there hold nothing. */
async function rootOf(path: string, roots: readonly string[]): Promise<string | undefined> {
  for (const root of roots) {
    const real = await realpath(root).catch(() => undefined)
    if (real !== undefined && isBelow(path, real)) return real
  }
  return undefined
}

const isBelow = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)

/** Opens a directory within one that is open. */
async function enter(parent: FileHandle, path: string, isNew: boolean): Promise<FileHandle> {
  const within = join(await pathOf(parent, dirname(path)), basename(path))
  try {
    return await open(within, THE_DIRECTORY_ITSELF)
  } catch (error) {
    if (!isNew || codeOf(error) !== 'ENOENT') throw error
    await mkdir(within, { mode: PRIVATE })
    await syncDirectory(dirname(within))
    return await open(within, THE_DIRECTORY_ITSELF)
  }
}

async function pathOf(directory: FileHandle, path: string): Promise<string> {
  const own = `${OPEN_FILES}/${directory.fd}`
  const isThere = await stat(own).then(
    facts => facts.isDirectory(),
    () => false,
  )
  return isThere ? own : path
}

async function whyNotEntered(
  trouble: unknown,
  about: { place: string; at: string; roots: readonly string[]; isNew: boolean },
): Promise<unknown> {
  const { place, at, roots, isNew } = about
  if (!isAbsence(trouble) && codeOf(trouble) !== 'ELOOP')
    return readTrouble(place, 'open it', trouble)
  const isLink = await lstat(at).then(
    facts => facts.isSymbolicLink(),
    () => false,
  )
  if (isLink) return new PlaceRefused({ place, roots }, trouble)
  if (isNew) return new PlaceNotEmpty({ place, found: 'a file' }, trouble)
  const why = 'there is no such directory; is its file system mounted?'
  return new StorageUnreachable({ place, what: 'open it', why, absent: true }, trouble)
}

/** The directories of a repository may lie on other disks, but not outside of the roots. */
async function refuseWaysOut(base: string, place: string, roots: readonly string[]): Promise<void> {
  for (const name of DIRECTORIES) {
    const path = join(base, name)
    const there = await lstat(path).catch(() => undefined)
    if (there?.isSymbolicLink() !== true) continue
    if ((await rootOf(await whereItLeads(path), roots)) === undefined) {
      throw new PlaceRefused({ place, roots })
    }
  }
}
