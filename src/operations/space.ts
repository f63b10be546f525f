import type { Manifest } from '../core/backup.ts'

/** Below this not even an empty backup finds room: a session, an index, a manifest and their packs. */
const FLOOR = 1_000_000
/** Text compresses to about a quarter and hardly ever to less than a twentieth. */
const BEST_CASE = 20
const USUAL_CASE = 3

/**
 * Whether `free` bytes will hold a dump of `expected` bytes. A source that was backed up before mostly
 * deduplicates, so only its first backup can be called hopeless by its size.
 */
export function spaceFor(
  free: number,
  expected: number | undefined,
  previous: Manifest | undefined,
): 'enough' | 'doubtful' | 'hopeless' {
  if (free < FLOOR) return 'hopeless'
  if (expected === undefined) return 'enough'
  if (previous === undefined && free < expected / BEST_CASE) return 'hopeless'
  return free < expected / USUAL_CASE ? 'doubtful' : 'enough'
}
