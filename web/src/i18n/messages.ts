import type { first } from './en/first.ts'
import type { rest } from './en/rest.ts'

/** Everything the interface says. English is where it is written first; the others say the same. */
export type Messages = typeof first & typeof rest
