import type { Sql } from './db.ts'
import { idPattern } from './names.ts'

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
  /** The network address it came from; null for what the system did by itself. */
  readonly address: string | null
  readonly requestId: string | null
}

/** Which entries; what is absent does not matter. */
export interface AuditFilter {
  /** Written at this time or later. */
  readonly since?: Date | undefined
  /** Written before this time. */
  readonly until?: Date | undefined
  readonly actor?: string | undefined
  /** `source.add`, or all actions on a kind of object: `source`. */
  readonly action?: string | undefined
  readonly result?: string | undefined
  readonly address?: string | undefined
  /** A kind of object, its name as it was then, its id or the beginning of that. */
  readonly object?: string | undefined
}

export interface AuditPage {
  readonly limit: number
  /** The last entry of the page before. */
  readonly after?: number | undefined
}

const COLUMNS = `id::float8 as id, at, actor, action, object_kind as "objectKind",
  object_id as "objectId", object_name as "objectName", result, details, address,
  request_id as "requestId"`

/** The entries of a filter, newest first. `next` continues the list where this page ends. */
export async function listAudit(
  sql: Sql,
  filter: AuditFilter,
  { limit, after }: AuditPage,
): Promise<{ readonly entries: AuditRecord[]; readonly next: number | undefined }> {
  const values: unknown[] = [limit + 1]
  const asked = (condition: string, value: unknown) => {
    if (value === undefined) return []
    values.push(value)
    return [condition.replaceAll('$', `$${values.length}`)]
  }
  const where = [
    'true',
    ...asked('at >= $', filter.since),
    ...asked('at < $', filter.until),
    ...asked('lower(actor) = lower($)', filter.actor),
    ...asked(filter.action?.includes('.') ? 'action = $' : `action like $ || '.%'`, filter.action),
    ...asked('result = $', filter.result),
    ...asked('address = $', filter.address),
    ...asked('id < $', after),
    ...(filter.object === undefined ? [] : [aboutObject(filter.object, values)]),
  ]
  const entries = await sql.query<AuditRecord>(
    `select ${COLUMNS} from audit_log where ${where.join(' and ')} order by id desc limit $1`,
    values,
  )
  const more = entries.length > limit
  if (more) entries.pop()
  return { entries, next: more ? entries.at(-1)?.id : undefined }
}

/** Its ids are found first, each by its own index: a refusal has what was typed, and no id. */
function aboutObject(object: string, values: unknown[]): string {
  values.push(object, idPattern(object))
  const [name, pattern] = [`$${values.length - 1}`, `$${values.length}`]
  return `id in (
    with named as materialized (
      select distinct object_kind as kind, object_id, lower(object_name) as name
      from audit_log where object_id like ${pattern}
        or (object_id is not null and lower(object_name) = lower(${name}))
    )
    select id from audit_log where object_kind = lower(${name})
    union all select id from audit_log where lower(object_name) = lower(${name})
    union all select id from audit_log where object_id like ${pattern}
    union all select log.id from audit_log log join named on kind = object_kind
      where log.object_id is null and (named.name = lower(object_name)
        or lower(object_name) ~ '^[0-9a-f-]{4,36}$' and starts_with(
          replace(named.object_id, '-', ''), replace(lower(object_name), '-', ''))))`
}
