import { z } from 'zod'
import { Keep } from '../../core/retention.ts'
import { Timing } from '../../core/schedule.ts'
import { Reference, Time } from './common.ts'

/** Which backups stay; at least one of its members is given. */
export const KeepRule = Keep.refine(
  keep => Object.values(keep).some(value => value !== undefined),
  'it names nothing that is kept: name at least one, or give null to keep all',
)

/** What the rules for a source and a repository do next, when they are applied: within the hour. */
export const RetentionEffect = z.object({
  /** How many backups are about to be marked for deletion. */
  goes: z.number().int(),
  /** How many that a rule has marked are kept after all. */
  comesBack: z.number().int(),
  stays: z.number().int(),
  /** What all that go had added when they were made. No storage is given back yet: that takes a prune. */
  bytes: z.number(),
  /** Hours from the mark to the deletion, in which it can be taken back. */
  graceHours: z.number(),
})
export type RetentionEffect = z.output<typeof RetentionEffect>

/** Most backups that a preview names. */
export const MOST_PREVIEWED = 2_000

/** A rule that is not written down yet, or that of a schedule as it is. */
export const RetentionQuestion = z.strictObject({
  /** A schedule whose rule it would be; what is left out besides is as it says. */
  schedule: Reference.optional(),
  /** Source and repository of a schedule that is not added yet. */
  source: Reference.optional(),
  repository: Reference.optional(),
  /** Null: all stay. Left out: the rule of the schedule. */
  keep: z.nullable(KeepRule).optional(),
  timeZone: Timing.shape.timeZone.optional(),
  /** When backups would be made: tells how many there will be in the long run. */
  cron: Timing.shape.cron.optional(),
  /** So many backups are named, newest first; all are counted. */
  limit: z.number().int().min(1).max(MOST_PREVIEWED).default(500),
})
export type RetentionQuestion = z.input<typeof RetentionQuestion>

export const RetentionPreview = z.object({
  source: z.string(),
  repository: z.string(),
  keep: z.nullable(Keep),
  /** The rule in words: `the last 2, 7 daily, all within 30 days`. */
  words: z.string(),
  timeZone: z.string(),
  /** Newest first; without those that somebody has deleted. */
  backups: z.array(
    z.object({
      id: z.string(),
      startedAt: Time,
      finishedAt: Time,
      storedBytes: z.number(),
      /** Every reason for which it stays: `daily 3`, `within 7 days`, `pinned`, `last good`. */
      keptBy: z.array(z.string()).readonly(),
      /** Nothing keeps it. */
      goes: z.boolean(),
      /** A rule has marked it for deletion already. */
      marked: z.boolean(),
    }),
  ),
  counts: z.object({
    all: z.number().int(),
    stays: z.number().int(),
    /** Those that are marked already included. */
    goes: z.number().int(),
    /** Marked by a rule, and kept after all. */
    comesBack: z.number().int(),
  }),
  bytes: z.object({
    /** What these backups had added when they were made. */
    stays: z.number(),
    goes: z.number(),
  }),
  /** What the rule comes to keep, without pins; null where everything is kept. */
  longRun: z.nullable(
    z.object({
      /** About so many backups. */
      backups: z.number().int(),
      /** The oldest of them is about so many days old. */
      days: z.number(),
      /** How often backups are taken to be made. */
      everySeconds: z.number(),
    }),
  ),
  /** What else decides: the rules of other schedules for the same source and repository. */
  others: z.array(
    z.object({
      schedule: z.string(),
      keep: z.nullable(Keep),
      words: z.string(),
      enabled: z.boolean(),
    }),
  ),
  graceHours: z.number(),
  /** What is easily overlooked, in sentences. */
  warnings: z.array(z.string()),
})
export type RetentionPreview = z.output<typeof RetentionPreview>
