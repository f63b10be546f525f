type Listener = () => void

/** Whether the server does not know this session any more. */
class SessionEnd {
  readonly #listeners = new Set<Listener>()
  #is = false

  fire(): void {
    if (this.#listeners.size > 0) this.#set(true)
  }

  goOn(): void {
    this.#set(false)
  }

  readonly is = (): boolean => this.#is

  /** Answers what takes the listener away. */
  readonly listen = (listener: Listener): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      // Whoever left the pages of the session comes back with another one.
      if (this.#listeners.size === 0) this.#is = false
    }
  }

  #set(is: boolean): void {
    this.#is = is
    for (const listener of this.#listeners) listener()
  }
}

export const sessionEnded = new SessionEnd()
