import { z } from 'zod'
import { UPLOADED, UPLOADED_FOR } from '../../core/backup.ts'
import { Failure, RUN_KINDS, RUN_STATES, RUN_TRIGGERS } from '../../core/run.ts'
import { RunLineCode } from '../../core/run-lines.ts'
import { BackupRequest, CheckRequest, RestoreRequest } from '../../core/run-request.ts'
import { Document, PlainText, Reference, SecretText, Time, TimeText, TimeZone } from './common.ts'
import { RunProgress, RunRequest, RunResult } from './run-documents.ts'

export { RunLineCode }

/** One run, from the moment it was asked for. */
export const Run = z.object({
  id: z.uuid(),
  kind: z.enum(RUN_KINDS),
  state: z.enum(RUN_STATES),
  trigger: z.enum(RUN_TRIGGERS),
  triggeredBy: z.string(),
  /** The time of the schedule that it serves, and those before it that it stands for. */
  slot: z.nullable(Time),
  missedSlots: z.array(Time).readonly(),
  /** How many more it stands for than are named. */
  missedMore: z.number().int(),
  source: z.nullable(z.string()),
  sourceId: z.nullable(z.uuid()),
  repository: z.string(),
  repositoryId: z.uuid(),
  scheduleId: z.nullable(z.uuid()),
  request: RunRequest,
  priority: z.number().int(),
  attempt: z.number().int(),
  failures: z.number().int(),
  /** What people want of it and its worker has not done yet. */
  wanted: z.nullable(z.enum(['pause', 'cancel'])),
  /** Past the point where it can be cancelled. */
  committing: z.boolean(),
  progress: z.nullable(RunProgress),
  result: z.nullable(RunResult),
  failure: z.nullable(Failure),
  touched: z
    .nullable(z.enum(['no', 'yes', 'maybe']))
    .describe(
      'of a restore: whether its target is another database than before; maybe: nobody heard how the swap ended, look before anything writes to it',
    ),
  warnings: z.array(z.string()).readonly(),
  backupId: z.nullable(z.string()),
  /** The run whose request it repeats. */
  repeats: z.nullable(z.uuid()),
  queuedAt: Time,
  /** Not started, or started again, before. */
  notBefore: Time,
  startedAt: z.nullable(Time),
  finishedAt: z.nullable(Time),
})
export type Run = z.output<typeof Run>

export const RunList = z.object({
  /** Newest first. */
  runs: z.array(Run),
  /** `after` of the next page; null where this is the last one. */
  next: z.nullable(z.string()),
  /** `before` of the page before; null where this is the first one. */
  previous: z.nullable(z.string()),
})

export const Attempt = z.object({
  attempt: z.number().int(),
  host: z.string(),
  startedAt: Time,
  finishedAt: z.nullable(Time),
  outcome: z.nullable(z.string()),
  failure: z.nullable(Failure),
  bytes: z.nullable(z.number()),
})
export type Attempt = z.output<typeof Attempt>

export const RunDetails = z.object({ run: Run, attempts: z.array(Attempt) })

/** A line of a run's log. */
export const RunEvent = z.object({
  id: z.number().int(),
  attempt: z.number().int(),
  at: Time,
  kind: z.string(),
  message: z.string(),
  code: z
    .nullable(z.union([RunLineCode, z.string()]))
    .describe(
      'what the message says; null: the name of a stage or a state, or what a program said',
    ),
  details: Document.describe('the names and numbers in the message; each code has its own'),
})
export type RunEvent = z.output<typeof RunEvent>

export const RunLog = z.object({ events: z.array(RunEvent) })

/** A line of the stream that follows a run: what changed. The last one is a run in a final state. */
export const RunNews = z.union([z.object({ run: Run }), z.object({ event: RunEvent })])
export type RunNews = z.output<typeof RunNews>

/** `completed,failed` as it stands in a query. */
const OneOf = <Value extends string>(values: readonly [Value, ...Value[]]) =>
  z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.enum(values)))
    .optional()

/** Which runs; what is left out does not matter. */
const FILTER = {
  state: OneOf(RUN_STATES),
  kind: OneOf(RUN_KINDS),
  trigger: OneOf(RUN_TRIGGERS),
  source: Reference.optional(),
  repository: Reference.optional(),
  schedule: Reference.optional(),
  /** Asked for at this time or later. */
  since: TimeText,
  /** Asked for before this time. */
  until: TimeText,
}

const LIST_FILTER = {
  ...FILTER,
  /** Asked for by hand by this one: `local user ops`, `api key deploy`. */
  who: PlainText(200).optional(),
  /** Part of a name, of who asked or of why it failed, or the beginning of an id. */
  text: PlainText(100).optional(),
}

export const MOST_LISTED = 200

export const RunQuery = z
  .strictObject({
    ...LIST_FILTER,
    limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(50),
    /** `next` of a page: what is older than it. With `text`, a page may be short, even empty, and not the last. */
    after: Reference.optional(),
    /** `previous` of a page: what is newer than it. */
    before: Reference.optional(),
  })
  .refine(query => query.after === undefined || query.before === undefined, {
    error: 'give either after or before',
    path: ['before'],
  })

export const RunExportQuery = z.strictObject(LIST_FILTER)

export const MOST_DAYS = 400
const Days = (usual: number) => z.coerce.number().int().min(1).max(MOST_DAYS).default(usual)

export const StatsQuery = z
  .strictObject({
    ...FILTER,
    /** How many of the newest days are told one by one. */
    days: Days(90),
    timeZone: TimeZone.describe(
      'by whose clocks days begin; other than UTC without since and until',
    ),
  })
  .refine(({ since, until, timeZone }) => timeZone === 'UTC' || (since ?? until) === undefined, {
    error: 'with since or until, days are those of UTC',
    path: ['timeZone'],
  })

export const SourceStatsQuery = z.strictObject({
  kind: FILTER.kind,
  trigger: FILTER.trigger,
  /** Of how many days, today included. */
  days: Days(30),
})

export const Stats = z.object({
  total: z.number().int(),
  byState: z.partialRecord(z.enum(RUN_STATES), z.number().int()),
  /** Completed among those that completed or failed. */
  successRate: z.nullable(z.number()),
  /** Seconds that the completed ones took. */
  meanSeconds: z.nullable(z.number()),
  /** 95 of 100 of the newest completed ones (up to 500) took no longer. */
  p95Seconds: z.nullable(z.number()),
  /** The newest days of the time zone on which runs were asked for, first day first. */
  days: z.array(
    z.object({
      day: z.string(),
      completed: z.number().int(),
      failed: z.number().int(),
      skipped: z.number().int(),
      cancelled: z.number().int(),
      /** All that neither completed nor failed: skipped, cancelled, and not over yet. */
      other: z.number().int(),
      /** That the completed ones took; null without one. */
      meanSeconds: z.nullable(z.number()),
      /** Bytes of the dumps that completed backups made. */
      dumpedBytes: z.number(),
      /** What these added to their repositories. */
      storedBytes: z.number(),
    }),
  ),
})
export type Stats = z.output<typeof Stats>

export const SourceStats = z.object({
  /** The one that failed most often first. */
  sources: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      completed: z.number().int(),
      failed: z.number().int(),
      other: z.number().int(),
      meanSeconds: z.nullable(z.number()),
    }),
  ),
})

export const ActiveRun = Run.extend({
  /** Its place in the queue, from 1; null for one at work. */
  position: z.nullable(z.number().int()),
  /**
   * Why it has not started: it is its `turn` next; it, or everything (`all-paused`), is paused; the pause before a
   * `retry` lasts; a limit of its repository or of its database server is reached; every node is `busy`, or
   * there is none. null for one at work.
   */
  waitsFor: z.nullable(
    z.enum([
      'turn',
      'paused',
      'all-paused',
      'retry',
      'repository-limit',
      'host-limit',
      'busy',
      'no-node',
    ]),
  ),
})
export type ActiveRun = z.output<typeof ActiveRun>

/** What is going on, and what waits. */
export const ActiveRuns = z.object({
  now: Time,
  counts: z.object({
    queued: z.number().int(),
    running: z.number().int(),
    paused: z.number().int(),
    retrying: z.number().int(),
  }),
  /** How many runs all nodes may perform at once. */
  places: z.number().int(),
  /** Since when the one waits that waits longest. */
  waitingSince: z.nullable(Time),
  /** Those at work first, then the queue in its order; up to 500. */
  runs: z.array(ActiveRun),
})
export type ActiveRuns = z.output<typeof ActiveRuns>

const MOST_TAGS = 50
const Tags = z
  .record(PlainText(100), PlainText(1000).or(z.literal('')))
  .refine(tags => Object.keys(tags).length <= MOST_TAGS, `there are more than ${MOST_TAGS}`)
  .refine(
    tags => !(UPLOADED in tags || UPLOADED_FOR in tags),
    `${UPLOADED} and ${UPLOADED_FOR} mark what was brought in, and nothing else`,
  )
const Backup = PlainText(100)

const RESTORE = {
  source: Reference.optional().describe(
    'whose backup it is; may be left out where `backup` names one by its id and `target` is a URL: a backup may be of a database that no source here is',
  ),
  repository: Reference.optional(),
  /** An id, the beginning of one, or `latest`. */
  backup: Backup,
  target: SecretText.describe(
    'the URL of the database to restore into, or `source`: the database that was backed up, or with `database` another one of its server',
  ),
  database: PlainText(200)
    .optional()
    .describe(
      'with target `source`: the name of a new or empty database, or with `replace` of any other, on the server of the source and by its login',
    ),
  ...RestoreRequest.pick({ replace: true, disconnect: true, noOwner: true }).partial().shape,
}
const KIND = z.literal('restore')

interface Wanted {
  readonly source?: string | undefined
  readonly backup: string
  readonly target: string
  readonly database?: string | undefined
}

/** Says which other database `database` can be, and what a restore needs its source for. */
function checkRestore(
  { source, backup, target, database }: Wanted,
  context: z.core.$RefinementCtx,
): void {
  const add = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message })
  if (target !== 'source' && database !== undefined) {
    add('database', 'a URL names its database itself')
  }
  if (source !== undefined) return
  if (target === 'source') add('target', 'without a source it is the URL of a database')
  if (backup === 'latest') add('backup', 'without a source it is the id of a backup')
}

/** A backup that is to be restored, and where to. */
export const NewRestore = z.strictObject({ kind: KIND, ...RESTORE }).superRefine(checkRestore)
export type NewRestore = z.output<typeof NewRestore>

/** What would be restored, as for a run; `kind` may be left out. */
export const PreflightRequest = z
  .strictObject({ kind: KIND.default('restore'), ...RESTORE })
  .superRefine(checkRestore)

/** Whether a restore takes the place of a database that holds something. */
export const isInPlace = ({
  target,
  database,
  replace = false,
}: Pick<NewRestore, 'target' | 'database' | 'replace'>): boolean =>
  replace || (target === 'source' && database === undefined)

/** What to run now. */
export const NewRun = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('backup'),
    source: Reference,
    /** Default: where the source's schedules back it up, or the only repository there is. */
    repository: Reference.optional(),
    ...BackupRequest.partial().shape,
    tags: Tags.optional(),
  }),
  NewRestore,
  z.strictObject({
    kind: z.literal('verify'),
    source: Reference,
    repository: Reference.optional(),
    backup: Backup.default('latest'),
  }),
  z.strictObject({
    kind: z.literal('check'),
    repository: Reference,
    ...CheckRequest.partial().shape,
  }),
])
export type NewRun = z.input<typeof NewRun>
/** What to run now, understood. */
export type WantedRun = z.output<typeof NewRun>

/** Who holds what: the active run is the lock. */
export const Lock = z.object({
  /** `source:…`, `repository:…` or `target:…` */
  key: z.string(),
  /** The same for people. */
  name: z.string(),
  runId: z.uuid(),
  kind: z.enum(RUN_KINDS),
  state: z.enum(RUN_STATES),
  host: z.nullable(z.string()),
  triggeredBy: z.string(),
  since: Time,
})
export type Lock = z.output<typeof Lock>

export const LockList = z.object({ locks: z.array(Lock) })
