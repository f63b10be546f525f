import { useSyncExternalStore } from 'react'

/** One clock for everything that counts; it stands still while nobody looks. */
class Ticks {
  readonly #everyMs: number
  #now = Date.now()
  readonly #listeners = new Set<() => void>()
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  readonly now = (): number => this.#now

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    this.#now = Date.now()
    this.#timer ??= setInterval(() => this.#tick(), this.#everyMs)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  #tick(): void {
    this.#now = Date.now()
    for (const listener of this.#listeners) listener()
  }
}

const seconds = new Ticks(1_000)
const halfMinutes = new Ticks(30_000)

/** The time now, in ms, which goes on by the second: for what is counted down before the eyes. */
export const useSecond = (): number => useSyncExternalStore(seconds.listen, seconds.now)
/** The time now, in ms, which goes on every half minute: for ages. */
export const useNow = (): number => useSyncExternalStore(halfMinutes.listen, halfMinutes.now)
