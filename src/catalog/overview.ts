import type { Sql } from './db.ts'

/** How much there is to do. */
export interface Overview {
  readonly now: Date
  readonly enabled: number
  readonly disabled: number
  /** When the next schedule fires. */
  readonly nextFire: Date | null
  readonly queued: number
  readonly running: number
  readonly paused: number
  readonly retrying: number
}

export async function readOverview(sql: Sql): Promise<Overview> {
  const [row] = await sql.query<Overview>(
    `select clock_now() as now, s.*, r.* from
       (select count(*) filter (where enabled)::int as enabled,
               count(*) filter (where not enabled)::int as disabled,
               min(next_fire) filter (where enabled) as "nextFire"
          from schedules where removed_at is null) s,
       (select count(*) filter (where state = 'queued')::int as queued,
               count(*) filter (where state = 'running')::int as running,
               count(*) filter (where state = 'paused')::int as paused,
               count(*) filter (where state = 'retrying')::int as retrying
          from runs where state in ('queued', 'running', 'paused', 'retrying')) r`,
  )
  if (row === undefined) throw new Error('counting answered nothing')
  return row
}
