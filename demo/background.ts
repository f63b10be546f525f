import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { waiting } from '../src/core/abort.ts'
import { reason } from '../src/core/fault.ts'

/** What a keeper tells the process that has started it, once. */
type Report<Kept> = { readonly kept: Kept } | { readonly failed: string }

/** A process that makes something for us and keeps it: that is gone when the process ends, which it does with us. */
export class Background<Kept> {
  readonly kept: Kept
  readonly #keeper: ChildProcess

  private constructor(keeper: ChildProcess, kept: Kept) {
    this.#keeper = keeper
    this.kept = kept
  }

  /** Starts a program that calls `keep`. When that fails or is aborted, nothing is left of it. */
  static async start<Kept>(
    program: string,
    args: readonly string[],
    signal: AbortSignal,
  ): Promise<Background<Kept>> {
    // A group of its own: Ctrl-C is for the demo, which then ends it. No output of ours: a pipe that the
    // demo writes to must end with the demo, even when what is kept stays.
    const keeper = fork(program, args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    try {
      const kept = await waiting('the start of the demo', reportOf<Kept>(keeper), signal)
      return new Background(keeper, kept)
    } catch (error) {
      await end(keeper)
      throw error
    }
  }

  /** The process whose end removes everything. */
  get pid(): number | undefined {
    return this.#keeper.pid
  }

  /** Lets everything stay after this process. */
  async stay(): Promise<void> {
    const letGo = once(this.#keeper, 'disconnect')
    this.#keeper.send('stay')
    await letGo
    this.#keeper.unref()
  }

  /** Waits for the process to end by itself, which it is not to do. */
  async ended(): Promise<void> {
    if (!isOver(this.#keeper)) await once(this.#keeper, 'exit')
  }

  /** Removes everything. */
  async remove(): Promise<void> {
    await end(this.#keeper)
  }
}

async function reportOf<Kept>(keeper: ChildProcess): Promise<Kept> {
  const ended = once(keeper, 'exit').then(
    (): Report<Kept> => ({ failed: 'the process that keeps its server has ended' }),
  )
  const told = once(keeper, 'message').then(([report]) => report as Report<Kept>)
  const report = await Promise.race([told, ended])
  if ('failed' in report) throw new Error(report.failed)
  return report.kept
}

const isOver = (keeper: ChildProcess) => keeper.exitCode !== null || keeper.signalCode !== null

async function end(keeper: ChildProcess): Promise<void> {
  if (isOver(keeper)) return
  const ended = once(keeper, 'exit')
  keeper.kill('SIGTERM')
  await ended
}

const A_MONTH_MS = 2 ** 31 - 1

/** In the keeper: makes what it keeps, tells of it, and ends when it is told to or when nobody listens any more. */
export async function keep<Kept>(make: () => Promise<Kept>, remove: () => Promise<void>) {
  const leave = () => void remove().finally(() => process.exit())
  process.on('SIGTERM', leave)
  process.on('disconnect', leave)
  process.on('message', () => {
    process.off('disconnect', leave)
    process.disconnect()
    // What is kept does not keep a process alive, and nothing else is left to do.
    setInterval(() => undefined, A_MONTH_MS)
  })
  const report: Report<Kept> = await make().then(
    kept => ({ kept }),
    (error: unknown) => ({ failed: reason(error) }),
  )
  process.send?.(report)
}
