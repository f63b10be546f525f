import type { Sql } from './db.ts'
import { type ListedRun, TOUCHED } from './run-list.ts'
import { RUN } from './runs.ts'

/** Why a run that is queued or to be tried again has not started. */
export type Wait =
  /** Its turn comes with the next claim. */
  | 'turn'
  /** It was paused by name. */
  | 'paused'
  /** Everything is paused. */
  | 'all-paused'
  /** The pause before its next attempt is not over. */
  | 'retry'
  /** As many runs as may work on its repository do. */
  | 'repository-limit'
  /** As many runs as may work on its database server do. */
  | 'host-limit'
  /** Every node performs as many runs as it may. */
  | 'busy'
  /** No node is there. */
  | 'no-node'

export interface ActiveRun extends ListedRun {
  /** Its place in the queue, from 1; null for one at work. */
  readonly position: number | null
  readonly waitsFor: Wait | null
}

export interface ActiveRuns {
  readonly now: Date
  readonly counts: Readonly<Record<'queued' | 'running' | 'paused' | 'retrying', number>>
  /** How many runs all nodes that live may perform at once. */
  readonly places: number
  /** Since when the one waits that waits longest. */
  readonly waitingSince: Date | null
  /** Those at work first, the oldest first, then the queue in its order. */
  readonly runs: readonly ActiveRun[]
}

/** More of them than a person looks at; the counts are of all. */
const MOST_SHOWN = 500
const ACTIVE = `state in ('queued', 'running', 'paused', 'retrying')`
/** A node that was not seen for so long claims nothing. */
const SILENT = `interval '1 minute'`

interface Limits {
  readonly now: Date
  readonly queued: number
  readonly running: number
  readonly paused: number
  readonly retrying: number
  readonly waitingSince: Date | null
  readonly places: number
  readonly isPaused: boolean
  readonly fullRepositories: string[]
  readonly fullHosts: string[]
}

/** What is going on, and what the rest waits for. */
export async function activeRuns(sql: Sql): Promise<ActiveRuns> {
  const limits = await limitsOf(sql)
  const rows = await sql.query<ListedRun & { position: number }>(
    `select ${RUN}, ${TOUCHED}, sources.name as source, repositories.name as repository, runs.position
     from (select *, (row_number() over (partition by state in ('running', 'paused')
         order by priority desc, (trigger = 'manual') desc, queued_at, id))::int as position
       from runs where ${ACTIVE}
       order by (state in ('running', 'paused')) desc,
         case when state in ('running', 'paused') then started_at end, position
       limit ${MOST_SHOWN}) as runs
     left join sources on sources.id = runs.source_id
     join repositories on repositories.id = runs.repository_id
     order by (runs.state in ('running', 'paused')) desc,
       case when runs.state in ('running', 'paused') then runs.started_at end, runs.position`,
  )
  const { now, waitingSince, places, queued, running, paused, retrying } = limits
  const standing = (run: ListedRun & { position: number }): ActiveRun => {
    const isHeld = run.state === 'running' || run.state === 'paused'
    if (isHeld) return { ...run, position: null, waitsFor: null }
    return { ...run, waitsFor: waitOf(run, limits) }
  }
  const runs = rows.map(standing)
  return { now, counts: { queued, running, paused, retrying }, places, waitingSince, runs }
}

function waitOf(run: ListedRun, limits: Limits): Wait {
  if (limits.isPaused) return 'all-paused'
  if (run.wanted === 'pause') return 'paused'
  if (run.notBefore > limits.now) return 'retry'
  if (limits.places === 0) return 'no-node'
  if (limits.fullRepositories.includes(run.repositoryId)) return 'repository-limit'
  if (limits.fullHosts.includes(run.host)) return 'host-limit'
  return limits.running + limits.paused >= limits.places ? 'busy' : 'turn'
}

async function limitsOf(sql: Sql): Promise<Limits> {
  const [row] = await sql.query<Limits>(
    `with active as materialized (
       select state, repository_id, host, queued_at from runs where ${ACTIVE}
     ), held as (select * from active where state in ('running', 'paused'))
     select clock_now() as now,
       (select count(*) from active where state = 'queued')::int as queued,
       (select count(*) from active where state = 'running')::int as running,
       (select count(*) from active where state = 'paused')::int as paused,
       (select count(*) from active where state = 'retrying')::int as retrying,
       (select min(queued_at) from active where state in ('queued', 'retrying')) as "waitingSince",
       (select coalesce(sum(max_runs), 0)::int from nodes
         where stopped_at is null and seen_at > clock_now() - ${SILENT}) as places,
       exists (select from settings where name = 'paused' and value = 'true') as "isPaused",
       array(select p.id::text from held join repositories p on p.id = held.repository_id
         group by p.id having count(*) >= p.max_runs) as "fullRepositories",
       array(select host from held where host <> '' group by host having count(*) >=
         (select (value #>> '{}')::int from settings where name = 'maxRunsPerHost')) as "fullHosts"`,
  )
  if (row === undefined) throw new Error('counting answered nothing')
  return row
}
