import { audit } from '../../catalog/audit.ts'
import { type FoundBackup, findBackup } from '../../catalog/backup-list.ts'
import { makeLink, useLink } from '../../catalog/download-links.ts'
import { DUMP } from '../../core/backup.ts'
import { NoSuchStream } from '../../core/faults.ts'
import { shortId } from '../../core/ids.ts'
import { Secret } from '../../core/secret.ts'
import { callerKey } from '../caller-key.ts'
import { type Route, route } from '../route.ts'
import { Download, DownloadLink, InRepository, NewDownload } from '../schema/backups.ts'
import { about } from './backup-care.ts'
import { backupCalled, OneBackup, placeOf } from './backups.ts'

export const downloadRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/backups/:backup/downloads',
    summary: 'Ask for leave to download a backup as its native dump: once, within 5 minutes',
    area: 'backups',
    needs: 'operator',
    action: 'backup.download-link',
    success: [201],
    params: OneBackup,
    query: InRepository,
    body: NewDownload,
    answer: DownloadLink,
    handle: async ({ params, query, body, caller, actor }, deps) => {
      const backup = await backupCalled(deps, params.backup, query.repository)
      const { name, bytes } = streamOf(backup, body.stream)
      return await deps.catalog.transaction(async sql => {
        const to = { repositoryId: backup.repositoryId, backupId: backup.id, stream: name }
        const { token, expiresAt } = await makeLink(sql, to, callerKey(caller))
        const entry = about(backup, actor, 'backup.download-link')
        await audit(sql, { ...entry, details: { ...entry.details, stream: name } })
        const document = {
          token: token.reveal(),
          expiresAt,
          name: fileName(backup, name),
          bytes,
        }
        return { status: 201, document }
      })
    },
  }),

  route({
    method: 'POST',
    path: '/downloads',
    summary: 'Download what a token is for; a form may send it, so that a browser saves a file',
    area: 'backups',
    needs: 'operator',
    action: 'backup.download',
    atOnce: { perCaller: 2, all: 6 },
    success: [200],
    media: 'application/octet-stream',
    takesForm: true,
    body: Download,
    answer: Download,
    handle: async ({ body, caller, actor, signal }, deps) => {
      const { catalog, outside } = deps
      const who = { caller: callerKey(caller), actor }
      // Used up before anything else: of two at the same moment, one comes further than this.
      const link = await useLink(catalog, new Secret(body.token), who)
      const backup = await findBackup(catalog, link.backupId, link.repositoryId)
      const place = await placeOf(deps, backup)
      const { bytes, stream } = await outside.readStream(place, link.stream, signal)
      const entry = about(backup, actor, 'backup.download')
      await audit(catalog, { ...entry, details: { ...entry.details, stream: link.stream, bytes } })
      const name = fileName(backup, link.stream)
      return { file: stream, name, type: 'application/octet-stream', bytes }
    },
  }),
]

function streamOf({ id, manifest }: FoundBackup, name: string) {
  const stream = manifest.streams.find(one => one.name === name)
  if (stream !== undefined) return stream
  const has = manifest.streams.map(one => one.name).join(', ')
  throw new NoSuchStream({ backup: shortId(id), stream: name, has })
}

const ENDINGS: Readonly<Record<string, string>> = { 'pg_dump custom': 'dump' }
/** What file systems refuse, and what makes a name look like another. */
const UNFIT = /[\p{Cc}\p{Cf}/\\:*?"<>|]/gu

/** `shop 2026-05-01 140300 4f2a91c0.dump`, made of nothing that leads elsewhere. */
function fileName({ id, manifest, startedAt }: FoundBackup, stream: string): string {
  const format = manifest.streams.find(one => one.name === stream)?.format ?? ''
  const time = startedAt.toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '')
  const of = stream === DUMP ? '' : ` ${stream}`
  const database = manifest.source.database.slice(0, 100).replaceAll(UNFIT, '_')
  const ending = (ENDINGS[format] ?? format).replaceAll(/[^a-z0-9]/gi, '')
  return `${database.replace(/^\./, '_')} ${time} ${shortId(id)}${of}.${ending || 'bin'}`
}
