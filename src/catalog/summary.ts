import { UPLOADED } from '../core/backup.ts'
import type { RunKind, RunState } from '../core/run.ts'
import type { Sql } from './db.ts'

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

const STANDINGS = `${PERIODS}, standing as (
    select s.id, s.name, s.engine, s.label, scheduled.period as "periodSeconds",
      scheduled.since, scheduled.next_fire as "nextRunAt", clock_now() as now,
      good.id as backup, good.finished_at as good_at, proven.verified_at as "lastProofAt",
      last.id as run_id, last.kind, last.state, last.queued_at, last.finished_at, made.state as made
    from sources s
    left join scheduled on scheduled.source_id = s.id
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
      order by queued_at desc, id desc limit 1) made on true
    where s.removed_at is null and ($1::uuid is null or s.id = $1)
  )
  select id, name, engine, label, "periodSeconds"::float8,
    since as "scheduledSince", "nextRunAt", "lastProofAt",
    backup, good_at as "goodAt", extract(epoch from now - good_at)::float8 as "ageSeconds",
    run_id as "runId", kind, state, queued_at as "queuedAt", finished_at as "finishedAt",
    case
      when "periodSeconds" is null then 'unscheduled'
      when extract(epoch from now - coalesce(good_at, since)) > "periodSeconds"
          + greatest("periodSeconds" * ${GRACE_SHARE}, ${LEAST_GRACE_SECONDS})
        then case when backup is null then 'never' else 'overdue' end
      when made <> 'completed' then 'failing'
      else 'good'
    end as verdict
  from standing order by lower(name), id`

type Row = Omit<SourceStanding, 'lastGood' | 'lastRun'> & {
  readonly backup: string | null
  readonly goodAt: Date | null
  readonly runId: string | null
  readonly kind: RunKind | null
  readonly state: RunState | null
  readonly queuedAt: Date | null
  readonly finishedAt: Date | null
}

/** How every source stands, or one of them, by name. */
export const sourceStandings = async (sql: Sql, id?: string): Promise<SourceStanding[]> =>
  (await sql.query<Row>(STANDINGS, [id ?? null])).map(standingOf)

function standingOf(row: Row): SourceStanding {
  const { backup, goodAt, runId, kind, state, queuedAt, finishedAt, ...standing } = row
  return {
    ...standing,
    lastGood: backup === null || goodAt === null ? null : { backup, at: goodAt },
    lastRun:
      runId === null || kind === null || state === null || queuedAt === null
        ? null
        : { id: runId, kind, state, queuedAt, finishedAt },
  }
}
