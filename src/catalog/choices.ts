import type { Sql } from './db.ts'
import { idPattern } from './names.ts'
import type { RepositoryRow } from './repositories.ts'

type Choice = Pick<RepositoryRow, 'id' | 'name'>

/** The repositories into which the schedules of a source back it up. */
export const repositoriesOfSource = (sql: Sql, sourceId: string): Promise<Choice[]> =>
  sql.query<Choice>(
    `select id, name from repositories where removed_at is null and id in
       (select repository_id from schedules where source_id = $1 and removed_at is null)
      order by lower(name)`,
    [sourceId],
  )

/** The repositories that hold a backup whose id begins so. */
export const repositoriesOfBackup = (sql: Sql, backup: string): Promise<Choice[]> =>
  sql.query<Choice>(
    `select id, name from repositories where removed_at is null and id in
       (select repository_id from backups where id like $1) order by lower(name)`,
    [idPattern(backup)],
  )

/** All repositories, when there are so few that there is no choice to make. */
export const someRepositories = (sql: Sql): Promise<Choice[]> =>
  sql.query<Choice>(
    'select id, name from repositories where removed_at is null order by lower(name) limit 3',
  )
