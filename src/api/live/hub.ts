import {
  CHANGES_CHANNEL,
  CHANGES_PAGE,
  type Change,
  changesAfter,
  forgetChanges,
  readProgress,
  readStanding,
  type WatchedRun,
} from '../../catalog/changes.ts'
import type { Catalog } from '../../catalog/db.ts'
import type { Log } from '../../core/log.ts'
import { Repeat } from '../../core/repeat.ts'
import { isFinal } from '../../core/run.ts'
import { type LiveRun, type LiveType, MOST_IN_SNAPSHOT } from '../schema/live.ts'
import { ChangeLog } from './change-log.ts'
import {
  documentsOf,
  liveProgress,
  liveRun,
  progressOf,
  snapshotOf,
  type Told,
} from './documents.ts'

/** So many changes are told to somebody who was away; whoever missed more is told how everything stands. */
const WINDOW = 1000
/** Progress is read, and so told, this often at most. */
const PROGRESS_MS = 500
/** A message that was lost is noticed after this time. */
const LOOK_MS = 5_000
const FORGET_MS = 10 * 60_000

/** Those who watch through one door. */
export interface Audience {
  /** How many they are. */
  readonly size: number
  tell(documents: readonly Told[]): void
  /** What was told before does not count any more: each is to be welcomed anew. */
  beginAnew(): void
}

/**
 * Knows how everything stands, and tells whoever watches what changes: one listener and one reader of the
 * catalog for all who are connected to this node, however many they are.
 */
export class LiveHub {
  readonly #catalog: Catalog
  readonly #log: Log
  readonly #audiences = new Set<Audience>()
  readonly #look = new Repeat(() => this.#guarded(() => this.#readChanges()), LOOK_MS)
  readonly #progress = new Repeat(() => this.#guarded(() => this.#readProgress()), PROGRESS_MS)
  readonly #forget = new Repeat(() => this.#guarded(() => forgetChanges(this.#catalog)), FORGET_MS)
  #changes = new ChangeLog([], WINDOW)
  #active = new Map<string, LiveRun>()
  /** The progress that was last told, by run. */
  readonly #told = new Map<string, string>()
  #scheduler: 'running' | 'stopped' = 'running'
  #paused = false
  /** Messages may have been lost: all must be read anew. */
  #isStale = true
  #waiting: (() => void)[] = []
  #listener: { stop(): Promise<void> } | undefined

  constructor({ catalog, log }: { readonly catalog: Catalog; readonly log: Log }) {
    this.#catalog = catalog
    this.#log = log
  }

  async start(): Promise<void> {
    this.#listener = await this.#catalog.listen(CHANGES_CHANNEL, message => {
      this.#isStale ||= message === undefined
      this.#look.nudge()
    })
    await this.#begin()
    for (const part of [this.#look, this.#progress, this.#forget]) part.start()
  }

  async stop(): Promise<void> {
    for (const part of [this.#look, this.#progress, this.#forget]) await part.stop()
    this.#wake()
    await this.#listener?.stop()
  }

  /** Tells an audience of everything from now on, until the answer is called. */
  attend(audience: Audience): () => void {
    this.#audiences.add(audience)
    return () => this.#audiences.delete(audience)
  }

  /** Waits until this node has come to a position that another one has told, as far as that is possible. */
  async reach(position: string): Promise<void> {
    // A look that is under way may have begun too early.
    for (let looks = 0; looks < 2 && this.#changes.isAhead(position); looks += 1) {
      const looked = Promise.withResolvers<void>()
      this.#waiting.push(looked.resolve)
      this.#look.nudge()
      await looked.promise
    }
  }

  /**
   * What somebody is told first who hears only some types: what happened since a position, or how everything
   * stands. Whatever comes next is told to the audiences.
   */
  welcome(position: string | undefined, hears: (type: LiveType) => boolean): readonly Told[] {
    const missed = position === undefined ? undefined : this.#changes.after(position)
    if (missed === undefined) {
      return [snapshotOf(this.#overall(), position !== undefined, hears, MOST_IN_SNAPSHOT)]
    }
    const documents = [...documentsOf(missed, run => this.#now(run)), ...this.#allProgress()]
    return documents.filter(one => hears(one.type))
  }

  #overall() {
    return {
      position: this.#changes.position ?? '',
      at: new Date(),
      scheduler: this.#scheduler,
      paused: this.#paused,
      runs: [...this.#active.values()],
    }
  }

  #allProgress(): readonly Told[] {
    const runs = [...this.#active.values()].flatMap(({ id, progress }) =>
      progress === null ? [] : [{ id, progress }],
    )
    return runs.length === 0 ? [] : [progressOf(new Date(), runs)]
  }

  async #readChanges(): Promise<void> {
    try {
      if (this.#isStale) return await this.#begin()
      const changes = await changesAfter(this.#catalog, this.#changes.lastId)
      // This node has slept: so much is not told one by one.
      if (changes.length === CHANGES_PAGE) return await this.#begin()
      for (const change of changes) this.#apply(change)
      this.#changes.add(changes)
      this.#tell(changes)
    } finally {
      this.#wake()
    }
  }

  /** Reads how everything stands; those who watch are told what they missed. */
  async #begin(): Promise<void> {
    this.#isStale = false
    try {
      const { log, active, scheduler, paused } = await readStanding(this.#catalog, WINDOW)
      const before = this.#changes.position
      this.#changes = new ChangeLog(log, WINDOW)
      this.#active = new Map(active.map(run => [run.id, liveRun(run)]))
      this.#scheduler = scheduler
      this.#paused = paused
      if (before === undefined) return
      const missed = this.#changes.after(before)
      if (missed !== undefined) this.#tell(missed)
      else for (const audience of this.#audiences) audience.beginAnew()
    } catch (error) {
      this.#isStale = true
      throw error
    }
  }

  #apply({ kind, change, run }: Change): void {
    if (run !== null && isFinal(run.state)) {
      this.#active.delete(run.id)
      this.#told.delete(run.id)
    } else if (run !== null) {
      this.#active.set(run.id, this.#now(run))
    } else if (kind === 'scheduler') {
      this.#scheduler = change === 'stopped' ? 'stopped' : 'running'
    } else if (kind === 'pause') {
      this.#paused = change === 'paused'
    }
  }

  /** A run after a change, with the progress of the attempt that it is at. */
  #now(run: WatchedRun): LiveRun {
    const known = this.#active.get(run.id)
    const isAtWork = run.state === 'running' || run.state === 'paused'
    const progress = isAtWork && known?.attempt === run.attempt ? known.progress : null
    return { ...liveRun(run), progress }
  }

  async #readProgress(): Promise<void> {
    if ([...this.#audiences].every(audience => audience.size === 0)) return
    const moved = (await readProgress(this.#catalog)).flatMap(one => {
      const text = JSON.stringify(one.progress)
      const run = this.#active.get(one.id)
      const progress = liveProgress(one.progress)
      // Of one that is not known to be at work yet, or any more, nothing is told before or after that.
      if (run?.state !== 'running' && run?.state !== 'paused') return []
      if (progress === undefined || this.#told.get(one.id) === text) return []
      this.#told.set(one.id, text)
      this.#active.set(one.id, { ...run, progress })
      return [{ id: one.id, progress }]
    })
    if (moved.length > 0) this.#send([progressOf(new Date(), moved)])
  }

  #tell(changes: readonly Change[]): void {
    this.#send(documentsOf(changes, run => this.#now(run)))
  }

  #send(documents: readonly Told[]): void {
    if (documents.length === 0) return
    for (const audience of this.#audiences) audience.tell(documents)
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }

  /** The catalog is away: what is missed is read when it is back. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#log.debug({ err: error }, 'could not read what to tell those who watch')
    }
  }
}
