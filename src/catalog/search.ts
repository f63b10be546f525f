import { shortId } from '../core/ids.ts'
import type { Sql } from './db.ts'
import { idPattern } from './names.ts'

/** What can be found. */
export const FINDABLE = ['source', 'repository', 'schedule', 'backup', 'run', 'user'] as const
export type Findable = (typeof FINDABLE)[number]

/** One thing that was found. */
export interface Finding {
  readonly kind: Findable
  readonly id: string
  readonly name: string
  /** What else tells it from others of the name. */
  readonly hint: string
  /** Of a backup: where it is; another repository may have one of its id. */
  readonly repositoryId: string | null
  /** When a backup ended, or a run was asked for. */
  readonly at: Date | null
}

/** Of each kind. */
const MOST_FOUND = 8
/** So many of the newest notes and tags are looked through. */
const MOST_READ = 5_000

/** Finds things by a text in their names, by the beginning of an id, and backups by note and tag. */
export async function search(
  sql: Sql,
  text: string,
  kinds: readonly Findable[],
): Promise<Finding[]> {
  const found = await Promise.all(kinds.map(kind => SEARCHES[kind](sql, text)))
  return found.flatMap((rows, at) =>
    rows.map(row => ({ repositoryId: null, ...row, kind: kinds[at] ?? 'source' })),
  )
}

type Found = Omit<Finding, 'kind' | 'repositoryId'> & Partial<Pick<Finding, 'repositoryId'>>

const part = (text: string): string => `%${literal(text)}%`
/** `%` and `_` in it mean themselves. */
const literal = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')

/** Names that begin with the text go first. */
const byName = (name: string) =>
  `order by ${name} ilike $3 desc, lower(${name}) limit ${MOST_FOUND}`

const named = (sql: Sql, text: string, select: string): Promise<Found[]> =>
  sql.query<Found>(select, [part(text), idPattern(text), `${literal(text)}%`])

const SEARCHES: Readonly<Record<Findable, (sql: Sql, text: string) => Promise<Found[]>>> = {
  source: (sql, text) =>
    named(
      sql,
      text,
      `select id, name, label as hint, null as at from sources where removed_at is null
         and (name ilike $1 or label ilike $1 or id::text like $2) ${byName('name')}`,
    ),
  repository: (sql, text) =>
    named(
      sql,
      text,
      `select id, name, place as hint, null as at from repositories where removed_at is null
         and (name ilike $1 or place ilike $1 or id::text like $2) ${byName('name')}`,
    ),
  schedule: (sql, text) =>
    named(
      sql,
      text,
      `select s.id, sources.name, coalesce(s.cron, 'after ' || left(s.after_schedule_id::text, 8)) as hint,
         null as at
       from schedules s join sources on sources.id = s.source_id where s.removed_at is null
         and (sources.name ilike $1 or s.id::text like $2) ${byName('sources.name')}`,
    ),
  user: (sql, text) =>
    named(
      sql,
      text,
      `select id, name, email as hint, null as at from users where removed_at is null
         and (name ilike $1 or email ilike $1 or id::text like $2) ${byName('name')}`,
    ),
  backup: findBackups,
  run: findRuns,
}

/** A prefix walks the index of ids; notes and tags are few, and the newest of them are looked through. */
async function findBackups(sql: Sql, text: string): Promise<Found[]> {
  // Two digits at least, as where a backup is named.
  const prefix = /^[0-9a-f]{2,32}$/i.test(text) ? text.toLowerCase() : null
  const rows = await sql.query<Found & { hint: string | null; repository: string }>(
    `with found as (
       (select repository_id, id, null as why from backups
        where id ~>=~ $2::text and id ~<~ ($2::text || 'g')
        order by id limit ${MOST_FOUND})
       union all
       (select r.id, c.backup_id, c.note
        from (select * from backup_care where note <> '' order by noted_at desc limit ${MOST_READ}) c
          join repositories r on r.repository = c.repository
        where c.note ilike $1 order by c.noted_at desc limit ${MOST_FOUND})
       union all
       (select repository_id, id, (select string_agg(t.key || '=' || t.value, ' ')
            from jsonb_each_text(tags) t where t.key || '=' || t.value ilike $1)
        from (select repository_id, id, tags, finished_at from backups where tags <> '{}'
          order by finished_at desc limit ${MOST_READ}) b
        where exists (select from jsonb_each_text(tags) t where t.key || '=' || t.value ilike $1)
        order by finished_at desc limit ${MOST_FOUND})
     )
     select b.id, coalesce(s.name, b.source_label) as name, max(found.why) as hint,
       r.name as repository, b.repository_id as "repositoryId", b.finished_at as at
     from found join backups b using (repository_id, id) join repositories r on r.id = b.repository_id
       left join sources s on s.id = b.source_id
     group by b.id, b.repository_id, 2, r.name, b.finished_at
     order by b.finished_at desc, b.id limit ${MOST_FOUND}`,
    [part(text), prefix],
  )
  return rows.map(({ hint, repository, ...rest }) => ({
    ...rest,
    hint: hint ?? `${shortId(rest.id)} in ${repository}`,
  }))
}

/** The ids that begin with some digits are those between two of them. */
async function findRuns(sql: Sql, text: string): Promise<Found[]> {
  if (idPattern(text) === '') return []
  const digits = text.replaceAll('-', '').toLowerCase()
  if (digits.length > 32 || !isBeginning(text.toLowerCase(), digits)) return []
  return await sql.query<Found>(
    `select runs.id, coalesce(sources.name, repositories.name) as name,
       runs.kind || ' ' || state as hint, queued_at as at
     from runs left join sources on sources.id = source_id
       join repositories on repositories.id = repository_id
     where runs.id >= $1::uuid and runs.id <= $2::uuid order by runs.id limit ${MOST_FOUND}`,
    [digits.padEnd(32, '0'), digits.padEnd(32, 'f')],
  )
}

/** With its dashes where an id has them, or without any. */
const isBeginning = (text: string, digits: string): boolean =>
  text === digits ||
  digits.replace(/^(.{8})(.{0,4})(.{0,4})(.{0,4})(.*)$/, '$1-$2-$3-$4-$5').startsWith(text)
