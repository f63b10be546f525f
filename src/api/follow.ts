import type { Catalog } from '../catalog/db.ts'
import { runEvents } from '../catalog/run-events.ts'
import { withNames } from '../catalog/run-list.ts'
import { findRun } from '../catalog/runs.ts'
import type { Caller } from '../core/access.ts'
import { isFinal } from '../core/run.ts'
import type { RunFeed } from './run-feed.ts'
import { RunNews } from './schema/runs.ts'
import { mayStill } from './still.ts'

/** Progress is not announced, only written down. */
const LOOK_AGAIN_MS = 1000
/** A line in this time shows that the connection lives. */
const STILL_THERE_MS = 10_000

/** Whom a run is told to. */
interface Follower {
  readonly caller: Caller
  /** The last event that they know. */
  readonly after: number
  /** Fires when they have gone. */
  readonly signal: AbortSignal
}

/**
 * Lines of JSON: every event of a run after a given one and every change of it, until it is over, or until whoever
 * follows it may not any more.
 */
export async function* follow(
  catalog: Catalog,
  feed: RunFeed,
  id: string,
  { caller, after, signal }: Follower,
): AsyncGenerator<string> {
  let said = ''
  let saidAt = 0
  let last = after
  while (!signal.aborted && (await mayStill(catalog, caller))) {
    // The run first: whatever its events say of a final state is then among them.
    const run = await withNames(catalog, await findRun(catalog, id))
    for (const event of await runEvents(catalog, id, last)) {
      last = event.id
      yield line(RunNews.encode({ event }))
    }
    const now = line(RunNews.encode({ run }))
    if (now !== said || performance.now() - saidAt > STILL_THERE_MS) {
      said = now
      saidAt = performance.now()
      yield now
    }
    if (isFinal(run.state)) return
    await feed.changed(id, LOOK_AGAIN_MS, signal)
  }
}

const line = (document: unknown): string => `${JSON.stringify(document)}\n`
