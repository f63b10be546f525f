import { DatabaseUnreachable } from './faults.ts'

/** A server that speaks PostgreSQL, and whose certificate we do not trust: its owner must be told why. */
const OF_CERTIFICATES = /CERT|SIGNATURE/

/** What {@link probeFault} makes of an error of a connection. */
export async function asProbe<T>(connecting: Promise<T>): Promise<T> {
  try {
    return await connecting
  } catch (error) {
    throw probeFault(error)
  }
}

/**
 * The answer to whoever has the server try a connection, which says nothing of what else may be there: a closed
 * port, a silent one and another program's look the same. What it was stands in the log, at debug.
 */
export function probeFault(error: unknown): unknown {
  if (!(error instanceof DatabaseUnreachable) || isOfCertificate(error.cause)) return error
  const server = String(error.details.server)
  return new DatabaseUnreachable({ server, why: 'no database server answered there' }, error)
}

function isOfCertificate(cause: unknown): boolean {
  const code: unknown = (cause as NodeJS.ErrnoException | undefined)?.code
  return typeof code === 'string' && OF_CERTIFICATES.test(code)
}
