import { randomUUID } from 'node:crypto'
import type { Role } from '../core/access.ts'
import { NotFound } from '../core/faults.ts'
import type { Secret } from '../core/secret.ts'
import type { Sql } from './db.ts'
import { newToken, tokenHash } from './tokens.ts'

/** Nobody came back for so long. */
const IDLE = `interval '12 hours'`
/** When a session was last seen is exact to this: enough for 12 hours. */
const NOTED_FOR = `interval '1 minute'`
/** Whoever logged in does so anew after so long, however often they come. */
const LONGEST = `interval '7 days'`
export const LIVE = `sessions.expires_at > clock_now() and sessions.seen_at > clock_now() - ${IDLE}`

/** A session, as its owner sees it. */
export interface SessionRow {
  readonly id: string
  readonly createdAt: Date
  readonly seenAt: Date
  readonly expiresAt: Date
  readonly address: string
  readonly agent: string
}

/** Who a session's cookie belongs to. */
export interface SessionOwner {
  readonly id: string
  readonly userId: string
  readonly email: string
  readonly role: Role
  /** By this machine's clock, whatever the catalog's says. */
  readonly provenAt: Date
}

/** Where somebody logs in. */
export interface Where {
  readonly address: string
  readonly agent: string
}

/** Begins a session for somebody who proved at that time who they are; by default: just now. */
export async function beginSession(
  sql: Sql,
  userId: string,
  where: Where,
  provenAt?: Date,
): Promise<Secret> {
  const token = newToken()
  await sql.query(
    `insert into sessions (id, hash, user_id, proven_at, expires_at, address, agent)
     values ($1, $2, $3, least($6, clock_now()), clock_now() + ${LONGEST}, $4, $5)`,
    [randomUUID(), tokenHash(token), userId, where.address, where.agent, provenAt ?? null],
  )
  await sql.query('update users set last_login_at = clock_now() where id = $1', [userId])
  return token
}

/** Whose session it is that was shown; undefined where it has ended, or its owner may not come in. */
export async function sessionShown(sql: Sql, shown: Secret): Promise<SessionOwner | undefined> {
  const [row] = await sql.query<SessionOwner & { msAgo: number; isNoted: boolean }>(
    `select sessions.id, user_id as "userId", email, role,
       extract(epoch from clock_now() - proven_at)::float8 * 1000 as "msAgo",
       seen_at >= clock_now() - ${NOTED_FOR} as "isNoted"
     from sessions join users on users.id = user_id
     where hash = $1 and ${LIVE} and disabled_at is null and removed_at is null`,
    [tokenHash(shown)],
  )
  if (row === undefined) return undefined
  const { msAgo, isNoted, ...owner } = row
  if (!isNoted) await noteUse(sql, owner.id)
  return { ...owner, provenAt: new Date(Date.now() - msAgo) }
}

/** Says that a session is used; two who see at the same time that nobody has said so write it once. */
async function noteUse(sql: Sql, id: string): Promise<void> {
  await sql.query(
    `update sessions set seen_at = clock_now() where id = $1 and seen_at < clock_now() - ${NOTED_FOR}`,
    [id],
  )
}

/** Gives a session a new token: the old one is worth nothing from now on. */
export async function rotateSession(
  sql: Sql,
  id: string,
  { isProven }: { readonly isProven: boolean },
): Promise<Secret> {
  const token = newToken()
  const changed = await sql.query<{ id: string }>(
    `update sessions set hash = $2, proven_at = case when $3 then clock_now() else proven_at end
     where id = $1 returning id`,
    [id, tokenHash(token), isProven],
  )
  if (changed.length === 0) throw new NotFound({ kind: 'session', name: id })
  return token
}

/** The live sessions of somebody, the one used last first. */
export const listSessions = (sql: Sql, userId: string): Promise<SessionRow[]> =>
  sql.query<SessionRow>(
    `select id, created_at as "createdAt", seen_at as "seenAt", address, agent,
       least(expires_at, seen_at + ${IDLE}) as "expiresAt"
     from sessions where user_id = $1 and ${LIVE} order by seen_at desc, id`,
    [userId],
  )

/** Ends one session of somebody. Throws NotFound. */
export async function endSession(sql: Sql, userId: string, id: string): Promise<void> {
  const ended = await sql.query<{ id: string }>(
    'delete from sessions where user_id = $1 and id::text = $2 returning id',
    [userId, id],
  )
  if (ended.length === 0) throw new NotFound({ kind: 'session', name: id })
}

/** Ends every session of somebody, but for one where it is given; answers how many. */
export async function endSessions(sql: Sql, userId: string, except?: string): Promise<number> {
  const ended = await sql.query<{ id: string }>(
    'delete from sessions where user_id = $1 and id is distinct from $2::uuid returning id',
    [userId, except ?? null],
  )
  return ended.length
}

/** Removes what has run out and what nobody tried for a day. */
export async function sweepAccess(sql: Sql): Promise<void> {
  await sql.query(`delete from sessions where not (${LIVE})`)
  await sql.query('delete from one_time_tokens where expires_at < clock_now()')
  await sql.query(`delete from login_tries where seen_at < clock_now() - interval '1 day'`)
}
