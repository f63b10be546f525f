import { audit } from '../../catalog/audit.ts'
import {
  insertRepository,
  listRepositories,
  type NewRepository as NewRow,
  type RepositoryRow,
  repositoryKeyPlace,
  repositoryKnownAs,
  repositoryUrlPlace,
  sealedRepository,
} from '../../catalog/repositories.ts'
import type { Vault } from '../../catalog/vault.ts'
import { InvalidInput, NameTaken, NotFound, RepositoryKnown } from '../../core/faults.ts'
import type { Secret } from '../../core/secret.ts'
import type { AdoptedRepository } from '../outside.ts'
import type { Deps } from '../route.ts'

/** The row of a repository that the server has a key of its own to. */
export const rowOf = (
  id: string,
  asked: { readonly name: string; readonly maxRuns?: number | undefined },
  { url, found }: { readonly url: Secret; readonly found: AdoptedRepository },
  vault: Vault,
): NewRow => ({
  id,
  name: asked.name,
  repository: found.repository,
  place: found.place,
  maxRuns: asked.maxRuns ?? null,
  urlSealed: vault.seal(url, repositoryUrlPlace(id)),
  keySealed: vault.seal(found.key, repositoryKeyPlace(id)),
  keySlot: found.slot,
})

/** A relative path would mean another place whenever the server is started elsewhere. */
export function refuseRelative(url: string): void {
  if (/^([a-z][a-z0-9+.-]*:\/\/|\/)/.test(url)) return
  const why = 'it is neither a URL nor an absolute path on the server'
  throw new InvalidInput({ problems: [{ field: 'url', why }] })
}

export async function refuseTaken({ catalog }: Deps, name: string): Promise<void> {
  const taken = (await listRepositories(catalog)).some(
    one => one.name.toLowerCase() === name.toLowerCase(),
  )
  if (taken) throw new NameTaken({ kind: 'repository', name })
}

/** Adds the row, or takes the key out of the repository again. */
export async function insertOrGiveBack(
  { catalog, outside }: Deps,
  row: NewRow,
  actor: string,
  action: string,
  { url, found, signal }: { url: Secret; found: AdoptedRepository; signal: AbortSignal },
): Promise<void> {
  try {
    await catalog.transaction(async sql => {
      const name = await repositoryKnownAs(sql, found.repository)
      if (name !== undefined) throw new RepositoryKnown({ place: found.place, name })
      await insertRepository(sql, row)
      await audit(sql, about(row, actor, action))
    })
  } catch (error) {
    await outside.dropKey(url, found.key, found.slot, signal)
    throw error
  }
}

export const about = (
  { id, name, place }: Omit<RepositoryRow, 'createdAt'>,
  actor: string,
  action: string,
) => ({
  actor,
  action,
  objectKind: 'repository',
  objectId: id,
  objectName: name,
  details: { place },
})

export async function openedBy(
  { catalog, vault }: Deps,
  { id, name }: RepositoryRow,
): Promise<{ url: Secret; key: Secret; keySlot: string }> {
  const sealed = await sealedRepository(catalog, id)
  if (sealed === undefined) throw new NotFound({ kind: 'repository', name })
  return {
    url: vault.unseal(sealed.url, repositoryUrlPlace(id)),
    key: vault.unseal(sealed.key, repositoryKeyPlace(id)),
    keySlot: sealed.keySlot,
  }
}
