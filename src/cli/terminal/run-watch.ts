import type { Run, RunEvent } from '../../api/schema/runs.ts'
import type { Clock } from '../../core/clock.ts'
import { shortId } from '../../core/ids.ts'
import { Progress } from '../../core/run.ts'
import type { Stage, Standing } from '../../operations/progress.ts'
import { standingLines, standingSentence } from './standing.ts'
import { stateStyle, stateText } from './state.ts'
import type { Style } from './style.ts'
import type { Terminal } from './terminal.ts'
import { cut, printable } from './text.ts'
import { durationText } from './when.ts'

const REDRAW_MS = 200
const SENTENCE_MS = 10_000

/** What of a log a reader of live progress should see besides. */
const NOTABLE = new Set(['notice', 'error', 'control'])

/** Shows a run that goes on elsewhere: redrawn on a terminal, a line now and then otherwise. */
export class RunWatch {
  readonly #terminal: Terminal
  readonly #clock: Clock
  readonly #timer: NodeJS.Timeout
  #run: Run
  /** What was said of the run's waiting: once is enough where it stays as it is. */
  #said: string | undefined

  constructor(terminal: Terminal, clock: Clock, run: Run) {
    this.#terminal = terminal
    this.#clock = clock
    this.#run = run
    this.#timer = terminal.isLive
      ? setInterval(() => this.#draw(), REDRAW_MS)
      : setInterval(() => this.#say(), SENTENCE_MS)
    if (terminal.isLive) this.#draw()
  }

  run(run: Run): void {
    this.#run = run
    if (this.#terminal.isLive) this.#draw()
  }

  event({ kind, message }: RunEvent): void {
    if (!this.#terminal.isLive) this.#terminal.say(printable(message))
    else if (NOTABLE.has(kind)) this.#terminal.notice(message)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#terminal.clear()
  }

  #draw(): void {
    const { liveWidth, errStyle } = this.#terminal
    this.#terminal.redraw(runLines(this.#run, this.#clock.now(), liveWidth, errStyle))
  }

  #say(): void {
    const run = this.#run
    const standing = run.state === 'running' ? standingOf(run) : undefined
    if (standing !== undefined) {
      this.#terminal.say(standingSentence(standing))
      return
    }
    const waiting = `${run.state} ${run.attempt} ${run.notBefore.getTime()}`
    if (waiting === this.#said) return
    this.#said = waiting
    this.#terminal.say(`${run.state}${waitText(run, this.#clock.now())}`)
  }
}

/** Where a run stands, in lines none wider than `width`. */
export function runLines(run: Run, now: Date, width: number, style: Style): string[] {
  const standing = run.state === 'running' ? standingOf(run) : undefined
  if (standing !== undefined) return standingLines(standing, width, style)
  const state = stateText(run.state)
  const rest = cut(waitText(run, now), Math.max(0, width - state.length))
  return [stateStyle(state, run.state, style) + style.dim(rest)]
}

function waitText(run: Run, now: Date): string {
  const { state, notBefore, queuedAt, failure } = run
  if (state === 'paused') return `: to go on: holdfast resume ${shortId(run.id)}`
  if (state === 'queued') {
    return ` for ${durationText(Math.max(0, (now.getTime() - queuedAt.getTime()) / 1000))}`
  }
  if (state !== 'retrying') return ''
  const left = (notBefore.getTime() - now.getTime()) / 1000
  const when = left > 0 ? ` in ${durationText(left)}` : ''
  return `${when}: ${printable(failure?.message ?? 'its worker was lost')}`
}

/** The progress that a worker reported, as operations here report theirs. */
function standingOf({ progress }: Run): Standing | undefined {
  const { data } = Progress.safeParse(progress)
  if (data === undefined) return undefined
  const { stage, bytes, total, rate, secondsLeft, seconds, item } = data
  // Stages are shown as they are called; one that a newer server knows is shown, too.
  return { stage: stage as Stage, bytes, total, rate, secondsLeft, seconds, item }
}
