import { z } from 'zod'
import { Name, SecretText, Time } from './common.ts'

/** A database that is backed up. */
export const Source = z.object({
  id: z.uuid(),
  name: z.string(),
  engine: z.string(),
  host: z.string(),
  database: z.string(),
  /** What its backups call it: `shop@db.example.org:5432`. */
  label: z.string(),
  createdAt: Time,
})
export type Source = z.output<typeof Source>

export const SourceListing = Source.extend({
  schedules: z.number().int(),
  lastBackupAt: z.nullable(Time),
})
export type SourceListing = z.output<typeof SourceListing>

export const SourceList = z.object({ sources: z.array(SourceListing) })

export const NewSource = z.strictObject({
  name: Name,
  /** The database's URL, with its password. */
  url: SecretText,
})
export type NewSource = z.input<typeof NewSource>

/** What a look at the database found. */
export const SourceTest = z.object({
  source: Source,
  /** The server product's version: `15.18`. */
  server: z.string(),
  /** The program that would dump it. */
  tool: z.string(),
  /** A guess at the size of its dump. */
  estimatedBytes: z.nullable(z.number()),
})
export type SourceTest = z.output<typeof SourceTest>
