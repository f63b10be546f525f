import type { Change, WatchedRun } from '../../catalog/changes.ts'
import { LiveEvent, type LiveEventJson, type LiveRun, type LiveType } from '../schema/live.ts'
import { LiveProgress } from '../schema/run-documents.ts'
import { positionOf } from './change-log.ts'

/** One document as it travels; `type` says who may see it. */
export type Told = LiveEventJson

const encode = (event: LiveEvent): Told => LiveEvent.encode(event)

/** A run as those see it who watch; what its runner told is shown as far as it is understood. */
export function liveRun(run: WatchedRun): LiveRun {
  const { progress, ...rest } = run
  return { ...rest, progress: liveProgress(progress) ?? null }
}

export function liveProgress(told: unknown): LiveProgress | undefined {
  const { data } = LiveProgress.safeParse(told)
  if (data?.bytes === undefined || !data.total) return data
  const percent = Math.min(100, Math.max(0, (data.bytes / data.total) * 100))
  return { ...data, percent: Math.round(percent * 10) / 10 }
}

/** What is told of changes; `now` shows how a run at work stands at this moment. */
export function documentsOf(
  changes: readonly Change[],
  now: (run: WatchedRun) => LiveRun,
): readonly Told[] {
  const told: Told[] = []
  let ids: string[] = []
  for (const [index, change] of changes.entries()) {
    const next = changes[index + 1]
    ids.push(change.objectId)
    // Of many things that change in the same way at once, as after a repository was read, one document tells.
    if (isThing(change) && next?.kind === change.kind && next.change === change.change) continue
    const document = documentOf(change, [...new Set(ids)], now)
    if (document !== undefined) told.push(document)
    ids = []
  }
  return told
}

const isThing = ({ kind }: Change): boolean => kind !== 'run'

function documentOf(
  change: Change,
  ids: readonly string[],
  now: (run: WatchedRun) => LiveRun,
): Told | undefined {
  const basic = { type: change.kind, position: positionOf(change), at: change.at }
  const about =
    change.run === null
      ? { change: change.change, ids }
      : { change: change.change, run: now(change.run) }
  // A newer node of the same catalog may tell of what this one does not know.
  const { success, data } = LiveEvent.safeEncode({ ...basic, ...about } as LiveEvent)
  return success ? data : undefined
}

/** How everything stands. */
export interface Overall {
  readonly position: string
  readonly at: Date
  readonly scheduler: 'running' | 'stopped'
  readonly paused: boolean
  readonly runs: readonly LiveRun[]
}

/** Everything, as far as it may be heard. */
export function snapshotOf(
  { position, at, scheduler, paused, runs }: Overall,
  reset: boolean,
  hears: (type: LiveType) => boolean,
  most: number,
): Told {
  return encode({
    type: 'snapshot',
    position,
    at,
    reset,
    ...(hears('scheduler') && { scheduler, paused }),
    ...(hears('run') && { runs: runs.slice(0, most), more: Math.max(0, runs.length - most) }),
  })
}

export const progressOf = (at: Date, runs: { id: string; progress: LiveProgress }[]): Told =>
  encode({ type: 'progress', at, runs })
