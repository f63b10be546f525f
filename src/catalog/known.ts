interface Entry<Value> {
  /** What else it depends on. */
  readonly on: string
  readonly read: Promise<ReadonlyMap<string, Value>>
}

/** What was read of each of some things, until it is forgotten. */
export class Known<Value> {
  readonly #entries = new Map<string, Entry<Value>>()

  /**
   * What is known of things by their ids, each with a text of what it depends on besides the thing itself; things of
   * which there is nothing to know are missing. `read` is given those of which it is not known.
   */
  async ask(
    wanted: ReadonlyMap<string, string>,
    read: (ids: string[]) => Promise<ReadonlyMap<string, Value>>,
  ): Promise<ReadonlyMap<string, Value>> {
    const missing = [...wanted].filter(([id, on]) => this.#entries.get(id)?.on !== on)
    if (missing.length > 0) this.#begin(missing, read(missing.map(([id]) => id)))
    // All at once: whatever is forgotten from now on, this was asked for before it.
    const found = [...wanted.keys()].map(id => [id, this.#entries.get(id)?.read] as const)
    const values = new Map<string, Value>()
    for (const [id, reading] of found) {
      const value = (await reading)?.get(id)
      if (value !== undefined) values.set(id, value)
    }
    return values
  }

  forget(id: string): void {
    this.#entries.delete(id)
  }

  forgetAll(): void {
    this.#entries.clear()
  }

  #begin(missing: readonly [id: string, on: string][], read: Entry<Value>['read']): void {
    for (const [id, on] of missing) this.#entries.set(id, { on, read })
    read.catch(() => {
      for (const [id] of missing) if (this.#entries.get(id)?.read === read) this.forget(id)
    })
  }
}
