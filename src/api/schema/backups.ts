import { z } from 'zod'
import { BACKUP_STATES } from '../../catalog/backup-list.ts'
import { Failure } from '../../core/run.ts'
import { Document, Pointer, Reference, Time, TimeText } from './common.ts'

export const MOST_BACKUPS = 200
const MOST_TABLES = 200
/** So many lines of each kind does a comparison name; it counts all of them. */
export const MOST_CHANGES = 1000

/** Text that the catalog can hold: no NUL, and no half of a character. */
const PlainText = (most: number) =>
  z
    .string()
    .max(most, `it is longer than ${most} characters`)
    .refine(text => !text.includes('\0') && text.isWellFormed(), 'it holds what is no character')

/** A backup in a path: its id, an unambiguous beginning of it, `latest`, or `latest:SOURCE`. */
export const BackupReference = PlainText(300).min(1)

/** A deletion that can still be taken back. */
export const Deletion = z.object({
  askedBy: z.string(),
  askedAt: Time,
  /** Carried out then, or as soon as nobody reads the backup. */
  dueAt: Time,
  /** How often it was tried, and why the last try failed. */
  attempts: z.number().int(),
  failure: z.nullable(Failure),
})

export const Backup = z.object({
  id: z.string(),
  repository: Pointer,
  /** Null where the server knows no such source. */
  source: z.nullable(Pointer),
  /** The database as the backup itself calls it: `shop@db.example.org:5432`. */
  sourceLabel: z.string(),
  runId: z.nullable(z.string()),
  /** `deleting`: it waits for its deletion, and can be restored until then. */
  state: z.enum(BACKUP_STATES),
  startedAt: Time,
  finishedAt: Time,
  dumpBytes: z.number(),
  storedBytes: z.number(),
  tables: z.number().int(),
  rows: z.number(),
  tags: z.record(z.string(), z.string()),
  warningCount: z.number().int(),
  note: z.string(),
  /** It cannot be deleted, and retention passes it over. */
  pinned: z.boolean(),
  verifiedAt: z.nullable(Time),
  deletion: z.nullable(Deletion),
})
export type Backup = z.output<typeof Backup>

export const BackupList = z.object({
  /** Newest first. */
  backups: z.array(Backup),
  /** `after` of the next page; null where this is the last one. */
  next: z.nullable(z.string()),
})
export type BackupList = z.output<typeof BackupList>

export const UnclaimedDatabases = z.object({
  /** The one with the newest backup first; up to 500. */
  databases: z.array(
    z.object({
      /** As its backups call it: `shop@db.example.org:5432`; `source` of the list of backups takes it. */
      label: z.string(),
      backups: z.number().int(),
      lastBackupAt: Time,
    }),
  ),
})

export const BackupDetails = Backup.extend({
  notedBy: z.nullable(z.string()),
  notedAt: z.nullable(Time),
  pinnedBy: z.nullable(z.string()),
  pinnedAt: z.nullable(Time),
  engine: z.string(),
  database: z.string(),
  /** The versions of the database's server, and of the program that made the dump. */
  server: z.string(),
  tool: z.string(),
  /** What else the engine recorded of the database: encoding, locale, owner, settings, … */
  properties: Document,
  streams: z.array(
    z.object({
      name: z.string(),
      format: z.string(),
      bytes: z.number(),
      chunks: z.number().int(),
    }),
  ),
  warnings: z.array(z.string()),
  newChunks: z.number().int(),
  reusedChunks: z.number().int(),
  madeBy: z.object({ holdfast: z.string(), host: z.string(), run: z.string().optional() }),
  /** The backup of the same database before this one, which may be gone. */
  previous: z.nullable(z.string()),
})
export type BackupDetails = z.output<typeof BackupDetails>

const BackupState = z.enum(BACKUP_STATES)

/** `2026-05-01T14:03:00.000Z,4f2a…,…`: the last backup of the page before. */
const Cursor = z
  .string()
  .max(100)
  .transform((text, context) => {
    const [time = '', id = '', repositoryId = ''] = text.split(',')
    const finishedAt = new Date(time)
    const isUuid = z.uuid().safeParse(repositoryId).success
    if (isUuid && /^[0-9a-f]{32}$/.test(id) && z.iso.datetime().safeParse(time).success) {
      return { finishedAt, id, repositoryId }
    }
    context.addIssue({ code: 'custom', message: 'it is not the `next` of a page' })
    return z.NEVER
  })

export const BackupQuery = z.strictObject({
  /** The name or id of a source, or what backups call their database. */
  source: PlainText(300).min(1).optional(),
  repository: Reference.optional(),
  /** Finished at this time or later. */
  since: TimeText,
  /** Finished before this time. */
  until: TimeText,
  /** `good,warnings` */
  state: z
    .string()
    .max(100)
    .transform(text => text.split(','))
    .pipe(z.array(BackupState))
    .optional(),
  /** `name` or `name=value` */
  tag: PlainText(300)
    .min(1)
    .transform(text => {
      const [name = '', ...value] = text.split('=')
      return { name, value: value.length === 0 ? undefined : value.join('=') }
    })
    .optional(),
  pinned: z
    .enum(['true', 'false'])
    .transform(text => text === 'true')
    .optional(),
  /** Occurs in the note, in a name or a tag; or the id begins so. */
  text: PlainText(200).min(1).optional(),
  limit: z.coerce.number().int().min(1).max(MOST_BACKUPS).default(50),
  /** `next` of the page before. */
  after: Cursor.optional(),
})

/** Where a backup of that id is in more than one repository. */
export const InRepository = z.strictObject({ repository: Reference.optional() })

export const BackupTable = z.object({
  name: z.string(),
  rows: z.number().int(),
  /** Of its data as dumped. */
  bytes: z.number().int(),
  sha256: z.string(),
})

export const BackupTables = z.object({
  /** By name. */
  tables: z.array(BackupTable),
  /** How many fit the query. */
  total: z.number().int(),
  /** `after` of the next page; null where this is the last one. */
  next: z.nullable(z.string()),
  sequences: z.number().int(),
  largeObjects: z.object({ count: z.number().int(), bytes: z.number().int() }),
})
export type BackupTables = z.output<typeof BackupTables>

export const TablesQuery = InRepository.extend({
  /** Occurs in the name. */
  text: PlainText(200).min(1).optional(),
  limit: z.coerce.number().int().min(1).max(MOST_TABLES).default(MOST_TABLES),
  /** `next` of the page before: the name of its last table. */
  after: PlainText(300).optional(),
})

const TableFacts = BackupTable.omit({ name: true })
const Change = z.enum(['added', 'gone', 'changed'])
const LargeObjects = z.object({ count: z.number().int(), bytes: z.number().int() })

/** What changed from one backup to another, told from what was recorded of them. */
export const Diff = z.object({
  tables: z
    .array(
      z.object({
        name: z.string(),
        change: z.enum([...Change.options, 'same']),
        before: TableFacts.optional(),
        after: TableFacts.optional(),
      }),
    )
    .readonly(),
  objects: z.array(z.object({ name: z.string(), change: Change })).readonly(),
  /** Sequences that moved, came or went. */
  sequences: z
    .array(
      z.object({
        name: z.string(),
        before: z.string().optional(),
        after: z.string().optional(),
      }),
    )
    .readonly(),
  largeObjects: z.object({
    change: z.enum(['changed', 'same']),
    before: LargeObjects,
    after: LargeObjects,
  }),
})
export type Diff = z.output<typeof Diff>

export const Comparison = Diff.extend({
  before: Backup,
  after: Backup,
  /** How many there are of each kind; no more than 1,000 of each are named. */
  counts: z.object({
    added: z.number().int(),
    gone: z.number().int(),
    changed: z.number().int(),
    same: z.number().int(),
    objects: z.number().int(),
    sequences: z.number().int(),
  }),
})
export type Comparison = z.output<typeof Comparison>

export const ComparisonQuery = z.strictObject({
  beforeRepository: Reference.optional(),
  afterRepository: Reference.optional(),
  /** Name the tables that did not change, too. */
  same: z
    .enum(['true', 'false'])
    .transform(text => text === 'true')
    .default(false),
})

/** What is said of a backup; what is left out stays as it is. */
export const BackupChanges = z
  .strictObject({
    note: PlainText(2000).optional(),
    pinned: z.boolean().optional(),
  })
  .refine(({ note, pinned }) => note !== undefined || pinned !== undefined, {
    error: 'give a note or pinned',
    path: ['note'],
  })
export type BackupChanges = z.input<typeof BackupChanges>

/** Asked of whoever deletes the last good backup of a source. */
export const DeleteBackup = z.strictObject({
  lastToo: z.boolean().default(false),
  /** The name of the source, typed as it is. */
  source: PlainText(300).optional(),
})
export type DeleteBackup = z.input<typeof DeleteBackup>

export const NewDownload = z.strictObject({
  /** `dump`, or another one that the backup's details name: `globals`. */
  stream: PlainText(100).min(1).default('dump'),
})
export type NewDownload = z.input<typeof NewDownload>

/** Leave to download once. */
export const DownloadLink = z.object({
  /** For POST /downloads, from whoever asked for it and nobody else. It is shown this once. */
  token: z.string(),
  expiresAt: Time,
  /** What the file will be called, and how long it will be. */
  name: z.string(),
  bytes: z.number(),
})
export type DownloadLink = z.output<typeof DownloadLink>

export const Download = z.strictObject({ token: z.string().min(1).max(200) })

export const UploadQuery = z.strictObject({
  /** Which source it is a dump of. */
  source: Reference,
  /** The name of its file. */
  name: PlainText(200)
    .min(1)
    .refine(name => !/\p{Cc}/u.test(name), 'it holds a control character')
    .default('a dump'),
})
