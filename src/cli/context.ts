import type { Manifest } from '../core/backup.ts'
import type { Clock } from '../core/clock.ts'
import type { Secret } from '../core/secret.ts'
import type { Database, Engine, Key, Repository } from '../operations/collaborators.ts'
import type { Client } from './client.ts'
import type { Credentials } from './credentials.ts'
import type { Terminal } from './terminal/terminal.ts'

/** What every command works with; main.ts puts it together. */
export interface Context {
  readonly terminal: Terminal
  readonly credentials: Credentials
  readonly clock: Clock
  /** Fires when the user wants to stop. */
  readonly signal: AbortSignal
  readonly madeBy: Manifest['madeBy']
  /** Processors that work can be spread over. */
  readonly cores: number
  createRepository(
    url: string,
    passphrase: Secret,
  ): Promise<{ readonly repository: Repository; readonly recoveryKey: Secret }>
  openRepository(url: string, key: Key): Promise<Repository>
  openDatabase(url: Secret): Promise<{ readonly engine: Engine; readonly database: Database }>
  /** The engine of that name. Throws WrongUse. */
  engineNamed(name: string): Promise<Engine>
  /** What is piped into the command. */
  readonly input: AsyncIterable<Uint8Array>
  /** Runs the server, or a node that only works, until the signal fires. */
  serve(): Promise<void>
  work(): Promise<void>
  /** Seals the catalog of this machine's server, which must be stopped, with a new key. */
  rotateSecretKey(): Promise<{
    readonly values: number
    readonly path: string
    readonly oldPath: string
  }>
  /** The server that commands talk to. */
  server(): Client
  /** From now on an interruption is for the command to answer, and not reported as one. */
  answerInterrupts(): void
  /** Reports how a command ended. */
  finish(outcome: Outcome, options: { readonly json?: boolean }): void
}

/** What a command has to say when its work is done. */
export interface Outcome {
  /** For people. */
  readonly text: readonly string[]
  /** For programs: the document of `--json`. */
  readonly json: object
  readonly warnings?: readonly string[]
  /** Default: 0, or 3 with warnings. */
  readonly exit?: number
}
