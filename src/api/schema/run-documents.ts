import { z } from 'zod'
import { Progress } from '../../core/run.ts'

// What a run was asked for, how far it is and what came of it, of all kinds of runs. What is not of its kind is
// absent, and so is what an older version did not write down; a newer one may write down more.

export const RunRequest = z
  .looseObject({
    tags: z.record(z.string(), z.string()),
    maxBytes: z.number().describe('a dump that grows past it fails the run'),
    backup: z.string().describe('an id, the beginning of one, or `latest:` and a label'),
    target: z
      .string()
      .describe('of a restore: the label of the database, shop@db.example.org:5432'),
    replace: z.boolean(),
    disconnect: z.boolean(),
    noOwner: z.boolean(),
    readData: z.boolean(),
  })
  .partial()
export type RunRequest = z.output<typeof RunRequest>

/** How far a run at work is. */
export const LiveProgress = Progress.extend({
  percent: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe('of the bytes of this stage, where their total is known'),
})
export type LiveProgress = z.output<typeof LiveProgress>

/** What was last told of a run; of one that is over, how far it came. */
export const RunProgress = z.looseObject(Progress.shape).partial()

/** How to be rid of a database that was replaced, or to have it back: statements for another database of its server. */
export const Afterwards = z.object({
  drop: z.string(),
  undo: z
    .array(z.string())
    .describe('one after the other, with nobody connected; the restored one is kept, too'),
})

const Difference = z.looseObject({
  name: z.string(),
  detail: z.string().describe('has 3 rows instead of 4'),
  kind: z.string().optional().describe('table, sequence, large objects, object, owner, definition'),
  change: z.string().optional().describe('missing, extra, differs'),
})

const BrokenObject = z.looseObject({
  object: z.string(),
  why: z.string(),
  backups: z.array(z.string()).optional().describe('the ids of those that it hurts'),
})

const DamagedBackup = z.looseObject({
  id: z.string(),
  source: z.string().optional(),
  startedAt: z.string().optional(),
  streams: z.array(z.string()).optional(),
  tables: z
    .union([z.array(z.string()), z.literal('all')])
    .optional()
    .describe('whose data is hurt; all: the schema, too, or nobody can tell'),
})

export const RunResult = z
  .looseObject({
    backup: z.string().describe('the id of the one made, restored or compared'),
    tables: z
      .number()
      .describe('in the backup; of a restore and of an equal comparison: all were found equal'),
    rows: z.number().describe('the same, of rows'),
    seconds: z.number(),
    recovered: z
      .boolean()
      .describe('an earlier attempt had done it when its worker died; found by looking'),
    source: z.string().describe('of a backup: what it calls its database'),
    bytes: z.number().describe('of a backup: of its dump; of a check: of all chunks'),
    storedBytes: z.number().describe('of a backup: what it added to the repository'),
    database: z.string().describe('of a restore: the label of the target'),
    target: z.enum(['absent', 'empty', 'occupied']).describe('of a restore: what was there before'),
    kept: z.string().describe('of a restore: what the database that was there is called now'),
    afterwards: Afterwards,
    reworded: z
      .number()
      .describe(
        'of a restore: definitions that this server words differently; their data is equal',
      ),
    equal: z.boolean(),
    differenceCount: z.number(),
    differences: z.array(Difference).describe('up to 100'),
    readData: z.boolean().describe('of a check: every byte was read'),
    backups: z.number(),
    packs: z.number(),
    chunks: z.number(),
    problemCount: z.number(),
    problems: z
      .array(BrokenObject)
      .describe('of a check: what is not as it was written, up to 100'),
    damaged: z.array(DamagedBackup).describe('of a check: the backups that this hurts, up to 100'),
  })
  .partial()
export type RunResult = z.output<typeof RunResult>
