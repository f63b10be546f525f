import type { RunState } from '../../core/run.ts'
import type { Style } from './style.ts'

/** A sign of its own for every state, so that it is seen without colour, too. */
const LOOKS: Readonly<Record<RunState, readonly [sign: string, colour: keyof Style]>> = {
  queued: ['○', 'dim'],
  running: ['►', 'bold'],
  paused: ['‖', 'yellow'],
  retrying: ['↻', 'yellow'],
  completed: ['✓', 'green'],
  failed: ['✗', 'red'],
  cancelled: ['⊘', 'yellow'],
  skipped: ['»', 'yellow'],
}

/** `✓ completed` */
export const stateText = (state: RunState): string => `${LOOKS[state][0]} ${state}`

/** Colours what says that state. */
export const stateStyle = (text: string, state: RunState, style: Style): string =>
  style[LOOKS[state][1]](text)
