import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const made = new Set<string>()

/** A new private directory that is gone when this process ends, however it ends short of SIGKILL. */
export function tempDir(): string {
  if (made.size === 0) removeAtExit()
  const path = mkdtempSync(join(tmpdir(), 'holdfast-'))
  made.add(path)
  return path
}

function removeAtExit(): void {
  process.once('exit', () => {
    for (const path of made) rmSync(path, { recursive: true, force: true })
  })
  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    // A program with a handler of its own ends in its own way, and then meets the exit handler.
    process.once(signal, () => {
      if (process.listenerCount(signal) === 0) process.exit(code)
    })
  }
}
