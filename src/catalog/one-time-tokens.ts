import type { Secret } from '../core/secret.ts'
import type { Sql } from './db.ts'
import { newToken, tokenHash } from './tokens.ts'

/** What each kind opens: the first account, one's own account, the second step of a login, a login by another server. */
type TokenKind = 'setup' | 'invitation' | 'challenge' | 'oidc'

interface Issue {
  readonly kind: TokenKind
  readonly minutes: number
  readonly userId?: string
  /** Nothing secret. */
  readonly details?: Readonly<Record<string, string>>
}

export interface ShownToken {
  readonly userId: string | null
  readonly details: Readonly<Record<string, string>>
}

/** Makes a token, or takes the one given; it is returned once, and the catalog keeps its hash. */
export async function issueToken(
  sql: Sql,
  { kind, minutes, userId, details = {} }: Issue,
  token: Secret = newToken(),
): Promise<{ readonly token: Secret; readonly expiresAt: Date }> {
  const [row] = await sql.query<{ expiresAt: Date }>(
    `insert into one_time_tokens (hash, kind, user_id, details, expires_at)
     values ($1, $2, $3, $4, clock_now() + $5 * interval '1 minute')
     returning expires_at as "expiresAt"`,
    [tokenHash(token), kind, userId ?? null, JSON.stringify(details), minutes],
  )
  if (row === undefined) throw new Error('an inserted token was not answered')
  return { token, expiresAt: row.expiresAt }
}

/** What a token stands for, and leaves it as it is; undefined where it does not hold. */
export async function tokenShown(
  sql: Sql,
  kind: TokenKind,
  token: Secret,
): Promise<ShownToken | undefined> {
  const [row] = await sql.query<ShownToken>(
    `select user_id as "userId", details from one_time_tokens
     where hash = $1 and kind = $2 and expires_at > clock_now()`,
    [tokenHash(token), kind],
  )
  return row
}

/** Uses a token up: of two who show it at the same time one is answered. */
export async function spendToken(
  sql: Sql,
  kind: TokenKind,
  token: Secret,
): Promise<ShownToken | undefined> {
  const [row] = await sql.query<ShownToken>(
    `delete from one_time_tokens where hash = $1 and kind = $2 and expires_at > clock_now()
     returning user_id as "userId", details`,
    [tokenHash(token), kind],
  )
  return row
}

/** Takes every token of a kind out of use; those of one user where one is given. */
export async function dropTokens(sql: Sql, kind: TokenKind, userId?: string): Promise<void> {
  await sql.query(
    'delete from one_time_tokens where kind = $1 and ($2::uuid is null or user_id = $2)',
    [kind, userId ?? null],
  )
}
