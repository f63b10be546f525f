import type { Sql } from './db.ts'

/** What a repository takes on its storage. */
export interface Usage {
  readonly storedBytes: number
  readonly packs: number
}

/** Whoever began to measure and has not ended after so long is gone. */
const LONGEST = `interval '15 minutes'`

/**
 * Repositories whose newest backup came after they were last measured, and those that were not measured today,
 * in UTC, for their history; the longest unmeasured first. A new one without backups waits for its first: what an
 * empty one takes would be told as what the backup takes. None that somebody is measuring, or did a minute ago,
 * and none that cannot be reached; for its history alone, one is not tried twice within an hour.
 */
export const unmeasured = (sql: Sql): Promise<{ readonly id: string; readonly name: string }[]> =>
  sql.query(
    `select id, name from repositories left join repository_usage on repository_id = id
     where removed_at is null
       and not exists (select from repository_reach reach
         where reach.repository_id = id and unreachable_since is not null)
       and (measured_at is null or measured_at < clock_now() - interval '1 minute')
       and (begun_at is null or begun_at < clock_now() - ${LONGEST})
       and (coalesce(measured_at, '-infinity') <
         (select max(seen_at) from backups where backups.repository_id = repositories.id)
         or (measured_at at time zone 'UTC')::date < (clock_now() at time zone 'UTC')::date
           and (tried_at is null or tried_at < clock_now() - interval '1 hour'))
     order by measured_at nulls first, id`,
  )

/** Takes it upon the caller to measure a repository; false where somebody else is at it. */
export async function beginMeasuring(sql: Sql, repositoryId: string): Promise<boolean> {
  const begun = await sql.query(
    `insert into repository_usage as used (repository_id, begun_at) values ($1, clock_now())
     on conflict (repository_id) do update set begun_at = excluded.begun_at
       where used.begun_at is null or used.begun_at < clock_now() - ${LONGEST}
     returning repository_id`,
    [repositoryId],
  )
  return begun.length > 0
}

/** Writes down what was measured, for its history, too; without it, that the attempt is over. */
export async function endMeasuring(
  sql: Sql,
  repositoryId: string,
  usage: Usage | undefined,
): Promise<void> {
  await sql.query(
    `with noted as (
       insert into repository_usage as used (repository_id, stored_bytes, packs, measured_at, tried_at)
       values ($1, $2, $3, case when $2::bigint is not null then clock_now() end, clock_now())
       on conflict (repository_id) do update set begun_at = null, tried_at = excluded.tried_at,
         stored_bytes = coalesce(excluded.stored_bytes, used.stored_bytes),
         packs = coalesce(excluded.packs, used.packs),
         measured_at = coalesce(excluded.measured_at, used.measured_at)
       returning measured_at
     )
     insert into repository_days
     select $1, (measured_at at time zone 'UTC')::date, $2::bigint, coalesce(sum(dump_bytes), 0),
       count(id), measured_at
     from noted left join backups on repository_id = $1
     where $2::bigint is not null group by measured_at
     on conflict (repository_id, day) do update set used_bytes = excluded.used_bytes,
       dump_bytes = excluded.dump_bytes, backups = excluded.backups,
       measured_at = excluded.measured_at`,
    [repositoryId, usage?.storedBytes ?? null, usage?.packs ?? null],
  )
}
