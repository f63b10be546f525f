import { z } from 'zod'
import { Time } from './common.ts'

export const Scheduler = z.object({
  /** Whether schedules fire. */
  state: z.enum(['running', 'stopped']),
  /** Everything is paused: nothing new starts, and what runs stands still. */
  paused: z.boolean(),
  /** The catalog's clock, which is the only one for schedules. */
  now: Time,
  schedules: z.object({
    enabled: z.number().int(),
    disabled: z.number().int(),
    /** Of the enabled ones: those that wait until a clock that was set back is where it has been. */
    aheadOfClock: z.number().int().default(0),
    /** Of the enabled ones: those that should have fired more than a minute ago. */
    overdue: z.number().int().default(0),
  }),
  runs: z.object({
    queued: z.number().int(),
    running: z.number().int(),
    paused: z.number().int(),
    retrying: z.number().int(),
  }),
  /** The next firing of all. */
  nextFire: z.nullable(Time),
  /** Runs that wait: queued, or to be tried again. */
  queueDepth: z.number().int(),
  /** The schedule that fires next; null while firing is stopped. */
  next: z.nullable(z.object({ schedule: z.uuid(), source: z.string(), at: Time })),
  /** The schedule that fired last, and its newest run. */
  last: z.nullable(
    z.object({ schedule: z.uuid(), source: z.string(), at: Time, run: z.nullable(z.uuid()) }),
  ),
  /**
   * The processes that perform runs. One that stopped in good order is not among them; one that did not is, for a day
   * or until the same server starts again.
   */
  nodes: z.array(
    z.object({
      id: z.uuid(),
      host: z.string(),
      pid: z.number().int(),
      version: z.string(),
      maxRuns: z.number().int(),
      startedAt: Time,
      seenAt: Time,
      /** It has not been heard of for a minute: it died, or does not reach the catalog. */
      lost: z.boolean(),
    }),
  ),
})
export type Scheduler = z.output<typeof Scheduler>
