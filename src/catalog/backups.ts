import { DUMP, type Manifest, UPLOADED_FOR } from '../core/backup.ts'
import type { Catalog, Sql } from './db.ts'
import { jsonText } from './json.ts'

/** How many manifests go into one statement. */
const BATCH = 200

/** Puts a backup into the catalogue, or makes its row what the manifest says. */
export const recordBackup = (
  sql: Sql,
  repositoryId: string,
  manifest: Manifest,
): Promise<object[]> => upsert(sql, repositoryId, [manifest])

/** Notes that a comparison with a database has proven a backup just now. */
export const recordProof = (sql: Sql, repositoryId: string, backup: unknown): Promise<object[]> =>
  sql.query('update backups set verified_at = clock_now() where repository_id = $1 and id = $2', [
    repositoryId,
    backup,
  ])

/** The backups of a repository. */
export interface FoundBackups {
  readonly manifests: readonly Manifest[]
  /** Ids whose manifest is damaged: their rows stay as they are. */
  readonly unreadable: readonly string[]
  /** When listing began, by the catalog's clock: a backup recorded since then is not among the found. */
  readonly listedAt?: Date
}

/**
 * Makes the catalogue equal to a repository: adopts the backups that are missing, whoever made them, and
 * drops those that are gone.
 */
export async function rebuildBackups(
  catalog: Catalog,
  repositoryId: string,
  found: FoundBackups,
): Promise<{ readonly adopted: number; readonly dropped: number }> {
  return await catalog.transaction(async sql => {
    // One at a time: the slower of two must not bring back what the faster one dropped.
    await sql.query('select from repositories where id = $1 for update', [repositoryId])
    const known = await sql.query<{ id: string }>(
      'select id from backups where repository_id = $1',
      [repositoryId],
    )
    const before = new Set(known.map(row => row.id))
    for (let at = 0; at < found.manifests.length; at += BATCH) {
      await upsert(sql, repositoryId, found.manifests.slice(at, at + BATCH))
    }
    await sql.query(
      'update backups set unreadable = true where repository_id = $1 and id = any($2::text[])',
      [repositoryId, found.unreadable],
    )
    const ids = found.manifests.map(one => one.id)
    const dropped = await sql.query(
      `delete from backups where repository_id = $1 and id <> all($2::text[])
         and seen_at < coalesce($3, clock_now()) returning id`,
      [repositoryId, [...ids, ...found.unreadable], found.listedAt ?? null],
    )
    return { adopted: ids.filter(id => !before.has(id)).length, dropped: dropped.length }
  })
}

/**
 * The source is that of the run that made the backup; without one it is matched by the label that backups
 * carry, or by the one for which a dump was uploaded.
 */
async function upsert(
  sql: Sql,
  repositoryId: string,
  manifests: readonly Manifest[],
): Promise<object[]> {
  return await sql.query(
    `insert into backups (id, repository_id, source_id, source_label, run_id, started_at,
                          finished_at, dump_bytes, stored_bytes, tables, rows, tags, warnings,
                          manifest)
     select m.id, $1,
            coalesce((select r.source_id from runs r where r.id = m.run),
                     (select s.id from sources s where s.label in (m.label, m.tags ->> $3)
                         or m.label = any(s.former_labels)
                       order by s.removed_at nulls first,
                         (s.label in (m.label, m.tags ->> $3)) desc nulls last, s.created_at
                       limit 1)),
            m.label, m.run, m."startedAt", m."finishedAt", m.dump, m.stored, m.tables, m.rows,
            m.tags, m.warnings, m.manifest
       from jsonb_to_recordset($2) as m (id text, label text, run uuid, "startedAt" timestamptz,
            "finishedAt" timestamptz, dump bigint, stored bigint, tables int, rows bigint,
            tags jsonb, warnings int, manifest jsonb)
     on conflict (repository_id, id) do update
       set source_id = excluded.source_id, source_label = excluded.source_label,
           run_id = excluded.run_id, started_at = excluded.started_at,
           finished_at = excluded.finished_at, dump_bytes = excluded.dump_bytes,
           stored_bytes = excluded.stored_bytes, tables = excluded.tables, rows = excluded.rows,
           tags = excluded.tags, warnings = excluded.warnings, unreadable = false,
           manifest = excluded.manifest, seen_at = excluded.seen_at`,
    [repositoryId, jsonText(manifests.map(rowOf)), UPLOADED_FOR],
  )
}

function rowOf(manifest: Manifest): object {
  // Where the chunks are, only the repository needs to know; it is by far the largest part.
  const streams = manifest.streams.map(stream => ({ ...stream, recipe: undefined }))
  return {
    id: manifest.id,
    label: manifest.source.name,
    run: manifest.madeBy.run ?? null,
    startedAt: manifest.startedAt,
    finishedAt: manifest.finishedAt,
    dump: manifest.streams.find(stream => stream.name === DUMP)?.bytes ?? 0,
    stored: manifest.stored.bytes,
    tables: manifest.summary.tables,
    rows: manifest.summary.rows,
    tags: manifest.tags,
    warnings: manifest.warnings.length,
    manifest: { ...manifest, streams },
  }
}

/** When a backup was last proven; null where it never was, or where the catalogue does not know it yet. */
export async function findVerifiedAt(
  sql: Sql,
  id: string,
  repositoryId: string,
): Promise<Date | null> {
  const [row] = await sql.query<{ at: Date | null }>(
    'select verified_at as at from backups where id = $1 and repository_id = $2',
    [id, repositoryId],
  )
  return row?.at ?? null
}
