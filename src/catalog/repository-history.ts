import type { Sql } from './db.ts'
import { type Days, datesOf, dayIn, newestDays } from './strips.ts'

/** A day of one repository, or of all of them together. */
export interface StorageDay {
  /** `2026-03-29` */
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

type Row = Omit<StorageDay, 'day' | 'dedupRatio'> & { readonly day: number }

/** Rows whose day is its place among the days, from 1. */
function told(rows: readonly Row[], days: Days) {
  const dates = datesOf(days)
  return rows.map(({ day, ...row }): StorageDay => {
    const { usedBytes, dumpBytes } = row
    const dedupRatio = dumpBytes === null || !usedBytes ? null : dumpBytes / usedBytes
    return { day: dates[day - 1] ?? '', ...row, dedupRatio }
  })
}

/** The newest so many days, by the clocks of a place. */
interface Newest {
  readonly days: number
  readonly timeZone: string
}

async function daysOf(sql: Sql, { days, timeZone }: Newest): Promise<Days> {
  const [clock] = await sql.query<{ at: Date }>('select clock_now() as at')
  return newestDays(clock?.at ?? new Date(), days, timeZone)
}

const COLUMNS = `day::int as day, used as "usedBytes", dump as "dumpBytes", backups,
  coalesce(dumped, 0) as "dumpedBytes", coalesce(stored, 0) as "storedBytes"`

/** What completed backups added on each of the days; the days begin with the parameter `since`. */
const added = (day: string, since: string, more = ''): string =>
  `select ${day} as day, sum(dumped_bytes) as dumped, sum(stored_bytes) as stored
   from run_quarters where kind = 'backup' and state = 'completed' and quarter >= ${since} ${more}
   group by 1`

/** What is known of a repository on each of the newest days; days of which nothing is are left out. */
export async function repositoryHistory(
  sql: Sql,
  repositoryId: string,
  newest: Newest,
): Promise<StorageDay[]> {
  const days = await daysOf(sql, newest)
  const values: unknown[] = [repositoryId, days.starts[0]]
  const [ran, measured] = [dayIn(days, 'quarter', values), dayIn(days, 'measured_at', values)]
  const rows = await sql.query<Row>(
    `with added as (${added(ran, '$2', 'and repository_id = $1')}), kept as (
       select distinct on (1) ${measured} as day, used_bytes::float8 as used,
         dump_bytes::float8 as dump, backups
       from repository_days where repository_id = $1 and measured_at >= $2
       order by 1, measured_at desc
     )
     select ${COLUMNS} from kept full join added using (day) order by 1`,
    values,
  )
  return told(rows, days)
}

/**
 * The same of all repositories that there were on each day: of one that was not measured on a day, what was
 * measured last counts. Before any was, only what backups added is known.
 */
export async function storageHistory(sql: Sql, newest: Newest): Promise<StorageDay[]> {
  const days = await daysOf(sql, newest)
  // Each day ends where the next one begins, and today has no end yet.
  const ends = [...days.starts.slice(1), 'infinity']
  const values: unknown[] = [days.starts[0], ends]
  const rows = await sql.query<Row>(
    `with added as (${added(dayIn(days, 'quarter', values), '$1')}), kept as (
       select day, sum(used_bytes)::float8 as used, sum(dump_bytes)::float8 as dump,
         sum(backups)::float8 as backups
       from unnest($2::timestamptz[]) with ordinality as days (until, day)
         join repositories r on r.removed_at is null or r.removed_at >= until
         cross join lateral (select used_bytes, dump_bytes, backups from repository_days
           where repository_id = r.id and measured_at < until
           order by measured_at desc limit 1) as last
       group by day
     )
     select ${COLUMNS} from kept full join added using (day) order by 1`,
    values,
  )
  return told(rows, days)
}
