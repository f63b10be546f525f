import type { FoundTool, ToolName } from './tools.ts'

interface Faults {
  /** The one that was mended last. */
  readonly newest: string
  /** The first release of each major version in which none is known. */
  readonly mended: ReadonlyMap<number, number>
}

/**
 * Faults by which a server that is dumped, or an archive that is restored, makes our programs run what it wants:
 * postgresql.org/support/security, component "client".
 */
const FAULTS: Readonly<Partial<Record<ToolName, Faults>>> = {
  /** A server overwrites memory of whoever reads large objects. */
  pg_dump: {
    newest: 'CVE-2026-6477',
    mended: new Map([
      [14, 23],
      [15, 18],
      [16, 14],
      [17, 10],
      [18, 4],
    ]),
  },
  /** An archive is taken at its word. */
  pg_restore: {
    newest: 'CVE-2026-116314',
    mended: new Map([
      [14, 25],
      [15, 20],
      [16, 16],
      [17, 12],
      [18, 7],
    ]),
  },
}
const OLDEST = 14

export interface KnownFault {
  /** What is wrong, and what to do. */
  readonly fault: string
  /** The first version without it. */
  readonly update: string
}

/** What to say of a program of PostgreSQL that is known to be unsafe; undefined when nothing is known of it. */
export function knownFault(name: ToolName, { version, major }: FoundTool): KnownFault | undefined {
  const faults = FAULTS[name]
  if (faults === undefined) return undefined
  const what = `${name} ${version}`
  if (major < OLDEST) {
    const fault = `${what} has known security faults that nobody mends any more: install the client of PostgreSQL ${OLDEST} or later`
    return { fault, update: String(OLDEST) }
  }
  const minor = Number(version.split('.')[1] ?? 0)
  const mended = faults.mended.get(major)
  if (mended === undefined || minor >= mended) return undefined
  const update = `${major}.${mended}`
  const fault = `${what} has known security faults, among them ${faults.newest}: update it to ${update} or later`
  return { fault, update }
}
