import { z } from 'zod'

/** What people may set of the server while it runs. */
export const Settings = z.object({
  /** How many runs may work on one database server at the same time; null: any number. */
  maxRunsPerHost: z.nullable(z.number().int()),
  /** How often a minute a user or key may have one source backed up by hand; null: any number of times. */
  manualBackupsPerMinute: z.nullable(z.number().int()),
  /** The hours in which a deleted backup can still be had back. */
  deleteGraceHours: z.number().int(),
  /** The largest dump that may be brought in, before and after it was decompressed. */
  maxUploadBytes: z.number().int(),
})
export type Settings = z.output<typeof Settings>

/** What is left out stays as it is. */
export const SettingsChanges = z
  .strictObject({
    maxRunsPerHost: z.nullable(z.number().int().min(1).max(1000)).optional(),
    manualBackupsPerMinute: z.nullable(z.number().int().min(1).max(1000)).optional(),
    deleteGraceHours: z.number().int().min(1).max(8760).optional(),
    maxUploadBytes: z
      .number()
      .int()
      .min(1)
      .max(2 ** 50)
      .optional(),
  })
  .refine(changes => Object.values(changes).some(one => one !== undefined), {
    error: 'name a change',
    path: ['request'],
  })
export type SettingsChanges = z.input<typeof SettingsChanges>
