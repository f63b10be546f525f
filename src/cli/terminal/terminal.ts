import type { Writable } from 'node:stream'
import { coloured, plain, type Style } from './style.ts'
import { printable } from './text.ts'

/** Where a program's words go: results to `out`, everything else to `err`. */
export interface Streams {
  readonly out: Output
  readonly err: Output
}

type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number }

export interface TerminalOptions {
  readonly noColor: boolean
  /** The terminal cannot move its cursor. */
  readonly dumb: boolean
}

/** What is shown in place, at the end of everything else, until it is replaced or cleared. */
const CLEAR_LINE = '\x1b[2K'
const UP = '\x1b[1A'
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'

/** The two outputs of the command line, and the lines that are redrawn in place below them. */
export class Terminal {
  readonly #streams: Streams
  readonly #dumb: boolean
  /** How results are coloured. */
  readonly style: Style
  /** How messages and progress are coloured. */
  readonly errStyle: Style
  #live: readonly string[] = []

  constructor(streams: Streams, options: TerminalOptions) {
    this.#streams = streams
    this.#dumb = options.dumb
    const styleOf = (stream: { isTTY?: boolean }) =>
      stream.isTTY && !options.noColor && !options.dumb ? coloured : plain
    this.style = styleOf(streams.out)
    this.errStyle = styleOf(streams.err)
  }

  /** Columns for results: a pipe or a file takes lines of any length. */
  get width(): number {
    return this.#streams.out.isTTY ? columnsOf(this.#streams.out) : Number.POSITIVE_INFINITY
  }

  get outIsTerminal(): boolean {
    return this.#streams.out.isTTY === true
  }

  /** Whether lines can be redrawn in place. */
  get isLive(): boolean {
    return this.#streams.err.isTTY === true && !this.#dumb
  }

  /** Columns of the lines that are redrawn; a full line would wrap on some terminals. */
  get liveWidth(): number {
    return Math.max(20, columnsOf(this.#streams.err) - 1)
  }

  get out(): Writable {
    return this.#streams.out
  }

  /** Results. */
  print(lines: readonly string[]): void {
    this.#above(() => this.#streams.out.write(lines.map(line => `${line}\n`).join('')))
  }

  json(document: unknown): void {
    this.print([JSON.stringify(document, null, 2)])
  }

  /** What the reader should know, beside the results. */
  say(text: string): void {
    this.#above(() => this.#streams.err.write(`${text}\n`))
  }

  /** A question, whose answer is typed on the same line. */
  ask(text: string): void {
    this.#streams.err.write(text)
  }

  notice(text: string): void {
    this.say(`note: ${block(text, 6)}`)
  }

  warn(text: string): void {
    this.say(`${this.errStyle.yellow('warning:')} ${block(text, 9)}`)
  }

  error(message: string, hint: string | undefined): void {
    this.say(`${this.errStyle.red('error:')} ${block(message, 7)}`)
    if (hint !== undefined) this.say(`  ${this.errStyle.bold('hint:')} ${block(hint, 8)}`)
  }

  /** Shows lines in place of those shown so before. */
  redraw(lines: readonly string[]): void {
    if (!this.isLive) return
    const cursor = this.#live.length === 0 && lines.length > 0 ? HIDE_CURSOR : ''
    const text = lines.join('\n')
    this.#streams.err.write(cursor + this.#erasure() + text)
    this.#live = lines
  }

  /** Removes the lines that are redrawn and gives the cursor back. */
  clear(): void {
    if (this.#live.length === 0) return
    this.#streams.err.write(this.#erasure() + SHOW_CURSOR)
    this.#live = []
  }

  #erasure(): string {
    if (this.#live.length === 0) return ''
    return `\r${CLEAR_LINE}${`${UP}${CLEAR_LINE}`.repeat(this.#live.length - 1)}`
  }

  #above(write: () => void): void {
    const live = this.#live
    this.clear()
    write()
    this.redraw(live)
  }
}

/** A terminal that does not know its size says 0. */
const columnsOf = (stream: Output): number => stream.columns || 80

/** A text of several lines, each made safe to print and set under the first. */
const block = (text: string, indent: number): string =>
  text
    .trimEnd()
    .split('\n')
    .map(printable)
    .join(`\n${' '.repeat(indent)}`)
