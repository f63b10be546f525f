import { z } from 'zod'
import { Document, Time, TimeText } from './common.ts'

/** Something that somebody did, or was refused. */
export const AuditEntry = z.object({
  id: z.number().int(),
  at: Time,
  /** Who: `local user ops`, `api key deploy`, `scheduler`. */
  actor: z.string(),
  /** What, as noun and verb: `source.add`, `run.cancel`. */
  action: z.string(),
  objectKind: z.string(),
  objectId: z.nullable(z.string()),
  /** Its name as it was then. */
  objectName: z.nullable(z.string()),
  /** `done`, `refused` or `failed`. */
  result: z.string(),
  details: Document,
})
export type AuditEntry = z.output<typeof AuditEntry>

export const AuditLog = z.object({
  entries: z.array(AuditEntry),
  /** `after` of the next page; null where this is the last one. */
  next: z.nullable(z.number().int()),
})

export type AuditLog = z.output<typeof AuditLog>

export const MOST_ENTRIES = 200

export const AuditQuery = z.strictObject({
  /** Written at this time or later. */
  since: TimeText,
  /** Written before this time. */
  until: TimeText,
  actor: z.string().min(1).max(200).optional(),
  /** A kind of object, a name, an id or the beginning of one. */
  object: z.string().min(1).max(100).optional(),
  limit: z.coerce.number().int().min(1).max(MOST_ENTRIES).default(50),
  /** `next` of the page before: the number of its last entry. */
  after: z.coerce.number().int().min(1).optional(),
})
