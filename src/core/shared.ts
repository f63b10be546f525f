/**
 * Work that many ask for at the same time, done once for all of them: a thousand dashboards ask the same question in the
 * moment in which a run ends. What is answered was begun after it was asked for, so whoever has just changed something
 * finds it changed: who comes while the work goes on waits for the next time, and shares that.
 */
export class Shared<Result> {
  readonly #running = new Map<string, Promise<Result>>()
  readonly #next = new Map<string, Promise<Result>>()

  /** Works named the same must be the same work. */
  async ask(name: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(name)
    if (running === undefined) return await this.#begin(name, work)
    const next = this.#next.get(name) ?? this.#after(running, name, work)
    this.#next.set(name, next)
    return await next
  }

  async #after(
    running: Promise<Result>,
    name: string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    await Promise.allSettled([running])
    this.#next.delete(name)
    return await this.#begin(name, work)
  }

  async #begin(name: string, work: () => Promise<Result>): Promise<Result> {
    const running = work()
    this.#running.set(name, running)
    try {
      return await running
    } finally {
      if (this.#running.get(name) === running) this.#running.delete(name)
    }
  }
}
