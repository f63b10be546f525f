import type { Summary } from '../../../../src/client/index.ts'
import type { Tone } from '../../parts/state-badge.tsx'
import { byNeed, type Need, type SourceLine, verdictOf } from '../sources/source-need.ts'

const DAY_MS = 86_400_000
/** After so long without any, nobody knows whether a recovery would work. */
export const PROOF_DAYS = 30

/** What keeps everything from being backed up, whatever its schedules say. */
export type Halt = 'paused' | 'scheduler-stopped'

export interface NeedyLine {
  readonly line: SourceLine
  readonly need: Need
}

/** Whether everything could be recovered, and what is in the way of that. */
export interface Outlook {
  readonly tone: Tone
  readonly total: number
  readonly halts: readonly Halt[]
  /** Sources that need attention, the worst first. */
  readonly needy: readonly NeedyLine[]
  /** Sources with a backup none of which was proven for long, the longest first. */
  readonly unproven: readonly SourceLine[]
}

interface Given {
  readonly summary: Pick<Summary, 'sources' | 'now' | 'unreachable'>
  readonly isPaused: boolean
  readonly isStopped: boolean
}

export function outlookOf({ summary, isPaused, isStopped }: Given): Outlook {
  const needy = summary.sources.toSorted(byNeed).flatMap(line => {
    const verdict = verdictOf(line)
    return verdict === 'good' ? [] : [{ line, need: verdict }]
  })
  const halts: Halt[] = []
  if (isPaused) halts.push('paused')
  if (isStopped) halts.push('scheduler-stopped')
  return {
    tone: summary.unreachable.length > 0 ? 'bad' : toneOf(needy, halts),
    total: summary.sources.length,
    halts,
    needy,
    unproven: unprovenOf(summary),
  }
}

function toneOf(needy: readonly NeedyLine[], halts: readonly Halt[]): Tone {
  if (needy.some(({ need }) => need === 'overdue' || need === 'never')) return 'bad'
  return needy.length > 0 || halts.length > 0 ? 'warn' : 'good'
}

function unprovenOf({ sources, now }: Given['summary']): readonly SourceLine[] {
  const since = Date.parse(now) - PROOF_DAYS * DAY_MS
  const provenAt = ({ lastProofAt }: SourceLine) => (lastProofAt ? Date.parse(lastProofAt) : 0)
  return sources
    .filter(line => line.lastGood !== null && provenAt(line) < since)
    .toSorted((one, other) => provenAt(one) - provenAt(other))
}
