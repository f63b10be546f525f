import { type Day, dayAfter } from './days.ts'

/** What a day of a strip can tell, each with its bit; several may be true of one day. */
const BITS = { completed: 1, failed: 2, skipped: 4, missed: 8, overdue: 16 } as const
export type Mark = keyof typeof BITS
export const MARKS = Object.keys(BITS) as readonly Mark[]
/** What runs did; being overdue is no run, and stands below them. */
export const RUN_MARKS: readonly Mark[] = ['completed', 'failed', 'skipped', 'missed']

export interface StripDay {
  readonly day: Day
  readonly marks: readonly Mark[]
}

/** The days of a strip as the summary encodes them: a digit in base 32 each. */
export const stripDays = (strip: string, firstDay: Day): readonly StripDay[] =>
  Array.from(strip, (digit, at) => {
    const bits = Number.parseInt(digit, 32)
    return { day: dayAfter(firstDay, at), marks: MARKS.filter(mark => bits & BITS[mark]) }
  })
