import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  pauseAll,
  resumeAll,
  wantCancel,
  wantPause,
  wantResume,
} from '../../src/catalog/run-control.ts'
import type { Schedule } from '../../src/catalog/schedules.ts'
import { setScheduler } from '../../src/catalog/slots.ts'
import { Fault } from '../../src/core/fault.ts'
import { processes } from '../support/processes.ts'
import { Random } from '../support/random.ts'
import { RunSite, signal } from '../support/run-site.ts'
import { addSchedule, assertNoneLostNorTwice, slotRecords } from '../support/schedule-site.ts'

export interface NodeChaosOptions {
  /** The same seed chooses the same things; the machine decides when they happen. */
  readonly seed: number
  readonly seconds: number
  readonly say: (line: string) => void
}

const NODES = 2
const SOURCES = 6
const CRONS = ['*/3 * * * * *', '*/5 * * * * *', '1-59/4 * * * * *']
const RETRY = { delays: [1, 1, 2, 2, 3, 3], networkDelays: [1, 1, 2, 2, 3, 3] }
/** How long everything may take to come to its end once nobody hurts it any more. */
const SETTLING_MS = 60_000

/**
 * Two nodes with schedules that fire every few seconds; nodes, runners, dumps and the catalog's server are
 * killed all the while. Throws unless afterwards every slot has its record, every record is final, every
 * completed run has a whole backup, and no process is left.
 */
export async function nodeChaos(options: NodeChaosOptions): Promise<string> {
  const ends: (() => Promise<void>)[] = []
  const site = await RunSite.open({ after: end => ends.push(end) })
  try {
    const world = await World.open(site, options)
    return await world.live()
  } finally {
    for (const end of ends) await end()
  }
}

class World {
  readonly #site: RunSite
  readonly #random: Random
  readonly #seconds: number
  readonly #say: (line: string) => void
  readonly #nodes: ChildProcess[] = []
  readonly #schedules: Schedule[] = []

  private constructor(site: RunSite, { seed, seconds, say }: NodeChaosOptions) {
    this.#site = site
    this.#random = new Random(seed)
    this.#seconds = seconds
    this.#say = say
  }

  static async open(site: RunSite, options: NodeChaosOptions): Promise<World> {
    const world = new World(site, options)
    const { catalog, repositoryId } = site
    for (let i = 0; i < SOURCES; i += 1) {
      const sourceId = await site.addSource(0.002)
      for (const cron of CRONS) {
        const about = { sourceId, repositoryId, cron, retry: RETRY }
        world.#schedules.push(await addSchedule(catalog, about))
      }
    }
    for (let i = 0; i < NODES; i += 1) world.#nodes.push(await world.#newNode())
    return world
  }

  async live(): Promise<string> {
    const end = performance.now() + this.#seconds * 1000
    while (performance.now() < end) {
      await sleep(this.#random.whole(200, 1500))
      const [name, hurt] = this.#random.one(this.#hurts)
      const what = await this.#patiently(hurt)
      if (what) this.#say(`${name}: ${what}`)
    }
    await this.#settle()
    return await this.#look()
  }

  readonly #hurts: readonly [string, () => Promise<string | undefined>][] = [
    ['kill a node', () => this.#killNode()],
    ['stop a node past its lease', () => this.#stopNode()],
    ['kill a runner', () => this.#kill(/src\/runner\.ts/)],
    ['kill a dump', () => this.#kill(/pg_dump --format/)],
    ['kill a dump', () => this.#kill(/pg_dump --format/)],
    ['crash the catalog', () => this.#crashCatalog()],
    ['break connections', () => this.#breakConnections()],
    ['cancel a run', () => this.#control(wantCancel)],
    ['pause a run', () => this.#control(wantPause)],
    ['pause everything', () => this.#pauseAll()],
  ]

  #newNode(): Promise<ChildProcess> {
    return this.#site.spawnWorker({ scheduler: true })
  }

  async #killNode(): Promise<string> {
    const index = this.#random.whole(0, NODES - 1)
    const node = this.#nodes[index]
    assert.ok(node)
    if (node.exitCode === null && node.signalCode === null) {
      node.kill('SIGKILL')
      await once(node, 'exit')
    }
    this.#nodes[index] = await this.#newNode()
    return `${node.pid}`
  }

  async #stopNode(): Promise<string> {
    const node = this.#random.one(this.#nodes)
    node.kill('SIGSTOP')
    setTimeout(() => node.kill('SIGCONT'), this.#random.whole(1_000, 6_000))
    return `${node.pid}`
  }

  /** One of the processes below our nodes that look like this. */
  async #kill(looks: RegExp): Promise<string | undefined> {
    const all = processes()
    const ours = new Set(this.#nodes.map(node => node.pid))
    for (const one of all) if (ours.has(one.parent)) ours.add(one.pid)
    const found = all.filter(one => ours.has(one.parent) && looks.test(one.cmdline))
    if (found.length === 0) return undefined
    const { pid } = this.#random.one(found)
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      return undefined // it was faster
    }
    return `${pid}`
  }

  /** A server process that dies takes all others with it, and the server recovers from its log. */
  async #crashCatalog(): Promise<string | undefined> {
    const { server, url } = this.#site.test
    const rows = await server.query<{ pid: number }>(
      'postgres',
      'select pid from pg_stat_activity where datname = $1',
      [new URL(url).pathname.slice(1)],
    )
    if (rows.length === 0) return undefined
    const { pid } = this.#random.one(rows)
    process.kill(pid, 'SIGKILL')
    await this.#patiently(() => this.#site.catalog.query('select'))
    return `${pid}`
  }

  async #breakConnections(): Promise<undefined> {
    const { server, url } = this.#site.test
    await server.query(
      'postgres',
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [new URL(url).pathname.slice(1)],
    )
  }

  async #control(control: typeof wantCancel): Promise<string | undefined> {
    const { catalog } = this.#site
    const active = await catalog.query<{ id: string }>(
      'select id from runs where finished_at is null',
    )
    if (active.length === 0) return undefined
    const { id } = this.#random.one(active)
    try {
      await catalog.transaction(sql => control(sql, id, 'chaos'))
      if (control !== wantPause) return id.slice(0, 8)
      await sleep(this.#random.whole(200, 2000))
      await catalog.transaction(sql => wantResume(sql, id, 'chaos'))
    } catch (error) {
      // It was faster, or the catalog is away: then it stays paused until the end.
      if (!(error instanceof Fault)) throw error
    }
    return id.slice(0, 8)
  }

  async #pauseAll(): Promise<undefined> {
    const { catalog } = this.#site
    await catalog.transaction(sql => pauseAll(sql, 'chaos'))
    await sleep(500)
    await catalog.transaction(sql => resumeAll(sql, 'chaos'))
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + SETTLING_MS
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (performance.now() > deadline) throw error
        await sleep(100)
      }
    }
  }

  /** Nobody hurts anything any more: everything comes to its end by itself. */
  async #settle(): Promise<void> {
    const { catalog } = this.#site
    for (const [index, node] of this.#nodes.entries()) {
      node.kill('SIGCONT')
      // One that met no catalog at its start has ended.
      if (node.exitCode !== null) this.#nodes[index] = await this.#newNode()
    }
    await this.#patiently(() => catalog.transaction(sql => setScheduler(sql, 'stopped')))
    await catalog.query('update runs set wanted = null where finished_at is null')
    const deadline = performance.now() + SETTLING_MS
    for (;;) {
      const left = await catalog.query<{ id: string; state: string }>(
        'select id, state from runs where finished_at is null',
      )
      if (left.length === 0) return
      if (performance.now() > deadline) {
        const logs = await Promise.all(left.map(({ id }) => this.#site.log(id)))
        assert.fail(`not final: ${JSON.stringify(left)}\n${logs.join('\n\n')}`)
      }
      await sleep(100)
    }
  }

  async #look(): Promise<string> {
    const { catalog } = this.#site
    for (const schedule of this.#schedules) {
      const records = await slotRecords(catalog, schedule.id)
      const last = records.at(-1)
      assert.ok(last && schedule.nextSlot, 'every schedule has fired')
      const before = new Date(schedule.nextSlot.getTime() - 1)
      assertNoneLostNorTwice(schedule, records, before, last.slot)
    }
    const open = await catalog.query('select run_id from run_attempts where outcome is null')
    assert.deepEqual(open, [], 'every attempt has ended')
    const completed = await this.#assertWhole()
    for (const node of this.#nodes) {
      node.kill('SIGTERM')
      if (node.exitCode === null && node.signalCode === null) await once(node, 'exit')
    }
    assert.deepEqual(this.#site.leftovers(), [], 'no process is left')
    const states = await catalog.query<{ state: string; count: number; attempts: number }>(
      'select state, count(*)::int as count, sum(attempt)::int as attempts from runs group by 1 order by 1',
    )
    assert.ok(completed > 0, JSON.stringify(states))
    return states.map(one => `${one.count} ${one.state} (${one.attempts} attempts)`).join(', ')
  }

  /** Every completed run has its backup, and every byte of the repository is whole. */
  async #assertWhole(): Promise<number> {
    const { catalog } = this.#site
    const runs = await catalog.query<{ id: string; backup: string }>(
      `select id, backup_id as backup from runs where state = 'completed'`,
    )
    const made = new Map((await this.#site.backups()).map(one => [one.id, one.madeBy.run]))
    for (const { id, backup } of runs) assert.equal(made.get(backup), id)
    const perRun = new Set(made.values())
    assert.equal(perRun.size, made.size, 'no run made two backups')
    const report = await (await this.#site.repository()).check({ readData: true }, signal)
    assert.deepEqual([report.problems, report.damaged], [[], []])
    return runs.length
  }
}
