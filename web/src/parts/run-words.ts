import type { LiveRun, Run } from '../../../src/client/index.ts'
import type { Messages } from '../i18n/messages.ts'

type Named = Pick<LiveRun, 'kind' | 'source' | 'repository'> & Partial<Pick<Run, 'request'>>

/** What a run is: `Backup of shop into main`. */
export function whatOf(t: Messages['runs'], { kind, source, repository, request }: Named): string {
  const name = source ?? t.removedSource
  const target = request?.target
  if (kind === 'restore' && target !== undefined) return t.what.restoreInto(name, target)
  return t.what[kind](name, repository)
}

/** Seconds that a run has taken so far, pauses and the time between attempts included; undefined before it started. */
export function secondsOf(
  { startedAt, finishedAt }: Pick<LiveRun, 'startedAt' | 'finishedAt'>,
  now: number,
): number | undefined {
  if (startedAt === null) return undefined
  const end = finishedAt === null ? now : Date.parse(finishedAt)
  return Math.max(0, (end - Date.parse(startedAt)) / 1000)
}
