import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Sample } from './results.ts'

const ROOT = join(import.meta.dirname, '..')
/** The kernel keeps the high-water mark; only what a program takes in its last moments can be missed. */
const LOOK_EVERY_MS = 25

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill()
})

/** Runs a line of shell to its end and measures it; throws when any program in it fails. */
export async function measure(line: string, env: NodeJS.ProcessEnv): Promise<Sample> {
  spawnSync('sync') // what was written before is not this line's to wait for
  const peaks = new Map<string, number>()
  const began = performance.now()
  const child = spawn('bash', ['-o', 'pipefail', '-c', line], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  running.add(child)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const watch = setInterval(() => lookAt(child.pid, peaks), LOOK_EVERY_MS)
  const [code] = (await once(child, 'exit')) as [number | null]
  const seconds = (performance.now() - began) / 1000
  clearInterval(watch)
  running.delete(child)
  if (code !== 0) throw new Error(`this failed: ${line}\n${said}`)
  return { seconds, peaks: Object.fromEntries(peaks) }
}

/** Runs what is not measured. */
export async function run(line: string, env: NodeJS.ProcessEnv): Promise<void> {
  await measure(line, env)
}

/** Bytes of all files in and below a directory. */
export function sizeOf(path: string): number {
  const found = statSync(path)
  if (!found.isDirectory()) return found.size
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}

/** Notes the high-water mark of a process and of all its descendants. */
function lookAt(pid: number | undefined, peaks: Map<string, number>): void {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const [, comm = ''] = /^Name:\s+(.*)$/m.exec(status) ?? []
    const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
    const name = comm === 'MainThread' ? 'node' : comm // as Node calls its own
    peaks.set(name, Math.max(peak, peaks.get(name) ?? 0))
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    for (const child of children.split(' ').filter(one => one !== '')) lookAt(Number(child), peaks)
  } catch {
    // It has ended meanwhile.
  }
}
