import { audit } from '../../catalog/audit.ts'
import { careFor } from '../../catalog/backup-care.ts'
import { type BackupRow, findBackup } from '../../catalog/backup-list.ts'
import { markForDeletion, takeDeletionBack } from '../../catalog/deletions.ts'
import { BackupDeleting } from '../../core/faults.ts'
import { shortId } from '../../core/ids.ts'
import { requireRole } from '../policy.ts'
import { type Route, route } from '../route.ts'
import { Backup, BackupChanges, DeleteBackup, InRepository } from '../schema/backups.ts'
import { backupCalled, backupOf, OneBackup } from './backups.ts'

export const backupCareRoutes: readonly Route[] = [
  route({
    method: 'PATCH',
    path: '/backups/:backup',
    summary: 'Write a note on a backup, pin it, or take its pin away (which takes an admin)',
    area: 'backups',
    needs: 'operator',
    action: 'backup.edit',
    params: OneBackup,
    query: InRepository,
    body: BackupChanges,
    answer: Backup,
    handle: async ({ params, query, body, caller, actor }, deps) => {
      const { id, repositoryId } = await backupCalled(deps, params.backup, query.repository)
      return await deps.catalog.transaction(async sql => {
        await sql.query('select from repositories where id = $1 for update', [repositoryId])
        const before = await findBackup(sql, id, repositoryId)
        if (body.pinned === false && before.pinned) {
          requireRole(caller, 'admin', 'PATCH /backups/:backup to take a pin away')
        }
        if (body.pinned === true && before.deletion !== null) {
          throw new BackupDeleting({ backup: shortId(id), due: before.deletion.dueAt })
        }
        await careFor(sql, before, body, actor)
        const after = await findBackup(sql, id, repositoryId)
        const details = { before: careOf(before), after: careOf(after) }
        await audit(sql, { ...about(before, actor, 'backup.edit'), details })
        return { document: backupOf(after) }
      })
    },
  }),

  route({
    method: 'DELETE',
    path: '/backups/:backup',
    summary: 'Delete a backup once the undo window is over',
    area: 'backups',
    needs: 'admin',
    stepUp: true,
    action: 'backup.delete',
    params: OneBackup,
    query: InRepository,
    body: DeleteBackup,
    answer: Backup,
    handle: async ({ params, query, body, actor }, deps) => {
      const backup = await backupCalled(deps, params.backup, query.repository)
      return await deps.catalog.transaction(async sql => {
        const marked = await markForDeletion(sql, backup, { ...body, actor })
        const { repository, deletion } = marked
        const details = { repository, dueAt: deletion?.dueAt, lastToo: body.lastToo }
        await audit(sql, { ...about(marked, actor, 'backup.delete'), details })
        return { document: backupOf(marked) }
      })
    },
  }),

  route({
    method: 'POST',
    path: '/backups/:backup/undelete',
    summary: 'Keep a backup that waits for its deletion; one that a rule let go is pinned',
    area: 'backups',
    needs: 'operator',
    action: 'backup.undelete',
    params: OneBackup,
    query: InRepository,
    answer: Backup,
    handle: async ({ params, query, actor }, deps) => {
      const backup = await backupCalled(deps, params.backup, query.repository)
      return await deps.catalog.transaction(async sql => {
        const kept = await takeDeletionBack(sql, backup, actor)
        const details = { repository: kept.repository, pinned: kept.pinned }
        await audit(sql, { ...about(kept, actor, 'backup.undelete'), details })
        return { document: backupOf(kept) }
      })
    },
  }),
]

const careOf = ({ note, pinned }: BackupRow) => ({ note, pinned })

/** A backup in the audit log. */
export const about = (
  { id, source, sourceLabel, repository }: BackupRow,
  actor: string,
  action: string,
) => ({
  actor,
  action,
  objectKind: 'backup',
  objectId: id,
  objectName: source ?? sourceLabel,
  details: { repository } as Record<string, unknown>,
})
