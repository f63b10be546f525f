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

/** Rows take about as much on disk as in a dump, and their indexes half of it again. */
const RESTORED = 1.5
/** The server compresses long texts, hardly ever to less than this part. */
const BEST_RESTORED = 8

/** Whether `free` bytes will hold the database that a dump of so many bytes makes. */
export function roomFor(free: number, dump: number): 'enough' | 'doubtful' | 'hopeless' {
  if (free < FLOOR || free < dump / BEST_RESTORED) return 'hopeless'
  return free < dump * RESTORED ? 'doubtful' : 'enough'
}
