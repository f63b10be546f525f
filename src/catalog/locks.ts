import type { RunKind, RunState } from '../core/run.ts'
import type { Sql } from './db.ts'

/** What an active run has to itself. */
export interface Lock {
  /** `source:<id>`, `repository:<id>` or `target:<label>`. */
  readonly key: string
  /** The same for people. */
  readonly name: string
  readonly runId: string
  readonly kind: RunKind
  readonly state: RunState
  /** Where it is at work, if it is. */
  readonly host: string | null
  readonly triggeredBy: string
  readonly since: Date
}

/** Every lock, the oldest first. */
export const listLocks = (sql: Sql): Promise<Lock[]> =>
  sql.query<Lock>(
    `select lock_key as key, run_id as "runId", kind, state, nodes.host,
            triggered_by as "triggeredBy", coalesce(locks.started_at, queued_at) as since,
            case split_part(lock_key, ':', 1)
              when 'source' then 'source ' ||
                (select name from sources where 'source:' || id = lock_key)
              when 'repository' then 'repository ' ||
                (select name from repositories where 'repository:' || id = lock_key)
              else 'target ' || substr(lock_key, strpos(lock_key, ':') + 1)
            end as name
       from locks left join nodes on nodes.id = node_id
      order by queued_at, run_id`,
  )
