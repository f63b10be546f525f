import { z } from 'zod'
import { Document, PlainText, Time, TimeText } from './common.ts'

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
  /** The network address it came from; null for what the system did by itself. */
  address: z.nullable(z.string()),
  /** By which the log of the server knows the request. */
  requestId: z.nullable(z.string()),
})
export type AuditEntry = z.output<typeof AuditEntry>

export const AuditLog = z.object({
  entries: z.array(AuditEntry),
  /** `after` of the next page; null where this is the last one. */
  next: z.nullable(z.number().int()),
})

export type AuditLog = z.output<typeof AuditLog>

export const MOST_ENTRIES = 200

const FILTER = {
  /** Written at this time or later. */
  since: TimeText,
  /** Written before this time. */
  until: TimeText,
  actor: PlainText(200).optional(),
  /** `source.add`, or all actions on a kind of object: `source`. */
  action: PlainText(100).optional(),
  result: PlainText(40).optional(),
  address: PlainText(100).optional(),
  /** A kind of object, a name, an id or the beginning of one. */
  object: PlainText(100).optional(),
}

export const AuditExportQuery = z.strictObject(FILTER)

export const AuditQuery = z.strictObject({
  ...FILTER,
  limit: z.coerce.number().int().min(1).max(MOST_ENTRIES).default(50),
  /** `next` of the page before: the number of its last entry. */
  after: z.coerce.number().int().min(1).optional(),
})

/** Whether the log is as it was written. */
export const AuditProof = z.object({
  intact: z.boolean(),
  /** How many entries were looked at. */
  checked: z.number().int(),
  /** The first entry that is not as it was written; null where all are. */
  broken: z.nullable(z.object({ entry: z.number().int(), why: z.string() })),
  /**
   * The last link of the chain that was found whole. Kept elsewhere, it shows later that nothing before it was
   * changed or taken away, not even from the end.
   */
  head: z.nullable(z.object({ link: z.number().int(), hash: z.string() })),
})
export type AuditProof = z.output<typeof AuditProof>
