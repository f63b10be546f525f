import { setTimeout as sleep } from 'node:timers/promises'
import { type Run, RunNews } from '../api/schema/runs.ts'
import { Fault } from '../core/fault.ts'
import { ServerUnreachable } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import { isFinal } from '../core/run.ts'
import type { Context } from './context.ts'
import { DAMAGED, DONE, FAILED, INTERRUPTED, LOCKED, WARNED } from './exits.ts'
import { factsOf } from './run-facts.ts'
import { runName, secondsOf } from './run-text.ts'
import { RunWatch } from './terminal/run-watch.ts'
import { stateStyle, stateText } from './terminal/state.ts'
import { printable } from './terminal/text.ts'
import { durationText } from './terminal/when.ts'

/** A server that is started anew is back by then. */
const SERVER_AWAY_MS = 60_000
const TRY_AGAIN_MS = 1000

/**
 * Shows a run until it is over, and reports how it ended. An interruption leaves it alone. A server that
 * goes away for a moment, too: the run is followed from where it was left.
 */
export async function waitForRun(
  context: Context,
  started: Run,
  options: { readonly json?: boolean },
): Promise<void> {
  const { terminal, clock, signal } = context
  context.answerInterrupts()
  const watch = new RunWatch(terminal, clock, started)
  let run = started
  try {
    for await (const news of newsOf(context, started.id)) {
      if ('run' in news) {
        run = news.run
        watch.run(run)
      } else watch.event(news.event)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    watch.stop()
  }
  context.finish(isFinal(run.state) ? endOf(run, context) : detached(run), options)
}

/** Everything that happens to a run, over the restarts of its server. */
async function* newsOf(context: Context, id: string): AsyncGenerator<RunNews> {
  const { clock, signal } = context
  let after = 0
  let isOver = false
  let awaySince: number | undefined
  while (!isOver) {
    try {
      for await (const news of context.server().follow(RunNews, `/runs/${id}/follow`, { after })) {
        awaySince = undefined
        if ('event' in news) after = news.event.id
        else isOver = isFinal(news.run.state)
        yield news
      }
    } catch (error) {
      awaySince ??= clock.elapsed()
      const isAway =
        error instanceof ServerUnreachable || (error instanceof Fault && error.status === 503)
      if (!isAway || clock.elapsed() - awaySince > SERVER_AWAY_MS) throw error
    }
    // It went away, or it ends its answers because it stops.
    if (!isOver) await sleep(TRY_AGAIN_MS, undefined, { signal })
  }
}

function detached(run: Run) {
  const id = shortId(run.id)
  return {
    text: [
      `${runName(run)} goes on without you`,
      `  to see it again:  holdfast run show ${id} --follow`,
      `  to cancel it:     holdfast cancel ${id}`,
    ],
    json: { run },
    exit: INTERRUPTED,
  }
}

/** What there is to say of a run that is over. */
export function endOf(run: Run, { terminal, clock }: Context) {
  const { style } = terminal
  const state = stateStyle(stateText(run.state), run.state, style)
  return {
    text: [
      `${runName(run)}: ${state}`,
      ...factsOf(run),
      ...failureLines(run),
      ...tookLine(secondsOf(run, clock.now())),
    ],
    json: { run },
    warnings: run.warnings,
    exit: exitOf(run),
  }
}

function failureLines({ failure, id }: Run): string[] {
  if (failure === null) return []
  return [
    `  why     ${printable(failure.message)}`,
    ...(failure.hint === undefined ? [] : [`  hint    ${printable(failure.hint)}`]),
    `  log     holdfast run show ${shortId(id)}`,
  ]
}

const tookLine = (seconds: number | undefined): string[] =>
  seconds === undefined ? [] : [`  took    ${durationText(seconds)}`]

/** Failures that scripts tell apart, as commands without a server do. */
const EXIT_OF: Readonly<Record<string, number>> = {
  DAMAGED,
  PROOF_FAILED: DAMAGED,
  OBJECT_MISSING: DAMAGED,
  REPOSITORY_MISSING: 10,
  REPOSITORY_LOCKED: LOCKED,
  WRONG_PASSPHRASE: 12,
  NO_SUCH_BACKUP: 14,
}

function exitOf({ state, failure, warnings }: Run): number {
  if (state === 'completed') return warnings.length > 0 ? WARNED : DONE
  if (state === 'cancelled') return INTERRUPTED
  return state === 'skipped' ? LOCKED : (EXIT_OF[failure?.code ?? ''] ?? FAILED)
}
