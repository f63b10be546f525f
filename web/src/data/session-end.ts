type Listener = () => void

/** Tells that the server does not know this session any more. */
class SessionEnd {
  readonly #listeners = new Set<Listener>()

  fire(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Answers what takes the listener away. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

export const sessionEnded = new SessionEnd()
