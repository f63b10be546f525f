import type { Fault } from '../core/fault.ts'
import { Damaged, ObjectMissing } from '../core/faults.ts'

/** An object that is not as it was written. */
export interface Problem {
  readonly object: string
  readonly why: string
}

/** Told of each broken object that is passed over; throws on whatever is no damage. */
export type Note = (object: string, error: unknown) => void

/** True for the faults that name a broken or lost object, as opposed to an unreachable storage. */
export const isDamage = (error: unknown): error is Fault =>
  error instanceof Damaged || error instanceof ObjectMissing

/** How far a check is: written by the check, read by whoever shows it. */
export interface CheckProgress {
  stage: 'structure' | 'data' | 'backups'
  done: number
  total: number
  bytes: number
}
