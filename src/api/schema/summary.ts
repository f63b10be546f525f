import { z } from 'zod'
import { RUN_KINDS, RUN_STATES } from '../../core/run.ts'
import { Time, TimeZone } from './common.ts'
import { Unreachable } from './repositories.ts'

/**
 * `good`; `failing`: its last backup did not complete, but the one before is recent enough; `overdue`: its last
 * good backup is older than its period and a quarter of that (at least 15 minutes); `never`: it should have one
 * by now and has none; `unscheduled`: no schedule backs it up.
 */
const Verdict = z.enum(['good', 'failing', 'overdue', 'never', 'unscheduled'])

export const Standing = z.object({
  id: z.uuid(),
  name: z.string(),
  engine: z.string(),
  label: z.string(),
  verdict: Verdict,
  /** The longest time between two firings of its schedules; null without one. */
  periodSeconds: z.nullable(z.number()),
  lastGood: z.nullable(z.object({ backup: z.string(), at: Time })),
  /** Seconds since its last good backup ended. */
  ageSeconds: z.nullable(z.number()),
  /** When a backup of it was last proven by comparison. */
  lastProofAt: z.nullable(Time),
  nextRunAt: z.nullable(Time),
  lastRun: z.nullable(
    z.object({
      id: z.uuid(),
      kind: z.enum(RUN_KINDS),
      state: z.enum(RUN_STATES),
      queuedAt: Time,
      finishedAt: z.nullable(Time),
    }),
  ),
})

const SummaryLine = Standing.extend({
  /**
   * One digit for each day, today last: the sum, in base 32 (`0` to `v`), of 1 where a backup that was asked for
   * on that day completed, 2 where one failed, 4 where one was skipped, 8 where a slot passed without a run (or got
   * it more than an hour late), and 16 where the source was overdue: its last good backup became too old on that
   * day, or was so at its end. `0`: nothing of these. In JavaScript: `parseInt(digit, 32) & 16`.
   */
  strip: z.string(),
})

export const Summary = z.object({
  now: Time,
  /** By whose days the strips count. */
  timeZone: z.string(),
  /** The day of the first digit of every strip: `2026-03-29`. */
  firstDay: z.string(),
  verdicts: z.record(Verdict, z.number().int()),
  /** Repositories that cannot be reached at this moment, by name: nothing is backed up to them, or restored. */
  unreachable: z.array(Unreachable.extend({ id: z.uuid(), name: z.string() })),
  /** By name. */
  sources: z.array(SummaryLine),
})
export type Summary = z.output<typeof Summary>

export const SummaryQuery = z.strictObject({
  /** How many days the strips have. */
  days: z.coerce.number().int().min(1).max(400).default(30),
  /** By whose days they count: a name of the IANA database. */
  timeZone: TimeZone,
})
