import { z } from 'zod'
import { Fault, reason } from './fault.ts'
import { FaultCode } from './fault-code.ts'

/** What a run does. */
export const RUN_KINDS = ['backup', 'restore', 'verify', 'check'] as const
export type RunKind = (typeof RUN_KINDS)[number]

/** Where a run stands. */
export const RUN_STATES = [
  'queued',
  'running',
  'paused',
  'retrying',
  'completed',
  'failed',
  'cancelled',
  'skipped',
] as const
export type RunState = (typeof RUN_STATES)[number]

/** Why a run was asked for. */
export const RUN_TRIGGERS = ['manual', 'schedule', 'catch-up', 'after'] as const
export type RunTrigger = (typeof RUN_TRIGGERS)[number]

/**
 * The only ways from one state to another. The catalog's table `run_moves` holds the same pairs, and a
 * trigger refuses every other one; what leads nowhere is final.
 */
export const RUN_MOVES: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['running', 'cancelled', 'skipped', 'failed'],
  running: ['paused', 'retrying', 'completed', 'failed', 'cancelled'],
  paused: ['running', 'retrying', 'failed', 'cancelled'],
  retrying: ['running', 'cancelled', 'failed'],
  completed: [],
  failed: [],
  cancelled: [],
  skipped: [],
}

/** Whether a run in this state is over for good. */
export const isFinal = (state: RunState): boolean => RUN_MOVES[state].length === 0

/** States in which a run keeps others of the same source out. */
export const ACTIVE_STATES: readonly RunState[] = RUN_STATES.filter(state => !isFinal(state))

/** Why something failed or was skipped, as people and programs are told. */
export const Failure = z.object({
  code: z.union([FaultCode, z.string()]),
  message: z.string(),
  hint: z.string().optional(),
  /** Whether it may work when tried again later. */
  retry: z.boolean(),
})
export type Failure = z.infer<typeof Failure>

/** What is written down of an error. */
export function asFailure(error: unknown): Failure {
  if (!(error instanceof Fault)) {
    return { code: 'UNEXPECTED', message: reason(error), retry: false }
  }
  return { code: error.code, message: error.message, hint: error.hint, retry: error.retry }
}

/** Where a run at work stands. */
export const Progress = z.object({
  stage: z.string(),
  /** Bytes passed in this stage, and those it will take, as far as known. */
  bytes: z.number().optional(),
  total: z.number().optional(),
  /** Bytes per second. */
  rate: z.number().optional(),
  secondsLeft: z.number().optional(),
  /** Seconds that this stage has taken. */
  seconds: z.number(),
  /** The table or object at work. */
  item: z.string().optional(),
})
export type Progress = z.infer<typeof Progress>

/** How often and after what pauses a failed attempt is repeated. */
export const RetryPolicy = z.object({
  /** Seconds before the first, second, … repetition; their number is the limit. */
  delays: z.array(z.number().int().min(1).max(86_400)).max(20),
  /** The same after a failure of the network. */
  networkDelays: z.array(z.number().int().min(1).max(86_400)).max(20),
})
export type RetryPolicy = z.infer<typeof RetryPolicy>

export const DEFAULT_RETRY: RetryPolicy = {
  delays: [30, 60, 120],
  networkDelays: [60, 120, 300],
}

/** Faults that say that the network, or what is behind it, was away. */
const NETWORK_FAULTS = new Set(['STORAGE_UNREACHABLE', 'DATABASE_UNREACHABLE'])

/** A worker that died this many times over one run takes the run with it. */
export const MOST_LOST_ATTEMPTS = 3

/**
 * Seconds until a failed attempt is repeated, or undefined when it is not. `failures` counts the
 * attempts of this run that failed, this one included.
 */
export function retryDelay(
  policy: RetryPolicy,
  failure: Pick<Failure, 'code' | 'retry'>,
  failures: number,
): number | undefined {
  if (!failure.retry) return undefined
  const delays = NETWORK_FAULTS.has(failure.code) ? policy.networkDelays : policy.delays
  return delays[failures - 1]
}
