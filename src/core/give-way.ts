import { getPriority, setPriority } from 'node:os'

const MOST_NICE = 19

/**
 * Makes a program so many steps nicer than we are; each takes about a tenth from its share of a busy processor.
 * Where that is not possible, it works all the same.
 */
export function giveWay(pid: number | undefined, steps: number): void {
  if (pid === undefined) return
  try {
    setPriority(pid, Math.min(MOST_NICE, getPriority() + steps))
  } catch {
    // It has ended already, or the system does not allow it.
  }
}
