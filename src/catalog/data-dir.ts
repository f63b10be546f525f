import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { reason } from '../core/fault.ts'
import { DataDirInUse, DataDirUnfit } from '../core/faults.ts'

/**
 * Makes the data directory where there is none. Its owner alone can look into it; root lets others pass
 * through, because the embedded server, which is another user then, lives in it.
 */
export function makeDataDir(path: string): void {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700
  try {
    const first = mkdirSync(path, { recursive: true, mode })
    if (first === undefined) return
    // Whatever the umask says.
    for (let made = path; made.length >= first.length; made = dirname(made)) chmodSync(made, mode)
  } catch (error) {
    const hint = 'name another one (HOLDFAST_DATA_DIR), or let this user write there'
    throw new DataDirUnfit({ path, why: reason(error), hint }, error)
  }
}

/** The ancestor of `path`, itself included, that does not let other users pass through. */
export function closedToOthers(path: string): string | undefined {
  if ((statSync(path).mode & 0o001) === 0) return path
  return path === dirname(path) ? undefined : closedToOthers(dirname(path))
}

/**
 * Keeps the data directory to this process until it ends, however it ends. Node has no lock that the kernel
 * frees; SQLite's lock of a file is one.
 */
export function lockDataDir(path: string): { release(): void } {
  const owner = join(path, 'holdfast.pid')
  const lock = takeLock(path, owner)
  writeFileSync(owner, `${process.pid}\n`)
  return {
    release: () => {
      rmSync(owner, { force: true })
      lock.close()
    },
  }
}

function takeLock(path: string, owner: string): DatabaseSync {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(path, 'holdfast.lock'))
    lock.exec('pragma journal_mode = memory; begin exclusive')
    return lock
  } catch (error) {
    lock?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
      throw new DataDirInUse({ path, by: processIn(owner) }, error)
    }
    const hint = 'let the user that holdfast runs as own it and all that is in it'
    throw new DataDirUnfit({ path, why: reason(error), hint }, error)
  }
}

const SQLITE_BUSY = 5

function processIn(owner: string): string {
  try {
    return ` (process ${readFileSync(owner, 'utf8').trim()})`
  } catch {
    return ''
  }
}

/** Makes a rename, a link or a new file in this directory outlive a power cut. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

/** Writes a new file for its owner's eyes only, safe from a power cut once its directory is synced. */
export function writePrivately(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
