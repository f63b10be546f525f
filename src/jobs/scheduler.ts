import type { Catalog } from '../catalog/db.ts'
import { SCHEDULES_CHANNEL } from '../catalog/schedules.ts'
import { fireDue, type SlotsStatus, slotsStatus, untilDue } from '../catalog/slots.ts'
import { followTimeZones } from '../catalog/time-zones.ts'
import { reason } from '../core/fault.ts'
import type { Log } from '../core/log.ts'

export interface SchedulerStatus extends SlotsStatus {
  /** Whether this node takes part in firing. */
  readonly isAlive: boolean
  /** Milliseconds since this node last looked for due schedules with success. */
  readonly lookedMsAgo: number | undefined
}

/** How many schedules are fired in one transaction: it holds their rows for a few tenths of a second. */
const BATCH = 250
/** The longest sleep: so late is a lost message or a clock that jumped noticed. */
const LONGEST_SLEEP_MS = 1000
/** The shortest one, while another node serves what is due. */
const SHORTEST_SLEEP_MS = 20
const LONGEST_BACK_OFF_MS = 10_000

/** Fires schedules when they are due. Every node may run one: each slot is fired once all the same. */
export class Scheduler {
  readonly #catalog: Catalog
  readonly #log: Log
  readonly #stopping = new AbortController()
  #loop: Promise<void> | undefined
  #listener: { stop(): Promise<void> } | undefined
  #wake: () => void = () => undefined
  #isWoken = false
  #lookedAt: number | undefined
  #knowsTimeZones = false
  /** How often in a row it failed. */
  #failures = 0

  constructor({ catalog, log }: { readonly catalog: Catalog; readonly log: Log }) {
    this.#catalog = catalog
    this.#log = log
  }

  start(): void {
    this.#loop ??= this.#run(this.#stopping.signal)
  }

  /** Ends after the round that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#wakeUp()
    await this.#loop
    await this.#listener?.stop()
    this.#listener = undefined
  }

  async status(): Promise<SchedulerStatus> {
    const at = this.#lookedAt
    return {
      ...(await slotsStatus(this.#catalog)),
      isAlive: this.#loop !== undefined && !this.#stopping.signal.aborted,
      lookedMsAgo: at === undefined ? undefined : performance.now() - at,
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#sleep(await this.#round(), signal)
    }
  }

  /** Fires what is due; answers how long to sleep. */
  async #round(): Promise<number> {
    try {
      this.#listener ??= await this.#catalog.listen(SCHEDULES_CHANNEL, () => this.#wakeUp())
      await this.#followTimeZones()
      let wait = await untilDue(this.#catalog)
      if (wait !== undefined && wait <= 0) {
        const { schedules, unfit } = await fireDue(this.#catalog, BATCH)
        for (const why of unfit) this.#log.warn({}, why)
        wait = schedules > 0 ? 0 : SHORTEST_SLEEP_MS
      }
      this.#succeeded()
      return Math.min(wait ?? LONGEST_SLEEP_MS, LONGEST_SLEEP_MS)
    } catch (error) {
      return this.#failed(error)
    }
  }

  /** Once: the rules that this process goes by do not change while it lives. */
  async #followTimeZones(): Promise<void> {
    if (this.#knowsTimeZones) return
    const moved = await followTimeZones(this.#catalog)
    this.#knowsTimeZones = true
    if (moved > 0) this.#log.warn({ moved }, 'the rules of time zones have changed: slots moved')
  }

  #succeeded(): void {
    this.#lookedAt = performance.now()
    if (this.#failures > 0) this.#log.info({}, 'the scheduler reaches the catalog again')
    this.#failures = 0
  }

  /** Says so once, and then tries less and less often. */
  #failed(error: unknown): number {
    this.#failures += 1
    if (this.#failures === 1) {
      this.#log.warn({ err: error }, `schedules do not fire at the moment: ${reason(error)}`)
    }
    return Math.min(LONGEST_SLEEP_MS * 2 ** (this.#failures - 1), LONGEST_BACK_OFF_MS)
  }

  #wakeUp(): void {
    this.#isWoken = true
    this.#wake()
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 0 && !this.#isWoken && !signal.aborted) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, ms)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#isWoken = false
  }
}
