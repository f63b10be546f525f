import type { Role } from '../core/access.ts'
import { LastAdmin } from '../core/faults.ts'
import type { Sql } from './db.ts'
import { findNamed, type Hold, insertNamed } from './names.ts'
import { endSessions } from './sessions.ts'

/** Somebody who may log in. */
export interface UserRow {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly hasPassword: boolean
  readonly twoFactor: boolean
  readonly createdAt: Date
  readonly lastLoginAt: Date | null
  readonly disabledAt: Date | null
}

export interface NewUser {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Its hash; undefined: they set it themselves. */
  readonly password?: string | undefined
}

const COLUMNS = `id, email, name, role, password is not null as "hasPassword",
  totp_confirmed_at is not null as "twoFactor", created_at as "createdAt",
  last_login_at as "lastLoginAt", disabled_at as "disabledAt"`

/** Whether anybody ever had an account: only a server without one is set up. */
export async function hasUsers(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ has: boolean }>('select exists (select from users) as has')
  return row?.has ?? false
}

/** Lets nobody else make an account until the transaction ends. */
export async function lockUsers(sql: Sql): Promise<void> {
  await sql.query('lock table users in share row exclusive mode')
}

/** Adds somebody. Throws NameTaken. */
export async function insertUser(sql: Sql, user: NewUser): Promise<UserRow> {
  const { id, email, name, role, password } = user
  const insert = sql.query<UserRow>(
    `insert into users (id, email, name, role, password) values ($1, $2, $3, $4, $5)
     returning ${COLUMNS}`,
    [id, email, name, role, password ?? null],
  )
  return only(await insertNamed('user', email, insert))
}

/** Everybody, by e-mail address. */
export const listUsers = (sql: Sql): Promise<UserRow[]> =>
  sql.query<UserRow>(`select ${COLUMNS} from users where removed_at is null order by lower(email)`)

/** Somebody, by e-mail address, id or the beginning of it; held until the transaction ends. Throws NotFound. */
export async function findUser(sql: Sql, called: string): Promise<UserRow> {
  const { id } = await findNamed(
    sql,
    'user',
    called,
    `select id, email as name from users
     where removed_at is null and (lower(email) = lower($1) or id::text like $2)`,
  )
  return only(
    await sql.query<UserRow>(`select ${COLUMNS} from users where id = $1 for update`, [id]),
  )
}

/** Changes what is given; with another role they log in anew. Throws LastAdmin. */
export async function changeUser(
  sql: Sql,
  user: UserRow,
  change: { readonly name?: string | undefined; readonly role?: Role | undefined },
): Promise<UserRow> {
  const { name = user.name, role = user.role } = change
  if (role !== 'admin') await requireOtherAdmin(sql, user)
  if (role !== user.role) await endSessions(sql, user.id)
  return only(
    await sql.query<UserRow>(
      `update users set name = $2, role = $3 where id = $1 returning ${COLUMNS}`,
      [user.id, name, role],
    ),
  )
}

/** Lets somebody in no more, or again. Throws LastAdmin. */
export async function setDisabled(sql: Sql, user: UserRow, isDisabled: boolean): Promise<UserRow> {
  if (isDisabled) {
    await requireOtherAdmin(sql, user)
    await endSessions(sql, user.id)
  }
  return only(
    await sql.query<UserRow>(
      `update users set disabled_at = case when $2 then coalesce(disabled_at, clock_now()) end
       where id = $1 returning ${COLUMNS}`,
      [user.id, isDisabled],
    ),
  )
}

/** Removes somebody, with everything by which they could come in. Throws LastAdmin. */
export async function removeUser(sql: Sql, user: UserRow): Promise<void> {
  await requireOtherAdmin(sql, user)
  await sql.query(
    `update users set removed_at = clock_now(), password = null, totp_sealed = null,
       totp_confirmed_at = null where id = $1`,
    [user.id],
  )
  await sql.query(
    'update api_keys set removed_at = clock_now() where owner_id = $1 and removed_at is null',
    [user.id],
  )
  for (const table of ['sessions', 'recovery_codes', 'one_time_tokens', 'user_identities']) {
    await sql.query(`delete from ${table} where user_id = $1`, [user.id])
  }
}

/** Of the administrators one always stays; two who take the right from each other do so one by one. */
async function requireOtherAdmin(sql: Sql, { id, email }: UserRow): Promise<void> {
  const admins = await sql.query<{ id: string }>(
    `select id from users where role = 'admin' and disabled_at is null and removed_at is null
     order by id for update`,
  )
  if (admins.length === 1 && admins[0]?.id === id) throw new LastAdmin({ user: email })
}

/** What a login is checked against. */
export interface LoginUser {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly password: string | null
  readonly twoFactor: boolean
}

const LOGIN = `select id, email, name, password, totp_confirmed_at is not null as "twoFactor"
  from users where disabled_at is null and removed_at is null`

/** Whoever may log in by this e-mail address. */
export async function loginByEmail(sql: Sql, email: string): Promise<LoginUser | undefined> {
  const [row] = await sql.query<LoginUser>(`${LOGIN} and lower(email) = lower($1)`, [email])
  return row
}

/** Whoever may log in and has this id. */
export async function loginById(
  sql: Sql,
  id: string,
  hold: Hold = '',
): Promise<LoginUser | undefined> {
  const [row] = await sql.query<LoginUser>(`${LOGIN} and id = $1 ${hold}`, [id])
  return row
}

/** Sets the hash of somebody’s password; null: they have none until they set one. */
export async function setPassword(sql: Sql, id: string, password: string | null): Promise<void> {
  await sql.query('update users set password = $2 where id = $1', [id, password])
  // Links and half-done logins were made for whoever knew the old one.
  await sql.query('delete from one_time_tokens where user_id = $1', [id])
}

/** Who an identity at another server belongs to here. */
export async function userOfIdentity(
  sql: Sql,
  issuer: string,
  subject: string,
): Promise<string | undefined> {
  const [row] = await sql.query<{ id: string }>(
    'select user_id as id from user_identities where issuer = $1 and subject = $2',
    [issuer, subject],
  )
  return row?.id
}

export async function linkIdentity(
  sql: Sql,
  userId: string,
  issuer: string,
  subject: string,
): Promise<void> {
  await sql.query(
    'insert into user_identities (issuer, subject, user_id) values ($1, $2, $3) on conflict do nothing',
    [issuer, subject, userId],
  )
}

function only(rows: readonly UserRow[]): UserRow {
  const [row] = rows
  if (row === undefined) throw new Error('a user that was written was not answered')
  return row
}
