import { basename } from 'node:path'
import type { FoundTool } from './tools.ts'

/**
 * The first release of each major version in which no fault is known by which a server that is dumped, or an archive
 * that is restored, makes pg_dump or pg_restore run what it wants: postgresql.org/support/security, component "client".
 * All of these releases mend CVE-2026-116314, a crafted archive that takes over pg_restore.
 */
const MENDED: ReadonlyMap<number, number> = new Map([
  [14, 25],
  [15, 20],
  [16, 16],
  [17, 12],
  [18, 7],
])
const OLDEST = Math.min(...MENDED.keys())

/** What to say of a program of PostgreSQL that is known to be unsafe; undefined when nothing is known of it. */
export function knownFault({ program, version, major }: FoundTool): string | undefined {
  const what = `${basename(program)} ${version}`
  if (major < OLDEST) {
    return `${what} has known security faults that nobody mends any more: install the client of PostgreSQL ${OLDEST} or later`
  }
  const minor = Number(version.split('.')[1] ?? 0)
  const mended = MENDED.get(major)
  if (mended === undefined || minor >= mended) return undefined
  return `${what} has known security faults, among them CVE-2026-116314: update it to ${major}.${mended} or later`
}
