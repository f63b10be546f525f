import type { Caller } from '../core/access.ts'
import { TooManyRequests } from '../core/faults.ts'
import { callerKey } from './caller-key.ts'

/** How many requests of one kind are worked on at the same time. */
export interface GateLimits {
  readonly perCaller: number
  readonly all: number
}

/** What is full now has room again after about so long; a guess, as nobody knows how long others take. */
const RETRY_AFTER_SECONDS = 2

/**
 * Lets only so many in at once to what is costly: tests of databases, exports, uploads. Whoever finds it full
 * is told to come again; nobody queues, because a queue would only hold more of what there is too much of.
 */
export class Gate {
  readonly #what: string
  readonly #limits: GateLimits
  readonly #inside = new Map<string, number>()
  #all = 0

  /** `what` completes "there are too many requests of this kind at once: …". */
  constructor(what: string, limits: GateLimits) {
    this.#what = what
    this.#limits = limits
  }

  /**
   * Takes a place until it is disposed of (`using place = gate.enter(caller)`), or until `leaves` fires, which
   * is for answers that go on after their handler returned. Throws TooManyRequests.
   */
  enter(caller: Caller, leaves?: AbortSignal): Disposable {
    const key = callerKey(caller)
    const own = this.#inside.get(key) ?? 0
    if (own >= this.#limits.perCaller || this.#all >= this.#limits.all) {
      const what = `${this.#what}: no more than ${this.#limits.perCaller} of one caller and ${this.#limits.all} of all are worked on at once`
      throw new TooManyRequests({ what, retryAfterSeconds: RETRY_AFTER_SECONDS })
    }
    this.#inside.set(key, own + 1)
    this.#all += 1
    let isIn = true
    const leave = () => {
      if (isIn) this.#leave(key)
      isIn = false
    }
    if (leaves?.aborted) leave()
    leaves?.addEventListener('abort', leave, { once: true })
    return { [Symbol.dispose]: leave }
  }

  #leave(key: string): void {
    const left = (this.#inside.get(key) ?? 1) - 1
    if (left === 0) this.#inside.delete(key)
    else this.#inside.set(key, left)
    this.#all -= 1
  }
}
