import { recordRunner } from '../catalog/attempts.ts'
import { recordBackup, recordProof } from '../catalog/backups.ts'
import type { Catalog, Sql } from '../catalog/db.ts'
import { isPassing } from '../catalog/passing.ts'
import { lookSoon } from '../catalog/reach.ts'
import { beginCommit, type HeldRun, withdrawCommit } from '../catalog/run-claims.ts'
import { addRunEvent, type NewRunEvent } from '../catalog/run-events.ts'
import { type Claim, moveRun, type RunChanges } from '../catalog/run-moves.ts'
import { findRun, type Run } from '../catalog/runs.ts'
import type { Vault } from '../catalog/vault.ts'
import type { Manifest } from '../core/backup.ts'
import { reason } from '../core/fault.ts'
import { LeaseLost, RunIsFinal } from '../core/faults.ts'
import type { Log } from '../core/log.ts'
import { asFailure } from '../core/run.ts'
import { line } from '../core/run-lines.ts'
import { type OrderDefaults, orderFor, secretsOf } from './orders.ts'
import { lost, type Move, moveAfter } from './outcome.ts'
import { persist } from './persist.ts'
import type { Order } from './protocol.ts'
import { type Ending, type RunnerCommand, RunnerProcess } from './runner-process.ts'
import type { Timing } from './timing.ts'

/** What a worker lends to each of its runs. */
export interface Workshop {
  readonly catalog: Catalog
  readonly vault: Vault
  readonly runner: RunnerCommand
  readonly defaults: OrderDefaults
  readonly timing: Timing
  readonly log: Log
}

/** A run in the hands of this node: its runner, and the record that follows it. */
export class ActiveRun implements Claim {
  readonly id: string
  readonly fence: number
  readonly #run: Run
  readonly #shop: Workshop
  /** Fires when the run is no longer ours: nothing more is written. */
  readonly #gone = new AbortController()
  #runner: RunnerProcess | undefined
  /** Everything that is written, one after the other. */
  #writing: Promise<void> = Promise.resolve()
  #pause = false
  #cancelled = false
  #handBack = false
  /** The runner may do what cannot be undone. */
  #hasLeave = false
  /** The answer to a runner that asked for leave. */
  #leave: Promise<boolean> | undefined
  #over = false
  #progress: object | undefined

  constructor(run: Run, shop: Workshop) {
    this.id = run.id
    this.fence = run.fence
    this.#run = run
    this.#shop = shop
  }

  /** Its runner has ended, and its record is being settled: by itself it hears when it is not ours any more. */
  get isOver(): boolean {
    return this.#over
  }

  /** Performs the run and writes down what became of it; never throws. */
  async perform(): Promise<void> {
    const { log } = this.#shop
    try {
      const ending = await this.#performed()
      this.#over = true
      await Promise.allSettled([this.#writing, this.#leave])
      if (this.#gone.signal.aborted) return
      if (ending.type === 'failed' && ending.untouched === true && this.#hasLeave) {
        await persist(() => withdrawCommit(this.#shop.catalog, this), this.#gone.signal)
      }
      await this.#settle(moveAfter(this.#run, ending, this.#handBack), ending)
    } catch (error) {
      if (isOver(error) || this.#gone.signal.aborted) {
        log.info({ run: this.id, why: reason(error) }, 'run is no longer ours')
        return
      }
      log.error({ run: this.id, err: error }, 'run could not be settled')
      await this.#settle(lost(this.#run, asFailure(error))).catch((cause: unknown) =>
        log.error({ run: this.id, err: cause }, 'run is left to the reaper'),
      )
    }
  }

  /** Does what is wanted of the run. */
  obey({ wanted }: HeldRun): void {
    if (this.#over) return
    if (wanted === 'cancel') {
      this.#cancelled = true
      this.#endRunner()
      return
    }
    const pause = wanted === 'pause'
    if (pause === this.#pause || this.#runner === undefined) return
    this.#pause = pause
    if (pause) this.#runner.pause()
    this.#write(async () => {
      await (pause ? this.#stand('paused') : this.#stand('running', { line: line('RESUMED') }))
    })
    // Only when the record says so: a run that is shown as paused must not be at work.
    if (!pause) this.#write(async () => this.#runner?.resume())
  }

  /** The run is not ours any more: its runner ends, and nothing is written. */
  abandon(): void {
    this.#gone.abort()
    this.#runner?.end()
  }

  /** Ends the runner; what it has stored is reused by whoever claims the run next. */
  handBack(): void {
    this.#handBack = true
    this.#endRunner()
  }

  #endRunner(): void {
    if (this.#hasLeave) this.#runner?.finish()
    else this.#runner?.end()
  }

  /** What was told since the last call, if anything was. */
  takeProgress(): object | undefined {
    const progress = this.#progress
    this.#progress = undefined
    return progress
  }

  async #performed(): Promise<Ending> {
    const { catalog, vault, runner: command, defaults, timing } = this.#shop
    const { signal } = this.#gone
    let order: Order
    try {
      order = await persist(() => orderFor(catalog, vault, this.#run, defaults), signal)
    } catch (error) {
      if (isPassing(error)) throw error
      return { type: 'failed', failure: asFailure(error) }
    }
    if (this.#cancelled || this.#handBack || signal.aborted) {
      return { type: 'died', how: 'was not started' }
    }
    const runner = new RunnerProcess(command, order, {
      listener: this.#listener(),
      secrets: secretsOf(order),
      killAfterMs: timing.killAfterMs,
    })
    this.#runner = runner
    const identity = runner.identity()
    if (identity) this.#write(() => recordRunner(catalog, this, identity))
    return await runner.ended
  }

  #listener() {
    return {
      stage: (stage: string) => this.#note({ kind: 'stage', message: stage }),
      notice: (text: string) => this.#note({ kind: 'notice', message: text }),
      progress: (progress: object) => {
        this.#progress = progress
      },
      commit: () => (this.#leave = this.#askLeave()),
    }
  }

  /** Whether the runner may do what cannot be undone; the record says so before it hears it. */
  async #askLeave(): Promise<boolean> {
    const { catalog } = this.#shop
    const { signal } = this.#gone
    const ends = () => this.#handBack || this.#cancelled || signal.aborted
    if (ends()) return false
    await persist(() => beginCommit(catalog, this), signal)
    // From here to the answer nothing comes between: who ends the runner now knows that it has leave.
    this.#hasLeave = !ends()
    if (!this.#hasLeave) await persist(() => withdrawCommit(catalog, this), signal)
    return this.#hasLeave
  }

  #note(event: NewRunEvent): void {
    this.#write(() => addRunEvent(this.#shop.catalog, this, event))
  }

  #write(work: () => Promise<void>): void {
    this.#writing = this.#writeAfter(this.#writing, work)
  }

  async #writeAfter(before: Promise<void>, work: () => Promise<void>): Promise<void> {
    await before
    const { signal } = this.#gone
    if (signal.aborted) return
    try {
      await persist(work, signal)
    } catch (error) {
      this.#shop.log.warn({ run: this.id, err: error }, 'could not write about a run')
    }
  }

  /** Makes the record say that the run is paused, or is not. */
  async #stand(state: 'running' | 'paused', changes: RunChanges = {}): Promise<void> {
    await this.#shop.catalog.transaction(async sql => {
      // The answer to the first try may have been lost.
      const now = await findRun(sql, this.id)
      if (now.state !== state) await moveRun(sql, this, state, changes)
    })
  }

  async #settle({ to, changes }: Move, ending?: Ending): Promise<void> {
    const { catalog, log } = this.#shop
    const manifest = ending?.type === 'done' ? ending.manifest : undefined
    let isListed = false
    const settle = async (sql: Sql) => {
      // What was paused at its very end goes on, and then ends.
      const { state } = await findRun(sql, this.id)
      if (state === 'paused' && to === 'completed') await moveRun(sql, this, 'running')
      const run = await moveRun(sql, this, to, changes)
      // Both end with a comparison of every table, and do not complete where one differs.
      if (run.state === 'completed' && (run.kind === 'restore' || run.kind === 'verify')) {
        await recordProof(sql, run.repositoryId, run.result?.backup)
      }
      for (const message of run.state === 'completed' ? run.warnings : []) {
        await addRunEvent(sql, { id: run.id }, { kind: 'warning', message })
      }
      isListed = run.state === 'completed' && (await this.#list(sql, run, manifest))
      return run
    }
    const run = await persist(() => catalog.transaction(settle), this.#gone.signal)
    log.info({ run: run.id, state: run.state }, `run is ${run.state}`)
    if (OUT_OF_REACH.has(changes.failure?.code ?? '')) {
      // The look comes by itself if nobody hears of this.
      await lookSoon(catalog, run.repositoryId).catch(() => undefined)
    }
    if (run.state !== 'completed' || manifest === undefined || isListed) return
    // Whatever may be odd about a manifest, the run has completed.
    await recordBackup(catalog, run.repositoryId, manifest).catch((error: unknown) =>
      log.warn({ run: run.id, err: error }, 'backup is not in the catalogue yet'),
    )
  }

  /** Whoever hears that a backup has completed finds it in the catalogue; that holds up no run for long. */
  async #list(sql: Sql, run: Run, manifest: Manifest | undefined): Promise<boolean> {
    if (manifest === undefined) return false
    await sql.query(`savepoint listing; set local lock_timeout = ${LISTING_MS}`)
    try {
      await recordBackup(sql, run.repositoryId, manifest)
      await sql.query('set local lock_timeout to default')
      return true
    } catch {
      await sql.query('rollback to savepoint listing')
      return false
    }
  }
}

/** How long the end of a run waits for others who change the catalogue of backups. */
const LISTING_MS = 500

/** Failures after which the repository is looked at, for everybody to see. */
const OUT_OF_REACH = new Set(['STORAGE_UNREACHABLE', 'REPOSITORY_MISSING'])

const isOver = (error: unknown) => error instanceof LeaseLost || error instanceof RunIsFinal
