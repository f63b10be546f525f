import { AsyncLocalStorage } from 'node:async_hooks'

/** Where something comes from that is done on request. */
export interface Origin {
  /** The network address; `socket` for the local socket. */
  readonly address: string
  /** The id by which the log of the server knows the request. */
  readonly requestId: string
}

const origins = new AsyncLocalStorage<Origin>()

/** Does `work`; whatever it writes into the audit log carries the origin. */
export const cameFrom = <T>(origin: Origin, work: () => Promise<T>): Promise<T> =>
  origins.run(origin, work)

/** Where what is being done comes from; undefined for what the system does by itself. */
export const currentOrigin = (): Origin | undefined => origins.getStore()
