import { audit } from '../catalog/audit.ts'
import type { FoundBackups } from '../catalog/backups.ts'
import type { Catalog } from '../catalog/db.ts'
import { refreshBackups } from '../catalog/listings.ts'
import {
  listRepositories,
  repositoryKeyPlace,
  repositoryUrlPlace,
  sealedRepository,
} from '../catalog/repositories.ts'
import type { Vault } from '../catalog/vault.ts'
import type { Log } from '../core/log.ts'
import type { Secret } from '../core/secret.ts'

export interface AdoptOptions {
  readonly catalog: Catalog
  readonly vault: Vault
  readonly outside: {
    /** Opens a repository with its recovery key and lists its backups. */
    readBackups(url: Secret, key: Secret, signal: AbortSignal): Promise<FoundBackups>
  }
  readonly log: Log
}

/**
 * Makes the catalogue of backups equal to what every repository holds: the catalog itself may have come back
 * from an old copy, or somebody worked without the server. A repository that cannot be read is passed over.
 */
export async function adoptBackups(options: AdoptOptions, signal: AbortSignal): Promise<void> {
  const { catalog, log } = options
  try {
    for (const { id, name } of await listRepositories(catalog)) {
      if (signal.aborted) return
      await adoptFrom(options, { id, name }, signal).catch((error: unknown) => {
        if (!signal.aborted) log.warn({ repository: name, err: error }, 'could not list backups')
      })
    }
  } catch (error) {
    log.warn({ err: error }, 'could not compare the catalog with the repositories')
  }
}

/** Does so for one repository. */
export async function adoptFrom(
  { catalog, vault, outside, log }: AdoptOptions,
  { id, name }: { readonly id: string; readonly name: string },
  signal: AbortSignal,
): Promise<void> {
  const sealed = await sealedRepository(catalog, id)
  if (sealed === undefined) return
  const url = vault.unseal(sealed.url, repositoryUrlPlace(id))
  const key = vault.unseal(sealed.key, repositoryKeyPlace(id))
  const { adopted, dropped } = await refreshBackups(catalog, id, () =>
    outside.readBackups(url, key, signal),
  )
  const counts = { adopted, dropped }
  if (counts.adopted + counts.dropped === 0) return
  log.warn({ repository: name, ...counts }, 'the catalog did not know what the repository holds')
  await audit(catalog, {
    actor: 'server',
    action: 'repository.refresh',
    objectKind: 'repository',
    objectId: id,
    objectName: name,
    details: counts,
  })
}
