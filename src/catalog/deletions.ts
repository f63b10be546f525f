import { UPLOADED } from '../core/backup.ts'
import {
  BackupDeleting,
  BackupNotDeleting,
  BackupPinned,
  DeletionUnderWay,
  LastBackupOfSource,
  RunInTheWay,
} from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import type { Failure } from '../core/run.ts'
import { line } from '../core/run-lines.ts'
import { careFor } from './backup-care.ts'
import { type BackupRow, type FoundBackup, findBackup } from './backup-list.ts'
import type { Catalog, Sql } from './db.ts'
import { jsonText } from './json.ts'
import { addRunEvent } from './run-events.ts'
import type { Run } from './runs.ts'
import { readSetting } from './settings.ts'

/** What whoever deletes a backup says. */
export interface DeletionWish {
  readonly actor: string
  /** Even if it is the last good one of its source; `source` is then its name, typed. */
  readonly lastToo: boolean
  readonly source?: string | undefined
  /** A rule wishes it, so that it is taken back where the rules keep the backup after all. */
  readonly byRule?: boolean
}

/**
 * Marks a backup for deletion, which is carried out once the undo window is over. Throws BackupPinned,
 * BackupDeleting, LastBackupOfSource, RunInTheWay.
 */
export async function markForDeletion(
  sql: Sql,
  { id, repositoryId }: BackupRow,
  wish: DeletionWish,
): Promise<FoundBackup> {
  const backup = await holdBackup(sql, repositoryId, id)
  if (backup.pinned) {
    throw new BackupPinned({ backup: shortId(id), by: backup.pinnedBy ?? 'somebody' })
  }
  if (backup.deletion !== null) {
    throw new BackupDeleting({ backup: shortId(id), due: backup.deletion.dueAt })
  }
  await refuseRead(sql, backup)
  const lastToo = await mayBeLast(sql, backup, wish)
  await sql.query(
    `insert into backup_deletions (repository_id, backup_id, asked_by, due_at, last_too, by_rule)
     values ($1, $2, $3, clock_now() + make_interval(hours => $4), $5, $6)`,
    [
      repositoryId,
      id,
      wish.actor,
      await readSetting(sql, 'deleteGraceHours'),
      lastToo,
      wish.byRule ?? false,
    ],
  )
  return await findBackup(sql, id, repositoryId)
}

/**
 * Takes a deletion back for `actor`. What a rule has marked is pinned by whoever wants it kept: the rule would
 * mark it again. Throws BackupNotDeleting, DeletionUnderWay.
 */
export async function takeDeletionBack(
  sql: Sql,
  { id, repositoryId }: Pick<BackupRow, 'id' | 'repositoryId'>,
  actor: string,
): Promise<FoundBackup> {
  const { byRule } = await dropDeletion(sql, { id, repositoryId })
  if (byRule) await careFor(sql, { repositoryId, id }, { pinned: true }, actor)
  return await findBackup(sql, id, repositoryId)
}

/** Unmarks a backup. Throws BackupNotDeleting, DeletionUnderWay. */
export async function dropDeletion(
  sql: Sql,
  { id, repositoryId }: Pick<BackupRow, 'id' | 'repositoryId'>,
): Promise<{ readonly byRule: boolean }> {
  const [row] = await sql.query<{ held: boolean; byRule: boolean }>(
    `select coalesce(held_until > clock_now(), false) as held, by_rule as "byRule"
       from backup_deletions
      where repository_id = $1 and backup_id = $2 for update`,
    [repositoryId, id],
  )
  if (row === undefined) throw new BackupNotDeleting({ backup: shortId(id) })
  if (row.held) throw new DeletionUnderWay({ backup: shortId(id) })
  await sql.query('delete from backup_deletions where repository_id = $1 and backup_id = $2', [
    repositoryId,
    id,
  ])
  return row
}

/** A deletion whose time has come, held by one node. */
export interface DueDeletion {
  readonly id: string
  readonly repositoryId: string
  readonly repository: string
  readonly sourceId: string | null
  readonly sourceLabel: string
  readonly askedBy: string
  readonly force: boolean
  readonly byRule: boolean
  readonly attempts: number
}

/** A node that holds a deletion carries it out within this; after that another one may. */
const HELD_MINUTES = 10
export const CARRY_OUT_MS = (HELD_MINUTES * 60_000) / 2

/** Takes one deletion that is due, which nobody else takes meanwhile. */
export async function takeDueDeletion(
  catalog: Catalog,
  holder: string,
): Promise<DueDeletion | undefined> {
  const [due] = await catalog.query<DueDeletion>(
    `update backup_deletions d
        set held_by = $1, held_until = clock_now() + make_interval(mins => $2),
            attempts = attempts + 1
       from backups b join repositories r on r.id = b.repository_id
      where b.repository_id = d.repository_id and b.id = d.backup_id and r.removed_at is null
        and (d.repository_id, d.backup_id) =
            (select repository_id, backup_id from backup_deletions
              where due_at <= clock_now() and not_before <= clock_now()
                and (held_until is null or held_until <= clock_now())
              order by due_at limit 1 for update skip locked)
      returning b.id, b.repository_id as "repositoryId", r.name as repository,
                b.source_id as "sourceId", b.source_label as "sourceLabel", d.asked_by as "askedBy", d.last_too as force,
                d.by_rule as "byRule", d.attempts`,
    [holder, HELD_MINUTES],
  )
  return due
}

/** A deletion is not carried out after all, so that it can be taken back. */
export async function letGo(
  sql: Sql,
  { id, repositoryId }: DueDeletion,
  holder: string,
): Promise<void> {
  await sql.query(
    `update backup_deletions set held_by = null, held_until = null
      where repository_id = $1 and backup_id = $2 and held_by = $3`,
    [repositoryId, id, holder],
  )
}

/** The backup is gone from its repository, and so from the catalogue, with what was said of it. */
export async function deletionDone(sql: Sql, { id, repositoryId }: DueDeletion): Promise<void> {
  await sql.query(
    `delete from backup_care using repositories r
      where r.id = $1 and backup_care.repository = r.repository and backup_id = $2`,
    [repositoryId, id],
  )
  await sql.query('delete from backups where repository_id = $1 and id = $2', [repositoryId, id])
}

/** The most minutes between two tries. */
const LONGEST_PAUSE = 60

/** Writes down why a deletion failed; it is tried again after a pause that doubles from one minute. */
export async function deletionFailed(
  sql: Sql,
  { id, repositoryId, attempts }: DueDeletion,
  holder: string,
  failure: Failure,
): Promise<void> {
  const pause = Math.min(LONGEST_PAUSE, 2 ** Math.min(attempts - 1, 10))
  await sql.query(
    `update backup_deletions set failure = $4, held_by = null, held_until = null,
       not_before = clock_now() + make_interval(mins => $5)
      where repository_id = $1 and backup_id = $2 and held_by = $3`,
    [repositoryId, id, holder, jsonText(failure), pause],
  )
}

/** Refuses what an active run reads. Throws RunInTheWay. */
export async function refuseRead(
  sql: Sql,
  { id, repositoryId }: Pick<BackupRow, 'id' | 'repositoryId'>,
): Promise<void> {
  // `latest:LABEL` is found anew when the run begins: it is what is latest now, or newer.
  const [run] = await sql.query<{ id: string; state: string }>(
    `select runs.id, runs.state from runs
      where runs.repository_id = $1 and state in ('queued', 'running', 'paused', 'retrying')
        and kind in ('restore', 'verify')
        and ($2 like (request ->> 'backup') || '%'
          or $2 = (select b.id from backups b where b.repository_id = $1
                     and request ->> 'backup' in ('latest', 'latest:' || b.source_label,
                           'latest:' || (b.manifest -> 'source' ->> 'database'))
                   order by b.started_at desc limit 1))
      order by queued_at limit 1`,
    [repositoryId, id],
  )
  if (run !== undefined) {
    throw new RunInTheWay({ what: `backup ${shortId(id)}`, run: run.id, state: run.state })
  }
}

/** Says in the log of a run that what it restores is to be deleted. */
export async function noteDeletion(sql: Sql, run: Run): Promise<void> {
  const { backup } = run.request
  if (run.kind !== 'restore' || typeof backup !== 'string') return
  const [due] = await sql.query<{ id: string; at: Date }>(
    `select backup_id as id, due_at as at from backup_deletions
      where repository_id = $1 and backup_id like $2`,
    [run.repositoryId, `${backup}%`],
  )
  if (due === undefined) return
  const said = line('DELETION_DUE', { backup: shortId(due.id), at: due.at.toISOString() })
  await addRunEvent(sql, { id: run.id }, { kind: 'notice', ...said })
}

/** The backup, while nobody else deletes one of its repository, begins to restore one or rebuilds the list. */
async function holdBackup(sql: Sql, repositoryId: string, id: string): Promise<FoundBackup> {
  await sql.query('select from repositories where id = $1 for update', [repositoryId])
  return await findBackup(sql, id, repositoryId)
}

/** Whether the last good backup may go. Throws LastBackupOfSource where it was not said, or not by name. */
async function mayBeLast(
  sql: Sql,
  backup: FoundBackup,
  { lastToo, source }: DeletionWish,
): Promise<boolean> {
  // What was brought in is nobody's only backup: its file is where it came from.
  if (UPLOADED in backup.tags || backup.state === 'damaged') return true
  const [others] = await sql.query<{ count: number }>(
    `select count(*)::int as count from backups b
      where repository_id = $1 and source_label = $2 and id <> $3 and not unreadable
        and not exists (select from backup_deletions d
                         where d.repository_id = b.repository_id and d.backup_id = b.id)`,
    [backup.repositoryId, backup.sourceLabel, backup.id],
  )
  if ((others?.count ?? 0) > 0) return false
  const name = backup.source ?? backup.sourceLabel
  if (lastToo && source === name) return true
  throw new LastBackupOfSource({
    backup: shortId(backup.id),
    source: name,
    repository: backup.repository,
  })
}
