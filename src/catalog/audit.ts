import type { Sql } from './db.ts'
import { jsonText } from './json.ts'
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
      jsonText(entry.details ?? {}),
      origin?.address ?? null,
      origin?.requestId ?? null,
    ],
  )
}
