import type { Caller } from '../core/access.ts'
import { TooManyRequests } from '../core/faults.ts'
import { addressKey, callerKey } from './caller-key.ts'

/** One who asks: what is left of the budget, and when that was reckoned. */
interface Bucket {
  left: number
  at: number
}

const MINUTE_MS = 60_000
/** Beyond so many callers, those that have their whole budget again are forgotten. */
const MOST_REMEMBERED = 10_000
const SWEEP_MS = 1_000

/**
 * How many requests each caller may send: so many at once, and as many again in every minute. It is counted in
 * memory, for each node by itself: it keeps one server on its feet.
 */
export class Budget {
  readonly #perMinute: number
  readonly #now: () => number
  readonly #buckets = new Map<string, Bucket>()
  #sweptAt = Number.NEGATIVE_INFINITY

  /** `perMinute` 0: any number. */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute
    this.#now = now
  }

  /** Takes one request from a caller's budget. Throws TooManyRequests. */
  spend(caller: string): void {
    if (this.#perMinute === 0) return
    const bucket = this.#bucketOf(caller)
    if (bucket.left < 1) {
      const waitMs = ((1 - bucket.left) / this.#perMinute) * MINUTE_MS
      throw new TooManyRequests({
        what: `more than ${this.#perMinute} of one caller in a minute`,
        retryAfterSeconds: Math.ceil(waitMs / 1000),
      })
    }
    bucket.left -= 1
  }

  /** The same for who is told nothing; answers whether there was any left. */
  trySpend(caller: string): boolean {
    const bucket = this.#bucketOf(caller)
    if (bucket.left < 1) return false
    bucket.left -= 1
    return true
  }

  #bucketOf(caller: string): Bucket {
    const now = this.#now()
    const bucket = this.#buckets.get(caller) ?? { left: this.#perMinute, at: now }
    bucket.left = this.#refilled(bucket, now)
    bucket.at = now
    if (!this.#buckets.has(caller)) this.#remember(caller, bucket, now)
    return bucket
  }

  #remember(caller: string, bucket: Bucket, now: number): void {
    if (this.#buckets.size >= MOST_REMEMBERED && now - this.#sweptAt >= SWEEP_MS) {
      this.#sweptAt = now
      for (const [key, one] of this.#buckets) {
        if (this.#refilled(one, now) >= this.#perMinute) this.#buckets.delete(key)
      }
    }
    // Should all of them be busy, the one that came first makes room: memory is not theirs to take.
    const [first] = this.#buckets.keys()
    if (this.#buckets.size >= MOST_REMEMBERED && first !== undefined) this.#buckets.delete(first)
    this.#buckets.set(caller, bucket)
  }

  #refilled({ left, at }: Bucket, now: number): number {
    return Math.min(this.#perMinute, left + ((now - at) / MINUTE_MS) * this.#perMinute)
  }
}

/** What those may ask for who have shown who they are, and what a stranger may. */
export class Budgets {
  readonly #known: Budget
  readonly #strangers: Budget

  constructor(perMinute: number) {
    this.#known = new Budget(perMinute)
    this.#strangers = new Budget(Math.ceil(perMinute / 10))
  }

  /** Takes one request from the budget of whoever asks; the socket has none. Throws TooManyRequests. */
  spend(caller: Caller): void {
    if (caller.kind === 'local') return
    const budget = caller.kind === 'nobody' ? this.#strangers : this.#known
    budget.spend(callerKey(caller))
  }

  /** Takes one from the budget of an address that showed what does not hold. Throws TooManyRequests. */
  spendRefused(address: string): void {
    this.#strangers.spend(addressKey(address))
  }
}
