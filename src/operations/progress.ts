import type { Clock } from '../core/clock.ts'

/** What an operation is busy with. Stages only move on, in the order in which each operation lists its own. */
export type Stage =
  | 'preparing'
  | 'dumping'
  | 'finishing'
  | 'loading'
  | 'indexing'
  | 'reading'
  | 'checking'
  | 'verifying'
  | 'swapping'

/** Where an operation stands, for whoever shows it. */
export interface Standing {
  readonly stage: Stage
  /** Bytes passed in this stage; undefined where the stage does not count bytes. */
  readonly bytes: number | undefined
  /** Bytes this stage will take, as far as known. */
  readonly total: number | undefined
  /** Bytes per second over the last seconds. */
  readonly rate: number | undefined
  readonly secondsLeft: number | undefined
  /** Seconds this stage has taken so far. */
  readonly seconds: number
  /** The table or object at work. */
  readonly item: string | undefined
}

/** What can be measured while a stage runs. */
export interface Gauge {
  bytes?(): number
  item?(): string | undefined
  readonly total?: number | undefined
}

export interface ProgressListener {
  /** Called once as each stage begins. */
  stage?(stage: Stage): void
  /** Called with what the user should know before the end: it spoils nothing. */
  notice?(text: string): void
}

/** The rate is taken over this time: long enough to be steady, short enough to show a stall. */
const WINDOW_MS = 10_000

/** The progress of one operation: the operation moves it on, and whoever shows it polls `standing`. */
export class Progress {
  readonly #clock: Clock
  readonly #listener: ProgressListener
  #stage: Stage = 'preparing'
  #gauge: Gauge | undefined
  #samples: { at: number; bytes: number }[] = []
  #entered: number

  constructor(clock: Clock, listener: ProgressListener = {}) {
    this.#clock = clock
    this.#entered = clock.elapsed()
    this.#listener = listener
  }

  /** Begins a stage. Until the next one, `gauge` tells how far it is. */
  enter(stage: Stage, gauge?: Gauge): void {
    this.#stage = stage
    this.#gauge = gauge
    this.#entered = this.#clock.elapsed()
    this.#samples = [{ at: this.#entered, bytes: gauge?.bytes?.() ?? 0 }]
    this.#listener.stage?.(stage)
  }

  notice(text: string): void {
    this.#listener.notice?.(text)
  }

  standing(): Standing {
    const bytes = this.#gauge?.bytes?.()
    const rate = bytes === undefined ? undefined : this.#rate(bytes)
    const total = this.#gauge?.total
    // A guess that was too low is no total any more.
    const known = total !== undefined && bytes !== undefined && total >= bytes ? total : undefined
    const left = known !== undefined && rate ? (known - (bytes ?? 0)) / rate : undefined
    return {
      stage: this.#stage,
      bytes,
      total: known,
      rate,
      secondsLeft: left,
      seconds: (this.#clock.elapsed() - this.#entered) / 1000,
      item: this.#gauge?.item?.(),
    }
  }

  #rate(bytes: number): number | undefined {
    const now = this.#clock.elapsed()
    this.#samples.push({ at: now, bytes })
    const begin = this.#samples.findIndex(sample => sample.at >= now - WINDOW_MS)
    if (begin > 1) this.#samples.splice(0, begin - 1)
    const oldest = this.#samples[0]
    if (oldest === undefined || now - oldest.at < 100) return undefined
    return ((bytes - oldest.bytes) * 1000) / (now - oldest.at)
  }
}
