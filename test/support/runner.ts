import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TallyLine } from './tally.ts'

/** How a step or a test file ended. */
export interface Outcome {
  readonly name: string
  readonly passed: number
  readonly skipped: number
  /** The names of the tests that failed, and whatever else went wrong. */
  readonly failures: readonly string[]
  readonly seconds: number
  readonly output: string
}

const TEST_LIMIT_MS = 180_000
const FILE_LIMIT_MS = 900_000
/** How long what a test file started may take to notice that the file has ended. */
const LEAVING_MS = 20_000
const TALLY = join(import.meta.dirname, 'tally.ts')
/** Marks, by their environment, all processes that descend from one test file. */
const MARK = 'TEST_FILE_MARK'

const running = new Set<ChildProcess>()

/** Ends whatever runs at this moment. */
export function endRunning(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Runs a tool of node_modules/.bin; it passes or fails as one. */
export async function runStep(
  name: string,
  command: readonly string[],
  root: string,
): Promise<Outcome> {
  const [program = '', ...args] = command
  return await inWorkshop(async (dir, started) => {
    const tool = join(root, 'node_modules', '.bin', program)
    const end = await run(tool, args, { cwd: root, env: process.env, dir })
    const failures = end.problem === undefined ? [] : [end.problem]
    const passed = failures.length === 0 ? 1 : 0
    return { name, passed, skipped: 0, failures, seconds: started(), output: end.output }
  })
}

/** Runs one test file with a temporary directory of its own, which it must leave empty and unused. */
export async function runTestFile(
  file: string,
  root: string,
  leavingMs = LEAVING_MS,
): Promise<Outcome> {
  return await inWorkshop(async (dir, started) => {
    const scratch = join(dir, 'tmp')
    mkdirSync(scratch)
    chmodSync(scratch, 0o1777) // servers under another user work in it too
    const mark = randomUUID()
    const tallyFile = join(dir, 'tally')
    const args = [`--test-timeout=${TEST_LIMIT_MS}`]
    args.push('--test-reporter=spec', '--test-reporter-destination=stdout')
    args.push(`--test-reporter=${TALLY}`, `--test-reporter-destination=${tallyFile}`, file)
    const env = { NODE_COMPILE_CACHE: cacheIn(root), ...process.env, TMPDIR: scratch, [MARK]: mark }
    const end = await run(process.execPath, args, { cwd: root, env, dir })
    const tally = readTally(tallyFile)
    const failures = [...tally.failures]
    if (tally.unfinished !== undefined) {
      failures.push(`${end.problem ?? 'ended'} before its tests did (${tally.unfinished})`)
    } else if (failures.length === 0 && end.problem !== undefined) failures.push(end.problem)
    failures.push(...(await leftovers({ mark, scratch, leavingMs })))
    const { passed, skipped } = tally
    return { name: file, passed, skipped, failures, seconds: started(), output: end.output }
  })
}

/** Where bin/holdfast keeps the stripped sources of a checkout, which the processes of tests load as well. */
const cacheIn = (root: string) => join(root, 'node_modules', '.cache', 'holdfast')

/** A directory for the files of one run; `started` tells the seconds since its start. */
async function inWorkshop(
  work: (dir: string, started: () => number) => Promise<Outcome>,
): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
  chmodSync(dir, 0o755)
  const start = performance.now()
  try {
    return await work(dir, () => (performance.now() - start) / 1000)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Output goes to a file: a process that outlives its parent could hold a pipe open for ever. */
async function run(
  program: string,
  args: readonly string[],
  at: { cwd: string; env: NodeJS.ProcessEnv; dir: string },
): Promise<{ output: string; problem: string | undefined }> {
  const path = join(at.dir, 'output')
  const output = openSync(path, 'w')
  const child = spawn(program, args, {
    cwd: at.cwd,
    env: at.env,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  running.add(child)
  const limit = setTimeout(() => child.kill('SIGKILL'), FILE_LIMIT_MS)
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  clearTimeout(limit)
  running.delete(child)
  const problem = code === 0 ? undefined : `ended by ${signal ?? `exit code ${code}`}`
  return { output: readFileSync(path, 'utf8'), problem }
}

interface Tally {
  readonly passed: number
  readonly skipped: number
  readonly failures: readonly string[]
  /** The test that ran when the file ended too early. */
  readonly unfinished: string | undefined
}

function readTally(path: string): Tally {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const lines = text.split('\n').filter(line => line !== '')
  let began = 'none began'
  let ended: { passed: number; skipped: number } | undefined
  const failures: string[] = []
  for (const line of lines.map(line => JSON.parse(line) as TallyLine)) {
    if ('began' in line) began = `last begun: ${line.began}`
    else if ('failed' in line) failures.push(line.failed)
    else ended = line
  }
  if (ended === undefined) return { passed: 0, skipped: 0, failures, unfinished: began }
  return { ...ended, failures, unfinished: undefined }
}

/** What a test file left behind, by now ended and removed: processes, and files in its directory. */
async function leftovers(of: {
  mark: string
  scratch: string
  leavingMs: number
}): Promise<string[]> {
  const { mark, scratch, leavingMs } = of
  const deadline = performance.now() + leavingMs
  const some = () => descendants(mark).length > 0 || readdirSync(scratch).length > 0
  while (some() && performance.now() < deadline) await sleep(20)
  const problems: string[] = []
  for (const { pid, command } of descendants(mark)) {
    process.kill(pid, 'SIGKILL')
    problems.push(`left a process behind: ${command}`)
  }
  for (const name of readdirSync(scratch)) problems.push(`left a file behind: ${name}`)
  return problems
}

function descendants(mark: string): { pid: number; command: string }[] {
  const found: { pid: number; command: string }[] = []
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${MARK}=${mark}`)) continue
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      found.push({ pid: Number(pid), command })
    } catch {
      // It ended while we looked, or belongs to somebody else.
    }
  }
  return found
}
