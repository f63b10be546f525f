import { z } from 'zod'
import { Manifest } from '../core/backup.ts'
import { Preflight } from '../core/preflight.ts'
import { EnginesAt, RepositoryAt } from './protocol.ts'

// What the server and a process that carries bytes out of a repository, or into one, or looks into one, say to
// each other. The bytes themselves pass by the process's standard input and output; secrets pass here and
// nowhere else.

/** Where the bytes are or go. */
const Place = z.object({ repository: RepositoryAt, engines: EnginesAt })

/** What a transfer is to do. */
export const TransferOrder = z.discriminatedUnion('task', [
  /** A stream of a backup, byte for byte. */
  Place.extend({ task: z.literal('read'), backup: z.string(), stream: z.string() }),
  /** A native dump becomes a backup. */
  Place.extend({
    task: z.literal('import'),
    engine: z.string(),
    name: z.string(),
    tags: z.record(z.string(), z.string()),
    maxBytes: z.number(),
    madeBy: z.object({ holdfast: z.string(), host: z.string() }),
  }),
  /** What a restore would meet. */
  Place.extend({
    task: z.literal('preflight'),
    backup: z.string(),
    target: z.string(),
    choices: z.object({ replace: z.boolean(), disconnect: z.boolean(), noOwner: z.boolean() }),
  }),
])
export type TransferOrder = z.infer<typeof TransferOrder>

/** A fault as it travels from one process to another. */
export const CarriedFault = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  status: z.number(),
  exit: z.number(),
  retry: z.boolean(),
})
export type CarriedFault = z.infer<typeof CarriedFault>

export const ToTransfer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('order'), order: TransferOrder }),
  /** The answer to `commit`. */
  z.object({ type: z.literal('leave'), granted: z.boolean() }),
])
export type ToTransfer = z.infer<typeof ToTransfer>

export const FromTransfer = z.discriminatedUnion('type', [
  /** So many bytes will come. */
  z.object({ type: z.literal('ready'), bytes: z.number() }),
  /** All has been read and is whole: may it become a backup? */
  z.object({ type: z.literal('commit') }),
  z.object({
    type: z.literal('done'),
    manifest: Manifest.optional(),
    preflight: Preflight.optional(),
  }),
  z.object({ type: z.literal('failed'), fault: CarriedFault }),
])
export type FromTransfer = z.infer<typeof FromTransfer>
export type Transferred = Extract<FromTransfer, { type: 'done' }>
