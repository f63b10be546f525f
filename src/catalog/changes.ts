import { CatalogUnreachable } from '../core/faults.ts'
import type { Failure, RunKind, RunState, RunTrigger } from '../core/run.ts'
import type { Catalog, Sql } from './db.ts'
import { readSetting, type Setting } from './settings.ts'

/** On this channel it is said that there are new changes, not which. */
export const CHANGES_CHANNEL = 'holdfast_changes'

/** One line of the log of changes. */
export interface Change {
  /** Grows in the order in which the changes took effect. */
  readonly id: number
  readonly at: Date
  readonly kind: string
  readonly objectId: string
  readonly change: string
  /** The run that it is about, as it was after the change. */
  readonly run: WatchedRun | null
}

/** What those who watch see of a run. */
export interface WatchedRun {
  readonly id: string
  readonly kind: RunKind
  readonly state: RunState
  readonly trigger: RunTrigger
  readonly triggeredBy: string
  readonly source: string | null
  readonly sourceId: string | null
  readonly repository: string
  readonly repositoryId: string
  readonly scheduleId: string | null
  readonly attempt: number
  readonly failures: number
  readonly wanted: 'pause' | 'cancel' | null
  readonly committing: boolean
  readonly failure: Failure | null
  /** How many there are. */
  readonly warnings: number
  readonly backupId: string | null
  readonly queuedAt: Date
  readonly notBefore: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
  /** What its runner last told; only of a run at work. */
  readonly progress: unknown
}

/** How many changes are kept: whoever was away for longer begins anew. */
const KEPT = 20_000
/** Most changes that one call answers. */
export const CHANGES_PAGE = 1000

const ACTIVE = `state in ('queued', 'running', 'paused', 'retrying')`

/** What does not change about a run, with the names of what it works on. */
const SAME = `runs.kind, runs.trigger, runs.triggered_by as "triggeredBy", sources.name as source,
  runs.source_id as "sourceId", repositories.name as repository,
  runs.repository_id as "repositoryId", runs.schedule_id as "scheduleId",
  runs.queued_at as "queuedAt"`
const NAMES = `left join sources on sources.id = runs.source_id
  left join repositories on repositories.id = runs.repository_id`

interface Row extends Omit<Change, 'kind' | 'run'> {
  readonly about: string
  readonly facts: Facts
}

/** Of a run, as the trigger wrote it down: times are text. */
type Facts = Readonly<Record<string, unknown>>

/** The changes after one, oldest first, up to {@link CHANGES_PAGE}. */
export async function changesAfter(sql: Sql, id: number): Promise<Change[]> {
  return await readChanges(sql, `id > $1 order by id limit ${CHANGES_PAGE}`, [id])
}

async function readChanges(sql: Sql, which: string, values: readonly unknown[]): Promise<Change[]> {
  const rows = await sql.query<Row & Omit<WatchedRun, 'id'>>(
    `select changes.id::float8 as id, at, changes.kind as about, object_id as "objectId", change,
       facts, ${SAME}
     from (select * from changes where ${which}) as changes
     left join runs on runs.id = case when changes.kind = 'run' then object_id::uuid end ${NAMES}
     order by changes.id`,
    values,
  )
  return rows.map(changeOf)
}

function changeOf(row: Row & Omit<WatchedRun, 'id'>): Change {
  const { id, at, about, objectId, change, facts, ...run } = row
  const basic = { id, at, kind: about, objectId, change }
  if (about !== 'run') return { ...basic, run: null }
  return {
    ...basic,
    run: { ...run, ...(withTimes(facts) as object), id: objectId, progress: null },
  }
}

function withTimes(facts: Facts): Facts {
  const time = (name: string) => {
    const text = facts[name]
    return typeof text === 'string' ? new Date(text) : null
  }
  return {
    ...facts,
    notBefore: time('notBefore'),
    startedAt: time('startedAt'),
    finishedAt: time('finishedAt'),
  }
}

/** How everything that is watched stands after a change, which is the last of `log`. */
export interface Standing {
  /** The newest changes, oldest first; never empty. */
  readonly log: readonly Change[]
  /** The runs that are not over, oldest first. */
  readonly active: readonly WatchedRun[]
  readonly scheduler: Setting<'scheduler'>
  readonly paused: boolean
}

/** Reads in one look how everything stands, with the newest `most` changes. */
export async function readStanding(catalog: Catalog, most: number): Promise<Standing> {
  return await catalog.transaction(async sql => {
    await sql.query('set transaction isolation level repeatable read, read only')
    return {
      log: await readChanges(sql, 'true order by id desc limit $1', [most]),
      active: await activeRuns(sql),
      scheduler: await readSetting(sql, 'scheduler'),
      paused: await readSetting(sql, 'paused'),
    }
  })
}

const activeRuns = (sql: Sql): Promise<WatchedRun[]> =>
  sql.query<WatchedRun>(
    `select runs.id, state, attempt, failures, wanted, committing, failure,
       jsonb_array_length(warnings) as warnings, backup_id as "backupId",
       not_before as "notBefore", started_at as "startedAt", finished_at as "finishedAt",
       case when state in ('running', 'paused') then progress end as progress, ${SAME}
     from runs ${NAMES} where ${ACTIVE} order by queued_at, runs.id`,
  )

/** How far runs at work are, of those that have told. */
export const readProgress = (
  sql: Sql,
): Promise<{ readonly id: string; readonly progress: unknown }[]> =>
  sql.query(
    `select id, progress from runs where state in ('running', 'paused') and progress is not null`,
  )

/** Where a change stands: another catalog's may have its number, but not its time. */
export type Position = Pick<Change, 'id' | 'at'>

/** What a change leaves behind. */
export interface Touched {
  /** A run has ended, or what ended ones are told by has changed. */
  readonly isEnd: boolean
  /** The sources that may stand differently now. */
  readonly sources: readonly string[] | 'all'
}

interface TouchedRow extends Position {
  readonly now: Date
  readonly kind: string
  readonly objectId: string
  readonly isEnd: boolean
  readonly sources: readonly (string | null)[] | null
}

/** Changes of these leave how sources stand, and what is told of ended runs, as they are. */
const APART = new Set([
  'scheduler',
  'pause',
  'repository',
  'schedule',
  'setting',
  'user',
  'api-key',
])

/**
 * What the changes after a position have touched, up to a new one; undefined where that cannot be told: without a
 * position, and where it is none of this catalog's or too long past.
 */
export async function readTouched(
  sql: Sql,
  last: Position | undefined,
): Promise<{ now: Date; position: Position; touched: readonly Touched[] | undefined }> {
  const known = last && (await touchedSince(sql, last))
  const rows = known ?? (await touchedRows(sql, 'id = (select max(id) from changes)'))
  const newest = rows.at(-1)
  if (newest === undefined) throw new CatalogUnreachable({ why: 'its log of changes is empty' })
  const { id, at, now } = newest
  return { now, position: { id, at }, touched: known?.slice(1).map(touchedBy) }
}

/** The change at a position and those after it. */
async function touchedSince(sql: Sql, { id, at }: Position): Promise<TouchedRow[] | undefined> {
  const rows = await touchedRows(sql, 'id >= $1', id)
  const isKnown = rows[0]?.at.getTime() === at.getTime() && rows.length <= CHANGES_PAGE
  return isKnown ? rows : undefined
}

const touchedRows = (sql: Sql, which: string, ...values: readonly unknown[]) =>
  sql.query<TouchedRow>(
    `select clock_now() as now, id::float8 as id, at, changes.kind, object_id as "objectId",
       changes.kind = 'run' and facts ->> 'finishedAt' is not null as "isEnd",
       case changes.kind when 'backup' then facts -> 'sources' when 'run' then
         (select jsonb_build_array(source_id) from runs where runs.id = object_id::uuid) end as sources
     from changes where ${which} order by changes.id limit ${CHANGES_PAGE + 1}`,
    values,
  )

function touchedBy({ kind, objectId, isEnd, sources }: TouchedRow): Touched {
  if (APART.has(kind)) return { isEnd: false, sources: [] }
  if (kind === 'source') return { isEnd: true, sources: [objectId] }
  if (sources === null) return { isEnd: true, sources: 'all' }
  return { isEnd, sources: sources.filter(id => id !== null) }
}

/** Forgets changes that are long past. The newest always stays. */
export async function forgetChanges(sql: Sql): Promise<void> {
  await sql.query('delete from changes where id <= (select max(id) from changes) - $1', [KEPT])
}
