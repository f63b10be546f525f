import type { Catalog } from '../catalog/db.ts'
import { type Node, registerNode, stopNode } from '../catalog/nodes.ts'
import { claimRun, type HeldRun, heartbeat, writeProgress } from '../catalog/run-claims.ts'
import { moveRun } from '../catalog/run-moves.ts'
import type { Vault } from '../catalog/vault.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { Repeat } from '../core/repeat.ts'
import { ActiveRun, type Workshop } from './active-run.ts'
import type { OrderDefaults } from './orders.ts'
import { handedBack } from './outcome.ts'
import { ownMark } from './process-tree.ts'
import { Reaper } from './reaper.ts'
import type { RunnerCommand } from './runner-process.ts'
import { TIMING, type Timing } from './timing.ts'

export interface WorkerOptions {
  readonly catalog: Catalog
  readonly vault: Vault
  readonly node: Node
  readonly runner: RunnerCommand
  /** Where runners look for programs. */
  readonly engines: OrderDefaults['engines']
  /** The directories below which repositories must be; absent: anywhere. */
  readonly roots?: OrderDefaults['roots']
  readonly cores: number
  readonly log: Log
  readonly timing?: Partial<Timing>
  readonly clock?: Clock
}

/** Claims runs for this node, has each performed by a process of its own, and keeps their records true. */
export class Worker {
  readonly #catalog: Catalog
  readonly #node: Node & { readonly leaseMs: number }
  readonly #shop: Workshop
  readonly #timing: Timing
  readonly #clock: Clock
  readonly #log: Log
  readonly #runs = new Map<string, ActiveRun>()
  readonly #performing = new Set<Promise<void>>()
  readonly #claims: Repeat
  readonly #beats: Repeat
  readonly #progress: Repeat
  readonly #reaper: Reaper
  #listener: { stop(): Promise<void> } | undefined
  #watch: NodeJS.Timeout | undefined
  #answeredAt = 0
  #strays = new Set<string>()
  #stopping = false

  constructor(options: WorkerOptions) {
    const { catalog, node, log, clock = systemClock } = options
    const timing = { ...TIMING, ...options.timing }
    this.#catalog = catalog
    this.#node = { ...node, leaseMs: timing.leaseMs }
    this.#timing = timing
    this.#clock = clock
    this.#log = log
    const madeBy = { holdfast: node.version, host: node.host }
    const { path, pgBin, reach } = options.engines
    const { vault, runner, cores, roots } = options
    const defaults = { madeBy, engines: { path, pgBin, reach }, cores, roots }
    this.#shop = { catalog, vault, runner, defaults, timing, log }
    this.#claims = new Repeat(
      () => this.#guarded('claim a run', () => this.#claim()),
      timing.pollMs,
    )
    this.#beats = new Repeat(
      () => this.#guarded('say that it lives', () => this.#beat()),
      timing.heartbeatMs,
    )
    this.#progress = new Repeat(
      () => this.#guarded('show progress', () => this.#showProgress()),
      timing.progressMs,
    )
    this.#reaper = new Reaper({ catalog, host: node.host, timing, clock, log })
  }

  async start(): Promise<void> {
    await registerNode(this.#catalog, { ...this.#node, processMark: ownMark() })
    this.#answeredAt = this.#clock.elapsed()
    this.#listener = await this.#catalog.listen('holdfast_runs', message => this.#heard(message))
    this.#watch = setInterval(() => this.#leaveAfterSilence(), this.#timing.pollMs)
    for (const part of [this.#reaper, this.#claims, this.#beats, this.#progress]) part.start()
  }

  /**
   * Claims nothing more, gives what runs `graceMs` to end, then ends it and hands it back to be claimed by
   * others. Returns once every runner is gone.
   */
  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    this.#stopping = true
    await this.#claims.stop()
    await within(graceMs, Promise.all(this.#performing))
    for (const run of this.#runs.values()) run.handBack()
    await within(this.#timing.leaseMs, Promise.all(this.#performing))
    // The catalog is away, or a runner cannot be killed: the lease ends, and the reaper does the rest.
    for (const run of this.#runs.values()) run.abandon()
    clearInterval(this.#watch)
    await Promise.all([this.#beats.stop(), this.#progress.stop(), this.#reaper.stop()])
    await this.#listener?.stop()
    await this.#guarded('say that it stops', () => stopNode(this.#catalog, this.#node.id))
  }

  async #claim(): Promise<void> {
    while (!this.#stopping && this.#runs.size < this.#node.maxRuns) {
      const run = await claimRun(this.#catalog, this.#node)
      if (run === undefined) return
      this.#log.info({ run: run.id, kind: run.kind, attempt: run.attempt }, 'claimed a run')
      const active = new ActiveRun(run, this.#shop)
      this.#runs.set(run.id, active)
      const performing = active.perform().finally(() => {
        if (this.#runs.get(run.id) === active) this.#runs.delete(run.id)
        this.#performing.delete(performing)
        this.#claims.nudge()
      })
      this.#performing.add(performing)
    }
  }

  async #beat(): Promise<void> {
    const performed = [...this.#runs.values()]
    const held = await heartbeat(
      this.#catalog,
      this.#node,
      performed.map(({ id, fence }) => ({ id, fence })),
    )
    this.#answeredAt = this.#clock.elapsed()
    const ours = new Map(held.map(one => [keyOf(one), one]))
    for (const run of performed) {
      const now = ours.get(keyOf(run))
      if (now !== undefined) run.obey(now)
      else if (!run.isOver) this.#abandon(run)
    }
    await this.#handBackStrays(held)
  }

  /**
   * A run that the catalog gives us and that we do not perform: the answer to its claim was lost, or we
   * ended it when the catalog was away. Seen twice, because a claim may be on its way.
   */
  async #handBackStrays(held: readonly HeldRun[]): Promise<void> {
    const strays = held.filter(one => this.#runs.get(one.id)?.fence !== one.fence)
    const again = strays.filter(one => this.#strays.has(keyOf(one)))
    this.#strays = new Set(strays.map(keyOf))
    const { to, changes } = handedBack('NODE_OUT_OF_TOUCH')
    for (const one of again) {
      await this.#catalog.transaction(sql => moveRun(sql, one, to, changes))
      this.#log.info({ run: one.id }, 'handed a run back')
    }
  }

  /** Without an answer for so long, others take the runs up soon: they must not meet our runners. */
  #leaveAfterSilence(): void {
    if (this.#clock.elapsed() - this.#answeredAt < this.#timing.silenceMs) return
    for (const run of this.#runs.values()) this.#abandon(run)
  }

  #abandon(run: ActiveRun): void {
    if (this.#runs.get(run.id) !== run) return
    this.#log.warn({ run: run.id }, 'run is no longer ours: ending its runner')
    this.#runs.delete(run.id)
    run.abandon()
  }

  async #showProgress(): Promise<void> {
    const moved = [...this.#runs.values()].flatMap(run => {
      const progress = run.takeProgress()
      return progress === undefined ? [] : [{ id: run.id, fence: run.fence, progress }]
    })
    if (moved.length > 0) await writeProgress(this.#catalog, moved)
  }

  #heard(message: string | undefined): void {
    const { run } = parse(message)
    const isOurs = run !== undefined && this.#runs.has(run)
    if (isOurs || message === undefined) this.#beats.nudge()
    if (!isOurs) this.#claims.nudge()
  }

  async #guarded(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#log.warn({ err: error }, `could not ${what}`)
    }
  }
}

const keyOf = ({ id, fence }: { id: string; fence: number }) => `${id} ${fence}`

function parse(message = '{}'): { readonly run?: string } {
  return JSON.parse(message) as object
}

/** Waits for work to end, but not longer than that. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>(resolve => (timer = setTimeout(resolve, ms)))
  await Promise.race([work, patience])
  clearTimeout(timer)
}
