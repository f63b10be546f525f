import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import type { Catalog } from '../../src/catalog/db.ts'
import { claimRun, expiredRuns, heartbeat, lockExpired } from '../../src/catalog/run-claims.ts'
import { wantCancel } from '../../src/catalog/run-control.ts'
import { type Claim, moveRun } from '../../src/catalog/run-moves.ts'
import { insertRun, type Run } from '../../src/catalog/runs.ts'
import type { Schedule } from '../../src/catalog/schedules.ts'
import { fireDue, setScheduler } from '../../src/catalog/slots.ts'
import { LeaseLost, RunInTheWay, RunIsFinal } from '../../src/core/faults.ts'
import { Recurrence } from '../../src/core/recurrence.ts'
import type { Failure } from '../../src/core/run.ts'
import { lost, moveAfter } from '../../src/jobs/outcome.ts'
import { openTestCatalog, type TestCatalog } from '../../support/catalog.ts'
import { addNode, addRepository, addSource, newRun } from '../support/catalog-rows.ts'
import { Random } from '../support/random.ts'
import { addSchedule, assertNoneLostNorTwice, slotRecords } from '../support/schedule-site.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const LEASE_MS = 30 * SECOND
const STEPS = 120
const SOURCES = 4
const NODES = 3
/** Some change of clocks lies ahead of each of them. */
const STARTS = [
  '2025-03-28T20:11:07Z',
  '2025-10-24T20:11:07Z',
  '2025-04-04T10:59:59Z',
  '2024-02-28T23:00:00Z',
]
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Ho_Chi_Minh',
  'Africa/Casablanca',
]
const CRONS = [
  'every 10 minutes',
  'hourly',
  '30 2 * * *',
  '15 0 * * *',
  '*/20 1-3 * * *',
  'weekly on sunday at 02:15',
  'monthly on day 31 at 23:30',
  '*/30 * * * * *',
]
const FAILURES: readonly Failure[] = [
  { code: 'TOOL_FAILED', message: 'pg_dump failed', retry: true },
  { code: 'DATABASE_UNREACHABLE', message: 'no route', retry: true },
  { code: 'DATABASE_MISSING', message: 'it is gone', retry: false },
]

/**
 * Schedulers, workers, crashes and a clock that jumps, one step after the other by the dice of the seed;
 * throws as soon as what must always hold does not.
 */
export async function simulateSchedules(seed: number): Promise<string> {
  const site = await openTestCatalog()
  const random = new Random(seed)
  const restore = seedIds(random)
  try {
    const world = await World.make(site, random)
    for (let step = 0; step < STEPS; step += 1) await world.step()
    return await world.finish()
  } finally {
    restore()
    await site.close()
  }
}

/** Ids decide what goes first of equals and how jitter falls, so they must come from the seed, too. */
function seedIds(random: Random): () => void {
  const { randomUUID } = crypto
  const digits = (count: number) =>
    Array.from({ length: count }, () => random.whole(0, 15).toString(16)).join('')
  crypto.randomUUID = () => `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`
  syncBuiltinESMExports()
  return () => {
    crypto.randomUUID = randomUUID
    syncBuiltinESMExports()
  }
}

/** A worker as the catalog sees one: what it claimed, and whether it still lives. */
interface FakeWorker {
  node: { id: string; leaseMs: number }
  readonly runs: Run[]
}

class World {
  readonly #site: TestCatalog
  readonly #random: Random
  readonly #start: number
  readonly #schedules: Schedule[] = []
  readonly #sources: string[] = []
  readonly #workers: FakeWorker[] = []
  #repositoryId = ''
  #now: number
  /** The latest that the clock has been. */
  #latest: number
  #crashes = 0

  private constructor(site: TestCatalog, random: Random) {
    this.#site = site
    this.#random = random
    this.#start = Date.parse(random.one(STARTS))
    this.#now = this.#start
    this.#latest = this.#start
  }

  static async make(site: TestCatalog, random: Random): Promise<World> {
    const world = new World(site, random)
    await world.#setClock(world.#start)
    world.#repositoryId = await addRepository(world.#catalog)
    for (let n = 0; n < SOURCES; n += 1) world.#sources.push(await addSource(world.#catalog))
    for (let n = 0; n < NODES; n += 1) await world.#addWorker()
    for (let n = 0; n < SOURCES * 2; n += 1) world.#schedules.push(await world.#addSchedule())
    const [first] = world.#schedules
    await addSchedule(world.#catalog, {
      sourceId: random.one(world.#sources),
      repositoryId: world.#repositoryId,
      afterScheduleId: first?.id,
    })
    return world
  }

  get #catalog(): Catalog {
    return this.#site.catalog
  }

  /** One thing happens, and everything that must hold holds. */
  async step(): Promise<void> {
    const happenings: readonly (readonly [number, () => Promise<unknown>])[] = [
      [24, () => this.#passTime()],
      [3, () => this.#jump()],
      [24, () => fireDue(this.#catalog, this.#random.whole(1, 9))],
      [6, () => this.#crashWhileFiring()],
      [20, () => this.#work()],
      [4, () => this.#killWorker()],
      [8, () => this.#reap()],
      [5, () => this.#ask()],
      [3, () => this.#cancel()],
      [
        3,
        () =>
          this.#catalog.transaction(sql =>
            setScheduler(sql, this.#random.one(['stopped', 'running', 'running'])),
          ),
      ],
    ]
    let dice = this.#random.whole(0, happenings.reduce((sum, [weight]) => sum + weight, 0) - 1)
    for (const [weight, happen] of happenings) {
      dice -= weight
      if (dice >= 0) continue
      await happen()
      break
    }
    await this.#assertOneActivePerLock()
  }

  /** Lets everything come to rest, and looks at all that was recorded. */
  async finish(): Promise<string> {
    await this.#catalog.transaction(sql => setScheduler(sql, 'running'))
    await this.#setClock(this.#latest + MINUTE)
    for (let round = 0; round < 200; round += 1) {
      while ((await fireDue(this.#catalog, 50)).schedules > 0);
      for (const worker of this.#workers) await this.#drain(worker)
      if ((await this.#active()) === 0) return await this.#conclude()
      // Leases that nobody renews end, and failed attempts come up again; few slots pass meanwhile.
      await this.#setClock(this.#now + MINUTE)
      await this.#reap()
    }
    throw new Error('the runs do not come to an end')
  }

  async #conclude(): Promise<string> {
    const all = await slotRecords(this.#catalog)
    for (const schedule of this.#schedules) {
      const records = all.filter(one => one.scheduleId === schedule.id)
      const last = records.at(-1)?.slot
      const served = records.reduce(
        (sum, one) => sum + one.missedSlots.length + one.missedMore + 1,
        0,
      )
      const until = new Date(last ?? this.#start)
      if (records.some(one => one.missedMore > 0)) this.#assertCounted(schedule, served, until)
      else assertNoneLostNorTwice(schedule, records, new Date(this.#start), until)
      assert.ok(last === undefined || last.getTime() <= this.#latest)
    }
    const due = await this.#catalog.query('select from schedules where next_fire <= clock_now()')
    assert.equal(due.length, 0, 'something is still due')
    const counts = await this.#catalog.query<{ state: string; count: number }>(
      'select state, count(*)::int from runs group by state order by state',
    )
    return `${counts.map(one => `${one.count} ${one.state}`).join(', ')}; ${this.#crashes} crashes`
  }

  /** Where not all slots are named, at least their number is right. */
  #assertCounted({ cron, timeZone }: Schedule, served: number, until: Date): void {
    const recurrence = new Recurrence(cron ?? '', timeZone)
    assert.equal(served, recurrence.count(new Date(this.#start), new Date(+until + 1)), cron ?? '')
  }

  async #addSchedule(): Promise<Schedule> {
    return await addSchedule(this.#catalog, {
      sourceId: this.#random.one(this.#sources),
      repositoryId: this.#repositoryId,
      cron: this.#random.one(CRONS),
      timeZone: this.#random.one(ZONES),
      priority: this.#random.whole(0, 2),
      jitterSeconds: this.#random.one([0, 0, 30, 7200]),
      blackout: this.#random.happens(0.3)
        ? [{ days: ['saturday', 'sunday'], from: '22:00', to: '03:00' }]
        : [],
    })
  }

  async #addWorker(): Promise<void> {
    const { id } = await addNode(this.#catalog, 2)
    this.#workers.push({ node: { id, leaseMs: LEASE_MS }, runs: [] })
  }

  async #setClock(to: number): Promise<void> {
    this.#now = to
    this.#latest = Math.max(this.#latest, to)
    await this.#site.setClock(new Date(to).toISOString())
  }

  async #passTime(): Promise<void> {
    const longest = this.#random.one([5 * SECOND, MINUTE, 20 * MINUTE, 4 * HOUR])
    await this.#setClock(this.#now + this.#random.whole(1, longest))
  }

  /** Somebody sets the clock of the database. */
  async #jump(): Promise<void> {
    const way = this.#random.one([-3 * HOUR, -20 * MINUTE, 6 * HOUR, 2 * DAY])
    await this.#setClock(Math.max(this.#start, this.#now + way))
  }

  /** A scheduler dies between any two of its statements. */
  async #crashWhileFiring(): Promise<void> {
    let left = this.#random.whole(0, 5)
    const dying: Pick<Catalog, 'transaction'> = {
      transaction: work =>
        this.#catalog.transaction(
          async sql =>
            await work({
              query: async (text, values) => {
                left -= 1
                if (left < 0) throw new Crash()
                return await sql.query(text, values)
              },
            }),
        ),
    }
    try {
      await fireDue(dying, 9)
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      this.#crashes += 1
    }
  }

  async #work(): Promise<void> {
    const worker = this.#random.one(this.#workers)
    await this.#listen(worker)
    const run = worker.runs.at(0)
    if (run === undefined || this.#random.happens(0.4)) {
      const claimed = await claimRun(this.#catalog, worker.node)
      if (claimed !== undefined) worker.runs.push(claimed)
      return
    }
    worker.runs.shift()
    await this.#end(run)
  }

  /** Heartbeat: gives up what is no longer its own, and ends what somebody cancelled. */
  async #listen(worker: FakeWorker): Promise<void> {
    const held = await heartbeat(this.#catalog, worker.node, worker.runs)
    for (const run of worker.runs.slice()) {
      const heard = held.find(one => one.id === run.id && one.fence === run.fence)
      if (heard !== undefined && heard.wanted !== 'cancel') continue
      worker.runs.splice(worker.runs.indexOf(run), 1)
      if (heard !== undefined) await this.#move(run, 'cancelled')
    }
  }

  async #end(run: Run): Promise<void> {
    const fails = this.#random.happens(0.3)
    const failure = this.#random.one(FAILURES)
    const { to, changes } = fails
      ? moveAfter(run, { type: 'failed', failure }, false)
      : { to: 'completed' as const, changes: {} }
    await this.#move(run, to, changes)
  }

  async #move(run: Claim, ...[to, changes]: [Run['state'], object?]): Promise<void> {
    try {
      await this.#catalog.transaction(sql => moveRun(sql, run, to, changes))
    } catch (error) {
      if (!(error instanceof LeaseLost || error instanceof RunIsFinal)) throw error
    }
  }

  /** Its runs are forgotten by everybody but the catalog; another node takes its place. */
  async #killWorker(): Promise<void> {
    this.#workers.splice(this.#random.whole(0, this.#workers.length - 1), 1)
    this.#crashes += 1
    await this.#addWorker()
  }

  async #reap(): Promise<void> {
    for (const expired of await expiredRuns(this.#catalog)) {
      await this.#catalog.transaction(async sql => {
        const run = await lockExpired(sql, expired)
        if (run === undefined) return
        const failure = { code: 'WORKER_LOST', message: 'the worker died', retry: true }
        const { to, changes } = lost(run, failure)
        await moveRun(sql, run, to, { ...changes, notBefore: 0 })
      })
    }
  }

  async #ask(): Promise<void> {
    const about = { sourceId: this.#random.one(this.#sources), repositoryId: this.#repositoryId }
    const run = await newRun(this.#catalog, about)
    await insertRun(this.#catalog, run).catch((error: unknown) => {
      if (!(error instanceof RunInTheWay)) throw error
    })
  }

  async #cancel(): Promise<void> {
    const [run] = await this.#catalog.query<{ id: string }>(
      'select id from runs where finished_at is null order by queued_at, lock_key limit 1',
    )
    if (run !== undefined) await this.#catalog.transaction(sql => wantCancel(sql, run.id, 'ops'))
  }

  /** Ends all that a worker has and can get. */
  async #drain(worker: FakeWorker): Promise<void> {
    await this.#listen(worker)
    for (;;) {
      const run = worker.runs.shift() ?? (await claimRun(this.#catalog, worker.node))
      if (run === undefined) return
      await this.#end(run)
    }
  }

  async #active(): Promise<number> {
    const rows = await this.#catalog.query('select id from runs where finished_at is null')
    return rows.length
  }

  async #assertOneActivePerLock(): Promise<void> {
    const twice = await this.#catalog.query(
      'select lock_key from locks group by lock_key having count(*) > 1',
    )
    assert.deepEqual(twice, [], 'two runs work on the same source')
  }
}

class Crash extends Error {}
