import { type FoundBackups, rebuildBackups } from './backups.ts'
import { type Catalog, catalogTime, type Sql } from './db.ts'

/** Whoever began to list a repository and has not ended after so long is gone. */
const LONGEST = `interval '15 minutes'`

/**
 * Lists the backups of a repository and makes the catalogue equal to that. Until it ended well, no rule lets a
 * backup in that repository go.
 */
export async function refreshBackups<Found extends FoundBackups>(
  catalog: Catalog,
  repositoryId: string,
  list: () => Promise<Found>,
): Promise<{ readonly found: Found; readonly adopted: number; readonly dropped: number }> {
  const listedAt = await catalogTime(catalog)
  await catalog.query(
    `insert into repository_listings (repository_id, begun_at) values ($1, $2)
     on conflict (repository_id) do update set begun_at = excluded.begun_at`,
    [repositoryId, listedAt],
  )
  try {
    const found = await list()
    const counts = await rebuildBackups(catalog, repositoryId, { ...found, listedAt })
    await ended(catalog, repositoryId, listedAt, false)
    return { found, ...counts }
  } catch (error) {
    await ended(catalog, repositoryId, listedAt, true).catch(() => undefined)
    throw error
  }
}

/** Whether the catalogue says of a repository what was last found there, and nobody is at it to look again. */
export async function isListed(sql: Sql, repositoryId: string): Promise<boolean> {
  const rows = await sql.query(
    `select from repository_listings where repository_id = $1 and ended_at is not null and not failed
       and (begun_at is null or begun_at < clock_now() - ${LONGEST})`,
    [repositoryId],
  )
  return rows.length > 0
}

/** Repositories with rules for them that could not be listed when it was last tried, over an hour ago. */
export const unlisted = (sql: Sql): Promise<{ readonly id: string; readonly name: string }[]> =>
  sql.query(
    `select r.id, r.name from repositories r left join repository_listings l on repository_id = r.id
      where r.removed_at is null and (ended_at is null or failed)
        and (ended_at is null or ended_at < clock_now() - interval '1 hour')
        and (begun_at is null or begun_at < clock_now() - ${LONGEST})
        and exists (select from schedules s where s.repository_id = r.id
                     and s.keep is not null and s.removed_at is null)
      order by r.id`,
  )

/** Where somebody else has begun since, they are still at it. */
async function ended(sql: Sql, repositoryId: string, begun: Date, failed: boolean): Promise<void> {
  await sql.query(
    `update repository_listings set ended_at = clock_now(), failed = $3,
       begun_at = case when begun_at > $2 then begun_at end
      where repository_id = $1`,
    [repositoryId, begun, failed],
  )
}
