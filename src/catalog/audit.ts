import type { Sql } from './db.ts'
import { idPattern } from './names.ts'
import { currentOrigin } from './origin.ts'

/** Something that somebody did, or that the system did by itself (actor `scheduler`, `reaper`, …). */
export interface AuditEntry {
  /** Who: `local user ops`, `api key deploy`, `scheduler`. */
  readonly actor: string
  /** What, as noun and verb: `source.add`, `run.cancel`. */
  readonly action: string
  readonly objectKind: string
  readonly objectId?: string | undefined
  /** Its name as it was then. */
  readonly objectName?: string | undefined
  /** How it ended; default: `done`. */
  readonly result?: string
  /** What else there is to know. Nothing secret: it is kept for ever. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Writes down what was done; within the transaction that does it, so that neither is without the other. */
export async function audit(sql: Sql, entry: AuditEntry): Promise<void> {
  const origin = currentOrigin()
  await sql.query(
    `insert into audit_log
       (actor, action, object_kind, object_id, object_name, result, details, address, request_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      entry.actor,
      entry.action,
      entry.objectKind,
      entry.objectId ?? null,
      entry.objectName ?? null,
      entry.result ?? 'done',
      JSON.stringify(entry.details ?? {}),
      origin?.address ?? null,
      origin?.requestId ?? null,
    ],
  )
}

/** An entry as it was written. */
export interface AuditRecord {
  /** Grows from entry to entry. */
  readonly id: number
  readonly at: Date
  readonly actor: string
  readonly action: string
  readonly objectKind: string
  readonly objectId: string | null
  readonly objectName: string | null
  readonly result: string
  readonly details: Readonly<Record<string, unknown>>
}

/** Which entries; what is absent does not matter. */
export interface AuditFilter {
  /** Written at this time or later. */
  readonly since?: Date | undefined
  /** Written before this time. */
  readonly until?: Date | undefined
  readonly actor?: string | undefined
  /** A kind of object, its name as it was then, its id or the beginning of that. */
  readonly object?: string | undefined
}

export interface AuditPage {
  readonly limit: number
  /** The last entry of the page before. */
  readonly after?: number | undefined
}

/** The entries of a filter, newest first. `next` continues the list where this page ends. */
export async function listAudit(
  sql: Sql,
  { since, until, actor, object }: AuditFilter,
  { limit, after }: AuditPage,
): Promise<{ readonly entries: AuditRecord[]; readonly next: number | undefined }> {
  const entries = await sql.query<AuditRecord>(
    `with named as materialized (
       -- What the object was called, and its whole id: a refusal has what was typed, and no id.
       select distinct object_kind as kind, object_id as id, lower(object_name) as name
       from audit_log where object_id like $5 or (object_id is not null and lower(object_name) = lower($4))
     )
     select id::float8 as id, at, actor, action, object_kind as "objectKind",
       object_id as "objectId", object_name as "objectName", result, details
     from audit_log
     where ($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at < $2)
       and ($3::text is null or lower(actor) = lower($3))
       and ($4::text is null or object_kind = lower($4) or lower(object_name) = lower($4)
            or object_id like $5
            or object_id is null and exists (select from named where kind = object_kind
                 and (name = lower(object_name)
                      or lower(object_name) ~ '^[0-9a-f-]{4,36}$'
                         and starts_with(replace(named.id, '-', ''),
                                         replace(lower(object_name), '-', '')))))
       and ($6::bigint is null or id < $6)
     order by id desc limit $7`,
    [since, until, actor, object, object && idPattern(object), after, limit + 1].map(
      value => value ?? null,
    ),
  )
  const more = entries.length > limit
  if (more) entries.pop()
  return { entries, next: more ? entries.at(-1)?.id : undefined }
}
