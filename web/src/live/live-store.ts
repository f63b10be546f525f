import type { LiveEvent, LiveRun } from '../../../src/client/index.ts'

export type Connection = 'connecting' | 'live' | 'lost'

/** What the server told last, beside the runs. */
export interface Standing {
  readonly connection: Connection
  readonly scheduler: 'running' | 'stopped' | undefined
  readonly paused: boolean
  /** Runs that are not over and not named: there are more than a snapshot holds. */
  readonly more: number
}

const OVER: ReadonlySet<LiveRun['state']> = new Set(['completed', 'failed', 'cancelled', 'skipped'])

export const isOver = ({ state }: Pick<LiveRun, 'state'>): boolean => OVER.has(state)

/** How long a run that is over still stands among the active ones, so that one sees how it ended. */
const SHOWN_AFTER_END_MS = 8_000

/** A tab that nobody sees has no frames: it is told this often at most, and so keeps no long list of what to tell. */
const UNSEEN_MS = 1_000

type Listener = () => void

/**
 * The runs that are not over, as the server tells of them. Whoever shows one run hears of that one alone: 200 runs
 * with progress twice a second draw 200 rows, not the page. Listeners are called once a frame.
 */
export class LiveStore {
  #standing: Standing = {
    connection: 'connecting',
    scheduler: undefined,
    paused: false,
    more: 0,
  }
  readonly #runs = new Map<string, LiveRun>()
  readonly #ends = new Map<string, ReturnType<typeof setTimeout>>()
  #list: readonly LiveRun[] = []
  readonly #onStanding = new Set<Listener>()
  readonly #onList = new Set<Listener>()
  readonly #onRun = new Map<string, Set<Listener>>()
  readonly #touched = new Set<string>()
  #listChanged = false
  #frame = 0
  #unseen: ReturnType<typeof setTimeout> | undefined

  /** Which runs there are; a new array only where one came, went or changed its state. */
  readonly list = (): readonly LiveRun[] => this.#list
  readonly run = (id: string): LiveRun | undefined => this.#runs.get(id)
  readonly standing = (): Standing => this.#standing

  readonly listenToStanding = (listener: Listener) => add(this.#onStanding, listener)
  readonly listenToList = (listener: Listener) => add(this.#onList, listener)

  listenToRun(id: string, listener: Listener): () => void {
    const listeners = this.#onRun.get(id) ?? new Set<Listener>()
    this.#onRun.set(id, listeners)
    const remove = add(listeners, listener)
    return () => {
      remove()
      if (listeners.size === 0) this.#onRun.delete(id)
    }
  }

  setConnection(connection: Connection): void {
    this.#stand({ connection })
  }

  take(event: LiveEvent): void {
    switch (event.type) {
      case 'snapshot':
        this.#begin(event.runs ?? [])
        this.#stand({
          scheduler: event.scheduler,
          paused: event.paused ?? false,
          more: event.more ?? 0,
        })
        break
      case 'run':
        this.#put(event.run)
        break
      case 'progress':
        for (const { id, progress } of event.runs) {
          const run = this.#runs.get(id)
          if (run === undefined) continue
          this.#runs.set(id, { ...run, progress })
          this.#touch(id, false)
        }
        break
      case 'scheduler':
        this.#stand({ scheduler: event.change === 'started' ? 'running' : 'stopped' })
        break
      case 'pause':
        this.#stand({ paused: event.change === 'paused' })
        break
      // What is asked for anew when it changes: see invalidation.ts.
      case 'source':
      case 'repository':
      case 'schedule':
      case 'backup':
      case 'setting':
      case 'user':
      case 'api-key':
        break
    }
  }

  #stand(change: Partial<Standing>): void {
    this.#standing = { ...this.#standing, ...change }
    for (const listener of this.#onStanding) listener()
  }

  #begin(runs: readonly LiveRun[]): void {
    for (const end of this.#ends.values()) clearTimeout(end)
    this.#ends.clear()
    const before = [...this.#runs.keys()]
    this.#runs.clear()
    for (const run of runs) this.#runs.set(run.id, run)
    for (const id of [...before, ...this.#runs.keys()]) this.#touch(id, true)
  }

  #put(run: LiveRun): void {
    this.#runs.set(run.id, run)
    clearTimeout(this.#ends.get(run.id))
    this.#ends.delete(run.id)
    if (isOver(run)) {
      this.#ends.set(
        run.id,
        setTimeout(() => this.#remove(run.id), SHOWN_AFTER_END_MS),
      )
    }
    this.#touch(run.id, true)
  }

  #remove(id: string): void {
    this.#ends.delete(id)
    this.#runs.delete(id)
    this.#touch(id, true)
  }

  #touch(id: string, changesList: boolean): void {
    this.#touched.add(id)
    this.#listChanged ||= changesList
    if (this.#frame !== 0) return
    this.#frame = requestAnimationFrame(() => this.#tell())
    this.#unseen = setTimeout(() => this.#tell(), UNSEEN_MS)
  }

  #tell(): void {
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#unseen)
    this.#frame = 0
    const touched = [...this.#touched]
    this.#touched.clear()
    if (this.#listChanged) {
      this.#listChanged = false
      this.#list = [...this.#runs.values()]
      for (const listener of this.#onList) listener()
    }
    for (const id of touched) for (const listener of this.#onRun.get(id) ?? []) listener()
  }
}

function add(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
