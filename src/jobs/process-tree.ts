import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import process from 'node:process'

/** Which process a number meant when it was written down: numbers are used again, also after a restart. */
export function startOf(pid: number): string | undefined {
  const stat = readStat(pid)
  if (stat === undefined) return undefined
  return `${bootId()} ${stat.started}`
}

const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

/** Where numbers of processes mean what they mean here: until the next boot, and within the same container. */
const processSpace = () => `${bootId()} ${readlinkSync('/proc/self/ns/pid')}`

/** Our own process, so that others can tell when it is gone. */
export const ownMark = (): string => `${processSpace()} ${readStat(process.pid)?.started}`

/**
 * Whether a process that marked itself is gone beyond doubt. Of one that numbers processes elsewhere, nothing
 * is known from here.
 */
export function isGone(pid: number, mark: string): boolean {
  const here = `${processSpace()} `
  if (!mark.startsWith(here)) return false
  const stat = readStat(pid)
  if (stat !== undefined) return stat.started !== mark.slice(here.length)
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    // Others may be hidden from us, but not that they live: EPERM.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/**
 * Sends a signal to a process and all that descends from it, each with its whole group. Whatever is gone
 * already is passed over.
 */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  // Looked for before: a process that ends leaves its children to others.
  const below = descendants(pid)
  send(pid, signal)
  for (const one of below) send(one, signal)
  // It may have started some more meanwhile; now it stands still, or is gone.
  const known = new Set(below)
  for (const one of descendants(pid)) if (!known.has(one)) send(one, signal)
}

/** Kills all that descends from our own process, then ourselves. */
export function killOwnTree(): void {
  for (const one of descendants(process.pid)) send(one, 'SIGKILL')
  send(process.pid, 'SIGKILL')
}

/** Children, their children, and so on: from one look at all processes. */
function descendants(pid: number): number[] {
  const numbers = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  const byParent = Map.groupBy(numbers.map(Number), one => readStat(one)?.parent)
  const found = [pid]
  for (const one of found) found.push(...(byParent.get(one) ?? []))
  return found.slice(1)
}

interface Stat {
  readonly parent: number
  readonly group: number
  readonly started: string
}

function readStat(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may hold anything; fields 3, 4, 5 and 22 follow it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), group: Number(fields[2]), started: fields[19] ?? '' }
  } catch {
    return undefined // it ended while we looked
  }
}

/** Signals a whole group where the process leads one, else the process alone. */
function send(pid: number, signal: NodeJS.Signals): void {
  const group = readStat(pid)?.group
  if (group === undefined) return
  try {
    process.kill(group === pid ? -pid : pid, signal)
  } catch (error) {
    // ESRCH: it is gone; EPERM: what is left of it is a zombie.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
