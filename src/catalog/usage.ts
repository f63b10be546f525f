import type { Sql } from './db.ts'

/** What a repository takes on its storage. */
export interface Usage {
  readonly storedBytes: number
  readonly packs: number
}

/** Whoever began to measure and has not ended after so long is gone. */
const LONGEST = `interval '15 minutes'`

/**
 * Repositories whose newest backup came after they were last measured, the longest unmeasured first; none
 * that somebody is measuring, or did a minute ago.
 */
export const unmeasured = (sql: Sql): Promise<{ readonly id: string; readonly name: string }[]> =>
  sql.query(
    `select id, name from repositories left join repository_usage on repository_id = id
     where removed_at is null
       and (measured_at is null or measured_at < clock_now() - interval '1 minute')
       and (begun_at is null or begun_at < clock_now() - ${LONGEST})
       and (measured_at is null or measured_at <
         (select max(seen_at) from backups where backups.repository_id = repositories.id))
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

/** Writes down what was measured; without it, that the attempt is over. */
export async function endMeasuring(
  sql: Sql,
  repositoryId: string,
  usage: Usage | undefined,
): Promise<void> {
  await sql.query(
    `insert into repository_usage as used (repository_id, stored_bytes, packs, measured_at)
     values ($1, $2, $3, case when $2::bigint is not null then clock_now() end)
     on conflict (repository_id) do update set begun_at = null,
       stored_bytes = coalesce(excluded.stored_bytes, used.stored_bytes),
       packs = coalesce(excluded.packs, used.packs),
       measured_at = coalesce(excluded.measured_at, used.measured_at)`,
    [repositoryId, usage?.storedBytes ?? null, usage?.packs ?? null],
  )
}
