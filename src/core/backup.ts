import { z } from 'zod'

// Members that a schema here does not know are passed over, so that a later version may add some: what an
// older one must not pass over is a feature of the repository, which it refuses to open without.

/** What one table held when it was dumped, read from the dump in passing. */
export const OutlineTable = z.object({
  /** Empty for engines without schemas. */
  schema: z.string(),
  name: z.string(),
  rows: z.number().int(),
  /** Bytes of its data as dumped, without the dump format's own framing. */
  bytes: z.number().int(),
  /** SHA-256 of these bytes, hexadecimal. */
  sha256: z.string(),
  /** First byte and first byte after of its data in stream `dump`: tells which damage hurts it. */
  at: z.tuple([z.number().int(), z.number().int()]),
})
export type OutlineTable = z.infer<typeof OutlineTable>

/** What a backup holds, table by table and object by object: listing, comparing and proving use this. */
export const Outline = z.object({
  tables: z.array(OutlineTable),
  /** Objects outside of tables (PostgreSQL large objects), taken together. */
  largeObjects: z.object({
    count: z.number().int(),
    bytes: z.number().int(),
    sha256: z.string(),
    /** Where they lie in stream `dump`; empty ranges when there are none. */
    at: z.array(z.tuple([z.number().int(), z.number().int()])),
  }),
  /** Where each sequence stands. */
  sequences: z.array(z.object({ schema: z.string(), name: z.string(), value: z.string() })),
  /** Every object of the schema with the SHA-256 of its definition. */
  objects: z.array(
    z.object({
      type: z.string(),
      schema: z.string(),
      name: z.string(),
      owner: z.string(),
      sha256: z.string(),
    }),
  ),
})
export type Outline = z.infer<typeof Outline>

/** How a stream is put together from chunks; docs/design/repository-format.md, "Recipes". */
export const Recipe = z.object({
  /** 0: the entries name the stream's own chunks; n: they name chunks that hold entries of depth n-1. */
  depth: z.number().int().min(0).max(8),
  /** 36 bytes each (chunk id, plain length), base64. */
  entries: z.base64(),
})
export type Recipe = z.infer<typeof Recipe>

/**
 * A named stream of a backup. Its recipe vouches for its bytes: every chunk is named by a keyed digest of
 * what it holds, and so is every list of chunks.
 */
export const StoredStream = z.object({
  name: z.string(),
  /** What the bytes are, for people and for export: `pg_dump custom`, `sql`, `json`. */
  format: z.string(),
  bytes: z.number().int(),
  chunks: z.number().int(),
  chunker: z.object({
    name: z.string(),
    min: z.number().int(),
    average: z.number().int(),
    max: z.number().int(),
  }),
  recipe: Recipe,
})
export type StoredStream = z.infer<typeof StoredStream>

/** Whether a connection was encrypted, and whether the certificate of its server was verified. */
export const TLS_STATES = ['verified', 'encrypted', 'none'] as const
export type TlsState = (typeof TLS_STATES)[number]

/** What was backed up, as the engine saw it. */
export const SourceFacts = z.object({
  engine: z.string(),
  /** The same for every backup of one database: `shop@db.example.org:5432`. */
  name: z.string(),
  /** The server product's version: `15.18`. */
  server: z.string(),
  /** The program that made the dump, with its version. */
  tool: z.string(),
  database: z.string(),
  /** How the connection to it was protected; absent where nobody noted it, and for dumps made elsewhere. */
  tls: z.enum(TLS_STATES).optional(),
  /** What only the engine reads: encoding, locale, owner, settings, … */
  properties: z.record(z.string(), z.json()),
})
export type SourceFacts = z.infer<typeof SourceFacts>

/** The object that makes a backup exist: written last, and enough to restore with no catalog. */
export const Manifest = z.object({
  format: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  source: SourceFacts,
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  tags: z.record(z.string(), z.string()),
  streams: z.array(StoredStream),
  summary: z.object({ tables: z.number().int(), rows: z.number().int() }),
  warnings: z.array(z.string()),
  stored: z.object({
    /** Bytes this backup added to the repository, as stored. */
    bytes: z.number().int(),
    newChunks: z.number().int(),
    reusedChunks: z.number().int(),
  }),
  madeBy: z.object({
    holdfast: z.string(),
    host: z.string(),
    /** The server's run that made it: tells a run whose worker died here that it had come to its end. */
    run: z.string().optional(),
  }),
  /** The backup of the same source before this one; a removed one is missed by this chain. */
  previous: z.nullable(z.object({ id: z.string(), sha256: z.string() })),
})
export type Manifest = z.infer<typeof Manifest>

const quoted = (part: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`

/** `schema.name`, quoted where needed, as people write it. */
export function tableName(table: { schema: string; name: string }): string {
  return table.schema === '' ? quoted(table.name) : `${quoted(table.schema)}.${quoted(table.name)}`
}

/** The stream of a backup that holds the engine's native dump. */
export const DUMP = 'dump'
/** The stream of a backup that holds its {@link Outline} as JSON. */
export const OUTLINE = 'outline'

/** The tag of a dump that was made elsewhere and brought in: its value is the name of the file. */
export const UPLOADED = 'uploaded'
/** The tag that says, of such a dump, which source it belongs to: the label of its backups. */
export const UPLOADED_FOR = 'uploaded-for'
