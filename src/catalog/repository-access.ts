import { NotFound } from '../core/faults.ts'
import type { Secret } from '../core/secret.ts'
import type { Sql } from './db.ts'
import {
  type RepositoryRow,
  repositoryKeyPlace,
  repositoryUrlPlace,
  sealedRepository,
} from './repositories.ts'
import type { Vault } from './vault.ts'

/** What opens a repository. */
export interface RepositoryAccess {
  readonly url: Secret
  readonly key: Secret
}

/** How the server gets at one of its repositories. Throws NotFound when it was removed. */
export async function repositoryAccess(
  sql: Sql,
  vault: Vault,
  { id, name }: Pick<RepositoryRow, 'id' | 'name'>,
): Promise<RepositoryAccess> {
  const sealed = await sealedRepository(sql, id)
  if (sealed === undefined) throw new NotFound({ kind: 'repository', name })
  return {
    url: vault.unseal(sealed.url, repositoryUrlPlace(id)),
    key: vault.unseal(sealed.key, repositoryKeyPlace(id)),
  }
}
