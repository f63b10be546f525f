import { z } from 'zod'
import { Manifest } from '../core/backup.ts'
import { Failure, Progress, RUN_KINDS } from '../core/run.ts'

// What a worker and its runner say to each other. Secrets pass here and nowhere else.

/** The catalog's texts cannot hold this character, which programs may print all the same. */
const text = z.string().transform(given => given.replaceAll('\0', ''))

/** A repository, and the key that the server has of its own. */
export const RepositoryAt = z.object({
  url: z.string(),
  recoveryKey: z.string(),
  /** The directories below which it must be; absent: anywhere. */
  roots: z.array(z.string()).readonly().optional(),
})

/** Where programs are looked for. */
export const EnginesAt = z.object({
  path: z.string(),
  pgBin: z.string().optional(),
  /** To which addresses they connect; absent: to any. */
  reach: z.object({ only: z.array(z.string()).readonly().optional() }).optional(),
})

/** What a runner is to do. */
export const Order = z.object({
  run: z.string(),
  kind: z.enum(RUN_KINDS),
  /** As the schema of the kind in core/run-request.ts says. */
  request: z.unknown(),
  /** An earlier attempt may have come to its end without anybody hearing of it. */
  again: z.boolean(),
  /** An earlier attempt was past the point of no return. */
  committed: z.boolean(),
  repository: RepositoryAt,
  /** The source, or the target of a restore. */
  database: z.string().optional(),
  madeBy: z.object({ holdfast: z.string(), host: z.string() }),
  engines: EnginesAt,
  /** How many processors an index build may take. */
  cores: z.number().int().positive(),
})
export type Order = z.infer<typeof Order>

/** What a worker tells a runner. */
export const ToRunner = z.discriminatedUnion('type', [
  z.object({ type: z.literal('order'), order: Order }),
  /** The answer to `commit`. */
  z.object({ type: z.literal('leave'), granted: z.boolean() }),
])
export type ToRunner = z.infer<typeof ToRunner>

const Told = Progress.extend({ item: text.optional() })
const Ended = Failure.extend({ message: text })

/** What a runner tells its worker. */
export const FromRunner = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stage'), stage: z.string() }),
  z.object({ type: z.literal('progress'), progress: Told }),
  z.object({ type: z.literal('notice'), text }),
  /** Asks for leave to do what cannot be undone. */
  z.object({ type: z.literal('commit') }),
  z.object({
    type: z.literal('done'),
    result: z.record(z.string(), z.unknown()),
    warnings: z.array(text),
    /** The backup that was made, without the names of its chunks. */
    manifest: Manifest.optional(),
  }),
  z.object({
    type: z.literal('failed'),
    failure: Ended,
    result: z.record(z.string(), z.unknown()).optional(),
    /** It had leave, and certainly changed nothing: the next attempt does it all again. */
    untouched: z.boolean().optional(),
  }),
])
export type FromRunner = z.infer<typeof FromRunner>

export type Done = Extract<FromRunner, { type: 'done' }>
export type Failed = Extract<FromRunner, { type: 'failed' }>
