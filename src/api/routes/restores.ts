import { audit } from '../../catalog/audit.ts'
import { findVerifiedAt } from '../../catalog/backups.ts'
import { findRepository, type RepositoryRow } from '../../catalog/repositories.ts'
import { repositoryAccess } from '../../catalog/repository-access.ts'
import { findSource, type Source } from '../../catalog/sources.ts'
import { type Route, route } from '../route.ts'
import { Preflight } from '../schema/restores.ts'
import { PreflightRequest } from '../schema/runs.ts'
import { targetOf } from './restore-target.ts'
import { backupOf, repositoryFor } from './trigger.ts'

/** Each starts a process, which connects to a server somewhere. */
const LOOKS = { perCaller: 2, all: 6 }

const objectOf = (source: Source | undefined, repository: RepositoryRow) => {
  const { id, name } = source ?? repository
  return { objectKind: source ? 'source' : 'repository', objectId: id, objectName: name }
}

export const restoreRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/restores/preflight',
    summary:
      'Look at everything that a restore would meet; takes the same as the run, changes nothing',
    area: 'runs',
    needs: 'operator',
    action: 'restore.preflight',
    success: [200],
    atOnce: LOOKS,
    body: PreflightRequest,
    answer: Preflight,
    handle: async ({ body, caller, actor, signal }, deps) => {
      const { catalog, vault, outside } = deps
      const source = body.source === undefined ? undefined : await findSource(catalog, body.source)
      const repository = await findRepository(catalog, await repositoryFor(catalog, source, body))
      const target = await targetOf(catalog, source, { body, caller }, deps)
      const access = await repositoryAccess(catalog, vault, repository)
      const backup = await backupOf(catalog, source, body, repository.id)
      const from = { ...access, backup }
      const looked = await outside.preflight(from, target.url, target.options, signal)
      const { id, finishedAt } = looked.backup
      const verifiedAt = await findVerifiedAt(catalog, id, repository.id)
      await audit(catalog, {
        actor,
        action: 'restore.preflight',
        ...objectOf(source, repository),
        details: { backup: id, target: target.label, ...target.options, ready: looked.ready },
      })
      const proven = { ...looked.backup, finishedAt: new Date(finishedAt), verifiedAt }
      return { document: { ...looked, backup: proven } }
    },
  }),
]
