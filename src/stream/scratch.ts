import { readlinkSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** `holdfast-4026531836.1234-aBc123`: made by process 1234 of that namespace. */
const OURS = /^holdfast-(\d+)\.(\d+)-/
/** Process numbers mean something only within their namespace; containers may share a directory. */
const NAMESPACE = pidNamespace()
let swept: Promise<void> | undefined

/**
 * A new private directory for files that only this process and its programs read. Removing it is up to the
 * caller; what processes left that were killed is removed here, before the first one is made.
 */
export async function scratchDirectory(): Promise<string> {
  swept ??= sweep()
  await swept
  return await mkdtemp(join(tmpdir(), `holdfast-${NAMESPACE}.${process.pid}-`))
}

async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, space, pid] = OURS.exec(name) ?? []
    if (space !== NAMESPACE || isAlive(Number(pid))) continue
    const path = join(tmpdir(), name)
    // Another user's, or swept by another process at this moment: not ours to mind.
    const owner = await stat(path).then(
      one => one.uid,
      () => undefined,
    )
    if (owner === process.getuid?.()) await rm(path, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0' // there are none outside of Linux
  }
}
