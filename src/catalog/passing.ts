import { CatalogUnreachable } from '../core/faults.ts'
import { sqlState } from './db.ts'

/** PostgreSQL's codes for what passes: read-only for now, no space, no memory, no connection, a deadlock, … */
const PASSING = new Set(['25006', '53100', '53200', '53300', '40001', '40P01', '55P03', '57014'])

/** Whether the catalog may do later what it does not do now. */
export function isPassing(error: unknown): boolean {
  return error instanceof CatalogUnreachable || PASSING.has(sqlState(error) ?? '')
}
