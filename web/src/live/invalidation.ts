import type { QueryClient } from '@tanstack/react-query'
import type { LiveEvent } from '../../../src/client/index.ts'

/** What must be asked for anew after something changed: the first words of the keys in data/queries.ts. */
const AFTER: Readonly<Record<Exclude<LiveEvent['type'], 'snapshot' | 'progress'>, string[]>> = {
  run: ['runs', 'active-runs', 'summary', 'stats', 'sources', 'schedules', 'scheduler', 'locks'],
  scheduler: ['scheduler'],
  pause: ['scheduler', 'active-runs'],
  source: ['sources', 'summary', 'search'],
  repository: ['repositories', 'summary', 'search'],
  schedule: ['schedules', 'scheduler', 'sources', 'summary', 'repositories'],
  backup: ['backups', 'summary', 'sources', 'repositories', 'storage'],
  setting: ['settings'],
  user: ['users', 'account'],
  'api-key': ['api-keys'],
}
/** Many things that change at once are one question. */
const TOGETHER_MS = 250
/** While they go on, no more often than this: 200 runs end one by one. */
const LEAST_MS = 2_000

/** Asks anew for what has changed, but not for each change. */
export class Invalidation {
  readonly #queries: QueryClient
  readonly #due = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #last = 0

  constructor(queries: QueryClient) {
    this.#queries = queries
    document.addEventListener('visibilitychange', this.#seen)
  }

  /** `null`: whatever there is. */
  after(event: LiveEvent | null): void {
    if (event === null) {
      void this.#queries.invalidateQueries()
      return
    }
    if (event.type === 'snapshot' || event.type === 'progress') return
    for (const word of AFTER[event.type] ?? []) this.#due.add(word)
    const wait = Math.max(TOGETHER_MS, this.#last + LEAST_MS - performance.now())
    this.#timer ??= setTimeout(() => this.#ask(), wait)
  }

  close(): void {
    clearTimeout(this.#timer)
    document.removeEventListener('visibilitychange', this.#seen)
  }

  /** A tab that nobody sees asks for nothing; it does once somebody looks. */
  readonly #seen = (): void => {
    if (!document.hidden && this.#due.size > 0) this.#ask()
  }

  #ask(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (document.hidden) return
    this.#last = performance.now()
    const words = new Set(this.#due)
    this.#due.clear()
    void this.#queries.invalidateQueries({
      predicate: ({ queryKey }) => words.has(String(queryKey[0])),
    })
  }
}
