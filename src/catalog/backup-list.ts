import { type Manifest, UPLOADED } from '../core/backup.ts'
import { NameAmbiguous, NotFound } from '../core/faults.ts'
import type { Failure } from '../core/run.ts'
import type { Sql } from './db.ts'
import { idPattern } from './names.ts'

/** How a backup is: `deleting` waits for its deletion, `damaged` has a manifest that cannot be read. */
export const BACKUP_STATES = ['good', 'warnings', 'damaged', 'deleting'] as const
export type BackupState = (typeof BACKUP_STATES)[number]

/** A deletion that was asked for and not carried out yet. */
export interface Deletion {
  readonly askedBy: string
  readonly askedAt: Date
  readonly dueAt: Date
  readonly attempts: number
  readonly failure: Failure | null
}

/** A backup as the catalogue knows it, with what people said of it. */
export interface BackupRow {
  readonly id: string
  readonly repositoryId: string
  readonly repository: string
  readonly sourceId: string | null
  readonly source: string | null
  /** The database as the backup itself calls it: `shop@db.example.org:5432`. */
  readonly sourceLabel: string
  readonly runId: string | null
  readonly state: BackupState
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly dumpBytes: number
  readonly storedBytes: number
  readonly tables: number
  readonly rows: number
  readonly tags: Readonly<Record<string, string>>
  readonly warningCount: number
  readonly note: string
  readonly notedBy: string | null
  readonly notedAt: Date | null
  readonly pinned: boolean
  readonly pinnedBy: string | null
  readonly pinnedAt: Date | null
  readonly verifiedAt: Date | null
  readonly deletion: Deletion | null
}

/** A backup with its manifest, in which the recipes of the streams are missing. */
export interface FoundBackup extends BackupRow {
  readonly manifest: CataloguedManifest
}

export type CataloguedManifest = Omit<Manifest, 'streams'> & {
  readonly streams: readonly Omit<Manifest['streams'][number], 'recipe'>[]
}

/** Which backups; what is absent does not matter. */
export interface BackupFilter {
  /** The name or id of a source, or what backups call their database. */
  readonly source?: string | undefined
  readonly repositoryId?: string | undefined
  /** Finished at this time or later. */
  readonly since?: Date | undefined
  /** Finished before this time. */
  readonly until?: Date | undefined
  readonly states?: readonly BackupState[] | undefined
  /** The name of a tag, with or without its value. */
  readonly tag?: { readonly name: string; readonly value?: string | undefined } | undefined
  readonly pinned?: boolean | undefined
  /** Occurs in the note, the names, a tag; or the id begins so. */
  readonly text?: string | undefined
}

/** Where a page ends. */
export interface BackupCursor {
  readonly finishedAt: Date
  readonly id: string
  readonly repositoryId: string
}

const STATE = `case when d.backup_id is not null then 'deleting' when b.unreadable then 'damaged'
  when b.warnings > 0 then 'warnings' else 'good' end`

const COLUMNS = `b.id, b.repository_id as "repositoryId", r.name as repository,
  b.source_id as "sourceId", s.name as source, b.source_label as "sourceLabel",
  b.run_id as "runId", ${STATE} as state, b.started_at as "startedAt", b.finished_at as "finishedAt",
  b.dump_bytes::float8 as "dumpBytes", b.stored_bytes::float8 as "storedBytes", b.tables,
  b.rows::float8 as rows, b.tags, b.warnings as "warningCount", b.verified_at as "verifiedAt",
  coalesce(c.note, '') as note, c.noted_by as "notedBy", c.noted_at as "notedAt",
  coalesce(c.pinned, false) as pinned, c.pinned_by as "pinnedBy", c.pinned_at as "pinnedAt",
  case when d.backup_id is null then null else jsonb_build_object('askedBy', d.asked_by,
    'askedAt', d.asked_at, 'dueAt', d.due_at, 'attempts', d.attempts, 'failure', d.failure) end
    as deletion`

const TABLES = `backups b join repositories r on r.id = b.repository_id
  left join sources s on s.id = b.source_id
  left join backup_care c on c.repository = r.repository and c.backup_id = b.id
  left join backup_deletions d on d.repository_id = b.repository_id and d.backup_id = b.id`

/** The backups of a filter, newest first. `next` continues the list where this page ends. */
export async function listBackups(
  sql: Sql,
  filter: BackupFilter,
  page: { readonly limit: number; readonly after?: BackupCursor | undefined },
): Promise<{ readonly backups: BackupRow[]; readonly next: BackupCursor | undefined }> {
  const values: unknown[] = []
  const where = await conditions(sql, filter, values)
  if (page.after !== undefined) {
    const { finishedAt, id, repositoryId } = page.after
    values.push(finishedAt, id, repositoryId)
    const [time, name, repository] = [values.length - 2, values.length - 1, values.length]
    where.push(`(b.finished_at, b.id, b.repository_id) < ($${time}, $${name}, $${repository})`)
  }
  values.push(page.limit + 1)
  const rows = await sql.query<BackupRow>(
    `select ${COLUMNS} from ${TABLES} where ${where.join(' and ')}
      order by b.finished_at desc, b.id desc, b.repository_id desc limit $${values.length}`,
    values,
  )
  const more = rows.length > page.limit
  if (more) rows.pop()
  return { backups: rows.map(withTimes), next: more ? rows.at(-1) : undefined }
}

/**
 * The one backup that `name` means: an id, an unambiguous beginning of it, `latest`, or `latest:SOURCE` for the
 * newest of one source. Throws NotFound, NameAmbiguous.
 */
export async function findBackup(
  sql: Sql,
  name: string,
  repositoryId?: string,
): Promise<FoundBackup> {
  const values: unknown[] = []
  const source = /^latest:(.+)$/s.exec(name)?.[1]
  const isLatest = name === 'latest' || source !== undefined
  const where = await conditions(sql, { source, repositoryId }, values)
  // A dump that somebody brought in is never what a source's own latest backup is taken for.
  if (source !== undefined) where.push(`not b.tags ? '${UPLOADED}'`)
  if (!isLatest) {
    // Two digits at least, as on the command line.
    values.push(/^[0-9a-f]{2,32}$/i.test(name) ? `${name.toLowerCase()}%` : '')
    where.push(`b.id like $${values.length}`)
  }
  const rows = await sql.query<FoundBackup>(
    `select ${COLUMNS}, b.manifest from ${TABLES} where ${where.join(' and ')}
      order by b.started_at desc, b.id desc limit ${isLatest ? 1 : 2}`,
    values,
  )
  const [row, other] = rows
  if (row === undefined) throw new NotFound({ kind: 'backup', name })
  if (other?.id === row.id) {
    const both = `${name} (in ${row.repository} and ${other.repository}: name the repository)`
    throw new NameAmbiguous({ kind: 'backup', name: both, count: 2 })
  }
  if (other !== undefined) throw new NameAmbiguous({ kind: 'backup', name, count: 2 })
  return { ...withTimes(row), manifest: row.manifest }
}

/** What comes out of a JSON document has its times as text. */
function withTimes<Row extends BackupRow>(row: Row): Row {
  if (row.deletion === null) return row
  const { askedAt, dueAt, ...rest } = row.deletion
  return { ...row, deletion: { ...rest, askedAt: new Date(askedAt), dueAt: new Date(dueAt) } }
}

/** What a filter asks for, in SQL; its parameters are added to `values`. */
async function conditions(sql: Sql, filter: BackupFilter, values: unknown[]): Promise<string[]> {
  const { tag, text } = filter
  const asked: [string, unknown][] = [
    ['b.repository_id = $', filter.repositoryId],
    ['b.finished_at >= $', filter.since],
    ['b.finished_at < $', filter.until],
    [`${STATE} = any($)`, filter.states],
    ['coalesce(c.pinned, false) = $', filter.pinned],
    ['b.tags ? $', tag?.name],
    [
      'b.tags @> $',
      tag?.value === undefined ? undefined : JSON.stringify({ [tag.name]: tag.value }),
    ],
    [TEXT, text && `%${text.replaceAll(/[\\%_]/g, one => `\\${one}`)}%`],
  ]
  if (filter.source !== undefined) asked.push(await ofSource(sql, filter.source))
  const where = ['r.removed_at is null']
  for (const [condition, value] of asked) {
    if (value === undefined) continue
    values.push(value)
    where.push(condition.replaceAll('$', () => `$${values.length}`))
  }
  return where
}

/** A database of which there are backups, and which is no source. */
export interface UnclaimedDatabase {
  /** `shop@db.example.org:5432` */
  readonly label: string
  readonly backups: number
  readonly lastBackupAt: Date
}

const MOST_UNCLAIMED = 500

/** The databases of backups that belong to no source, with the newest backup first. */
export const unclaimedDatabases = (sql: Sql): Promise<UnclaimedDatabase[]> =>
  sql.query<UnclaimedDatabase>(
    `select b.source_label as label, count(*)::int as backups, max(b.finished_at) as "lastBackupAt"
       from backups b join repositories r on r.id = b.repository_id
      where b.source_id is null and r.removed_at is null and not b.unreadable
      group by b.source_label order by max(b.finished_at) desc, b.source_label
      limit ${MOST_UNCLAIMED}`,
  )

const TEXT = `(b.source_label ilike $ or s.name ilike $ or r.name ilike $ or c.note ilike $
  or b.tags::text ilike $ or b.id like lower($))`

/** A source that the server knows by that name or id, removed ones too; else what backups say themselves. */
async function ofSource(sql: Sql, name: string): Promise<[string, unknown]> {
  const sources = await sql.query<{ id: string }>(
    'select id from sources where lower(name) = lower($1) or id::text like $2',
    [name, idPattern(name)],
  )
  if (sources.length > 0) return ['b.source_id = any($)', sources.map(one => one.id)]
  return [`(b.source_label = $ or b.manifest -> 'source' ->> 'database' = $)`, name]
}
