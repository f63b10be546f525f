import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { Interrupted, ToolFailed, ToolMissing } from '../core/faults.ts'
import { giveWay } from '../core/give-way.ts'
import { redact, type Secret } from '../core/secret.ts'
import type { Bytes } from './bytes.ts'

/** Programs name their cause last; what they print before is progress. */
const STDERR_TAIL = 64 * 1024
/** How long a program may take to end by itself after SIGTERM. */
const GRACE_MS = 5_000
/** How much nicer a program is that gives way. */
const BACKGROUND = 10

export interface ToolCall {
  /** What messages call it; default: the last part of its path. */
  readonly name?: string
  /** Path of the program; no shell ever sees it. */
  readonly program: string
  readonly args: readonly string[]
  /** All of its environment: nothing of ours is handed on. */
  readonly env: Readonly<Record<string, string>>
  /** It gives way to everything else that wants the processor. */
  readonly isBackground?: boolean
  /** What its messages must not show. */
  readonly secrets: readonly Secret[]
}

/**
 * A program that runs in a process group of its own. Aborting the signal ends the whole group, and
 * every wait below ends only when the program is gone.
 */
export class Tool {
  readonly name: string
  readonly #child: ChildProcess
  readonly #signal: AbortSignal
  readonly #secrets: readonly Secret[]
  readonly #closed: Promise<void>
  #stderr = ''
  #startError: NodeJS.ErrnoException | undefined
  #killTimer: NodeJS.Timeout | undefined
  #isGone = false

  /** Starts a program; `uses` says which of its ends we hold, the other one leads nowhere. */
  constructor(call: ToolCall, uses: 'stdin' | 'stdout' | 'neither', signal: AbortSignal) {
    this.name = call.name ?? basename(call.program)
    if (signal.aborted) throw new Interrupted({ what: this.name }, signal.reason)
    this.#signal = signal
    this.#secrets = call.secrets
    this.#child = spawn(call.program, call.args, {
      env: { ...call.env },
      detached: true,
      stdio: [uses === 'stdin' ? 'pipe' : 'ignore', uses === 'stdout' ? 'pipe' : 'ignore', 'pipe'],
    })
    if (call.isBackground === true) giveWay(this.#child.pid, BACKGROUND)
    this.#closed = this.#watch()
  }

  /**
   * What the program writes to stdout. The end is withheld until it has exited 0, so that an end means
   * success; a reader who leaves early kills it.
   */
  async *output(): AsyncGenerator<Uint8Array> {
    const stdout = this.#child.stdout as Readable
    let ended = false
    try {
      yield* stdout as AsyncIterable<Uint8Array>
      ended = true
    } catch (error) {
      if (!this.#signal.aborted) throw error
    } finally {
      if (!ended) await this.kill()
    }
    await this.success()
  }

  /**
   * Writes a stream to the program's stdin and waits for its success. A program that needs no more of
   * it may exit 0 earlier; the stream is read to its end all the same, because only then is it proven.
   */
  async feed(source: Bytes): Promise<void> {
    const stdin = this.#child.stdin as Writable
    // EPIPE means that the program has left: its exit code, awaited below, says whether that is bad.
    stdin.on('error', () => {})
    try {
      for await (const piece of source) {
        if (!stdin.writable) await this.success()
        else if (!stdin.write(piece)) await drained(stdin)
      }
    } catch (error) {
      // To the program a closed stdin means that this was all: it dies before that can happen.
      await this.kill()
      throw error
    }
    stdin.end()
    await this.success()
  }

  /** Resolves when the program has exited 0; throws ToolFailed or Interrupted otherwise. */
  async success(): Promise<void> {
    await this.#closed
    if (this.#child.exitCode === 0) return
    if (this.#signal.aborted) throw new Interrupted({ what: this.name }, this.#signal.reason)
    throw this.#failure()
  }

  /** Kills the whole group; resolves when the program is gone. Safe after it has ended. */
  async kill(): Promise<void> {
    this.#send('SIGKILL')
    await this.#closed
  }

  /** The last lines that the program wrote to stderr, without secrets. */
  messages(): string[] {
    const clean = redact(this.#stderr, this.#secrets)
    return clean.split('\n').filter(line => line.trim() !== '')
  }

  async #watch(): Promise<void> {
    const child = this.#child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#keep(text))
    child.on('error', error => (this.#startError = error))
    // Nothing of the group outlives its leader.
    child.on('exit', () => this.#send('SIGKILL'))
    const onAbort = () => this.#terminate()
    this.#signal.addEventListener('abort', onAbort, { once: true })
    await new Promise<void>(resolve => child.once('close', () => resolve()))
    this.#signal.removeEventListener('abort', onAbort)
    clearTimeout(this.#killTimer)
    this.#isGone = true
  }

  #terminate(): void {
    this.#send('SIGTERM')
    this.#send('SIGCONT') // a paused program gets SIGTERM only when it goes on
    this.#killTimer = setTimeout(() => this.#send('SIGKILL'), GRACE_MS)
  }

  #send(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    // Once it is gone its number may belong to another program.
    if (pid === undefined || this.#isGone) return
    try {
      process.kill(-pid, signal)
    } catch (error) {
      // ESRCH: all of the group is gone already; EPERM: what is left of it are zombies.
      const code = (error as NodeJS.ErrnoException).code
      if (code !== 'ESRCH' && code !== 'EPERM') throw error
    }
  }

  #keep(text: string): void {
    const all = this.#stderr + text
    if (all.length <= STDERR_TAIL) {
      this.#stderr = all
      return
    }
    // Cut at a line, so that no half of a secret is left that `redact` would not know.
    const cut = all.indexOf('\n', all.length - STDERR_TAIL)
    this.#stderr = cut === -1 ? '' : all.slice(cut + 1)
  }

  #failure() {
    const tool = this.name
    const start = this.#startError
    if (start?.code === 'ENOENT' || start?.code === 'EACCES') {
      const why = start.code === 'ENOENT' ? 'it is not there' : 'this user may not run it'
      return new ToolMissing({ tool, why, install: 'install it, or correct its path' }, start)
    }
    return new ToolFailed({ tool, how: this.#how(), lastWords: this.messages().join('; ') }, start)
  }

  #how(): string {
    const { exitCode, signalCode } = this.#child
    if (this.#startError) return `could not be started: ${this.#startError.message}`
    if (signalCode === 'SIGKILL') return 'was killed by SIGKILL (out of memory?)'
    if (signalCode !== null) return `was killed by ${signalCode}`
    return `ended with exit code ${exitCode}`
  }
}

/** Waits until the stream takes more, or has closed. */
async function drained(stream: Writable): Promise<void> {
  const over = new AbortController()
  const options = { signal: over.signal }
  await Promise.race([once(stream, 'drain', options), once(stream, 'close', options)]).catch(
    () => {},
  )
  over.abort()
}
