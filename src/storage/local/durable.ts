import { link, open, rename, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted } from '../../core/abort.ts'
import { codeOf } from './trouble.ts'

/** Objects are written once: not even their owner changes one by mistake. */
const OBJECT_MODE = 0o400
/** Between two of these a write notices that it is to stop. */
const PART_BYTES = 16 * 1024 * 1024

const CLAIM_POLL_MS = 20
/** Far longer than a check and a rename take; a claim older than this was left by a crash. */
const CLAIM_WAIT_MS = 10_000

/** What file systems answer that have no hard links: exFAT, some network file systems. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])
/** What file systems answer that cannot sync a directory, or have no need to. */
const NO_DIRECTORY_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'])

/** Writes a new file to the disk, down to the platters; returns the file system's time of it. */
export async function writeDurably(
  path: string,
  body: Uint8Array,
  signal: AbortSignal,
  what: string,
): Promise<Date> {
  const file = await open(path, 'wx', OBJECT_MODE)
  try {
    for (let at = 0; at < body.length; ) {
      throwIfAborted(signal, what)
      const length = Math.min(PART_BYTES, body.length - at)
      at += (await file.write(body, at, length)).bytesWritten
    }
    await file.sync()
    return (await file.stat()).mtime
  } finally {
    await file.close()
  }
}

/** Makes what a directory names durable: without it, a new file may be gone after a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } catch (error) {
    if (!NO_DIRECTORY_SYNC.has(codeOf(error) ?? '')) throw error
  } finally {
    await directory.close()
  }
}

/**
 * Gives the file `temp` the name `path` unless that is taken; answers whether it did. Of two processes
 * that do this at once exactly one succeeds. `temp` may or may not be there afterwards.
 */
export async function nameOnce(temp: string, path: string, claim: string): Promise<boolean> {
  try {
    await link(temp, path)
    return true
  } catch (error) {
    const code = codeOf(error) ?? ''
    // A network file system repeats a request whose answer was lost: then the name is taken, by us.
    if (code === 'EEXIST') return (await stat(temp)).nlink > 1
    if (NO_LINKS.has(code)) return await renameOnce(temp, path, claim)
    throw error
  }
}

/** {@link nameOnce} without hard links: whoever creates the file `claim` may look, and then rename. */
export async function renameOnce(temp: string, path: string, claim: string): Promise<boolean> {
  const deadline = performance.now() + CLAIM_WAIT_MS
  while (!(await createClaim(claim))) {
    if (performance.now() > deadline) {
      throw new Error(`another process has been at it too long; if none is, remove ${claim}`)
    }
    await sleep(CLAIM_POLL_MS)
  }
  try {
    if (await isThere(path)) return false
    await rename(temp, path)
    return true
  } finally {
    await rm(claim, { force: true })
  }
}

async function createClaim(claim: string): Promise<boolean> {
  try {
    await (await open(claim, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    // Below a file there is nothing, either.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false
    throw error
  }
}
