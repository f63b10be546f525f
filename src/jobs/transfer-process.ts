import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { throwIfAborted } from '../core/abort.ts'
import type { Manifest } from '../core/backup.ts'
import { Fault } from '../core/fault.ts'
import { LookTooLong, TransferDied, TransferStalled } from '../core/faults.ts'
import type { Preflight } from '../core/preflight.ts'
import { passwordsIn, redact, Secret } from '../core/secret.ts'
import type { RunnerCommand } from './runner-process.ts'
import {
  type CarriedFault,
  FromTransfer,
  type ToTransfer,
  type TransferOrder,
  type Transferred,
} from './transfer-protocol.ts'

export interface TransferOptions {
  /** How the process is started. */
  readonly command: RunnerCommand
  /** Bytes that nobody takes, or that do not come, for so long end it. */
  readonly stallMs: number
}

type Order<Task> = Extract<TransferOrder, { task: Task }>
type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** What is kept of what a process prints: it prints only when it breaks. */
const STDERR_TAIL = 8 * 1024
/** A process that was asked to end is killed after this time. */
const KILL_AFTER_MS = 10_000
/** To look ahead takes a second or two, and half a minute where the server of the target does not answer. */
const LOOK_S = 60

/**
 * Reads a stream of a backup in a process of its own. Answers once it is known that it can be read, and how
 * long it is; whoever does not read it to its end aborts the signal. Its end means that all of it was proven.
 */
export async function readStream(
  order: Order<'read'>,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly stream: Readable }> {
  const process = new TransferProcess(order, options, signal)
  const bytes = await process.ready
  return { bytes, stream: Readable.from(process.output(), { objectMode: false }) }
}

/** Makes a native dump a backup, in a process of its own; nothing is kept of one that breaks off. */
export async function importStream(
  order: Order<'import'>,
  dump: Readable,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<Manifest> {
  return await new TransferProcess(order, options, signal).take(dump)
}

/** Looks, in a process of its own, at what a restore would meet. */
export async function preflightIn(
  order: Order<'preflight'>,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<Preflight> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new LookTooLong({ seconds: LOOK_S })), LOOK_S * 1000)
  try {
    const during = AbortSignal.any([signal, limit.signal])
    return await new TransferProcess(order, { ...options, stallMs: undefined }, during).look()
  } finally {
    clearTimeout(timer)
  }
}

class TransferProcess {
  /** How many bytes will come; rejected when it comes to nothing. */
  readonly ready: Promise<number>
  readonly #child: Child
  readonly #secrets: readonly Secret[]
  readonly #signal: AbortSignal
  readonly #stall = new AbortController()
  readonly #timer: NodeJS.Timeout | undefined
  readonly #ended: Promise<Transferred>
  readonly #ready = Promise.withResolvers<number>()
  /** Whether all that was to be taken in has arrived. */
  readonly #whole = Promise.withResolvers<boolean>()
  #last: FromTransfer | undefined
  #stderr = ''

  constructor(
    order: TransferOrder,
    { command, stallMs }: Pick<TransferOptions, 'command'> & { stallMs: number | undefined },
    signal: AbortSignal,
  ) {
    throwIfAborted(signal, 'the transfer')
    const { url, recoveryKey } = order.repository
    const target = order.task === 'preflight' ? order.target : ''
    const texts = [url, recoveryKey, target, ...passwordsIn(target)]
    this.#secrets = texts.map(text => new Secret(text))
    this.#signal = AbortSignal.any([signal, this.#stall.signal])
    if (stallMs !== undefined) {
      const stalled = () => new TransferStalled({ seconds: Math.round(stallMs / 1000) })
      this.#timer = setTimeout(() => this.#stall.abort(stalled()), stallMs)
    }
    this.#child = spawn(command.program, command.args, {
      env: { ...command.env },
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    }) as Child
    this.#ended = this.#watch()
    this.#ended.catch((error: unknown) => this.#ready.reject(error))
    this.ready = this.#ready.promise
    this.ready.catch(() => undefined)
    this.#tell({ type: 'order', order })
  }

  /** All bytes; ends only once the process said that they were all, and that they are whole. */
  async *output(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of this.#child.stdout as AsyncIterable<Uint8Array>) {
        this.#timer?.refresh()
        yield piece
      }
      await this.#ended
    } finally {
      this.#child.kill('SIGTERM')
    }
  }

  /** Feeds the process. It hears that this was all only when it was. */
  async take(dump: Readable): Promise<Manifest> {
    const timer = this.#timer
    // Whoever sends it is to hear the answer: the request is not destroyed with what it is fed to.
    const pieces: AsyncIterable<Uint8Array> = dump.iterator({ destroyOnReturn: false })
    const watched = async function* () {
      for await (const piece of pieces) {
        timer?.refresh()
        yield piece
      }
      clearTimeout(timer)
    }
    const fed = pipeline(watched, this.#child.stdin, { signal: this.#signal }).then(
      () => this.#whole.resolve(true),
      () => {
        this.#whole.resolve(false)
        // What it was fed is not all: it must not take its end for the end of the dump.
        if (this.#last === undefined) this.#child.kill('SIGTERM')
      },
    )
    const { manifest } = await this.#ended
    await fed
    if (manifest === undefined) throw new TransferDied({ how: 'ended without a backup' })
    return manifest
  }

  async look(): Promise<Preflight> {
    this.#child.stdin.end()
    const { preflight } = await this.#ended
    if (preflight === undefined) throw new TransferDied({ how: 'ended without an answer' })
    return preflight
  }

  async #watch(): Promise<Transferred> {
    const child = this.#child
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL)
    })
    child.on('message', message => this.#hear(message))
    // EPIPE: it has left, and how it ended tells why.
    child.stdin.on('error', () => undefined)
    let startError: Error | undefined
    child.on('error', error => (startError = error))
    let kill: NodeJS.Timeout | undefined
    const end = () => {
      child.kill('SIGTERM')
      kill = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
    }
    this.#signal.addEventListener('abort', end, { once: true })
    await new Promise<void>(resolve =>
      child.once('exit', () => resolve()).once('error', () => resolve()),
    )
    this.#signal.removeEventListener('abort', end)
    clearTimeout(kill)
    clearTimeout(this.#timer)
    if (this.#last?.type === 'done') return this.#last
    throwIfAborted(this.#signal, 'the transfer')
    if (this.#last?.type === 'failed') throw faultOf(this.#last.fault)
    throw new TransferDied({ how: startError?.message ?? this.#howItDied() })
  }

  #howItDied(): string {
    const { exitCode, signalCode } = this.#child
    const how =
      signalCode === null ? `ended with exit code ${exitCode}` : `was ended by ${signalCode}`
    const said = redact(this.#stderr, this.#secrets).trim()
    return said === '' ? how : `${how}: ${said}`
  }

  #hear(message: unknown): void {
    const parsed = FromTransfer.safeParse(message)
    if (!parsed.success) return
    const heard = parsed.data
    if (heard.type === 'ready') this.#ready.resolve(heard.bytes)
    else if (heard.type === 'commit') void this.#whole.promise.then(whole => this.#leave(whole))
    else this.#last = heard
  }

  #leave(granted: boolean): void {
    this.#tell({ type: 'leave', granted: granted && !this.#signal.aborted })
  }

  #tell(message: ToTransfer): void {
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }
}

/** The fault that the process met, as if it had been met here. */
function faultOf({ code, message, hint, ...kind }: CarriedFault): Fault {
  return new Fault(code, { ...kind, text: () => message, hint: () => hint }, {})
}
