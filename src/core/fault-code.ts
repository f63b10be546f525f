import { z } from 'zod'
import * as faults from './faults.ts'

/** The code of every kind of fault there is, and of what nobody foresaw. */
export const FaultCode = z
  .enum(['UNEXPECTED', ...Object.values(faults).map(({ code }) => code)].sort())
  .describe('The kinds of faults; UNEXPECTED is one that nobody foresaw')
