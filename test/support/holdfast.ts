import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'

export interface Ending {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A `holdfast` command that runs. */
export interface Running {
  readonly child: ChildProcess
  /** What it has written to stderr so far. */
  stderr(): string
  readonly ended: Promise<Ending>
}

export interface CommandOptions {
  /** Besides our own environment, of which the command sees nothing called HOLDFAST_…. */
  readonly env?: Readonly<Record<string, string>>
  /** What it reads from stdin. Default: nothing. */
  readonly input?: string | Uint8Array
  readonly cwd?: string
  /** Which program. Default: that of the checkout. */
  readonly program?: string
  /** As whom it runs, where we are root. Default: as ourselves. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

const HOLDFAST = join(import.meta.dirname, '..', '..', 'bin', 'holdfast')

const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString('utf8')

/** Starts bin/holdfast as a user would. */
export function startHoldfast(args: readonly string[], options: CommandOptions = {}): Running {
  const ours = Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_'))
  const child = spawn(options.program ?? HOLDFAST, args, {
    env: { ...Object.fromEntries(ours), ...options.env },
    cwd: options.cwd,
    ...options.owner,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => stdout.push(part))
  child.stderr.on('data', (part: Buffer) => stderr.push(part))
  // A command may end before it has read all, or any, of its input.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input)
  const ended = once(child, 'close').then(
    ([code, signal]: (number | NodeJS.Signals | null)[]): Ending => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: text(stdout),
      stderr: text(stderr),
    }),
  )
  return { child, stderr: () => text(stderr), ended }
}

/** Runs bin/holdfast to its end. */
export const holdfast = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  options: Omit<CommandOptions, 'env'> = {},
): Promise<Ending> => startHoldfast(args, { ...options, env }).ended
