import { SecretKeyInUse, SecretKeyWrong, WrongUse } from '../core/faults.ts'
import { targetPlace } from '../core/run-request.ts'
import { audit } from './audit.ts'
import type { Catalog, Sql } from './db.ts'
import { dropNextKeys, makeNextKey, oldPath, putNextKey } from './key-file.ts'
import { repositoryKeyPlace, repositoryUrlPlace } from './repositories.ts'
import { readSetting, writeSetting } from './settings.ts'
import { sourceUrlPlace } from './sources.ts'
import { totpPlace } from './two-factor.ts'
import { openVault, Vault } from './vault.ts'

/** Every column that holds what a vault sealed, and to which place. */
export const SEALED: readonly {
  readonly table: string
  readonly column: string
  readonly place: (id: string) => string
}[] = [
  { table: 'sources', column: 'url_sealed', place: sourceUrlPlace },
  { table: 'repositories', column: 'url_sealed', place: repositoryUrlPlace },
  { table: 'repositories', column: 'key_sealed', place: repositoryKeyPlace },
  { table: 'runs', column: 'request_sealed', place: targetPlace },
  { table: 'users', column: 'totp_sealed', place: totpPlace },
]

/** What a change of the secret key has done. */
export interface KeyChange {
  /** How many values were sealed anew. */
  readonly values: number
  /** The key file, which holds the new key now. */
  readonly path: string
  /** Where the key lies that holds no longer. */
  readonly oldPath: string
}

/** A node that was seen this lately is at work, or was killed a moment ago. */
const SILENT_SECONDS = 60

/**
 * Seals everything with a new key, in one transaction, while no node works: each of them has the key in its
 * memory. Wherever it is broken off, the catalog opens: with the old key before the transaction, and after it
 * with the new one, which lies beside the old one until then. Throws SecretKeyInUse, SecretKeyWrong, SealBroken.
 */
export async function rotateSecretKey(
  catalog: Catalog,
  path: string,
  actor: string,
): Promise<KeyChange> {
  if ((await readSetting(catalog, 'secretKey')) === undefined) {
    throw new WrongUse({
      why: 'this catalog has no secret key yet',
      hint: 'the first start of `holdfast serve` makes one',
    })
  }
  const old = await openVault(catalog, path)
  await refuseAtWork(catalog)
  const next = Vault.of(path, makeNextKey(path))
  const values = await catalog.transaction(async sql => {
    // Nobody becomes a node, or seals anything, until it is done.
    await sql.query(
      'lock table nodes, sources, repositories, runs, users in share row exclusive mode',
    )
    await refuseAtWork(sql)
    if ((await readSetting(sql, 'secretKey')) !== old.mark) {
      throw new SecretKeyWrong({ path, what: 'the catalog' })
    }
    let count = 0
    for (const one of SEALED) count += await sealAnew(sql, one, { old, next })
    await writeSetting(sql, 'secretKey', next.mark)
    const details = { from: old.mark, to: next.mark, values: count }
    await audit(sql, { actor, action: 'secret-key.rotate', objectKind: 'secret-key', details })
    return count
  })
  putNextKey(path, next.mark)
  dropNextKeys(path)
  return { values, path, oldPath: oldPath(path, old.mark) }
}

async function sealAnew(
  sql: Sql,
  { table, column, place }: (typeof SEALED)[number],
  { old, next }: { readonly old: Vault; readonly next: Vault },
): Promise<number> {
  // What was removed has nothing in its place.
  const rows = await sql.query<{ id: string; sealed: Buffer }>(
    `select id, ${column} as sealed from ${table} where length(${column}) > 0 order by id`,
  )
  for (const { id, sealed } of rows) {
    const value = old.unseal(sealed, place(id))
    await sql.query(`update ${table} set ${column} = $2 where id = $1`, [
      id,
      next.seal(value, place(id)),
    ])
  }
  return rows.length
}

async function refuseAtWork(sql: Sql): Promise<void> {
  const [node] = await sql.query<{ host: string; pid: number }>(
    `select host, pid from nodes
      where stopped_at is null and seen_at > clock_now() - make_interval(secs => $1) limit 1`,
    [SILENT_SECONDS],
  )
  if (node !== undefined) throw new SecretKeyInUse({ ...node, seconds: SILENT_SECONDS })
}
