// A node of its own: `node worker-child.ts TASK`, TASK as JSON. It kills itself at one of its statements when
// the task says so; nothing in src knows of that, because the statements are watched from outside.
import { existsSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import process from 'node:process'
import { Client } from 'pg'
import { Catalog } from '../../src/catalog/db.ts'
import { Vault } from '../../src/catalog/vault.ts'
import { Scheduler } from '../../src/jobs/scheduler.ts'
import type { Timing } from '../../src/jobs/timing.ts'
import { Worker, type WorkerOptions } from '../../src/jobs/worker.ts'

export interface WorkerTask {
  readonly url: string
  readonly keyFile: string
  readonly bin: string
  readonly node: string
  readonly runner: WorkerOptions['runner']
  readonly timing: Timing
  /** Whether it fires schedules, too. */
  readonly scheduler?: boolean
  readonly dieAt?: {
    /** Part of the statement at which it dies. */
    readonly statement: string
    readonly when: 'before' | 'after'
    /** Must not be there yet, so that only the first worker dies. */
    readonly once: string
  }
}

interface Statement {
  readonly text: string
  readonly values?: unknown
}

const task = JSON.parse(process.argv[2] ?? '') as WorkerTask
const ignore = () => undefined
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

function watchStatements({ statement, when, once }: NonNullable<WorkerTask['dieAt']>): void {
  const die = () => {
    if (existsSync(once)) return
    writeFileSync(once, statement)
    process.kill(process.pid, 'SIGKILL')
  }
  const prototype = Client.prototype as unknown as {
    query: (...args: unknown[]) => Promise<unknown>
  }
  const { query } = prototype
  // Within a transaction, what follows a statement is its commit: "after" is after that.
  const met = new WeakSet<Client>()
  prototype.query = async function (this: Client, ...args) {
    const [given] = args
    const config = typeof given === 'string' ? { text: given } : (given as Statement)
    const { text: sql, values = args[1] } = config
    const meets = `${sql} ${Array.isArray(values) ? values.join(' ') : ''}`.includes(statement)
    if (meets && when === 'before') die()
    if (meets) met.add(this)
    const answer = await query.apply(this, args)
    if (met.has(this) && sql === 'commit') die()
    return answer
  }
}

if (task.dieAt) watchStatements(task.dieAt)
const catalog = new Catalog({ connectionString: task.url })
const worker = new Worker({
  catalog,
  vault: Vault.open(task.keyFile),
  node: { id: task.node, host: hostname(), pid: process.pid, version: '0.0.0', maxRuns: 3 },
  runner: task.runner,
  engines: { path: task.bin, pgBin: task.bin },
  cores: 1,
  log,
  timing: task.timing,
})
const scheduler = new Scheduler({ catalog, log })
process.once('SIGTERM', () => {
  void scheduler
    .stop()
    .then(() => worker.stop({ graceMs: 500 }))
    .then(() => catalog.close())
    .then(() => process.exit(0))
})
await worker.start()
if (task.scheduler) scheduler.start()
process.stdout.write('ready\n')
