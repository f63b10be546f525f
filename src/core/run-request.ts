import { z } from 'zod'

/**
 * What each kind of run is asked to do, beside the source and the repository on its record. Nothing secret:
 * the URL of a restore's target is sealed apart, at the place {@link targetPlace}.
 */
export const BackupRequest = z.object({
  /** A dump that grows past this many bytes fails the run. */
  maxBytes: z.number().int().positive().optional(),
  tags: z.record(z.string(), z.string()).default({}),
})
export type BackupRequest = z.infer<typeof BackupRequest>

export const RestoreRequest = z.object({
  /** An id, the beginning of one, or `latest:LABEL` for the newest of one database. */
  backup: z.string(),
  /** The database to restore into, for people: `shop@db.example.org:5432`. */
  target: z.string(),
  /** Swap in for a database that holds something. */
  replace: z.boolean().default(false),
  /** End connections that stand in the way of the swap. */
  disconnect: z.boolean().default(false),
  /** Without owners and grants, for a server that lacks the roles. */
  noOwner: z.boolean().default(false),
})
export type RestoreRequest = z.infer<typeof RestoreRequest>

/** Compares the source as it is now with a backup of it. */
export const VerifyRequest = z.object({ backup: z.string() })
export type VerifyRequest = z.infer<typeof VerifyRequest>

export const CheckRequest = z.object({
  /** Read and prove every byte. */
  readData: z.boolean().default(false),
})
export type CheckRequest = z.infer<typeof CheckRequest>

/** Where the sealed URL of a restore's target belongs: it opens for this run only. */
export const targetPlace = (runId: string): string => `runs.request_sealed:${runId}`
