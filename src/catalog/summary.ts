import { UPLOADED } from '../core/backup.ts'
import type { RunKind, RunState } from '../core/run.ts'
import type { Sql } from './db.ts'
import type { Expectation } from './strips.ts'

/**
 * How a source stands: `overdue` is one whose last good backup is older than its period and a grace, `never`
 * one that has none although it was due, `failing` one whose last backup did not complete but which is not
 * overdue yet, `unscheduled` one that no schedule backs up.
 */
export const VERDICTS = ['good', 'failing', 'overdue', 'never', 'unscheduled'] as const
export type Verdict = (typeof VERDICTS)[number]

/** How one source stands. */
export interface SourceStanding {
  readonly id: string
  readonly name: string
  readonly engine: string
  readonly label: string
  readonly verdict: Verdict
  /** The longest time between two firings of its schedules; null without one. */
  readonly periodSeconds: number | null
  /** Since when there is a schedule of it; null without one. */
  readonly scheduledSince: Date | null
  readonly lastGood: { readonly backup: string; readonly at: Date } | null
  /** Seconds since then. */
  readonly ageSeconds: number | null
  /** When a backup of it was last proven by comparison. */
  readonly lastProofAt: Date | null
  readonly nextRunAt: Date | null
  readonly lastRun: {
    readonly id: string
    readonly kind: RunKind
    readonly state: RunState
    readonly queuedAt: Date
    readonly finishedAt: Date | null
  } | null
}

/** A late backup is no alarm yet: a quarter of the period, at least this long. */
const LEAST_GRACE_SECONDS = 900
const GRACE_SHARE = 0.25

/** How old the last good backup may be, of a source with this period. */
export const mostSeconds = (periodSeconds: number): number =>
  periodSeconds + Math.max(periodSeconds * GRACE_SHARE, LEAST_GRACE_SECONDS)

/**
 * A schedule's period, its own, or that of the one at the beginning of its chain. Where nobody has worked
 * it out, the time between the slots around now stands for it.
 */
const PERIODS = `
  with recursive timed as (
    select id, source_id, enabled, created_at, next_fire, coalesce(period_seconds,
        extract(epoch from next_slot - coalesce(last_slot, created_at))) as period
    from schedules where removed_at is null and cron is not null
    union all
    select s.id, s.source_id, s.enabled and timed.enabled, s.created_at, null, timed.period
    from schedules s join timed on s.after_schedule_id = timed.id where s.removed_at is null
  ), scheduled as (
    select source_id, min(period) as period, min(created_at) as since, min(next_fire) as next_fire
    from timed where enabled group by source_id
  )`

const SCHEDULED = `${PERIODS}
  select s.id, s.name, s.engine, s.label, clock_now() as now, scheduled.period::float8 as "periodSeconds",
    scheduled.since as "scheduledSince", scheduled.next_fire as "nextRunAt"
  from sources s left join scheduled on scheduled.source_id = s.id
  where s.removed_at is null and ($1::uuid is null or s.id = $1) order by lower(s.name), s.id`

const FACTS = `
  select s.id, good.id as backup, good.finished_at as "goodAt", proven.verified_at as "lastProofAt",
    last.id as "runId", last.kind, last.state, last.queued_at as "queuedAt",
    last.finished_at as "finishedAt", made.state as made
  from unnest($1::uuid[]) as s (id)
  left join lateral (select id, finished_at from backups where source_id = s.id
      and not unreadable and not tags ? '${UPLOADED}' and not exists (select from backup_deletions d
        where d.repository_id = backups.repository_id and d.backup_id = backups.id)
    order by finished_at desc limit 1) good on true
  left join lateral (select verified_at from backups
    where source_id = s.id and verified_at is not null
    order by verified_at desc limit 1) proven on true
  left join lateral (select id, kind, state, queued_at, finished_at from runs
    where source_id = s.id order by queued_at desc, id desc limit 1) last on true
  left join lateral (select state from runs
    where source_id = s.id and kind = 'backup' and state in ('completed', 'failed', 'cancelled')
    order by queued_at desc, id desc limit 1) made on true`

/** A source, and when its schedules fire; `now` is the catalog's time. */
export type ScheduledSource = Pick<
  SourceStanding,
  'id' | 'name' | 'engine' | 'label' | 'periodSeconds' | 'scheduledSince' | 'nextRunAt'
> & { readonly now: Date }

/** What became of the backups and runs of a source: all that the time alone does not change. */
export interface SourceFacts extends Pick<SourceStanding, 'lastGood' | 'lastProofAt' | 'lastRun'> {
  /** How the last backup that was not skipped ended; null where there is none. */
  readonly made: RunState | null
}

interface FactsRow {
  readonly id: string
  readonly backup: string | null
  readonly goodAt: Date | null
  readonly lastProofAt: Date | null
  readonly runId: string | null
  readonly kind: RunKind | null
  readonly state: RunState | null
  readonly queuedAt: Date | null
  readonly finishedAt: Date | null
  readonly made: RunState | null
}

/** Every source, or one of them, by name. */
export const scheduledSources = (sql: Sql, id?: string): Promise<ScheduledSource[]> =>
  sql.query<ScheduledSource>(SCHEDULED, [id ?? null])

/** What is known of sources, by their ids. */
export async function sourceFacts(
  sql: Sql,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SourceFacts>> {
  const rows = await sql.query<FactsRow>(FACTS, [ids])
  return new Map(rows.map(row => [row.id, factsOf(row)]))
}

function factsOf({ backup, goodAt, runId, kind, state, queuedAt, ...row }: FactsRow): SourceFacts {
  const { finishedAt, lastProofAt, made } = row
  return {
    lastProofAt,
    made,
    lastGood: backup === null || goodAt === null ? null : { backup, at: goodAt },
    lastRun:
      runId === null || kind === null || state === null || queuedAt === null
        ? null
        : { id: runId, kind, state, queuedAt, finishedAt },
  }
}

/** How every source stands, or one of them, by name. */
export async function sourceStandings(sql: Sql, id?: string): Promise<SourceStanding[]> {
  const scheduled = await scheduledSources(sql, id)
  const ids = scheduled.map(one => one.id)
  const facts = await sourceFacts(sql, ids)
  return scheduled.map(one => standingOf(one, facts.get(one.id)))
}

const UNKNOWN: SourceFacts = { lastGood: null, lastProofAt: null, lastRun: null, made: null }

/** How a source stands, by what is known of it. */
export function standingOf(
  { now, ...source }: ScheduledSource,
  { made, ...facts }: SourceFacts = UNKNOWN,
): SourceStanding {
  const ageSeconds = facts.lastGood && secondsBetween(facts.lastGood.at, now)
  const verdict = verdictOf(source, now, { made, ...facts })
  return { ...source, ...facts, ageSeconds, verdict }
}

function verdictOf(
  { periodSeconds, scheduledSince }: Pick<ScheduledSource, 'periodSeconds' | 'scheduledSince'>,
  now: Date,
  { lastGood, made }: SourceFacts,
): Verdict {
  const since = lastGood?.at ?? scheduledSince
  if (periodSeconds === null || since === null) return 'unscheduled'
  if (secondsBetween(since, now) > mostSeconds(periodSeconds)) {
    return lastGood === null ? 'never' : 'overdue'
  }
  return made === null || made === 'completed' ? 'good' : 'failing'
}

const secondsBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 1000

/** When a source would be overdue; undefined of one that no schedule backs up. */
export function expectationOf(one: SourceStanding): Expectation | undefined {
  const { periodSeconds, scheduledSince: since, verdict } = one
  if (periodSeconds === null || since === null) return undefined
  const isOverdue = verdict === 'overdue' || verdict === 'never'
  return { mostSeconds: mostSeconds(periodSeconds), since, isOverdue }
}
