import { z } from 'zod'
import { FindingCode } from '../../core/findings.ts'
import {
  Preflight as Looked,
  PreflightCheck,
  PreflightLosses,
  PreflightTarget,
} from '../../core/preflight.ts'
import { Time } from './common.ts'

export { FindingCode, PreflightCheck, PreflightLosses, PreflightTarget }

/** What a restore would meet. */
export const Preflight = Looked.extend({
  backup: Looked.shape.backup.extend({
    finishedAt: Time,
    /** When a restore or a comparison last proved it. */
    verifiedAt: z.nullable(Time),
  }),
})
export type Preflight = z.output<typeof Preflight>
