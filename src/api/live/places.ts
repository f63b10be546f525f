import { addressKey } from '../caller-key.ts'

/** Of all who are connected. */
const MOST = 3_000
/** An office with one address has fewer who watch; all together leave room for others. */
const MOST_PER_ADDRESS = 1_000
/** Of these, who have not said who they are: a page does it in the same breath. */
const MOST_STRANGERS_PER_ADDRESS = 200

/** Who is connected, by network address, so that none of these takes the places of all others. */
export class Places {
  /** The address of each connection. */
  readonly #seats = new Map<object, string>()
  readonly #all = new Counts()
  readonly #strangers = new Counts()
  /** Connections whose owner is not known yet. */
  readonly #waiting = new Set<object>()

  /** Why nobody else from an address may come in. */
  refusal(address: string): string | undefined {
    const key = addressKey(address)
    if (this.#seats.size >= MOST) return 'there are too many connections; try again in a minute'
    const isFull =
      this.#all.of(key) >= MOST_PER_ADDRESS || this.#strangers.of(key) >= MOST_STRANGERS_PER_ADDRESS
    return isFull
      ? 'there are too many connections from this address; try again in a minute'
      : undefined
  }

  /** Counts a connection; false: many have come at once, and this one has no place. */
  take(seat: object, address: string): boolean {
    if (this.refusal(address) !== undefined) return false
    const key = addressKey(address)
    this.#seats.set(seat, key)
    this.#waiting.add(seat)
    this.#all.add(key, 1)
    this.#strangers.add(key, 1)
    return true
  }

  /** It is known whose connection it is. */
  know(seat: object): void {
    const key = this.#seats.get(seat)
    if (key !== undefined && this.#waiting.delete(seat)) this.#strangers.add(key, -1)
  }

  /** Whether it is not known yet whose connection it is. */
  isStranger(seat: object): boolean {
    return this.#waiting.has(seat)
  }

  leave(seat: object): void {
    this.know(seat)
    const key = this.#seats.get(seat)
    if (key !== undefined && this.#seats.delete(seat)) this.#all.add(key, -1)
  }
}

/** How many there are of each. */
class Counts {
  readonly #counts = new Map<string, number>()

  of(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  add(key: string, change: 1 | -1): void {
    const count = this.of(key) + change
    if (count > 0) this.#counts.set(key, count)
    else this.#counts.delete(key)
  }
}
