import { Fault } from './fault.ts'
import { Interrupted } from './faults.ts'

/**
 * Throws when the signal has fired: the fault it was aborted with, else {@link Interrupted}. `what` names
 * the work that stops.
 */
export function throwIfAborted(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw interruption(signal, what)
}

function interruption(signal: AbortSignal, what: string): Fault {
  const reason: unknown = signal.reason
  return reason instanceof Fault ? reason : new Interrupted({ what }, reason)
}

/** `promise`, or an {@link Interrupted} as soon as the signal fires; `what` is what was waited for. */
export async function waiting<T>(
  what: string,
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  throwIfAborted(signal, what)
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(interruption(signal, what))
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort)
  }
}
