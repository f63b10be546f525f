import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { Background } from '../background.ts'
import type { Kept } from './keeper.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const KEEPER = join(import.meta.dirname, 'keeper.ts')
const PRIVATE = { mode: 0o600 }

/** A PostgreSQL server with the sample shop, and a directory for the repository. */
export class Lab {
  /** A shell script that sets {@link variables}. */
  readonly environmentFile: string
  /** What every command of the tour finds in its environment besides ours. */
  readonly variables: Readonly<Record<string, string>>
  readonly kept: Kept
  readonly #keeper: Background<Kept>

  private constructor(keeper: Background<Kept>) {
    this.#keeper = keeper
    this.kept = keeper.kept
    const { dir, server } = this.kept
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
    return new Lab(await Background.start<Kept>(KEEPER, [String(scale)], signal))
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
    await this.#keeper.stay()
  }

  /** Stops the server and removes everything. */
  async remove(): Promise<void> {
    await this.#keeper.remove()
  }

  #programs(): string[] {
    return [join(ROOT, 'bin'), this.kept.server.bin]
  }

  #script(): string {
    const lines = Object.entries(this.variables).map(([name, value]) => `export ${name}='${value}'`)
    return [...lines, `export PATH="${this.#programs().join(':')}:$PATH"`, ''].join('\n')
  }
}
