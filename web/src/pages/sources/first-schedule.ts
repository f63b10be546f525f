import type { NewSchedule } from '../../../../src/client/index.ts'
import { ownTimeZone } from '../../data/own-time-zone.ts'
import type { Weekday } from '../../parts/schedule-clock.ts'

export type Rhythm = 'hourly' | 'daily' | 'weekly'
export type KeepChoice = 'short' | 'usual' | 'all'
type Keep = NonNullable<NewSchedule['keep']>

export const RHYTHMS: readonly Rhythm[] = ['hourly', 'daily', 'weekly']
export const KEEP_CHOICES: readonly KeepChoice[] = ['short', 'usual', 'all']

/** When, and which backups stay, as most people want it. */
export interface FirstSchedule {
  readonly rhythm: Rhythm
  /** `02:30`, of the zone. */
  readonly at: string
  readonly weekday: Weekday
  readonly timeZone: string
  readonly keep: KeepChoice
}

/** Before most people work, and not on the hour, when everybody else's jobs begin. */
export const usualSchedule = (): FirstSchedule => ({
  rhythm: 'daily',
  at: '02:30',
  weekday: 'sunday',
  timeZone: ownTimeZone(),
  keep: 'usual',
})

/** As the server reads it. */
export function cronOf({ rhythm, at, weekday }: FirstSchedule): string {
  if (rhythm === 'hourly') return 'hourly'
  return rhythm === 'daily' ? `daily at ${at}` : `weekly on ${weekday} at ${at}`
}

/** The rule of a choice: of what is made more often, more is kept. */
export function keepOf({ rhythm, keep }: Pick<FirstSchedule, 'rhythm' | 'keep'>): Keep | null {
  if (keep === 'all') return null
  return {
    ...(rhythm === 'hourly' && { hourly: 24 }),
    ...(rhythm !== 'weekly' && { daily: 7 }),
    ...(keep === 'short' ? { weekly: 4 } : { weekly: rhythm === 'weekly' ? 8 : 4, monthly: 12 }),
  }
}
