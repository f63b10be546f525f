import { z } from 'zod'
import { Failure } from '../../core/run.ts'
import { Name, SecretText, Time, TimeZone } from './common.ts'
import { Schedule } from './schedules.ts'

/** A repository that the server writes to. */
export const Repository = z.object({
  id: z.uuid(),
  name: z.string(),
  /** The id that the repository itself says. */
  repository: z.string(),
  place: z.string(),
  /** How many runs may work on it at the same time; null: no limit of its own. */
  maxRuns: z.nullable(z.number().int()),
  createdAt: Time,
})
export type Repository = z.output<typeof Repository>

/** Found by a look every few minutes; a run that meets it has one taken at once. */
export const Unreachable = z.object({
  since: Time,
  failure: Failure,
})

export const RepositoryListing = Repository.extend({
  schedules: z.number().int(),
  backups: z.number().int(),
  storedBytes: z.number(),
  lastBackupAt: z.nullable(Time),
  /** Bytes of all dumps in it, before anything was saved on them. */
  dumpBytes: z.number(),
  /** What it takes on its storage; null while it was not measured, which happens a while after each backup. */
  usedBytes: z.nullable(z.number()),
  packs: z.nullable(z.number()),
  measuredAt: z.nullable(Time),
  /** Since when it cannot be reached, and why; null while it can. */
  unreachable: z.nullable(Unreachable),
})
export type RepositoryListing = z.output<typeof RepositoryListing>

export const RepositoryList = z.object({
  repositories: z.array(RepositoryListing),
  /** The directory of the server in which a new one may be made where nobody knows a better place; null: there is none. */
  home: z.nullable(z.string()),
})

export const NewRepository = z
  .strictObject({
    name: Name,
    /** Where it is: a path on the server, or a URL. */
    url: SecretText,
    /** Opens it this once, or its recovery key does; the server then keeps a key of its own. */
    passphrase: SecretText.optional(),
    recoveryKey: SecretText.optional(),
    maxRuns: z.number().int().min(1).max(100).optional(),
  })
  .refine(one => (one.passphrase === undefined) !== (one.recoveryKey === undefined), {
    error: 'give either the passphrase or the recovery key',
    path: ['passphrase'],
  })
export type NewRepository = z.input<typeof NewRepository>

/** A repository that is not there yet: it is made in a new or empty place. */
export const RepositoryToCreate = z.strictObject({
  name: Name,
  /** Where it is to be: a path on the server, or a URL. */
  url: SecretText,
  /** What opens it later; left out: one is made up. */
  passphrase: SecretText.optional(),
  maxRuns: z.number().int().min(1).max(100).optional(),
})
export type RepositoryToCreate = z.input<typeof RepositoryToCreate>

/** The one answer that shows what opens a repository. */
export const CreatedRepository = z.object({
  repository: Repository,
  /** Opens it when the passphrase is lost. Print it, and keep it away from the server. */
  recoveryKey: z.string(),
  /** The passphrase that was made up; null where one was given. */
  passphrase: z.nullable(z.string()),
})
export type CreatedRepository = z.output<typeof CreatedRepository>

export const RepositoryDetails = z.object({
  repository: RepositoryListing,
  /** Bytes of all dumps for each byte on the storage; null while it was not measured. */
  dedupRatio: z.nullable(z.number()),
  schedules: z.array(Schedule),
})
export type RepositoryDetails = z.output<typeof RepositoryDetails>

const StorageDay = z.object({
  /** In UTC, as repositories are measured once for each such day: `2026-03-29`. */
  day: z.string(),
  /** On the storage, as last measured on that day; null where nobody did. */
  usedBytes: z.nullable(z.number()),
  /** Bytes of all dumps that it held then, before anything was saved on them; null where usedBytes is. */
  dumpBytes: z.nullable(z.number()),
  /** How many backups it held then; null where usedBytes is. */
  backups: z.nullable(z.number()),
  /** Bytes of all dumps for each byte on the storage. */
  dedupRatio: z.nullable(z.number()),
  /** Bytes of the dumps that completed backups of that day made, deleted ones too. */
  dumpedBytes: z.number(),
  /** What these added to it. */
  storedBytes: z.number(),
})

export const StorageHistory = z.object({
  /** First day first; days of which nothing is known are left out. */
  days: z.array(StorageDay),
})
export type StorageHistory = z.output<typeof StorageHistory>

export const HistoryQuery = z.strictObject({
  /** Of how many days, today included. */
  days: z.coerce.number().int().min(1).max(400).default(90),
  timeZone: TimeZone.describe('by whose clocks days begin'),
})

export const RepositoryKeys = z.object({
  keys: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['passphrase', 'recovery']),
      label: z.string(),
      createdAt: Time,
      /** The one by which this server opens it. */
      isServers: z.boolean(),
    }),
  ),
})
export type RepositoryKeys = z.output<typeof RepositoryKeys>

/** What is left out stays as it is. */
export const RepositoryChanges = z
  .strictObject({
    name: Name.optional(),
    /** null: no limit of its own. */
    maxRuns: z.nullable(z.number().int().min(1).max(100)).optional(),
  })
  .refine(({ name, maxRuns }) => name !== undefined || maxRuns !== undefined, {
    error: 'give a name or maxRuns',
    path: ['name'],
  })
export type RepositoryChanges = z.input<typeof RepositoryChanges>

/** What the catalogue learned from the repository. */
export const Refreshed = z.object({
  repository: Repository,
  /** Backups that the catalogue did not know. */
  adopted: z.number().int(),
  /** Backups that are gone. */
  dropped: z.number().int(),
  /** Backups whose record in the repository cannot be read. */
  unreadable: z.array(z.string()),
})
export type Refreshed = z.output<typeof Refreshed>
