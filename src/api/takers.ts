import type { ServerResponse } from 'node:http'
import type { Catalog } from '../catalog/db.ts'
import type { Caller } from '../core/access.ts'
import type { Log } from '../core/log.ts'
import { type Guest, Recheck } from './live/recheck.ts'

/** Those to whom a file is being sent, which may take hours: it breaks off once they may not have it any more. */
export class Takers {
  readonly #guests = new Set<Guest>()
  readonly #recheck: Recheck

  constructor(catalog: Catalog, log: Log) {
    this.#recheck = new Recheck(catalog, log, () => [...this.#guests])
  }

  async start(): Promise<void> {
    await this.#recheck.start()
  }

  async stop(): Promise<void> {
    await this.#recheck.stop()
  }

  /** Looks after an answer until it is sent. */
  add(caller: Caller, answer: ServerResponse): void {
    // It shows: what comes is shorter than was said.
    const guest = { caller, turnOut: () => void answer.destroy() }
    this.#guests.add(guest)
    answer.once('close', () => this.#guests.delete(guest))
    // Their rights may have changed since they were looked at.
    this.#recheck.check()
  }
}
