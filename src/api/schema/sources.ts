import { z } from 'zod'
import { TLS_STATES } from '../../core/backup.ts'
import { Name, PlainText, Reference, SecretText, Time } from './common.ts'
import { Schedule } from './schedules.ts'
import { Standing } from './summary.ts'

/** A database that is backed up. */
export const Source = z.object({
  id: z.uuid(),
  name: z.string(),
  engine: z.string(),
  host: z.string(),
  database: z.string(),
  /** What its backups call it: `shop@db.example.org:5432`. */
  label: z.string(),
  /** What its backups called it before its database moved; those backups are still of this source. */
  formerLabels: z.array(z.string()).readonly(),
  createdAt: Time,
})
export type Source = z.output<typeof Source>

export const SourceListing = Source.extend({
  schedules: z.number().int(),
  lastBackupAt: z.nullable(Time),
})
export type SourceListing = z.output<typeof SourceListing>

export const SourceList = z.object({ sources: z.array(SourceListing) })

const TLS_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
/** `require` encrypts and verifies nothing; `verify-full` verifies the certificate and the host in it. */
export const TlsMode = z.enum(TLS_MODES)
export type TlsMode = z.output<typeof TlsMode>

const PARTS = {
  /** A name, an address, or the directory of a unix socket. */
  host: PlainText(255).optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  database: PlainText(200).optional(),
  user: PlainText(200).optional(),
  /** Goes in and never comes out. */
  password: SecretText.optional(),
  tls: TlsMode.optional(),
  /** A file on the server with the certificates that are trusted. */
  caFile: PlainText(1000).optional(),
}

/** Where a database is: by its URL, with its password, or in parts, each of which is taken literally. */
const PLACE = {
  url: SecretText.optional(),
  engine: PlainText(40).optional(),
  ...PARTS,
}
export type SourcePlace = z.output<z.ZodObject<typeof PLACE>>

const PART_NAMES = ['engine', ...Object.keys(PARTS)]

/** Says what is wrong with a place: both forms at once, or neither. */
function checkPlace(needsDatabase: boolean) {
  return (place: SourcePlace, context: z.core.$RefinementCtx<SourcePlace>) => {
    const given = new Map<string, unknown>(Object.entries(place))
    const parts = PART_NAMES.filter(name => given.get(name) !== undefined)
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message })
    if (place.url !== undefined) {
      for (const name of parts) refuse(name, 'give either the URL or the parts of it')
    } else if (place.host === undefined) refuse('url', 'give the URL, or host and database')
    else if (needsDatabase && place.database === undefined) refuse('database', 'give its name')
  }
}

export const NewSource = z.strictObject({ name: Name, ...PLACE }).superRefine(checkPlace(true))
export type NewSource = z.input<typeof NewSource>

/** What is left out stays as it is. Where the login would go elsewhere, its password is given anew. */
export const SourceChanges = z
  .strictObject({ name: Name.optional(), ...PLACE })
  .superRefine((changes, context) => {
    const count = Object.values(changes).filter(one => one !== undefined).length
    if (count === 0) context.addIssue({ code: 'custom', path: ['name'], message: 'name a change' })
    if (changes.url !== undefined) checkPlace(true)(changes, context)
  })
export type SourceChanges = z.input<typeof SourceChanges>

export const EditedSource = z.object({
  source: Source,
  /** What the change means for the backups so far. */
  warnings: z.array(z.string()),
})

/** A login, without its password. */
export const Connection = z.object({
  host: z.string(),
  port: z.nullable(z.number().int()),
  database: z.string(),
  user: z.nullable(z.string()),
  passwordSet: z.boolean(),
  tls: z.nullable(TlsMode),
  caFile: z.nullable(z.string()),
})
export type Connection = z.output<typeof Connection>

/** verified: encrypted, and by a certificate that was verified; encrypted: by whatever certificate there was. */
export const Tls = z.enum(TLS_STATES)

export const SourceDetails = z.object({
  source: Source,
  connection: Connection.extend({
    /** How the connection of its newest backup was protected; null where that is not known. */
    lastTls: z.nullable(Tls),
  }),
  standing: Standing,
  schedules: z.array(Schedule),
})
export type SourceDetails = z.output<typeof SourceDetails>

/** A database that is no source yet. */
export const UnsavedSource = z.strictObject(PLACE).superRefine(checkPlace(true))

/** What a look at a database found. */
const Found = {
  /** The server product's version: `15.18`. */
  server: z.string(),
  /** The program that would dump it. */
  tool: z.string(),
  /** A guess at the size of its dump. */
  estimatedBytes: z.nullable(z.number()),
  /** How the connection is protected; null where its engine does not tell. */
  tls: z.nullable(Tls),
  /** What to mind: a connection that is not encrypted on its way over a network. */
  warnings: z.array(z.string()).readonly(),
}

export const UnsavedSourceTest = z.object({
  engine: z.string(),
  /** What its backups would call it. */
  label: z.string(),
  ...Found,
})

export const SourceTest = z.object({ source: Source, ...Found })
export type SourceTest = z.output<typeof SourceTest>

/** A server: that of a source, or one that is named by its URL or its parts; the database may be left out. */
export const DatabasesQuery = z
  .strictObject({ source: Reference.optional(), ...PLACE })
  .superRefine(({ source, ...place }, context) => {
    if (source === undefined) return checkPlace(false)(place, context)
    if (Object.values(place).some(one => one !== undefined)) {
      const message = 'give either a source or a place'
      context.addIssue({ code: 'custom', path: ['source'], message })
    }
  })

export const DatabaseList = z.object({
  databases: z.array(
    z.object({
      database: z.string(),
      /** What backups of it are, or would be, called. */
      label: z.string(),
      owner: z.string(),
      encoding: z.string(),
      /** null where the login may not see it, or where to measure took too long. */
      bytes: z.nullable(z.number()),
      /** The source that it is already. */
      source: z.nullable(z.string()),
    }),
  ),
})
export type DatabaseList = z.output<typeof DatabaseList>
