import type { RunKind, RunState } from '../core/run.ts'
import type { Sql } from './db.ts'
import { type SourceStanding, sourceStandings } from './summary.ts'

/** Runs that are over, since there is this catalog. */
export interface FinishedRuns {
  readonly kind: RunKind
  readonly state: RunState
  readonly runs: number
  /** That the completed ones took. */
  readonly seconds: number
  readonly dumpedBytes: number
  readonly storedBytes: number
}

export interface ActiveRuns {
  readonly kind: RunKind
  readonly state: RunState
  readonly runs: number
  /** How long ago the first of them was asked for. */
  readonly oldestSeconds: number
}

export interface RepositoryFigures {
  readonly repository: string
  readonly backups: number
  /** Of the dumps of its backups together. */
  readonly dumpBytes: number
  /** What it takes on its storage; null: nobody has measured it yet. */
  readonly storedBytes: number | null
  /** As the last look at it has found; null: nobody has looked yet. */
  readonly isReachable: boolean | null
}

/** Everything that is told of the catalog. */
export interface Figures {
  readonly finished: readonly FinishedRuns[]
  readonly active: readonly ActiveRuns[]
  readonly sources: readonly SourceStanding[]
  readonly repositories: readonly RepositoryFigures[]
  readonly counts: {
    readonly schedulesEnabled: number
    readonly schedulesDisabled: number
    readonly nodes: number
    /** How many runs all nodes together perform at once. */
    readonly places: number
    readonly isFiring: boolean
    readonly isPaused: boolean
  }
}

/** Repositories beyond so many are not told one by one. */
const MOST_REPOSITORIES = 1_000
/** A node says twice in a lease that it lives. */
const NODE_LIVES = `interval '1 minute'`

/** Reads what a monitoring system wants to know: a handful of statements, however much there is. */
export async function readFigures(sql: Sql): Promise<Figures> {
  const [finished, active, sources, repositories, [counts]] = await Promise.all([
    sql.query<FinishedRuns>(
      `select kind, state, sum(runs)::float8 as runs, sum(seconds) as seconds,
         sum(dumped_bytes) as "dumpedBytes", sum(stored_bytes) as "storedBytes"
       from run_days where day = '-infinity' group by 1, 2 order by 1, 2`,
    ),
    sql.query<ActiveRuns>(
      `select kind, state, count(*)::int as runs,
         extract(epoch from clock_now() - min(queued_at))::float8 as "oldestSeconds"
       from runs where state in ('queued', 'running', 'paused', 'retrying')
       group by 1, 2 order by 1, 2`,
    ),
    sourceStandings(sql),
    sql.query<RepositoryFigures>(
      `select r.name as repository, b.backups, b.bytes as "dumpBytes",
         u.stored_bytes::float8 as "storedBytes",
         case when reach.repository_id is not null then reach.unreachable_since is null end
           as "isReachable"
       from (select * from repositories where removed_at is null order by name limit $1) r
       left join repository_usage u on u.repository_id = r.id
       left join repository_reach reach on reach.repository_id = r.id
       cross join lateral (select count(*)::int as backups,
         coalesce(sum(dump_bytes), 0)::float8 as bytes from backups where repository_id = r.id) b
       order by r.name`,
      [MOST_REPOSITORIES],
    ),
    sql.query<Figures['counts']>(
      `select d.*, n.*,
         not exists (select from settings where name = 'scheduler' and value = '"stopped"')
           as "isFiring",
         exists (select from settings where name = 'paused' and value = 'true') as "isPaused"
       from (select (count(*) filter (where enabled))::int as "schedulesEnabled",
            (count(*) filter (where not enabled))::int as "schedulesDisabled"
          from schedules where removed_at is null) d,
         (select count(*)::int as nodes, coalesce(sum(max_runs), 0)::int as places
          from nodes where stopped_at is null and seen_at > clock_now() - ${NODE_LIVES}) n`,
    ),
  ])
  if (counts === undefined) throw new Error('counting answered nothing')
  return { finished, active, sources, repositories, counts }
}
