import type { Run } from '../api/schema/runs.ts'
import { shortId } from '../core/ids.ts'
import { printable } from './terminal/text.ts'

/** What a run works on: its source, or the repository that it checks. */
export const subjectOf = (run: Run): string => run.source ?? run.repository

/** `run 4f2a91c0 (backup of shop)` */
export const runName = (run: Run): string =>
  `run ${shortId(run.id)} (${run.kind} of ${printable(subjectOf(run))})`

/** Seconds from its start to its end, or until now. */
export function secondsOf(run: Run, now: Date): number | undefined {
  if (run.startedAt === null) return undefined
  return Math.max(0, ((run.finishedAt ?? now).getTime() - run.startedAt.getTime()) / 1000)
}

/** Why a run waits, failed or was skipped, in a line. */
export function whyOf(run: Run): string {
  if (run.wanted !== null && run.state !== 'paused')
    return `to be ${run.wanted === 'cancel' ? 'cancelled' : 'paused'}`
  if (run.failure !== null) return run.failure.message
  if (run.warnings.length > 0) return `with warnings: ${run.warnings[0]}`
  return ''
}
