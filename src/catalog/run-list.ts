import type { RunKind, RunState, RunTrigger } from '../core/run.ts'
import type { Sql } from './db.ts'
import { RUN, type Run } from './runs.ts'

/** Which runs; what is absent does not matter. */
export interface RunFilter {
  readonly states?: readonly RunState[] | undefined
  readonly kinds?: readonly RunKind[] | undefined
  readonly triggers?: readonly RunTrigger[] | undefined
  readonly sourceId?: string | undefined
  readonly repositoryId?: string | undefined
  readonly scheduleId?: string | undefined
  /** Asked for by hand by this user or key, whatever its capitals. */
  readonly who?: string | undefined
  /** Asked for at this time or later. */
  readonly since?: Date | undefined
  /** Asked for before this time. */
  readonly until?: Date | undefined
  /** Part of a name, of who asked or of why it failed, or the beginning of an id. */
  readonly text?: string | undefined
}

/** A run's place in the list. */
export type Place = Pick<Run, 'id' | 'queuedAt'>

export interface RunPage {
  readonly limit: number
  /** The last run of the page before. */
  readonly after?: Place | undefined
  /** The first run of the page after. */
  readonly before?: Place | undefined
}

/** A run that says by name what it works on. */
export interface ListedRun extends Run {
  readonly source: string | null
  readonly repository: string
  /** Of a restore: whether its target is another database than before, as far as anybody knows. */
  readonly touched: 'no' | 'yes' | 'maybe' | null
}

/** The {@link ListedRun.touched} of a run: an attempt that had leave and did not give it back may have swapped. */
export const TOUCHED = `case when runs.kind <> 'restore' then null when runs.state = 'completed' then 'yes'
  when exists (select from run_attempts a where a.run_id = runs.id and a.committing) then 'maybe'
  else 'no' end as touched`

export interface RunPages {
  readonly runs: ListedRun[]
  /** Continues the list where this page ends: a run of it, or one that a search got to. */
  readonly next: string | undefined
  /** The same towards the newer ones. */
  readonly previous: string | undefined
}

/** No search reads more runs than this for one page: it may be short, and the next one goes on from there. */
const MOST_SEARCHED = 5_000

/** The runs of a filter, newest first. */
export async function listRuns(sql: Sql, filter: RunFilter, page: RunPage): Promise<RunPages> {
  const { limit, after, before } = page
  const isBack = before !== undefined
  const runs = await pageOf(sql, filter, page)
  const isFull = runs.length > limit
  if (isFull) runs.pop()
  const searched =
    filter.text !== undefined && !isFull ? await searchedUntil(sql, filter, page) : undefined
  const onwards = isFull ? runs.at(-1)?.id : searched
  if (isBack) runs.reverse()
  const [first, last] = [runs.at(0)?.id, runs.at(-1)?.id]
  return isBack
    ? { runs, previous: onwards, next: last ?? before.id }
    : { runs, next: onwards, previous: after === undefined ? undefined : (first ?? after.id) }
}

async function pageOf(sql: Sql, filter: RunFilter, page: RunPage): Promise<ListedRun[]> {
  const values: unknown[] = []
  const { text } = filter
  const order = orderOf(page)
  const walk = walkOf(filter, page, text === undefined ? page.limit + 1 : MOST_SEARCHED, values)
  const search = text === undefined ? '' : `where ${searchFor(text, values)}`
  return await sql.query<ListedRun>(
    `select ${RUN}, ${TOUCHED}, sources.name as source, repositories.name as repository
     from (select * from (${walk}) as runs ${search} ${order} limit ${page.limit + 1}) as runs
     left join sources on sources.id = runs.source_id
     join repositories on repositories.id = runs.repository_id
     ${order}`,
    values,
  )
}

/** The run that a search got to when it had read as much as it may; undefined where it read everything. */
async function searchedUntil(
  sql: Sql,
  filter: RunFilter,
  page: RunPage,
): Promise<string | undefined> {
  const values: unknown[] = []
  const walk = walkOf(filter, page, MOST_SEARCHED, values)
  const [last] = await sql.query<{ id: string }>(
    `select id from (${walk}) as runs ${orderOf(page)} limit 1 offset ${MOST_SEARCHED - 1}`,
    values,
  )
  return last?.id
}

const orderOf = ({ before }: RunPage): string =>
  before === undefined
    ? 'order by runs.queued_at desc, runs.id desc'
    : 'order by runs.queued_at, runs.id'

/** The first so many runs of a filter; each state by itself, so that each has an index in this order. */
function walkOf(filter: RunFilter, page: RunPage, limit: number, values: unknown[]): string {
  const { states, ...rest } = filter
  const where = conditions(rest, values)
  const { after, before } = page
  const from = before ?? after
  if (from !== undefined) {
    values.push(from.queuedAt, from.id)
    const place = `($${values.length - 1}::timestamptz(3), $${values.length}::uuid)`
    where.push(`(runs.queued_at, runs.id) ${before === undefined ? '<' : '>'} ${place}`)
  }
  const one = (more: readonly string[]) =>
    `(select * from runs where ${[...where, ...more].join(' and ')} ${orderOf(page)} limit ${limit})`
  if (states === undefined) return one([])
  const each = states.map(state => one([`state = ${word(state)}`]))
  return `select * from (${each.join(' union all ')}) as runs ${orderOf(page)} limit ${limit}`
}

/** What an id may begin with: to compare every id would take longer than all the rest. */
const ID_BEGINNING = /^[0-9a-f-]+$/

/** What a text is looked for in; `%` and `_` in it mean themselves. */
function searchFor(text: string, values: unknown[]): string {
  values.push(`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`)
  const part = `$${values.length}`
  const among = [
    `source_id in (select id from sources where name ilike ${part})`,
    `repository_id in (select id from repositories where name ilike ${part})`,
    `triggered_by ilike ${part}`,
    `failure->>'code' ilike ${part}`,
    `failure->>'message' ilike ${part}`,
  ]
  const id = text.toLowerCase()
  if (ID_BEGINNING.test(id)) {
    values.push(`${id}%`)
    among.push(`id::text like $${values.length}`, `backup_id like $${values.length}`)
  }
  return `(${among.join(' or ')})`
}

/** A run with what it works on by name, and what became of its target. */
export async function withNames(sql: Sql, run: Run): Promise<ListedRun> {
  const [names] = await sql.query<Pick<ListedRun, 'source' | 'repository' | 'touched'>>(
    `select (select name from sources where id = $1) as source, name as repository,
            (select ${TOUCHED} from runs where id = $3)
     from repositories where id = $2`,
    [run.sourceId, run.repositoryId, run.id],
  )
  const { source = null, repository = '', touched = null } = names ?? {}
  return { ...run, source, repository, touched }
}

/** What a filter asks for, but its text, in SQL; its parameters are added to `values`. */
export function conditions(filter: RunFilter, values: unknown[]): string[] {
  const asked: readonly (readonly [condition: string, value: unknown])[] = [
    ['state = any($)', filter.states],
    ['kind = any($)', several(filter.kinds)],
    ['trigger = any($)', several(filter.triggers)],
    ['source_id = $', filter.sourceId],
    ['repository_id = $', filter.repositoryId],
    ['schedule_id = $', filter.scheduleId],
    [`trigger = 'manual' and lower(triggered_by) = lower($)`, filter.who],
    ['queued_at >= $', filter.since],
    ['queued_at < $', filter.until],
  ]
  const where = ['true']
  const [kind, trigger] = [only(filter.kinds), only(filter.triggers)]
  if (kind !== undefined) where.push(`kind = ${word(kind)}`)
  if (trigger !== undefined) where.push(`trigger = ${word(trigger)}`)
  for (const [condition, value] of asked) {
    if (value === undefined) continue
    values.push(value)
    where.push(condition.replace('$', () => `$${values.length}`))
  }
  return where
}

/**
 * A state, kind or trigger, written out: a statement that is planned once for all values cannot take an index that
 * leaves some of them out.
 */
function word(value: string): string {
  if (!/^[a-z-]+$/.test(value)) throw new Error(`no word of runs: ${value}`)
  return `'${value}'`
}

// One value walks an index in its order; several of them need another plan.
const only = <T>(values: readonly T[] | undefined) => (values?.length === 1 ? values[0] : undefined)
const several = <T>(values: readonly T[] | undefined) => (values?.length === 1 ? undefined : values)
