import { Recurrence } from '../../src/core/recurrence.ts'

/** The slots after and before two instants, in UTC, to the minute. */
export const slots = (expression: string, zone: string, after: string, before: string): string[] =>
  new Recurrence(expression, zone)
    .between(new Date(after), new Date(before), 1000)
    .map(slot => slot.toISOString().slice(0, 16))
