import { z } from 'zod'
import { Keep } from '../../core/retention.ts'
import { RetryPolicy, RUN_STATES } from '../../core/run.ts'
import { Blackout, Timing } from '../../core/schedule.ts'
import { Reference, Time, TimeText } from './common.ts'
import { KeepRule, RetentionEffect } from './retention.ts'

/** When a source is backed up, and where to. */
export const Schedule = z.object({
  id: z.uuid(),
  source: z.string(),
  sourceId: z.uuid(),
  repository: z.string(),
  repositoryId: z.uuid(),
  /** Fields of cron, or the words that were given instead; null where it follows another schedule. */
  cron: z.nullable(z.string()),
  /** The schedule whose completed runs this one follows. */
  afterScheduleId: z.nullable(z.uuid()),
  /** When it fires, in words. */
  words: z.string(),
  timeZone: z.string(),
  enabled: z.boolean(),
  priority: z.number().int(),
  jitterSeconds: z.number().int(),
  blackout: z.array(Blackout).readonly(),
  retry: RetryPolicy,
  maxBytes: z.nullable(z.number()),
  /** Which backups of its source in its repository stay; null: all of them, for ever. */
  keep: z.nullable(Keep),
  nextSlot: z.nullable(Time),
  /** When the next slot fires: jitter and blackouts included. */
  nextFire: z.nullable(Time),
  lastRunAt: z.nullable(Time),
  /** About the longest time between two firings; null where it follows another schedule. */
  periodSeconds: z.nullable(z.number()),
  /** Its newest run. */
  lastRun: z.nullable(z.object({ id: z.uuid(), state: z.enum(RUN_STATES) })),
  createdAt: Time,
})
export type Schedule = z.output<typeof Schedule>

/** A schedule after a change, with what that means for the backups there are. */
export const ChangedSchedule = Schedule.extend({
  /** What the rules for this source and repository do next; null where no rule lets anything go. */
  retention: z.nullable(RetentionEffect),
})
export type ChangedSchedule = z.output<typeof ChangedSchedule>

export const ScheduleList = z.object({ schedules: z.array(Schedule) })

/** Of several schedules that are due, the higher one goes first; runs by hand have 100. */
const Priority = z.number().int().min(-1000).max(1000)

const SETTINGS = {
  /** Five or six fields of cron, or words such as `daily at 02:30`. */
  cron: Timing.shape.cron.optional(),
  /** The schedule whose completed runs this one follows. */
  after: Reference.optional(),
  timeZone: Timing.shape.timeZone.optional(),
  priority: Priority.optional(),
  jitterSeconds: z.number().int().min(0).max(86_400).optional(),
  blackout: z.array(Blackout.strict()).max(20).optional(),
  /** What is left out of it has its default, or, in a change, stays. */
  retry: RetryPolicy.partial().strict().optional(),
  /** A dump that grows past this fails its run; null: no limit. */
  maxBytes: z.nullable(z.number().int().positive()).optional(),
  /** Which backups of its source in its repository stay, as a whole; null: all of them, for ever. */
  keep: z.nullable(KeepRule).optional(),
}

export const NewSchedule = z.strictObject({
  source: Reference,
  repository: Reference,
  ...SETTINGS,
  enabled: z.boolean().optional(),
})
export type NewSchedule = z.input<typeof NewSchedule>

/** What is left out stays as it is. */
export const ScheduleChanges = z.strictObject({
  /** Where to, from now on; the backups so far stay where they are. */
  repository: Reference.optional(),
  ...SETTINGS,
})
export type ScheduleChanges = z.input<typeof ScheduleChanges>

export const MOST_FIRINGS = 100

export const FiringsQuery = z.strictObject({
  count: z.coerce.number().int().min(1).max(MOST_FIRINGS).default(10),
})

/** A schedule that nobody has added yet. */
export const SchedulePreview = z.strictObject({
  ...Timing.shape,
  timeZone: Timing.shape.timeZone.default('UTC'),
  blackout: z.array(Blackout.strict()).max(20).default([]),
  count: z.number().int().min(1).max(MOST_FIRINGS).default(10),
})

export const PreviewedSchedule = z.object({
  /** As it would be kept. */
  cron: z.string(),
  /** When it fires, in words. */
  words: z.string(),
  periodSeconds: z.nullable(z.number()),
  firings: z.array(
    z.object({
      slot: Time,
      /** When it starts: blackouts included, and the jitter as it may be. */
      at: Time,
      /** The same as its clock shows it: `2026-03-29 03:00`. */
      local: z.string(),
      alsoFor: z.number().int(),
    }),
  ),
  /** What is easily overlooked: days that some months lack, changes of the clocks, runs close upon each other. */
  warnings: z.array(z.string()),
})
export type PreviewedSchedule = z.output<typeof PreviewedSchedule>

export const Firings = z.object({
  schedule: Schedule,
  firings: z.array(
    z.object({
      slot: Time,
      /** When it starts: jitter and blackouts included. */
      at: Time,
      /** Slots that it stands for besides: a blackout holds several back, and one run serves them. */
      alsoFor: z.number().int(),
    }),
  ),
})
export type Firings = z.output<typeof Firings>

/** A calendar shows a week and a bit; of a schedule that fires more often than this in a day, how often it does. */
const MOST_DAYS = 8
export const MOST_A_DAY = 6
export const MOST_IN_CALENDAR = 5000
const DAY_MS = 86_400_000

const CalendarTime = TimeText.unwrap().refine(
  time => time.getUTCFullYear() >= 2000 && time.getUTCFullYear() < 2200,
  'it is not between the years 2000 and 2199',
)

export const CalendarQuery = z
  .strictObject({
    from: CalendarTime,
    until: CalendarTime,
  })
  .refine(({ from, until }) => until > from, {
    error: 'it is not after from',
    path: ['until'],
  })
  .refine(({ from, until }) => until.getTime() - from.getTime() <= MOST_DAYS * DAY_MS, {
    error: `it is more than ${MOST_DAYS} days after from`,
    path: ['until'],
  })

/** When the enabled schedules that go by time fire, as they are set up now, also where the time is past. */
export const Calendar = z.object({
  from: Time,
  until: Time,
  /**
   * `until`; or, where there are more than 5,000 firings to be told one by one, the time up to which all of them are:
   * ask for the rest from there on.
   */
  completeUntil: Time,
  /** Those that fire in this time, by source. */
  schedules: z.array(
    z.object({
      id: z.uuid(),
      source: z.string(),
      sourceId: z.uuid(),
      /** Jitter and blackouts included; empty where `often` is told instead. */
      firings: z.array(Time),
      /** Of one that has more than 6 firings a day: how many slots there are in this time, and how far apart they usually are. */
      often: z.nullable(
        z.object({ first: Time, everySeconds: z.number(), count: z.number().int() }),
      ),
    }),
  ),
})
export type Calendar = z.output<typeof Calendar>
