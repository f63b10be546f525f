import { getSystemErrorMessage } from 'node:util'
import { Fault, reason } from '../../core/fault.ts'
import { StorageFull, StorageReadOnly, StorageUnreachable } from '../../core/faults.ts'

const FULL = new Set(['ENOSPC', 'EDQUOT'])
const REFUSED = new Set(['EROFS', 'EACCES', 'EPERM'])

/** The operating system's code for what went wrong: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
}

/** The fault of a failed read; `what` was attempted, such as `read packs/ab/abcd`. */
export function readTrouble(place: string, what: string, error: unknown): Fault {
  if (error instanceof Fault) return error
  return new StorageUnreachable({ place, what, why: why(error) }, error)
}

/** The fault of a failed change; `what` was attempted on `key`. */
export function writeTrouble(place: string, what: string, key: string, error: unknown): Fault {
  const code = codeOf(error) ?? ''
  if (FULL.has(code)) return new StorageFull({ place, key }, error)
  if (REFUSED.has(code)) return new StorageReadOnly({ place, key, why: why(error) }, error)
  return readTrouble(place, what, error)
}

/** The system's own words, without the path of a temporary file that would only mislead. */
function why(error: unknown): string {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') {
    return getSystemErrorMessage(error.errno)
  }
  return reason(error)
}
