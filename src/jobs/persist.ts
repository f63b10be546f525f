import { setTimeout as sleep } from 'node:timers/promises'
import { sqlState } from '../catalog/db.ts'
import { CatalogUnreachable } from '../core/faults.ts'

/** PostgreSQL's codes for what passes: read-only for now, no space, no memory, no connection, a deadlock, … */
const PASSING = new Set(['25006', '53100', '53200', '53300', '40001', '40P01', '55P03', '57014'])

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

/** Whether the catalog may do later what it does not do now. */
export function isPassing(error: unknown): boolean {
  return error instanceof CatalogUnreachable || PASSING.has(sqlState(error) ?? '')
}

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
