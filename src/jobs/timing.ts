/** How long everything about a run may take, in milliseconds. */
export interface Timing {
  /** A run whose node was not heard of for this long is taken up by another. */
  readonly leaseMs: number
  /** A node is heard of this often. */
  readonly heartbeatMs: number
  /** A node that was not answered for this long ends its runners: well before its lease does. */
  readonly silenceMs: number
  /** Nodes look for runs this often even if no message wakes them. */
  readonly pollMs: number
  /** Progress is written this often. */
  readonly progressMs: number
  /** Lost runs are looked for this often. */
  readonly reapMs: number
  /**
   * A lease must be seen ended for this long: when the catalog's clock jumps ahead, all of them end, and
   * every node that lives renews its own meanwhile.
   */
  readonly confirmMs: number
  /** A runner that was asked to end is killed after this time. */
  readonly killAfterMs: number
  /** A cancelled run is final after this time, whatever has become of its worker. */
  readonly cancelMs: number
}

export const TIMING: Timing = {
  leaseMs: 30_000,
  heartbeatMs: 5_000,
  silenceMs: 20_000,
  pollMs: 1_000,
  progressMs: 1_000,
  reapMs: 5_000,
  confirmMs: 10_000,
  killAfterMs: 10_000,
  cancelMs: 20_000,
}
