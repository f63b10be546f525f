import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { type Ending, holdfast, type Running, startHoldfast } from '../support/holdfast.ts'

export const HOLDFAST = join(import.meta.dirname, '..', '..', 'bin', 'holdfast')
export const PASSPHRASE = 'correct horse battery staple'

/** A database server and a repository, with a command line that uses both. */
export class Site {
  readonly server: PostgresServer
  readonly dir: string
  /** Everything that every command has printed, to be searched for what must not be there. */
  readonly printed: string[] = []
  /** The environment of every command; once there is a recovery key it opens faster than the passphrase. */
  env: Readonly<Record<string, string>>

  private constructor(server: PostgresServer, dir: string) {
    this.server = server
    this.dir = dir
    this.env = { HOLDFAST_REPOSITORY: `${dir}/repository`, HOLDFAST_PASSPHRASE: PASSPHRASE }
  }

  static async open(): Promise<Site> {
    return new Site(await startPostgres(), tempDir())
  }

  /** Makes the repository. */
  async init(): Promise<void> {
    const { recoveryKey } = await this.json<{ recoveryKey: string }>(0, ['init'])
    this.env = { ...this.env, HOLDFAST_RECOVERY_KEY: recoveryKey }
  }

  /** Runs a command to its end. `DB_<NAME>` in the environment is the URL of a database. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ending> {
    return await this.#recorded(holdfast(args, this.#env(args, env)))
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const running = startHoldfast(args, { env: this.#env(args, env) })
    return { ...running, ended: this.#recorded(running.ended) }
  }

  /** Runs a command that must end with `code`; gives what it printed on stdout. */
  async expect(
    code: number,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const ending = await this.run(args, env)
    const printed = `${args.join(' ')}\n${ending.stdout}\n${ending.stderr}`
    assert.equal(ending.code, code, printed)
    return ending.stdout
  }

  /** The document that a command prints with `--json`. */
  async json<T>(code: number, args: readonly string[], env = {}): Promise<T> {
    return JSON.parse(await this.expect(code, [...args, '--json'], env)) as T
  }

  async databases(): Promise<string[]> {
    const rows = await this.server.query<{ datname: string }>(
      'postgres',
      'select datname from pg_database order by datname',
    )
    return rows.map(row => row.datname)
  }

  /** Connections of Holdfast and its tools to the server. */
  async connections(): Promise<number> {
    const [row] = await this.server.query<{ count: number }>(
      'postgres',
      "select count(*)::int as count from pg_stat_activity where application_name like 'holdfast%'",
    )
    return row?.count ?? 0
  }

  async close(): Promise<void> {
    await this.server.stop()
  }

  /** `env:DB_SHOP` on a command line names database `shop`; a passphrase given goes before the rest. */
  #env(args: readonly string[], given: Readonly<Record<string, string>>): Record<string, string> {
    const urls = args
      .flatMap(arg => /^env:DB_(.+)$/.exec(arg)?.[1] ?? [])
      .map(name => [`DB_${name}`, this.server.url(name.toLowerCase())] as const)
    const key = 'HOLDFAST_PASSPHRASE' in given ? { HOLDFAST_RECOVERY_KEY: '' } : {}
    return { ...Object.fromEntries(urls), ...this.env, ...key, ...given }
  }

  async #recorded(ending: Promise<Ending>): Promise<Ending> {
    const { stdout, stderr, ...rest } = await ending
    this.printed.push(stdout, stderr)
    return { ...rest, stdout, stderr }
  }
}

/** Waits until `found` gives something; the test's own time limit is the only bound. */
export async function until<T>(found: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const value = await found()
    if (value !== undefined) return value
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
