import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

const ROOT = join(import.meta.dirname, '..', '..')
const LEAVING_MS = 20_000

/** A directory in which a demo makes everything, so that one sees what is left of it. */
export class DemoSite {
  readonly dir = mkdtempSync(join(tmpdir(), 'demo-test-'))
  readonly #started: ChildProcessByStdio<null, Readable, Readable>[] = []

  constructor() {
    chmodSync(this.dir, 0o1777) // the server runs as another user
  }

  /** Starts a program of the checkout. */
  start(
    program: string,
    ...args: readonly string[]
  ): {
    readonly child: ChildProcessByStdio<null, Readable, Readable>
    readonly exit: Promise<[number | null, string | null]>
  } {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: this.dir },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#started.push(child)
    return { child, exit: once(child, 'exit') as Promise<[number | null, string | null]> }
  }

  /** What is left of a demo: its files, and processes that have to do with them. */
  #leftovers(): string[] {
    return [...readdirSync(this.dir), ...processesOf(this.dir)]
  }

  async assertNothingIsLeft(): Promise<void> {
    const deadline = performance.now() + LEAVING_MS
    while (this.#leftovers().length > 0 && performance.now() < deadline) await sleep(20)
    assert.deepEqual(this.#leftovers(), [])
  }

  /** Ends whatever a test has left. */
  async remove(): Promise<void> {
    for (const child of this.#started) child.kill('SIGKILL')
    const deadline = performance.now() + LEAVING_MS
    while (processesOf(this.dir).length > 0 && performance.now() < deadline) await sleep(20)
    rmSync(this.dir, { recursive: true })
  }
}

/** The processes whose command or environment names a directory. */
function processesOf(directory: string): string[] {
  const numbers = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return numbers.flatMap(pid => {
    try {
      const [command = '', environment = ''] = ['cmdline', 'environ'].map(file =>
        readFileSync(join('/proc', pid, file), 'utf8'),
      )
      return (command + environment).includes(directory) ? [command.replaceAll('\0', ' ')] : []
    } catch {
      // It ended while we looked, or belongs to somebody else.
      return []
    }
  })
}
