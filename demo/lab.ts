import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { waiting } from '../src/core/abort.ts'
import type { Kept, Report } from './keeper.ts'

const ROOT = join(import.meta.dirname, '..')
const KEEPER = join(import.meta.dirname, 'keeper.ts')
const PRIVATE = { mode: 0o600 }

/** A PostgreSQL server with the sample shop, and a directory for the repository. */
export class Lab {
  /** A shell script that sets {@link variables}. */
  readonly environmentFile: string
  /** What every command of the demo finds in its environment besides ours. */
  readonly variables: Readonly<Record<string, string>>
  readonly kept: Kept
  readonly #keeper: ChildProcess

  private constructor(keeper: ChildProcess, kept: Kept) {
    this.#keeper = keeper
    this.kept = kept
    const { dir, server } = kept
    const passphraseFile = join(dir, 'passphrase')
    const url = (database: string) =>
      `postgres://${server.user}:${server.password}@${server.host}:${server.port}/${database}`
    this.variables = {
      HOLDFAST_REPOSITORY: join(dir, 'repository'),
      HOLDFAST_PASSPHRASE_FILE: passphraseFile,
      SHOP_URL: url('shop'),
      COPY_URL: url('shop_copy'),
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.user,
      PGPASSWORD: server.password,
      PGDATABASE: 'shop',
    }
    this.environmentFile = join(dir, 'environment')
    writeFileSync(passphraseFile, `${randomBytes(12).toString('base64url')}\n`, PRIVATE)
    writeFileSync(this.environmentFile, this.#script(), PRIVATE)
  }

  /** Starts the server and fills the shop. When that fails or is aborted, nothing is left of it. */
  static async start(scale: number, signal: AbortSignal): Promise<Lab> {
    // A group of its own: Ctrl-C is for the demo, which then ends it. No output of ours: a pipe that the
    // demo writes to must end with the demo, even when the server stays.
    const keeper = fork(KEEPER, [String(scale)], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    try {
      return new Lab(keeper, await waiting('the start of the demo', reportOf(keeper), signal))
    } catch (error) {
      await end(keeper)
      throw error
    }
  }

  /** The process whose end removes everything. */
  get pid(): number | undefined {
    return this.#keeper.pid
  }

  /** The environment of a command; what it could learn from our own about other places is left out. */
  environment(): NodeJS.ProcessEnv {
    const ours = Object.entries(process.env).filter(([name]) => !/^(HOLDFAST_|PG)/.test(name))
    const path = [...this.#programs(), process.env.PATH].join(delimiter)
    return { ...Object.fromEntries(ours), ...this.variables, PATH: path, PSQLRC: '/dev/null' }
  }

  /** Lets everything stay after this process. */
  async keep(): Promise<void> {
    const letGo = once(this.#keeper, 'disconnect')
    this.#keeper.send('stay')
    await letGo
    this.#keeper.unref()
  }

  /** Stops the server and removes everything. */
  async remove(): Promise<void> {
    await end(this.#keeper)
  }

  #programs(): string[] {
    return [join(ROOT, 'bin'), this.kept.server.bin]
  }

  #script(): string {
    const lines = Object.entries(this.variables).map(([name, value]) => `export ${name}='${value}'`)
    return [...lines, `export PATH="${this.#programs().join(':')}:$PATH"`, ''].join('\n')
  }
}

async function reportOf(keeper: ChildProcess): Promise<Kept> {
  const ended = once(keeper, 'exit').then(
    (): Report => ({ failed: 'the process that keeps its server has ended' }),
  )
  const told = once(keeper, 'message').then(([report]) => report as Report)
  const report = await Promise.race([told, ended])
  if ('failed' in report) throw new Error(report.failed)
  return report.kept
}

async function end(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return
  const ended = once(keeper, 'exit')
  keeper.kill('SIGTERM')
  await ended
}
