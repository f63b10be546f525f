import { writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

const MOST_NICE = 19
/** Whoever is not root may make one session nicer in 100 ms: many runs that start at once wait for each other. */
const AGAIN_MS = 130
const MOST_TRIES = 100

/**
 * Makes a program so many steps nicer than we are; each takes about a tenth from its share of a busy processor.
 * `leadsSession`: it was started in a session of its own, which gives way as a whole. Where that is not possible, it
 * works all the same.
 */
export function giveWay(
  pid: number | undefined,
  steps: number,
  { leadsSession = false }: { readonly leadsSession?: boolean } = {},
): void {
  if (pid === undefined) return
  try {
    const nice = Math.min(MOST_NICE, getPriority() + steps)
    setPriority(pid, nice)
    if (leadsSession) groupGivesWay(pid, nice, MOST_TRIES)
  } catch {
    // It has ended already, or the system does not allow it.
  }
}

/** Linux may share the processor among sessions first, and among their processes then: sched(7), autogroup. */
function groupGivesWay(pid: number, nice: number, tries: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(nice))
  } catch (error) {
    const isTooSoon = (error as NodeJS.ErrnoException).code === 'EAGAIN'
    if (isTooSoon && tries > 1) {
      setTimeout(() => groupGivesWay(pid, nice, tries - 1), AGAIN_MS).unref()
    }
  }
}
