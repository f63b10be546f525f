import { LinkOfAnother, LinkUnknown } from '../core/faults.ts'
import type { Secret } from '../core/secret.ts'
import type { Sql } from './db.ts'
import { newToken, tokenHash } from './tokens.ts'

const PREFIX = 'hfd_'
const MINUTES = 5

/** What a link is to. */
export interface Downloadable {
  readonly repositoryId: string
  readonly backupId: string
  readonly stream: string
}

/** Gives one caller leave to download a stream once, within 5 minutes. The token is kept nowhere. */
export async function makeLink(
  sql: Sql,
  { repositoryId, backupId, stream }: Downloadable,
  madeFor: string,
): Promise<{ readonly token: Secret; readonly expiresAt: Date }> {
  const token = newToken(PREFIX)
  await sql.query(`delete from download_links where expires_at < clock_now() - interval '1 day'`)
  const [row] = await sql.query<{ expiresAt: Date }>(
    `insert into download_links (hash, repository_id, backup_id, stream, made_for, expires_at)
     values ($1, $2, $3, $4, $5, clock_now() + make_interval(mins => ${MINUTES}))
     returning expires_at as "expiresAt"`,
    [tokenHash(token), repositoryId, backupId, stream, madeFor],
  )
  if (row === undefined) throw new Error('an inserted link was not answered')
  return { token, expiresAt: row.expiresAt }
}

/** Uses a link up, whoever else tries at the same moment. Throws LinkUnknown, LinkOfAnother. */
export async function useLink(
  sql: Sql,
  token: Secret,
  { caller, actor }: { readonly caller: string; readonly actor: string },
): Promise<Downloadable> {
  const hash = tokenHash(token)
  const [link] = await sql.query<Downloadable>(
    `update download_links set used_at = clock_now()
      where hash = $1 and made_for = $2 and used_at is null and expires_at > clock_now()
      returning repository_id as "repositoryId", backup_id as "backupId", stream`,
    [hash, caller],
  )
  if (link !== undefined) return link
  const [other] = await sql.query<{ own: boolean; used: boolean }>(
    `select made_for = $2 as own, used_at is not null as used from download_links where hash = $1`,
    [hash, caller],
  )
  if (other?.own === false) throw new LinkOfAnother({ actor })
  const why =
    other === undefined ? 'it is unknown' : other.used ? 'it was used' : 'its time is over'
  throw new LinkUnknown({ why })
}
