import { forgetRunner, type Leftover, leftovers } from '../catalog/attempts.ts'
import type { Catalog } from '../catalog/db.ts'
import { nodesAtWork } from '../catalog/nodes.ts'
import {
  type ExpiredRun,
  endLeases,
  expiredRuns,
  lockExpired,
  overdueCancels,
} from '../catalog/run-claims.ts'
import { type Claim, moveRun } from '../catalog/run-moves.ts'
import type { Clock } from '../core/clock.ts'
import { LeaseLost, RunIsFinal, WorkerLost } from '../core/faults.ts'
import type { Log } from '../core/log.ts'
import { Repeat } from '../core/repeat.ts'
import { asFailure, MOST_LOST_ATTEMPTS } from '../core/run.ts'
import { line } from '../core/run-lines.ts'
import { lost } from './outcome.ts'
import { isGone, signalTree, startOf } from './process-tree.ts'
import type { Timing } from './timing.ts'

export interface ReaperOptions {
  readonly catalog: Catalog
  /** The machine it is on: it ends what dead nodes left here. */
  readonly host: string
  readonly timing: Timing
  readonly clock: Clock
  readonly log: Log
}

/** Takes up what dead workers left behind, so that no run stays in a state for ever. Any node may do it. */
export class Reaper {
  readonly #options: ReaperOptions
  readonly #repeat: Repeat
  /** Since when each thing is seen as it is, by our own clock that never jumps. */
  #seen = new Map<string, number>()

  constructor(options: ReaperOptions) {
    this.#options = options
    this.#repeat = new Repeat(() => this.#sweep(), options.timing.reapMs)
  }

  start(): void {
    this.#repeat.start()
  }

  async stop(): Promise<void> {
    await this.#repeat.stop()
  }

  async #sweep(): Promise<void> {
    const { catalog, host, timing, log } = this.#options
    try {
      const gone = await this.#goneNodes()
      const orphans = await leftovers(catalog, host, timing.leaseMs, gone)
      const expired = await expiredRuns(catalog)
      const found = [
        ...orphans.map(one => ({ key: `runner ${one.runId} ${one.attempt}`, one })),
        ...expired.map(one => ({ key: `run ${one.id} ${one.fence} ${+one.leaseUntil}`, one })),
      ]
      const ripe = this.#confirmed<Leftover | ExpiredRun>(found, new Set(gone))
      // First the processes: the next attempt must not meet them.
      for (const one of ripe) if ('pid' in one) await this.#endRunner(one)
      for (const one of ripe) if ('fence' in one) await this.#takeUp(one)
      for (const one of await overdueCancels(catalog, timing.cancelMs)) await this.#cancel(one)
    } catch (error) {
      log.warn({ err: error }, 'could not look for lost runs')
    }
  }

  /** Nodes of this machine whose processes are gone: their leases need not run out by themselves. */
  async #goneNodes(): Promise<string[]> {
    const { catalog, host } = this.#options
    const nodes = await nodesAtWork(catalog, host)
    const gone = nodes.filter(({ pid, mark }) => isGone(pid, mark)).map(({ id }) => id)
    if (gone.length > 0) await endLeases(catalog, gone)
    return gone
  }

  /** Those whose node is gone, or that have been seen as they are for long enough; remembers the others. */
  #confirmed<T extends { readonly nodeId: string }>(
    found: readonly { key: string; one: T }[],
    gone: ReadonlySet<string>,
  ): T[] {
    const now = this.#options.clock.elapsed()
    const seen = new Map(found.map(({ key }) => [key, this.#seen.get(key) ?? now]))
    this.#seen = seen
    const { confirmMs } = this.#options.timing
    return found
      .filter(({ key, one }) => gone.has(one.nodeId) || now - (seen.get(key) ?? now) >= confirmMs)
      .map(({ one }) => one)
  }

  async #endRunner(runner: Leftover): Promise<void> {
    const { catalog, log } = this.#options
    if (startOf(runner.pid) === runner.pidStarted) {
      log.warn({ run: runner.runId, pid: runner.pid }, 'ending the runner that a dead worker left')
      signalTree(runner.pid, 'SIGKILL')
    }
    await forgetRunner(catalog, runner)
  }

  async #takeUp(claim: ExpiredRun): Promise<void> {
    const { catalog, log } = this.#options
    await unlessOver(() =>
      catalog.transaction(async sql => {
        const run = await lockExpired(sql, claim)
        if (run === undefined) return
        const { to, changes } = lost(run, asFailure(new WorkerLost({ host: run.host })))
        // Nothing speaks against trying at once: it was not the run that failed.
        const moved = await moveRun(sql, run, to, { ...changes, notBefore: 0 })
        log.warn(
          { run: run.id, lost: run.lost + 1, of: MOST_LOST_ATTEMPTS },
          `took up a run whose worker on ${run.host} was lost: ${moved.state}`,
        )
      }),
    )
  }

  async #cancel(claim: Claim): Promise<void> {
    const { catalog, log } = this.#options
    const said = line('CANCEL_UNANSWERED')
    await unlessOver(async () => {
      await catalog.transaction(sql =>
        moveRun(sql, claim, 'cancelled', { line: said, outcome: 'lost' }),
      )
      log.warn({ run: claim.id }, said.message)
    })
  }
}

/** Another node, or the worker after all, may have been faster. */
async function unlessOver(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof LeaseLost || error instanceof RunIsFinal)) throw error
  }
}
