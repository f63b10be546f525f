import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Process {
  readonly pid: number
  readonly name: string
  readonly parent: number
  readonly cmdline: string
  /** Empty where it belongs to somebody else. */
  readonly environ: string
}

type Line = Omit<Process, 'environ'>

/** What a program of ours gets from the environment of a test: where its files go, and compiled sources. */
export const childEnv = (dir: string): Record<string, string> => {
  const { NODE_COMPILE_CACHE } = process.env
  return { TMPDIR: dir, ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }) }
}

/** Every process of this machine that can be seen at this moment. */
export function processes(): Process[] {
  return lines().map(line => Object.assign(line, { environ: environOf(line.pid) }))
}

const lines = (): Line[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => lineOf(Number(pid)) ?? [])

/**
 * Waits until a process has a child with such a command line; answers its number, or undefined when
 * `over` comes first.
 */
export async function childOf(
  parent: number | undefined,
  cmdline: RegExp,
  over: Promise<unknown>,
): Promise<number | undefined> {
  const ending = new AbortController()
  const end = () => ending.abort()
  over.then(end, end)
  while (!ending.signal.aborted) {
    const child = lines().find(one => one.parent === parent && cmdline.test(one.cmdline))
    if (child !== undefined) return child.pid
    await sleep(2)
  }
  return undefined
}

/** The letter of a process's state, T while it stands still; empty when it is gone. */
export function stateOf(pid: number): string {
  try {
    return /^.*\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}

/** The command lines of a dump and of a restore at work, not of `--version`. */
export const DUMPING = /^\S*pg_dump --format/
export const RESTORING = /^\S*pg_restore --dbname/

function lineOf(pid: number): Line | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, name = '', parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(stat) ?? []
    const cmdline = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return { pid, name, parent: Number(parent), cmdline }
  } catch {
    return undefined // it ended while we looked
  }
}

function environOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}
