import type { RunChanges } from '../catalog/run-moves.ts'
import type { Run } from '../catalog/runs.ts'
import { Interrupted, RunnerDied } from '../core/faults.ts'
import {
  asFailure,
  type Failure,
  MOST_LOST_ATTEMPTS,
  type RunState,
  retryDelay,
} from '../core/run.ts'
import { line } from '../core/run-lines.ts'
import type { Ending } from './runner-process.ts'

/** Where a run goes, and what is written down with it. */
export interface Move {
  readonly to: RunState
  readonly changes: RunChanges
}

const INTERRUPTED = asFailure(new Interrupted({ what: 'the run' })).code

/** What becomes of a run whose runner has ended. `handBack`: its node stops and asked the runner to. */
export function moveAfter(run: Run, ending: Ending, handBack: boolean): Move {
  if (ending.type === 'done') return { to: 'completed', changes: completion(ending) }
  if (handBack) return handedBack('NODE_STOPS')
  if (ending.type === 'died') return lost(run, asFailure(new RunnerDied({ how: ending.how })))
  const { failure, result } = ending
  // Nobody here asked for it: somebody outside sent the runner a signal.
  if (failure.code === INTERRUPTED) {
    return lost(run, asFailure(new RunnerDied({ how: 'was interrupted from outside' })))
  }
  const delay = retryDelay(run.retry, failure, run.failures + 1)
  const changes = { failure, countsAs: 'failure' as const, ...(result && { result }) }
  const said = { ...changes, line: line('ATTEMPT_FAILED', { attempt: run.attempt, failure }) }
  if (delay === undefined) return { to: 'failed', changes: said }
  return { to: 'retrying', changes: { ...said, notBefore: delay * 1000 } }
}

/** An attempt that nobody is to blame for: the run may be claimed again at once. */
export const handedBack = (why: 'NODE_STOPS' | 'NODE_OUT_OF_TOUCH'): Move => ({
  to: 'retrying',
  changes: { outcome: 'handed back', line: line(why), notBefore: 0 },
})

/** What becomes of a run whose runner or worker died over it. */
export function lost(run: Pick<Run, 'lost' | 'retry'>, failure: Failure): Move {
  const times = run.lost + 1
  const changes = { failure, countsAs: 'lost' as const, outcome: 'lost' as const }
  if (times >= MOST_LOST_ATTEMPTS) {
    const said = line('LOST_TOO_OFTEN', { times, failure })
    return { to: 'failed', changes: { ...changes, line: said } }
  }
  const delay = retryDelay(run.retry, failure, times) ?? 0
  const said = line('ATTEMPT_LOST', { failure })
  return { to: 'retrying', changes: { ...changes, line: said, notBefore: delay * 1000 } }
}

function completion({ result, warnings }: Extract<Ending, { type: 'done' }>): RunChanges {
  const { backup, bytes } = result
  return {
    result,
    warnings,
    ...(typeof backup === 'string' && { backupId: backup }),
    ...(typeof bytes === 'number' && { bytes }),
  }
}
