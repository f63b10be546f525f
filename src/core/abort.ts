import { Interrupted } from './faults.ts'

/** Throws {@link Interrupted} when the signal has fired; `what` names the work that stops. */
export function throwIfAborted(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new Interrupted({ what }, signal.reason)
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
    onAbort = () => reject(new Interrupted({ what }, signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort)
  }
}
