import { setTimeout as sleep } from 'node:timers/promises'
import { isPassing } from '../catalog/passing.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

/** Does something in the catalog, again and again while the catalog is away, until the signal fires. */
export async function persist<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error) || signal.aborted) throw error
      await sleep(pause, undefined, { signal }).catch(() => undefined)
    }
  }
}
