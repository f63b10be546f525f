import { DeletionUnderWay, RetentionHeldBack, RunInTheWay } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import type { Judged } from '../core/retention.ts'
import { audit } from './audit.ts'
import { type BackupRow, findBackup } from './backup-list.ts'
import type { Catalog, Sql } from './db.ts'
import { type DueDeletion, dropDeletion, letGo, markForDeletion } from './deletions.ts'
import {
  heldBack,
  judgeShelf,
  RETENTION,
  rulesOf,
  type Shelf,
  type ShelvedBackup,
} from './retention.ts'

/** What one application of the rules did. */
export interface Applied {
  readonly marked: number
  readonly takenBack: number
  /** Why nothing was marked, where rules were held back. */
  readonly heldBack: string | undefined
}

/** As many go in one transaction: it keeps others from deleting in the repository for a second or two. */
const BATCH = 250

/**
 * Applies the rules of a shelf: marks what nothing keeps, and takes back what a rule has marked and rules keep
 * after all. What a run reads at this moment is left to the next time.
 */
export async function applyRules(
  catalog: Catalog,
  shelf: Shelf,
  signal: AbortSignal,
): Promise<Applied> {
  const total = { marked: 0, takenBack: 0 }
  const passedOver = new Set<string>()
  for (;;) {
    const done = await catalog.transaction(sql => applyOnce(sql, shelf, passedOver))
    total.marked += done.marked
    total.takenBack += done.takenBack
    if (!done.more || signal.aborted) return { ...total, heldBack: done.heldBack }
  }
}

/**
 * Looks at the rules once more before a backup is deleted that one of them has marked. Where they keep it after
 * all, it is unmarked, and false is answered. Throws RetentionHeldBack.
 */
export async function stillGoes(sql: Sql, due: DueDeletion, holder: string): Promise<boolean> {
  const { id, sourceId, repositoryId } = due
  await holdRepository(sql, repositoryId)
  const shelf = sourceId === null ? undefined : { sourceId, repositoryId }
  const why = shelf && (await heldBack(sql, shelf))
  if (why !== undefined) throw new RetentionHeldBack({ backup: shortId(id), why })
  const all = shelf === undefined ? [] : await judged(sql, shelf)
  const one = all.find(backup => backup.id === id)
  if (one?.keptBy.length === 0) return true
  await letGo(sql, due, holder)
  await takeBack(sql, due, one?.keptBy ?? ['no rule'])
  return false
}

async function applyOnce(sql: Sql, shelf: Shelf, passedOver: Set<string>) {
  const { repositoryId } = shelf
  await holdRepository(sql, repositoryId)
  const held = await heldBack(sql, shelf)
  if (held !== undefined) return { marked: 0, takenBack: 0, more: false, heldBack: held }
  const all = await judged(sql, shelf)
  const due = all.filter(one => one.marked === one.keptBy.length > 0 && !passedOver.has(one.id))
  let [marked, takenBack] = [0, 0]
  for (const one of due.slice(0, BATCH)) {
    const isDone = one.marked
      ? await unmark(sql, repositoryId, one)
      : await mark(sql, repositoryId, one)
    if (!isDone) passedOver.add(one.id)
    else if (one.marked) takenBack += 1
    else marked += 1
  }
  return { marked, takenBack, more: due.length > BATCH, heldBack: undefined }
}

const judged = async (sql: Sql, shelf: Shelf) =>
  await judgeShelf(sql, shelf, await rulesOf(sql, shelf))

/** Nobody else deletes one of its backups, pins one, begins to restore one or rebuilds the list meanwhile. */
async function holdRepository(sql: Sql, repositoryId: string): Promise<void> {
  await sql.query('select from repositories where id = $1 for update', [repositoryId])
}

/** False where it is needed at this moment. */
async function mark(sql: Sql, repositoryId: string, { id }: ShelvedBackup): Promise<boolean> {
  const backup = await findBackup(sql, id, repositoryId)
  const wish = { actor: RETENTION, lastToo: false, byRule: true }
  try {
    const { deletion } = await markForDeletion(sql, backup, wish)
    await note(sql, 'backup.delete', backup, { dueAt: deletion?.dueAt })
    return true
  } catch (error) {
    if (error instanceof RunInTheWay) return false
    throw error
  }
}

/** False where it is being deleted at this moment. */
async function unmark(
  sql: Sql,
  repositoryId: string,
  { id, keptBy }: Judged<ShelvedBackup>,
): Promise<boolean> {
  try {
    await takeBack(sql, { id, repositoryId }, keptBy)
    return true
  } catch (error) {
    if (error instanceof DeletionUnderWay) return false
    throw error
  }
}

async function takeBack(
  sql: Sql,
  { id, repositoryId }: Pick<DueDeletion, 'id' | 'repositoryId'>,
  keptBy: readonly string[],
): Promise<void> {
  await dropDeletion(sql, { id, repositoryId })
  await note(sql, 'backup.undelete', await findBackup(sql, id, repositoryId), { keptBy })
}

async function note(
  sql: Sql,
  action: string,
  { id, source, sourceLabel, repository }: BackupRow,
  details: object,
): Promise<void> {
  await audit(sql, {
    actor: RETENTION,
    action,
    objectKind: 'backup',
    objectId: id,
    objectName: source ?? sourceLabel,
    details: { repository, ...details },
  })
}
