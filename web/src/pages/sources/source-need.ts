import {
  IconCalendarOff,
  IconClockExclamation,
  IconExclamationCircle,
  IconHourglass,
  IconShieldCheck,
  IconShieldX,
} from '@tabler/icons-react'
import type { Summary } from '../../../../src/client/index.ts'
import type { Look } from '../../parts/state-badge.tsx'

/** How one source stands. */
export type SourceLine = Summary['sources'][number]
type Standing = Pick<SourceLine, 'verdict' | 'lastGood'>
/** `waiting`: its first backup is not due yet. Nothing of it could be recovered now. */
export type Verdict = SourceLine['verdict'] | 'waiting'
export type Need = Exclude<Verdict, 'good'>

export const VERDICTS: readonly Verdict[] = [
  'never',
  'overdue',
  'failing',
  'waiting',
  'unscheduled',
  'good',
]
export const VERDICT_LOOKS: Readonly<Record<Verdict, Look>> = {
  never: { icon: IconShieldX, tone: 'bad' },
  overdue: { icon: IconClockExclamation, tone: 'bad' },
  failing: { icon: IconExclamationCircle, tone: 'warn' },
  waiting: { icon: IconHourglass, tone: 'still' },
  unscheduled: { icon: IconCalendarOff, tone: 'warn' },
  good: { icon: IconShieldCheck, tone: 'good' },
}

export const verdictOf = ({ verdict, lastGood }: Standing): Verdict =>
  verdict === 'good' && lastGood === null ? 'waiting' : verdict

/** How often its period fits into the age of its last good backup. */
export const lateness = ({
  ageSeconds,
  periodSeconds,
}: Pick<SourceLine, 'ageSeconds' | 'periodSeconds'>): number =>
  ageSeconds === null || periodSeconds === null ? 0 : ageSeconds / periodSeconds

/** Who needs attention comes first, and of these who waits longest. */
export const byNeed = (one: SourceLine, other: SourceLine): number =>
  VERDICTS.indexOf(verdictOf(one)) - VERDICTS.indexOf(verdictOf(other)) ||
  lateness(other) - lateness(one) ||
  one.name.localeCompare(other.name)
