import type { Failure } from '../core/run.ts'
import type { Sql } from './db.ts'

/** Since when a repository cannot be reached, and why. */
export interface Unreachable {
  readonly since: Date
  readonly failure: Failure
}

/** A repository at which somebody has to look. */
export interface ToLookAt {
  readonly id: string
  readonly name: string
  readonly place: string
  /** The id that the repository itself says. */
  readonly repository: string
}

/** A look costs two small reads; whoever waits for a disk to come back waits less. A clock may have been set back. */
const IS_DUE = `(looked_at is null or looked_at > clock_now() or looked_at <= clock_now() -
  case when unreachable_since is null then interval '3 minutes' else interval '30 seconds' end)`

/** What `repository_reach` says, as {@link Unreachable}. */
export const UNREACHABLE = `case when unreachable_since is not null then jsonb_build_object(
  'since', unreachable_since, 'failure', failure) end`

/** Of what {@link UNREACHABLE} selects: JSON has no times. */
export const withTime = (one: Unreachable | null): Unreachable | null =>
  one === null ? null : { ...one, since: new Date(one.since) }

/** The repositories that nobody has looked at for a while, the longest first. */
export const dueLooks = (sql: Sql): Promise<ToLookAt[]> =>
  sql.query<ToLookAt>(
    `select id, name, place, repository from repositories
       left join repository_reach on repository_id = id
      where removed_at is null and ${IS_DUE} order by looked_at nulls first, id`,
  )

/** Takes it upon the caller to look at a repository; false where somebody else does. */
export async function beginLook(sql: Sql, repositoryId: string): Promise<boolean> {
  const begun = await sql.query(
    `insert into repository_reach (repository_id, looked_at) values ($1, clock_now())
     on conflict (repository_id) do update set looked_at = excluded.looked_at
       where ${IS_DUE.replaceAll(/\b(looked_at|unreachable_since)\b/g, 'repository_reach.$1')}
     returning repository_id`,
    [repositoryId],
  )
  return begun.length > 0
}

/** Writes down what a look has found; answers whether that is another state than before. */
export async function endLook(
  sql: Sql,
  repositoryId: string,
  failure: Failure | undefined,
): Promise<boolean> {
  const [row] = await sql.query<{ was: boolean }>(
    `update repository_reach reach set failure = $2::jsonb,
       unreachable_since = case when $2 is not null then
         coalesce(reach.unreachable_since, clock_now()) end
     from (select repository_id, unreachable_since is not null as was from repository_reach
           where repository_id = $1 for update) before
     where reach.repository_id = before.repository_id returning was`,
    [repositoryId, failure === undefined ? null : JSON.stringify(failure)],
  )
  return row !== undefined && row.was !== (failure !== undefined)
}

/** Has a repository looked at without delay: what a run met there may be true for everybody. */
export async function lookSoon(sql: Sql, repositoryId: string): Promise<void> {
  await sql.query('update repository_reach set looked_at = null where repository_id = $1', [
    repositoryId,
  ])
}

/** Every repository that cannot be reached, by name. */
export const unreachableRepositories = async (
  sql: Sql,
): Promise<(Pick<ToLookAt, 'id' | 'name'> & Unreachable)[]> =>
  await sql.query(
    `select id, name, unreachable_since as since, failure
     from repositories join repository_reach on repository_id = id
     where removed_at is null and unreachable_since is not null order by lower(name)`,
  )
