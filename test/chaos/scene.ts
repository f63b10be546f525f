import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Manifest, Outline } from '../../src/core/backup.ts'
import { systemClock as clock } from '../../src/core/clock.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Engine } from '../../src/engines/engine.ts'
import { postgresEngine } from '../../src/engines/postgres/postgres.ts'
import { type BackupResult, backup } from '../../src/operations/backup.ts'
import { Meter } from '../../src/operations/meter.ts'
import { Progress } from '../../src/operations/progress.ts'
import { compareWithLive } from '../../src/operations/proof.ts'
import { type RestoreResult, restore } from '../../src/operations/restore.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { tempDir } from '../../support/temp-dir.ts'
import type { CrashTask } from '../support/crash-child.ts'
import { processes } from '../support/processes.ts'

export const { signal } = new AbortController()
const CHILD = join(import.meta.dirname, '..', 'support', 'crash-child.ts')
/** Set by `npm run chaos -- steps`. */
const EVERY_STEP = process.env.EVERY_STEP === '1'
/** How long what a killed process had started may take to end by itself. */
const LEAVING_MS = 15_000

/** A server, and repositories beside it, for processes that are killed. */
export class Scene {
  readonly server: PostgresServer
  readonly dir = tempDir()
  readonly engine: Engine
  #recoveryKey = ''
  #copies = 0

  private constructor(server: PostgresServer) {
    this.server = server
    this.engine = postgresEngine({ pgBin: server.bin, path: server.bin })
  }

  static async open(): Promise<Scene> {
    const scene = new Scene(await startPostgres())
    const made = await Repository.init(
      openStorage(scene.base),
      { passphrase: new Secret('correct horse battery staple'), clock },
      signal,
    )
    scene.#recoveryKey = made.recoveryKey.reveal()
    return scene
  }

  async close(): Promise<void> {
    await this.server.stop()
  }

  /** The path of the repository that others are copies of. */
  get base(): string {
    return join(this.dir, 'base')
  }

  /** Opens every copy of the repository, faster than the passphrase does. */
  get recoveryKey(): string {
    return this.#recoveryKey
  }

  /** A copy of the base repository; answers its path. */
  copyOfBase(): string {
    this.#copies += 1
    const path = join(this.dir, `copy${this.#copies}`)
    cpSync(this.base, path, { recursive: true, preserveTimestamps: true })
    return path
  }

  async repository(path: string): Promise<Repository> {
    const recoveryKey = new Secret(this.#recoveryKey)
    return await Repository.open(openStorage(path), { recoveryKey }, { clock }, signal)
  }

  database(name: string) {
    return this.engine.database(new Secret(this.server.url(name)))
  }

  async backUp(path: string, database: string): Promise<BackupResult> {
    const request = {
      repository: await this.repository(path),
      source: this.database(database),
      clock,
      progress: new Progress(clock),
      madeBy: { holdfast: '0.0.0', host: 'test' },
      tags: {},
      maxBytes: undefined,
    }
    return await backup(request, signal)
  }

  async restore(
    path: string,
    backup: string,
    target: string,
    replace: boolean,
  ): Promise<RestoreResult> {
    const repository = await this.repository(path)
    const request = {
      repository,
      manifest: await repository.find(backup, signal),
      engine: this.engine,
      target: this.database(target),
      options: { replace, disconnect: false, noOwner: false, jobs: 2 },
      clock,
      progress: new Progress(clock),
    }
    return await restore(request, signal)
  }

  /** Throws unless every one of these backups can be read to its end; every byte is proven on its way. */
  async readAll(path: string, manifests: readonly Manifest[]): Promise<void> {
    const repository = await this.repository(path)
    for (const manifest of manifests) {
      const reader = await repository.reader(manifest, signal)
      for (const stream of manifest.streams) {
        let bytes = 0
        for await (const part of reader.stream(stream.name)) bytes += part.length
        assert.equal(bytes, stream.bytes)
      }
      await reader.close()
    }
  }

  /** Throws unless a check that reads every byte finds nothing wrong. */
  async assertClean(path: string): Promise<void> {
    const report = await (await this.repository(path)).check({ readData: true }, signal)
    assert.deepEqual([report.problems, report.damaged], [[], []])
  }

  /** What a database holds, as a dump of it says. */
  async outline(database: string): Promise<Outline> {
    const options = { unordered: new Set<string>(), lanes: 1 }
    const survey = await this.database(database).survey(options, signal)
    for (const part of survey.parts) for await (const piece of part) void piece
    return survey.outline()
  }

  /** Throws unless a database holds exactly what `expected` says. */
  async assertHolds(database: string, expected: Outline): Promise<void> {
    const never = (): never => assert.fail(`the rows of ${database} stand in another order`)
    const evidence = { engine: this.engine, outline: expected, dump: never }
    const live = this.database(database)
    assert.deepEqual(
      await compareWithLive(evidence, live, { meter: new Meter(), lanes: 1 }, signal),
      [],
    )
  }

  async databases(): Promise<string[]> {
    const sql = 'select datname as name from pg_database order by 1'
    return (await this.server.query<{ name: string }>('postgres', sql)).map(row => row.name)
  }

  /** Performs a task in a process of its own; answers the steps it printed. */
  async perform(
    task: Pick<CrashTask, 'operation' | 'repository' | 'database'> & Partial<CrashTask>,
  ): Promise<{ steps: string[]; killed: boolean }> {
    const whole: CrashTask = {
      backup: 'latest',
      replace: false,
      dieAt: undefined,
      ...task,
      database: this.server.url(task.database),
      recoveryKey: this.#recoveryKey,
      bin: this.server.bin,
    }
    const env = { ...process.env, TMPDIR: this.dir }
    const child = spawn(process.execPath, [CHILD, JSON.stringify(whole)], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
    const [code, killer] = (await once(child, 'close')) as [number | null, string | null]
    const killed = killer === 'SIGKILL'
    assert.ok(killed || code === 0, `${task.operation} ended with ${killer ?? code}`)
    return { steps: printed.split('\n').filter(line => line !== ''), killed }
  }

  /** Waits until a query answers a row. */
  async until(sql: string): Promise<void> {
    while ((await this.server.query('postgres', sql)).length === 0) await sleep(10)
  }

  /** Waits until no program and no connection of ours is left; throws when they do not end by themselves. */
  async assertQuiet(): Promise<void> {
    const deadline = performance.now() + LEAVING_MS
    let left: string[]
    do {
      left = [...this.#programs(), ...(await this.#connections())]
      if (left.length === 0) return
      await sleep(10)
    } while (performance.now() < deadline)
    assert.fail(`still there: ${left.join(', ')}`)
  }

  /** PostgreSQL's programs that work on this server, told by the port in their environment. */
  #programs(): string[] {
    const mark = `PGPORT=${this.server.port}`
    const ours = processes().filter(one => one.environ.split('\0').includes(mark))
    return ours.map(one => one.cmdline)
  }

  async #connections(): Promise<string[]> {
    const sql = `select datname || ': ' || query as what from pg_stat_activity
                  where backend_type <> 'autovacuum worker' and datname is not null
                    and pid <> pg_backend_pid()`
    return (await this.server.query<{ what: string }>('postgres', sql)).map(row => row.what)
  }
}

/**
 * The steps of a recorded run at which dying can differ from dying at the step before or after it: from
 * the first change on; of several reads in a row only the last; nothing that directly follows an `after`,
 * when nothing was done since; inside a transaction only its last statement, and no mere setting.
 */
export function worthDyingAt(steps: readonly string[]): string[] {
  const isRead = (step: string | undefined) =>
    /^(before|after) (get|list|stat|free) /.test(step ?? '')
  const first = steps.findIndex(step => step.startsWith('before put'))
  const begin = steps.indexOf('before begin #1')
  const commit = steps.indexOf('sent commit #1')
  return steps
    .filter((_, at) => at >= first && !(at >= begin && at < commit - 1))
    .filter(step => !/^(before|sent|after) set /.test(step))
    .filter((step, at, all) => !(isRead(step) && isRead(all[at + 1])))
    .filter(
      (step, at, all) =>
        !(/^(before|stage)/.test(step) && all[at - 1]?.startsWith('after') === true),
    )
}

/**
 * A third of these steps, another one each time, with those that must be among them: what a step leaves behind
 * is mostly what its neighbours leave. `npm run chaos -- steps` takes them all.
 */
export function someOf(steps: readonly string[], must: readonly string[] = []): string[] {
  const third = randomInt(3)
  return steps.filter((step, n) => EVERY_STEP || n % 3 === third || must.includes(step))
}
