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

/** What was measured of a repository, or of all together, by the end of a day. */
interface Kept {
  /** Its place among the days, from 1. */
  readonly day: number
  readonly usedBytes: number
  readonly dumpBytes: number
  readonly backups: number
}

/** What completed backups added on a day. */
interface Added {
  readonly day: number
  readonly dumpedBytes: number
  readonly storedBytes: number
}

/** The newest so many days, by the clocks of a place. */
interface Newest {
  readonly days: number
  readonly timeZone: string
}

/** What a history is told from. */
interface Basis {
  readonly sql: Sql
  /** Where to ask for runs that are over. */
  readonly past: Sql
  /** The catalog's time. */
  readonly now: Date
}

/** What is known of a repository on each of the newest days; days of which nothing is are left out. */
export async function repositoryHistory(
  { sql, past, now }: Basis,
  repositoryId: string,
  newest: Newest,
): Promise<StorageDay[]> {
  const days = newestDays(now, newest.days, newest.timeZone)
  const values: unknown[] = [repositoryId, days.starts[0]]
  const day = dayIn(days, 'measured_at', values)
  const kept = sql.query<Kept>(
    `select distinct on (1) ${day} as day, used_bytes::float8 as "usedBytes",
       dump_bytes::float8 as "dumpBytes", backups
     from repository_days where repository_id = $1 and measured_at >= $2
     order by 1, measured_at desc`,
    values,
  )
  return told(days, ...(await Promise.all([kept, addedOn(past, days, repositoryId)])))
}

/**
 * The same of all repositories that there were on each day: of one that was not measured on a day, what was
 * measured last counts. Before any was, only what backups added is known.
 */
export async function storageHistory(
  { sql, past, now }: Basis,
  newest: Newest,
): Promise<StorageDay[]> {
  const days = newestDays(now, newest.days, newest.timeZone)
  // Each day ends where the next one begins, and today has no end yet.
  const ends = [...days.starts.slice(1), 'infinity']
  const kept = sql.query<Kept>(
    `select day::int as day, sum(used_bytes)::float8 as "usedBytes",
       sum(dump_bytes)::float8 as "dumpBytes", sum(backups)::float8 as backups
     from unnest($1::timestamptz[]) with ordinality as days (until, day)
       join repositories r on r.removed_at is null or r.removed_at >= until
       cross join lateral (select used_bytes, dump_bytes, backups from repository_days
         where repository_id = r.id and measured_at < until
         order by measured_at desc limit 1) as last
     group by day`,
    [ends],
  )
  return told(days, ...(await Promise.all([kept, addedOn(past, days)])))
}

/** What completed backups added on each of the days, to one repository or to all. */
function addedOn(past: Sql, days: Days, repositoryId?: string): Promise<Added[]> {
  const values: unknown[] = [days.starts[0], repositoryId ?? null]
  return past.query<Added>(
    `select ${dayIn(days, 'quarter', values)} as day, sum(dumped_bytes) as "dumpedBytes",
       sum(stored_bytes) as "storedBytes"
     from run_quarters where kind = 'backup' and state = 'completed' and quarter >= $1
       and ($2::uuid is null or repository_id = $2) group by 1`,
    values,
  )
}

function told(days: Days, kept: readonly Kept[], added: readonly Added[]): StorageDay[] {
  const keptOn = new Map(kept.map(one => [one.day, one]))
  const addedOnDay = new Map(added.map(one => [one.day, one]))
  return datesOf(days).flatMap((day, index) => {
    const was = keptOn.get(index + 1)
    const came = addedOnDay.get(index + 1)
    if (was === undefined && came === undefined) return []
    const { usedBytes = null, dumpBytes = null, backups = null } = was ?? {}
    const { dumpedBytes = 0, storedBytes = 0 } = came ?? {}
    const dedupRatio = dumpBytes === null || !usedBytes ? null : dumpBytes / usedBytes
    return [{ day, usedBytes, dumpBytes, backups, dedupRatio, dumpedBytes, storedBytes }]
  })
}
