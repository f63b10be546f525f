import { z } from 'zod'
import type { Failure } from './run.ts'
import { speaker } from './said.ts'

interface Failed {
  readonly failure: Failure
}

/** What the log of a run says, beside the names of states and stages, and what programs print. */
export const RUN_LINES = {
  QUEUED: (d: { by: string }) => `queued by ${d.by}`,
  SKIPPED: (d: Failed) => `skipped: ${d.failure.message}`,
  CLAIMED: () => 'claimed',
  RESUMED: () => 'resumed',
  ASKED_FOR: (d: { what: RunControl; by: string }) => `${d.what} asked for by ${d.by}`,
  CANCELLED_BY: (d: { by: string }) => `cancelled by ${d.by}`,
  CANCEL_TOO_LATE: () => 'completed: the cancel came too late',
  CANCEL_UNANSWERED: () => 'cancelled; its worker had not answered in time',
  ATTEMPT_FAILED: (d: Failed & { attempt: number }) =>
    `attempt ${d.attempt} failed: ${d.failure.message}`,
  ATTEMPT_LOST: (d: Failed) => `attempt lost: ${d.failure.message}`,
  LOST_TOO_OFTEN: (d: Failed & { times: number }) =>
    `failed: ${d.times} attempts were lost, the last one because ${d.failure.message}`,
  RELEASED: (d: Failed) => `failed: ${d.failure.message}`,
  NODE_STOPS: () => 'handed back: its node stops',
  NODE_OUT_OF_TOUCH: () => 'handed back: its worker had lost touch with the catalog',
  DELETION_DUE: (d: { backup: string; at: string }) =>
    `backup ${d.backup} is to be deleted at ${d.at}`,
} as const

export type RunControl = 'pause' | 'resume' | 'cancel' | 'release' | 'retry'

export const RunLineCode = z
  .enum(Object.keys(RUN_LINES) as RunLineCode[])
  .describe('What the log of a run says, beside the names of states and stages')
export type RunLineCode = keyof typeof RUN_LINES

export const line = speaker(RUN_LINES)
