import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Catalog } from '../../src/catalog/db.ts'
import {
  insertRepository,
  repositoryKeyPlace,
  repositoryUrlPlace,
} from '../../src/catalog/repositories.ts'
import { findRun, insertRun, type NewRun, type Run } from '../../src/catalog/runs.ts'
import { insertSource, sourceUrlPlace } from '../../src/catalog/sources.ts'
import { Vault } from '../../src/catalog/vault.ts'
import type { Manifest } from '../../src/core/backup.ts'
import { systemClock as clock } from '../../src/core/clock.ts'
import type { Log } from '../../src/core/log.ts'
import { isFinal } from '../../src/core/run.ts'
import { targetPlace } from '../../src/core/run-request.ts'
import { Secret } from '../../src/core/secret.ts'
import type { RunnerCommand } from '../../src/jobs/runner-process.ts'
import type { Timing } from '../../src/jobs/timing.ts'
import { Worker, type WorkerOptions } from '../../src/jobs/worker.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import { openTestCatalog, type TestCatalog } from '../../support/catalog.ts'
import { loadShop } from '../../support/shop.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { newRun } from './catalog-rows.ts'
import { childEnv, processes, stateOf } from './processes.ts'
import type { WorkerTask } from './worker-child.ts'

export const { signal } = new AbortController()
const RUNNER = join(import.meta.dirname, '..', '..', 'src', 'runner.ts')
const DYING_RUNNER = join(import.meta.dirname, 'dying-runner.ts')
const WORKER = join(import.meta.dirname, 'worker-child.ts')
const PATIENCE_MS = 40_000

/** Everything goes faster than in life, in the same proportions. */
export const QUICK: Timing = {
  leaseMs: 3_000,
  heartbeatMs: 300,
  silenceMs: 1_500,
  pollMs: 200,
  progressMs: 100,
  reapMs: 300,
  confirmMs: 700,
  killAfterMs: 1_500,
  cancelMs: 3_000,
}

/** Databases that sources are copies of. */
const shops = new Set<string>()
/** An empty repository that others are copies of: to make one costs a passphrase's time. */
let template: ReturnType<typeof makeTemplate> | undefined

async function makeTemplate() {
  const path = join(tempDir(), 'template')
  const passphrase = new Secret('correct horse battery staple')
  const made = await Repository.init(openStorage(path), { passphrase, clock }, signal)
  return { path, repository: made.repository.id, recoveryKey: made.recoveryKey }
}

/** A real catalog, databases to back up on the same server, and a repository. */
export class RunSite {
  readonly test: TestCatalog
  readonly vault: Vault
  readonly dir = tempDir()
  readonly keyFile: string
  repositoryId = ''
  readonly #workers: Worker[] = []
  readonly #children: ChildProcess[] = []
  #sources = 0
  #marks = 0

  private constructor(test: TestCatalog) {
    this.test = test
    this.keyFile = join(this.dir, 'secret.key')
    this.vault = Vault.open(this.keyFile)
  }

  static async open(t: { after(work: () => Promise<void>): void }): Promise<RunSite> {
    const site = new RunSite(await openTestCatalog())
    t.after(async () => {
      for (const worker of site.#workers) await worker.stop({ graceMs: 0 })
      for (const child of site.#children) await ended(child)
      await site.test.close()
    })
    site.repositoryId = await site.addRepository('main')
    return site
  }

  get catalog(): Catalog {
    return this.test.catalog
  }

  /** After connections were broken: more questions at once than there are connections meet every broken one. */
  async reconnect(): Promise<void> {
    await Promise.allSettled(Array.from({ length: 20 }, () => this.catalog.query('select')))
  }

  /** Makes a repository on disk and in the catalog. */
  async addRepository(name: string, maxRuns: number | null = null): Promise<string> {
    const id = randomUUID()
    const place = join(this.dir, name)
    template ??= makeTemplate()
    const { path, repository, recoveryKey } = await template
    cpSync(path, place, { recursive: true })
    await insertRepository(this.catalog, {
      id,
      name,
      repository,
      place,
      urlSealed: this.vault.seal(new Secret(place), repositoryUrlPlace(id)),
      keySealed: this.vault.seal(recoveryKey, repositoryKeyPlace(id)),
      keySlot: '',
      maxRuns,
    })
    return id
  }

  get place(): string {
    return join(this.dir, 'main')
  }

  async repository(): Promise<Repository> {
    template ??= makeTemplate()
    const { recoveryKey } = await template
    return await Repository.open(openStorage(this.place), { recoveryKey }, { clock }, signal)
  }

  async backups(): Promise<readonly Manifest[]> {
    const { manifests, damaged } = await (await this.repository()).backups(signal)
    if (damaged.length > 0) throw new Error(`damaged: ${JSON.stringify(damaged)}`)
    return manifests
  }

  /** A source whose database holds the shop; scale 0.01 is about 7 MB of dump. */
  async addSource(scale = 0.002): Promise<string> {
    const { server } = this.test
    const shop = `shop_${scale}`
    if (!shops.has(shop)) await loadShop(server, shop, scale)
    shops.add(shop)
    const database = `shop_${randomUUID().slice(0, 8)}`
    await server.query('postgres', `create database ${database} template "${shop}"`)
    return await this.addSourceAt(this.test.server.url(database), database)
  }

  async addSourceAt(url: string, database: string): Promise<string> {
    const id = randomUUID()
    const host = `127.0.0.1:${this.test.server.port}`
    await insertSource(this.catalog, {
      id,
      name: `source ${++this.#sources}`,
      engine: 'postgres',
      host,
      database,
      label: `${database}@${host}`,
      urlSealed: this.vault.seal(new Secret(url), sourceUrlPlace(id)),
    })
    return id
  }

  /** The name of a source's database. */
  async databaseOf(sourceId: string): Promise<string> {
    const [source] = await this.catalog.query<{ database: string }>(
      'select database from sources where id = $1',
      [sourceId],
    )
    return source?.database ?? ''
  }

  /** Asks for a run of a source. */
  async ask(sourceId: string, about: Partial<NewRun> = {}): Promise<Run> {
    const { repositoryId } = this
    const run = await newRun(this.catalog, { sourceId, repositoryId, ...about })
    return await insertRun(this.catalog, run)
  }

  /** Asks for a restore of the newest backup into a database of the same server. */
  async askRestore(
    sourceId: string,
    database: string,
    about: { replace?: boolean } = {},
  ): Promise<Run> {
    const id = randomUUID()
    const url = new Secret(this.test.server.url(database))
    return await this.ask(sourceId, {
      id,
      kind: 'restore',
      lockKey: `target:${database}`,
      request: { backup: 'latest', target: database, replace: about.replace ?? false },
      requestSealed: this.vault.seal(url, targetPlace(id)),
      retry: { delays: [1], networkDelays: [1] },
    })
  }

  /** A worker in this process; it is stopped with the site. */
  async startWorker(options: Partial<WorkerOptions> = {}): Promise<Worker> {
    const worker = new Worker(this.workerOptions(options))
    this.#workers.push(worker)
    await worker.start()
    return worker
  }

  workerOptions(options: Partial<WorkerOptions> = {}): WorkerOptions {
    const bin = this.test.server.bin
    return {
      catalog: this.catalog,
      vault: this.vault,
      node: { id: randomUUID(), host: hostname(), pid: process.pid, version: '0.0.0', maxRuns: 3 },
      runner: this.runner(),
      engines: { path: bin, pgBin: bin },
      cores: 1,
      log: SILENT,
      timing: QUICK,
      ...options,
    }
  }

  /** The runner there is, or one to which something happens at a step; `once`: only to the first one. */
  runner(at?: { step: string; happens?: string; once?: boolean }): RunnerCommand {
    const env = childEnv(this.dir)
    const program = process.execPath
    if (at === undefined) return { program, env, args: [RUNNER] }
    const mark = at.once === false ? '' : join(this.dir, `reached ${++this.#marks}`)
    return { program, env, args: [DYING_RUNNER, at.step, at.happens ?? 'SIGKILL', mark] }
  }

  /** A worker in a process of its own, which is ended with the site. Resolves once it works. */
  async spawnWorker(about: Partial<WorkerTask> = {}): Promise<ChildProcess> {
    const { bin } = this.test.server
    const { keyFile } = this
    const node = randomUUID()
    const basic = { url: this.test.url, keyFile, bin, node, runner: this.runner(), timing: QUICK }
    const task: WorkerTask = { ...basic, ...about }
    const child = spawn(process.execPath, [WORKER, JSON.stringify(task)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: childEnv(this.dir),
    })
    this.#children.push(child)
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
    return child
  }

  /** What makes a worker die at one of its statements; only the first worker does. */
  deathAt(statement: string, when: 'before' | 'after'): NonNullable<WorkerTask['dieAt']> {
    return { statement, when, once: join(this.dir, `reached ${++this.#marks}`) }
  }

  /** Runners and database programs that are at work here. */
  leftovers(): string[] {
    return processes()
      .filter(one => one.environ.includes(this.dir) || one.cmdline.includes(this.dir))
      .filter(one => one.pid !== process.pid)
      .map(one => `${one.pid} ${one.cmdline}`)
  }

  /** The process of a run's first runner, once it stands still. */
  async stoppedRunner(id: string): Promise<number> {
    for (;;) {
      const [attempt] = await this.catalog.query<{ pid: number | null }>(
        'select pid from run_attempts where run_id = $1 and attempt = 1',
        [id],
      )
      const pid = attempt?.pid ?? 0
      if (stateOf(pid) === 'T') return pid
      await sleep(10)
    }
  }

  /** Waits until a run is as it should be; throws with its log when it does not come to that. */
  async until(id: string, is: (run: Run) => boolean): Promise<Run> {
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const run = await findRun(this.catalog, id)
      if (is(run)) return run
      if (performance.now() > deadline || (isFinal(run.state) && !is(run))) {
        throw new Error(`run is ${run.state}: ${JSON.stringify(run)}\n${await this.log(id)}`)
      }
      await sleep(20)
    }
  }

  async final(id: string): Promise<Run> {
    return await this.until(id, run => isFinal(run.state))
  }

  /** The log of a run, a line each. */
  async log(id: string): Promise<string> {
    const lines = await this.catalog.query<{ line: string }>(
      `select attempt || ' ' || kind || ': ' || message as line from run_events
       where run_id = $1 order by id`,
      [id],
    )
    return lines.map(({ line }) => line).join('\n')
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGCONT')
  child.kill('SIGTERM')
  await once(child, 'exit')
}

const say = (_fields: object, _sentence: string): void => undefined
export const SILENT: Log = { debug: say, info: say, warn: say, error: say }

/** A log for whoever looks why something went wrong. */
export const LOUD: Log = {
  debug: say,
  info: (fields, sentence) => console.error(sentence, fields),
  warn: (fields, sentence) => console.error(sentence, fields),
  error: (fields, sentence) => console.error(sentence, fields),
}
