import { z } from 'zod'
import type { Area, Role } from '../../core/access.ts'
import { Time } from './common.ts'
import { LiveProgress } from './run-documents.ts'
import { Run } from './runs.ts'

// What is told over Socket.IO at /api/v1/live, each document as one event called `live`.

/** A run as far as it is shown in lists; everything else is at /runs/{run}. */
export const LiveRun = Run.pick({
  id: true,
  kind: true,
  state: true,
  trigger: true,
  triggeredBy: true,
  source: true,
  sourceId: true,
  repository: true,
  repositoryId: true,
  scheduleId: true,
  attempt: true,
  failures: true,
  wanted: true,
  committing: true,
  failure: true,
  backupId: true,
  queuedAt: true,
  notBefore: true,
  startedAt: true,
  finishedAt: true,
}).extend({
  warnings: z.number().int().describe('how many there are'),
  progress: z.nullable(LiveProgress).describe('what was last told, while it is at work'),
})
export type LiveRun = z.output<typeof LiveRun>

/** What has become of a run. */
export const RUN_CHANGES = [
  'queued',
  'started',
  'paused',
  'resumed',
  'retrying',
  'completed',
  'failed',
  'cancelled',
  'skipped',
  'changed',
] as const

/** Most runs that a snapshot names. */
export const MOST_IN_SNAPSHOT = 500

const Position = z
  .string()
  .describe('where this stands among all changes, on every node: give it when connecting again')

/** How everything stands; what comes after it goes on from there. */
export const LiveSnapshot = z.object({
  type: z.literal('snapshot'),
  position: Position,
  at: Time,
  reset: z
    .boolean()
    .describe('a position was given, and what happened since is not known any more: begin anew'),
  scheduler: z.enum(['running', 'stopped']).optional(),
  paused: z.boolean().optional().describe('whether everything is paused'),
  runs: z.array(LiveRun).optional().describe('those that are not over, the longest waiting first'),
  more: z.number().int().optional().describe('how many more runs there are than are named'),
})
export type LiveSnapshot = z.output<typeof LiveSnapshot>

const TOLD = { position: Position, at: Time }

const RunTold = z.object({
  type: z.literal('run'),
  ...TOLD,
  change: z
    .enum(RUN_CHANGES)
    .describe('retrying: not before run.notBefore; changed: what is wanted of it, or its priority'),
  run: LiveRun,
})

const ProgressTold = z.object({
  type: z.literal('progress'),
  at: Time,
  runs: z
    .array(z.object({ id: z.uuid(), progress: LiveProgress }))
    .describe('those that have moved, each at most twice a second'),
})

const SchedulerTold = z.object({
  type: z.literal('scheduler'),
  ...TOLD,
  change: z.enum(['started', 'stopped']),
})

const PauseTold = z.object({
  type: z.literal('pause'),
  ...TOLD,
  change: z.enum(['paused', 'resumed']).describe('everything is paused, or goes on'),
})

const thing = <Name extends string>(name: Name, ids: string) =>
  z.object({
    type: z.literal(name),
    ...TOLD,
    change: z.enum(['added', 'changed', 'removed']),
    ids: z.array(z.string()).describe(`${ids}: read them again`),
  })

/** Everything that is told. A type that a client does not know is from a newer server: pass over it. */
export const LiveEvent = z.discriminatedUnion('type', [
  LiveSnapshot,
  RunTold,
  ProgressTold,
  SchedulerTold,
  PauseTold,
  thing('source', 'ids of sources'),
  thing('repository', 'ids of repositories'),
  thing('schedule', 'ids of schedules'),
  thing('backup', 'ids of backups'),
  thing('setting', 'names of settings'),
  thing('user', 'ids of users'),
  thing('api-key', 'ids of API keys'),
])
export type LiveEvent = z.output<typeof LiveEvent>
/** The same as it travels: times are text. */
export type LiveEventJson = z.input<typeof LiveEvent>
export type LiveType = LiveEvent['type']

/** What it takes to hear of something: a role, and of a key the scope to read the area. */
export const LIVE_ACCESS: Readonly<
  Record<Exclude<LiveType, 'snapshot'>, { readonly area: Area; readonly needs: Role }>
> = {
  run: { area: 'runs', needs: 'viewer' },
  progress: { area: 'runs', needs: 'viewer' },
  scheduler: { area: 'scheduler', needs: 'viewer' },
  pause: { area: 'scheduler', needs: 'viewer' },
  source: { area: 'sources', needs: 'viewer' },
  repository: { area: 'repositories', needs: 'viewer' },
  schedule: { area: 'schedules', needs: 'viewer' },
  backup: { area: 'backups', needs: 'viewer' },
  setting: { area: 'settings', needs: 'viewer' },
  user: { area: 'users', needs: 'admin' },
  'api-key': { area: 'api-keys', needs: 'admin' },
}

/** What a client says of itself when it connects, as `auth` of Socket.IO; after that it says nothing. */
export const LiveAuth = z.strictObject({
  token: z.string().max(500).optional().describe('an API key, where no session cookie comes along'),
  position: z.string().max(60).optional().describe('of the last document that was received'),
})
