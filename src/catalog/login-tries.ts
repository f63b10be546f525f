import { createHash } from 'node:crypto'
import type { Sql } from './db.ts'

/** How a try to log in came out of being counted. */
export type Counted =
  | { readonly is: 'free'; readonly tries: number }
  | { readonly is: 'early'; readonly seconds: number }

/** What is counted: never an e-mail address, which might be a password typed into the wrong field. */
const keyOf = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('base64url')

/** How tries are counted. */
export interface TryLimit {
  /** So many wait for nothing; each further one waits, twice as long each time. */
  readonly free: number
  /** So many hours without a try make good for all. */
  readonly hours: number
}

/**
 * Counts one more try before it is looked at, so that many at once are no way around the limit. What comes too
 * early is told so and does not count.
 */
export async function countTry(
  sql: Sql,
  parts: readonly string[],
  { free, hours }: TryLimit,
): Promise<Counted> {
  const key = keyOf(parts)
  const [counted] = await sql.query<{ tries: number }>(
    `insert into login_tries as t (key, tries, free_at, seen_at)
     values ($1, 1, clock_now() + login_wait(1, $2), clock_now())
     on conflict (key) do update set
       (tries, free_at, seen_at) = (
         select next, clock_now() + login_wait(next, $2), clock_now()
         from (select case when t.seen_at < clock_now() - $3 * interval '1 hour' then 1
                      else t.tries + 1 end as next) as counted)
     where t.free_at <= clock_now()
     returning tries`,
    [key, free, hours],
  )
  if (counted !== undefined) return { is: 'free', tries: counted.tries }
  const [row] = await sql.query<{ seconds: number }>(
    `select ceil(extract(epoch from free_at - clock_now()))::int as seconds
     from login_tries where key = $1`,
    [key],
  )
  return { is: 'early', seconds: Math.max(1, row?.seconds ?? 1) }
}

/** Takes back that a try was counted: it was right. */
export async function forgiveTry(sql: Sql, parts: readonly string[]): Promise<void> {
  await sql.query('update login_tries set tries = greatest(tries - 1, 0) where key = $1', [
    keyOf(parts),
  ])
}

/** Forgets all tries: who made them has shown to be the right one. */
export async function forgetTries(sql: Sql, parts: readonly string[]): Promise<void> {
  await sql.query('delete from login_tries where key = $1', [keyOf(parts)])
}
