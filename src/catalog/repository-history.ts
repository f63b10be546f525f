import type { Sql } from './db.ts'

/** A day of one repository, or of all of them together. */
export interface StorageDay {
  /** In UTC: `2026-03-29` */
  readonly day: string
  /** On the storage, as last measured on that day; null where it was not. */
  readonly usedBytes: number | null
  /** Of all dumps in it then, before anything was saved on them; null like the bytes used. */
  readonly dumpBytes: number | null
  readonly backups: number | null
  /** Bytes of all dumps for each byte on the storage. */
  readonly dedupRatio: number | null
  /** Of the dumps made on that day, and what they added. */
  readonly dumpedBytes: number
  readonly storedBytes: number
}

type Row = Omit<StorageDay, 'dedupRatio'>

const withRatio = (row: Row): StorageDay => {
  const { usedBytes, dumpBytes } = row
  const dedupRatio = dumpBytes === null || !usedBytes ? null : dumpBytes / usedBytes
  return { ...row, dedupRatio }
}

const TODAY = `(clock_now() at time zone 'UTC')::date`
const COLUMNS = `to_char(day, 'YYYY-MM-DD') as day, used as "usedBytes", dump as "dumpBytes", backups,
  coalesce(dumped, 0) as "dumpedBytes", coalesce(stored, 0) as "storedBytes"`

/** What is known of a repository on each of the newest so many days; days of which nothing is are left out. */
export const repositoryHistory = async (
  sql: Sql,
  repositoryId: string,
  days: number,
): Promise<StorageDay[]> =>
  (
    await sql.query<Row>(
      `with clock as materialized (select ${TODAY} as today), added as (
         select day, sum(dumped_bytes) as dumped, sum(stored_bytes) as stored
         from run_days, clock where repository_id = $1 and kind = 'backup' and state = 'completed'
           and day > today - $2::int group by day
       ), kept as (
         select day, used_bytes::float8 as used, dump_bytes::float8 as dump, backups
         from repository_days, clock where repository_id = $1 and day > today - $2::int
       )
       select ${COLUMNS} from kept full join added using (day) order by 1`,
      [repositoryId, days],
    )
  ).map(withRatio)

/**
 * The same of all repositories that there were on each day: of one that was not measured on a day, what was
 * measured last counts. Before any was, only what backups added is known.
 */
export const storageHistory = async (sql: Sql, days: number): Promise<StorageDay[]> =>
  (
    await sql.query<Row>(
      `with clock as materialized (select ${TODAY} as today), added as (
         select day, sum(dumped_bytes) as dumped, sum(stored_bytes) as stored
         from day_totals, clock where kind = 'backup' and state = 'completed'
           and day > today - $1::int group by day
       ), kept as (
         select day, sum(used_bytes)::float8 as used, sum(dump_bytes)::float8 as dump,
           sum(backups)::float8 as backups
         from clock cross join lateral
             (select today - ago as day from generate_series(0, $1::int - 1) as ago) as days
           join repositories r on r.removed_at is null
             or (r.removed_at at time zone 'UTC')::date > day
           cross join lateral (select used_bytes, dump_bytes, backups from repository_days
             where repository_id = r.id and repository_days.day <= days.day
             order by repository_days.day desc limit 1) as last
         group by day
       )
       select ${COLUMNS} from kept full join added using (day) order by 1`,
      [days],
    )
  ).map(withRatio)
