import type { Clock } from '../../core/clock.ts'
import { Progress, type Stage } from '../../operations/progress.ts'
import { standingLines, standingSentence } from './standing.ts'
import type { Terminal } from './terminal.ts'

const REDRAW_MS = 100
const SENTENCE_MS = 10_000

/** Shows the progress of `work` while it lasts: redrawn on a terminal, a line now and then elsewhere. */
export async function reporting<T>(
  terminal: Terminal,
  clock: Clock,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = new Progress(clock, {
    stage: (stage: Stage) => (terminal.isLive ? draw() : terminal.say(stage)),
    notice: text => terminal.notice(text),
  })
  const draw = () =>
    terminal.redraw(standingLines(progress.standing(), terminal.liveWidth, terminal.errStyle))
  const timer = terminal.isLive
    ? setInterval(draw, REDRAW_MS)
    : setInterval(() => terminal.say(standingSentence(progress.standing())), SENTENCE_MS)
  try {
    return await work(progress)
  } finally {
    clearInterval(timer)
    terminal.clear()
  }
}
