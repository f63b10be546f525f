import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

/** Reads the names of files from descriptor 3, runs each in this shell, and tells on 4 when one has ended well. */
const LOOP = `
while read -r step <&3; do
  . "$step" > "$step.out" 2> "$step.err" 3<&- 4>&-
  echo "$step" >&4
done`

/** One bash with `-euo pipefail` that runs commands as somebody who copies them from a page would. */
export class Shell {
  readonly #child: ChildProcess
  readonly #dir: string
  readonly #over: Promise<undefined>
  #count = 0

  /** `dir`: where it begins; `notes`: where commands and what they write are kept. */
  constructor(dir: string, notes: string, env: Readonly<Record<string, string>>) {
    this.#dir = notes
    this.#child = spawn('bash', ['--noprofile', '--norc', '-euo', 'pipefail', '-c', LOOP], {
      cwd: dir,
      env,
      stdio: ['pipe', 'ignore', 'inherit', 'pipe', 'pipe'],
    })
    this.#over = once(this.#child, 'close').then(() => undefined)
  }

  /** Runs commands to their end; answers what they wrote. Throws where one fails. */
  async run(commands: string): Promise<string> {
    if (this.#child.exitCode !== null) throw new Error('an earlier command ended the shell')
    this.#count += 1
    const file = join(this.#dir, String(this.#count))
    writeFileSync(file, commands)
    const [, , , steps, done] = this.#child.stdio as [null, null, null, Writable, Readable]
    const ending = Promise.race([once(done, 'data'), this.#over])
    steps.write(`${file}\n`)
    const isDone = (await ending) !== undefined
    const out = readFileSync(`${file}.out`, 'utf8')
    if (isDone) return out
    throw new Error(`failed:\n${commands}\n${out}${readFileSync(`${file}.err`, 'utf8')}`)
  }

  /** What somebody types for a command that reads. */
  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  async close(): Promise<void> {
    this.#child.stdin?.end()
    ;(this.#child.stdio[3] as Writable).end()
    await this.#over
  }
}
