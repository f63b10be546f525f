import { type ChildProcess, spawn } from 'node:child_process'
import { reason } from '../core/fault.ts'
import { giveWay } from '../core/give-way.ts'
import { redact, type Secret } from '../core/secret.ts'
import { signalTree, startOf } from './process-tree.ts'
import { type Done, type Failed, FromRunner, type Order, type ToRunner } from './protocol.ts'

/** How a runner is started: with our own runtime, and with nothing of our environment but this. */
export interface RunnerCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** How a runner ended; `died` says what is known of one that left without a word. */
export type Ending = Done | Failed | { readonly type: 'died'; readonly how: string }

export interface RunnerListener {
  stage(stage: string): void
  progress(progress: object): void
  notice(text: string): void
  /** Answers whether the runner may do what cannot be undone. */
  commit(): Promise<boolean>
}

/** What is kept of what a runner prints: it prints only when it breaks. */
const STDERR_TAIL = 8 * 1024
/** A process that even SIGKILL does not end hangs in the kernel: nobody waits for it any longer. */
const GONE_MS = 5_000
/** How much nicer a runner is: who asks the server, or the database that is dumped beside it, goes first. */
const BACKGROUND = 5

/** The process that performs one run, and whatever it starts. */
export class RunnerProcess {
  /** Resolves when the process is gone, or does not go whatever is done. */
  readonly ended: Promise<Ending>
  readonly #child: ChildProcess
  readonly #listener: RunnerListener
  readonly #secrets: readonly Secret[]
  readonly #killAfterMs: number
  #last: Done | Failed | undefined
  #stderr = ''
  #ending = false
  #giveUp: (() => void) | undefined

  constructor(
    command: RunnerCommand,
    order: Order,
    options: {
      readonly listener: RunnerListener
      readonly secrets: readonly Secret[]
      readonly killAfterMs: number
    },
  ) {
    this.#listener = options.listener
    this.#secrets = options.secrets
    this.#killAfterMs = options.killAfterMs
    this.#child = spawn(command.program, command.args, {
      env: { ...command.env },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    // Somebody waits for a restore.
    if (order.kind !== 'restore') giveWay(this.#child.pid, BACKGROUND, { leadsSession: true })
    this.ended = this.#watch()
    this.#tell({ type: 'order', order })
  }

  /** Its number, and which process that is; undefined when it could not be started or has ended. */
  identity(): { readonly pid: number; readonly started: string } | undefined {
    const { pid } = this.#child
    const started = pid === undefined ? undefined : startOf(pid)
    return pid === undefined || started === undefined ? undefined : { pid, started }
  }

  /** Lets the process and all that it started stand still. */
  pause(): void {
    this.#signal('SIGSTOP')
  }

  resume(): void {
    this.#signal('SIGCONT')
  }

  /** Gives the process a moment to complete what is better not interrupted, then ends it. */
  finish(): void {
    if (this.#ending) return
    this.#signal('SIGCONT')
    const timer = setTimeout(() => this.end(), this.#killAfterMs / 2)
    void this.ended.then(() => clearTimeout(timer))
  }

  /** Asks the process to clean up and end, and kills it when it takes too long. */
  end(): void {
    if (this.#ending) return
    this.#ending = true
    const { pid } = this.#child
    if (pid === undefined || this.#isGone()) return
    // Only the runner is asked: it ends in good order what it has started.
    this.#child.kill('SIGTERM')
    this.#signal('SIGCONT')
    const timer = setTimeout(() => this.kill(), this.#killAfterMs)
    void this.ended.then(() => clearTimeout(timer))
  }

  /** Ends the process and all that it started, at once. */
  kill(): void {
    this.#ending = true
    this.#signal('SIGKILL')
    const timer = setTimeout(() => this.#giveUp?.(), GONE_MS)
    void this.ended.then(() => clearTimeout(timer))
  }

  async #watch(): Promise<Ending> {
    const child = this.#child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = tailOf(this.#stderr + text)
    })
    child.on('message', message => this.#hear(message))
    let startError: Error | undefined
    child.on('error', error => (startError = error))
    const stuck = await new Promise<boolean>(resolve => {
      this.#giveUp = () => resolve(true)
      child.once('close', () => resolve(false))
    })
    if (this.#last !== undefined) return this.#last
    if (stuck) return { type: 'died', how: 'hangs and cannot be killed' }
    if (startError) return { type: 'died', how: `could not be started: ${reason(startError)}` }
    return { type: 'died', how: this.#howItDied() }
  }

  #howItDied(): string {
    const { exitCode, signalCode } = this.#child
    const how =
      signalCode === 'SIGKILL'
        ? 'was killed by SIGKILL (out of memory?)'
        : signalCode !== null
          ? `was killed by ${signalCode}`
          : `ended with exit code ${exitCode} and no result`
    const said = redact(this.#stderr, this.#secrets).replaceAll('\0', '').trim()
    return said === '' ? how : `${how}: ${said}`
  }

  #hear(message: unknown): void {
    const parsed = FromRunner.safeParse(message)
    // Whatever else it may be, it is no result: the run ends as one that said nothing.
    if (!parsed.success) return
    const heard = parsed.data
    if (heard.type === 'stage') this.#listener.stage(heard.stage)
    else if (heard.type === 'progress') this.#listener.progress(heard.progress)
    else if (heard.type === 'notice') this.#listener.notice(heard.text)
    else if (heard.type === 'commit') void this.#answerCommit()
    else this.#last = heard
  }

  async #answerCommit(): Promise<void> {
    const granted = await this.#listener.commit().catch(() => false)
    this.#tell({ type: 'leave', granted })
  }

  #tell(message: ToRunner): void {
    // A runner that is gone hears nothing; `ended` tells.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid !== undefined && !this.#isGone()) signalTree(pid, signal)
  }

  /** Once it is gone its number may belong to another process. */
  #isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }
}

/** The end of a text, cut at a line, so that no half of a secret is left that `redact` would not know. */
function tailOf(text: string): string {
  if (text.length <= STDERR_TAIL) return text
  const cut = text.indexOf('\n', text.length - STDERR_TAIL)
  return cut === -1 ? '' : text.slice(cut + 1)
}
