import type { Catalog } from '../catalog/db.ts'

/** What a message on the channel says. */
interface Message {
  readonly run?: string
}

/** One listener on the runs' channel for everybody who watches a run. */
export class RunFeed {
  readonly #catalog: Catalog
  readonly #waiting = new Map<string, Set<() => void>>()
  #listener: { stop(): Promise<void> } | undefined

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  async start(): Promise<void> {
    this.#listener = await this.#catalog.listen('holdfast_runs', text => this.#heard(text))
  }

  async stop(): Promise<void> {
    await this.#listener?.stop()
    this.#wakeAll()
  }

  /** Returns when the run may have changed, when the time is over, or when the signal fires. */
  async changed(run: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const waiting = this.#waiting.get(run) ?? new Set()
    this.#waiting.set(run, waiting)
    await new Promise<void>(resolve => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        waiting.delete(end)
        if (waiting.size === 0 && this.#waiting.get(run) === waiting) this.#waiting.delete(run)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      signal.addEventListener('abort', end)
      waiting.add(end)
    })
  }

  #heard(text: string | undefined): void {
    // It is about all runs, or the connection was lost: who knows what was said meanwhile.
    const run = text === undefined ? undefined : (JSON.parse(text) as Message).run
    if (run === undefined) this.#wakeAll()
    else for (const wake of this.#waiting.get(run) ?? []) wake()
  }

  #wakeAll(): void {
    for (const waiting of this.#waiting.values()) for (const wake of waiting) wake()
  }
}
