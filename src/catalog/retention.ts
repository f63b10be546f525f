import { UPLOADED } from '../core/backup.ts'
import { type Judged, judge, type Retainable, type Rule } from '../core/retention.ts'
import { catalogTime, type Sql } from './db.ts'
import { isListed } from './listings.ts'
import { readSetting } from './settings.ts'

/** Whoever reads that a backup was marked for deletion by this one knows that nobody asked for it. */
export const RETENTION = 'retention'

/** The backups of one source in one repository: what rules are for. */
export interface Shelf {
  readonly sourceId: string
  readonly repositoryId: string
}

/** The rule of one schedule. */
export interface ScheduleRule extends Rule {
  readonly scheduleId: string
}

export interface ShelvedBackup extends Retainable {
  readonly finishedAt: Date
  readonly storedBytes: number
  /** A rule has marked it for deletion. */
  readonly marked: boolean
}

/** The rules for a shelf: those of every schedule of the source into the repository. */
export const rulesOf = (sql: Sql, { sourceId, repositoryId }: Shelf): Promise<ScheduleRule[]> =>
  sql.query(
    `select id as "scheduleId", keep, time_zone as "timeZone", enabled from schedules
      where source_id = $1 and repository_id = $2 and removed_at is null
      order by created_at, id`,
    [sourceId, repositoryId],
  )

/** What is on a shelf, without what somebody has deleted. */
const backupsOn = (sql: Sql, { sourceId, repositoryId }: Shelf): Promise<ShelvedBackup[]> =>
  sql.query(
    `select b.id, b.started_at as "startedAt", b.finished_at as "finishedAt",
            b.source_label as label, b.stored_bytes::float8 as "storedBytes", b.verified_at is not null as proven,
            b.unreadable as damaged, b.tags ? '${UPLOADED}' as uploaded,
            coalesce(c.pinned, false) as pinned, d.backup_id is not null as marked
       from backups b join repositories r on r.id = b.repository_id
       left join backup_care c on c.repository = r.repository and c.backup_id = b.id
       left join backup_deletions d on d.repository_id = b.repository_id and d.backup_id = b.id
      where b.source_id = $1 and b.repository_id = $2 and (d.backup_id is null or d.by_rule)`,
    [sourceId, repositoryId],
  )

/** What rules say of the backups on a shelf, newest first. */
export async function judgeShelf(
  sql: Sql,
  shelf: Shelf,
  rules: readonly Rule[],
): Promise<Judged<ShelvedBackup>[]> {
  return judge(await backupsOn(sql, shelf), rules, await catalogTime(sql))
}

/** What the next application of the rules would do on a shelf. */
export interface Effect {
  /** How many are to go that are not marked yet. */
  readonly goes: number
  /** How many of them are kept after all that a rule had marked. */
  readonly comesBack: number
  /** How many stay, by rule or otherwise. */
  readonly stays: number
  /** What the backups that go had added to their repository when they were made. */
  readonly bytes: number
  /** Hours between the mark and the deletion, in which everything can be taken back. */
  readonly graceHours: number
}

/** What the rules of a shelf, as they are now, are about to do. */
export async function effectOn(sql: Sql, shelf: Shelf): Promise<Effect> {
  const judged = await judgeShelf(sql, shelf, await rulesOf(sql, shelf))
  return { ...effectOf(judged), graceHours: await readSetting(sql, 'deleteGraceHours') }
}

export function effectOf(judged: readonly Judged<ShelvedBackup>[]): Omit<Effect, 'graceHours'> {
  const going = judged.filter(one => one.keptBy.length === 0)
  const kept = judged.filter(one => one.keptBy.length > 0)
  return {
    goes: going.filter(one => !one.marked).length,
    comesBack: kept.filter(one => one.marked).length,
    stays: kept.length,
    bytes: going.reduce((sum, one) => sum + one.storedBytes, 0),
  }
}

/** Whether rules may let anything go in a repository now; else why not, in words. */
export async function heldBack(sql: Sql, { repositoryId }: Shelf): Promise<string | undefined> {
  if (await readSetting(sql, 'paused')) return 'everything is paused'
  if (!(await isListed(sql, repositoryId))) {
    return 'its repository is being listed, or could not be when it was last tried'
  }
  return undefined
}

/** Takes a shelf whose rules are due to be applied, which nobody else takes meanwhile. */
export async function takeDueShelf(sql: Sql): Promise<Shelf | undefined> {
  const [due] = await sql.query<Shelf>(
    `insert into retention_rounds as a (source_id, repository_id, applied_at)
     select source_id, repository_id, clock_now() from (${DUE}) due limit 1
     on conflict (source_id, repository_id) do update set applied_at = excluded.applied_at
     returning source_id as "sourceId", repository_id as "repositoryId"`,
  )
  return due
}

/** With rules, or with what rules have marked; a backup came since they were applied, or an hour has passed. */
const DUE = `select p.source_id, p.repository_id
   from (select source_id, repository_id from schedules where keep is not null and removed_at is null
         union select b.source_id, b.repository_id from backup_deletions d
           join backups b on b.repository_id = d.repository_id and b.id = d.backup_id
          where d.by_rule and b.source_id is not null) p
   join repositories r on r.id = p.repository_id and r.removed_at is null
   left join retention_rounds a
     on a.source_id = p.source_id and a.repository_id = p.repository_id
  where a.applied_at is null or a.applied_at < clock_now() - interval '1 hour'
     or a.applied_at > clock_now()
     or exists (select from backups b where b.repository_id = p.repository_id
                 and b.source_id = p.source_id and b.seen_at > a.applied_at
                 and b.seen_at <= clock_now())
  order by a.applied_at nulls first, p.source_id, p.repository_id`
