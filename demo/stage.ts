import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { coloured, plain, type Style } from '../src/cli/terminal/style.ts'
import { config } from '../src/config.ts'
import { throwIfAborted } from '../src/core/abort.ts'

const ROOT = join(import.meta.dirname, '..')
const WIDEST = 80

/** Tells what happens and runs commands in front of the reader, with their own output. */
export class Stage {
  readonly style: Style
  readonly #signal: AbortSignal
  readonly #width = Math.min(process.stdout.columns ?? WIDEST, WIDEST)
  #environment: NodeJS.ProcessEnv = process.env
  #step = 0

  constructor(signal: AbortSignal) {
    const hasColours = process.stdout.isTTY && !config.noColor && !config.dumbTerminal
    this.style = hasColours ? coloured : plain
    this.#signal = signal
  }

  /** What commands find in their environment from now on. */
  useEnvironment(environment: NodeJS.ProcessEnv): void {
    this.#environment = environment
  }

  /** Begins the next step with a sentence. */
  step(sentence: string): void {
    this.#step += 1
    const number = `${this.#step}.`
    const [first = '', ...rest] = wrapped(sentence, this.#width - number.length - 1)
    const indent = ' '.repeat(number.length + 1)
    this.print('', `${this.style.bold(number)} ${first}`, ...rest.map(line => indent + line))
  }

  /** A sentence that belongs to no step. */
  say(sentence: string): void {
    this.print(...wrapped(sentence, this.#width))
  }

  /** Lines as they are. */
  print(...lines: readonly string[]): void {
    process.stdout.write(`${lines.join('\n')}\n`)
  }

  /** A command as a person would type it. */
  command(line: string): void {
    this.print('', `${this.style.green('$')} ${this.style.bold(line)}`)
  }

  /** Shows a command and runs exactly this; throws when it ends with another code than `expected`. */
  async run(line: string, expected = 0): Promise<void> {
    throwIfAborted(this.#signal, 'the demo')
    this.command(line)
    // A group of its own: Ctrl-C reaches it through us, and once.
    const child = spawn('/bin/sh', ['-c', `exec ${line}`], {
      cwd: ROOT,
      env: this.#environment,
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const stop = () => child.kill('SIGTERM')
    this.#signal.addEventListener('abort', stop)
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    this.#signal.removeEventListener('abort', stop)
    throwIfAborted(this.#signal, 'the demo')
    if (code === expected) return
    const ending = signal === null ? `exit code ${code}` : `signal ${signal}`
    const wanted = expected === 0 ? '' : ` instead of exit code ${expected}`
    throw new Error(`\`${line}\` ended with ${ending}${wanted}`)
  }
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length > width && line !== '') {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line]
}
