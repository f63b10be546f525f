/** The only source of time: passed in, so that a test can move it. */
export interface Clock {
  /** Wall time. */
  now(): Date
  /** Milliseconds since an arbitrary moment; never goes back. */
  elapsed(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
}
