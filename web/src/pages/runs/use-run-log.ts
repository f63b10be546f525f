import { useEffect, useState } from 'react'
import type { RunEvent } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'

/** As many lines as one answer may have. */
const PAGE_LINES = 1_000
const AGAIN_MS = 2_000
/** Lines that come at once are shown at once. */
const TOGETHER_MS = 50

export interface FollowedLog {
  readonly events: readonly RunEvent[]
  /** Nothing was answered yet. */
  readonly isLoading: boolean
  /** It is being followed, and everything until now is there. */
  readonly follows: boolean
  /** What keeps it from being read. */
  readonly fault: unknown
}

const NOTHING: FollowedLog = { events: [], isLoading: true, follows: false, fault: undefined }

/**
 * The log of a run, which grows while it is not over. A tab that nobody sees follows nothing, and catches up later.
 * Another run needs another component.
 */
export function useRunLog(run: string, isOver: boolean): FollowedLog {
  const [log, setLog] = useState(NOTHING)
  const [reader] = useState(() => new LogReader(run, setLog))
  useEffect(() => {
    const stop = new AbortController()
    void reader.keepUp(isOver, stop.signal)
    return () => stop.abort()
  }, [reader, isOver])
  return log
}

class LogReader {
  readonly #run: string
  readonly #tell: (log: FollowedLog) => void
  #log = NOTHING

  constructor(run: string, tell: (log: FollowedLog) => void) {
    this.#run = run
    this.#tell = tell
  }

  /** Returns once everything is read of a run that is over. */
  async keepUp(isOver: boolean, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#readOn(signal)
        this.#change({ isLoading: false, follows: !isOver, fault: undefined })
        if (isOver) return
        await this.#follow(untilHidden(signal))
      } catch (fault) {
        if (signal.aborted) return
        this.#change({ isLoading: false, follows: false, ...(!document.hidden && { fault }) })
        await pause(AGAIN_MS, signal)
      }
      await untilSeen(signal)
    }
  }

  /** Reads what there is after the last line that is known. */
  async #readOn(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { events } = await client.getRunLog(this.#run, { after: this.#last }, { signal })
      this.#add(events)
      if (events.length < PAGE_LINES) return
    }
  }

  /** Reads on as lines are written, until the run is over or `signal` fires. */
  async #follow(signal: AbortSignal): Promise<void> {
    const waiting: RunEvent[] = []
    const flush = () => this.#add(waiting.splice(0))
    try {
      for await (const news of client.followRun(this.#run, { after: this.#last }, { signal })) {
        if (!('event' in news)) continue
        if (waiting.length === 0) setTimeout(flush, TOGETHER_MS)
        waiting.push(news.event)
      }
      // The run is over, and its page is about to hear of it.
      await pause(AGAIN_MS, signal)
    } finally {
      flush()
    }
  }

  get #last(): number {
    return this.#log.events.at(-1)?.id ?? 0
  }

  #add(events: readonly RunEvent[]): void {
    const fresh = events.filter(event => event.id > this.#last)
    if (fresh.length > 0) this.#change({ events: [...this.#log.events, ...fresh] })
  }

  #change(changes: Partial<FollowedLog>): void {
    this.#log = { ...this.#log, ...changes }
    this.#tell(this.#log)
  }
}

/** Fires with the signal, or once nobody sees the tab: a browser has few connections for all its tabs. */
function untilHidden(signal: AbortSignal): AbortSignal {
  const hidden = new AbortController()
  const look = () => {
    if (document.hidden) hidden.abort()
  }
  look()
  document.addEventListener('visibilitychange', look, { signal })
  return AbortSignal.any([signal, hidden.signal])
}

async function untilSeen(signal: AbortSignal): Promise<void> {
  while (document.hidden && !signal.aborted) {
    await new Promise<void>(resolve => {
      document.addEventListener('visibilitychange', () => resolve(), { once: true, signal })
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
