import { writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

const MOST_NICE = 19

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
    // Linux may share the processor among sessions first, and among their processes then: sched(7), autogroup.
    if (leadsSession) writeFileSync(`/proc/${pid}/autogroup`, String(nice))
  } catch {
    // It has ended already, or the system does not allow it or knows no such thing.
  }
}
