import type { Readable } from 'node:stream'
import { z } from 'zod'
import { audit } from '../../catalog/audit.ts'
import { findBackup } from '../../catalog/backup-list.ts'
import { recordBackup } from '../../catalog/backups.ts'
import { findRepository } from '../../catalog/repositories.ts'
import { repositoryAccess } from '../../catalog/repository-access.ts'
import { readSetting } from '../../catalog/settings.ts'
import { findSource } from '../../catalog/sources.ts'
import { UPLOADED, UPLOADED_FOR } from '../../core/backup.ts'
import { type Route, route } from '../route.ts'
import { Backup, UploadQuery } from '../schema/backups.ts'
import { Reference } from '../schema/common.ts'
import { about } from './backup-care.ts'
import { backupOf } from './backups.ts'

/** More than any setting allows. */
const MOST_BYTES = 2 ** 50
/** What is left of a refused upload is let run into nothing for so long, so that its sender hears the answer. */
const LET_RUN_MS = 5_000

export const uploadRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/repositories/:repository/uploads',
    summary: 'Bring in a native dump that was made elsewhere, as a backup to restore from',
    area: 'backups',
    needs: 'operator',
    action: 'backup.upload',
    atOnce: { perCaller: 2, all: 4 },
    success: [201],
    mostUploadBytes: MOST_BYTES,
    params: z.strictObject({ repository: Reference }),
    query: UploadQuery,
    answer: Backup,
    handle: async ({ params, query, actor, upload, signal }, deps) => {
      const { catalog, vault, outside } = deps
      try {
        const source = await findSource(catalog, query.source)
        const repository = await findRepository(catalog, params.repository)
        const access = await repositoryAccess(catalog, vault, repository)
        const dump = {
          engine: source.engine,
          name: query.name,
          tags: { [UPLOADED]: query.name, [UPLOADED_FOR]: source.label },
          maxBytes: await readSetting(catalog, 'maxUploadBytes'),
        }
        const manifest = await outside.importDump(access, dump, upload, signal)
        return await catalog.transaction(async sql => {
          await recordBackup(sql, repository.id, manifest)
          const backup = await findBackup(sql, manifest.id, repository.id)
          const entry = about(backup, actor, 'backup.upload')
          const details = { ...entry.details, name: query.name, bytes: backup.dumpBytes }
          await audit(sql, { ...entry, details })
          return { status: 201, document: backupOf(backup) }
        })
      } catch (error) {
        letRun(upload)
        throw error
      }
    },
  }),
]

/** Lets the rest of an upload come and go, and cuts it off where that takes long. */
function letRun(upload: Readable): void {
  const timer = setTimeout(() => upload.destroy(), LET_RUN_MS)
  upload.once('close', () => clearTimeout(timer))
  upload.once('end', () => clearTimeout(timer))
  upload.on('error', () => undefined)
  upload.resume()
}
