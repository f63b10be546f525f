import type { Sql } from './db.ts'

/** The second factor of somebody, as it is kept. */
export interface TwoFactorRow {
  /** The secret, sealed for {@link totpPlace}; null: none. */
  readonly sealed: Buffer | null
  readonly isConfirmed: boolean
}

/** Where the secret of somebody's second factor is sealed to. */
export const totpPlace = (userId: string): string => `users.totp_sealed:${userId}`

export async function readTwoFactor(sql: Sql, userId: string): Promise<TwoFactorRow> {
  const [row] = await sql.query<TwoFactorRow>(
    `select totp_sealed as sealed, totp_confirmed_at is not null as "isConfirmed"
     from users where id = $1`,
    [userId],
  )
  return row ?? { sealed: null, isConfirmed: false }
}

/** Keeps a new secret, which counts once it is confirmed; false: one is confirmed already. */
export async function offerTwoFactor(sql: Sql, userId: string, sealed: Buffer): Promise<boolean> {
  const rows = await sql.query(
    `update users set totp_sealed = $2, totp_last_step = 0
     where id = $1 and totp_confirmed_at is null returning id`,
    [userId, sealed],
  )
  return rows.length > 0
}

/** From now on the second factor is asked for; false: it was confirmed already. */
export async function confirmTwoFactor(sql: Sql, userId: string): Promise<boolean> {
  const rows = await sql.query(
    `update users set totp_confirmed_at = clock_now()
     where id = $1 and totp_confirmed_at is null and totp_sealed is not null returning id`,
    [userId],
  )
  return rows.length > 0
}

/** Uses the code of one time step up; false: it, or a later one, was used before. */
export async function spendStep(sql: Sql, userId: string, step: number): Promise<boolean> {
  const rows = await sql.query(
    'update users set totp_last_step = $2 where id = $1 and totp_last_step < $2 returning id',
    [userId, step],
  )
  return rows.length > 0
}

/** Takes the second factor and its recovery codes away; false: there was none. */
export async function dropTwoFactor(sql: Sql, userId: string): Promise<boolean> {
  await sql.query('delete from recovery_codes where user_id = $1', [userId])
  const rows = await sql.query(
    `update users set totp_sealed = null, totp_confirmed_at = null
     where id = $1 and totp_sealed is not null returning id`,
    [userId],
  )
  return rows.length > 0
}

/** Puts new recovery codes in the place of those there are. */
export async function putRecoveryCodes(
  sql: Sql,
  userId: string,
  hashes: readonly Buffer[],
): Promise<void> {
  await sql.query('delete from recovery_codes where user_id = $1', [userId])
  await sql.query('insert into recovery_codes (user_id, hash) select $1, unnest($2::bytea[])', [
    userId,
    hashes,
  ])
}

/** Uses a recovery code up; false: there is none such, or it was used before. */
export async function spendRecoveryCode(sql: Sql, userId: string, hash: Buffer): Promise<boolean> {
  const rows = await sql.query(
    `update recovery_codes set used_at = clock_now()
     where user_id = $1 and hash = $2 and used_at is null returning user_id`,
    [userId, hash],
  )
  return rows.length > 0
}

/** How many recovery codes somebody has left. */
export async function recoveryCodesLeft(sql: Sql, userId: string): Promise<number> {
  const [row] = await sql.query<{ left: number }>(
    'select count(*)::int as left from recovery_codes where user_id = $1 and used_at is null',
    [userId],
  )
  return row?.left ?? 0
}
