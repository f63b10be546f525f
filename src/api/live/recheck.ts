import type { Catalog } from '../../catalog/db.ts'
import { rightsOf } from '../../catalog/rights.ts'
import type { Caller } from '../../core/access.ts'
import type { Log } from '../../core/log.ts'
import { Repeat } from '../../core/repeat.ts'
import { isAsBefore } from '../still.ts'

/** It is said here that a session ended, that a key was removed, or that somebody's role was changed. */
const ACCESS_CHANNEL = 'holdfast_sessions'
/** Sessions and keys also end by themselves, and a message may be lost. */
const RECHECK_MS = 15_000

/** A connection that was let in, for as long as whoever has it may listen. */
export interface Guest {
  readonly caller: Caller
  /** Ends the connection; its client may try to come in again. */
  turnOut(): void
}

/**
 * Looks again and again whether those who were let in still may be here, all of them in one look, and turns out
 * whose rights are not what they were.
 */
export class Recheck {
  readonly #catalog: Catalog
  readonly #log: Log
  readonly #guests: () => readonly Guest[]
  readonly #repeat = new Repeat(() => this.#check(), RECHECK_MS)
  #listener: { stop(): Promise<void> } | undefined

  constructor(catalog: Catalog, log: Log, guests: () => readonly Guest[]) {
    this.#catalog = catalog
    this.#log = log
    this.#guests = guests
  }

  async start(): Promise<void> {
    this.#listener = await this.#catalog.listen(ACCESS_CHANNEL, () => this.#repeat.nudge())
    this.#repeat.start()
  }

  async stop(): Promise<void> {
    await this.#repeat.stop()
    await this.#listener?.stop()
  }

  /** Somebody has come in: their rights may have changed since they were looked at. */
  check(): void {
    this.#repeat.nudge()
  }

  async #check(): Promise<void> {
    // The user of the server has a session and a key neither, and loses the socket to nobody.
    const guests = this.#guests().filter(({ caller }) => caller.kind !== 'local')
    if (guests.length === 0) return
    try {
      const sessions = guests.flatMap(({ caller }) => caller.sessionId ?? [])
      const keys = guests.flatMap(({ caller }) => caller.keyId ?? [])
      const rights = await rightsOf(this.#catalog, [...new Set(sessions)], [...new Set(keys)])
      for (const guest of guests) if (!isAsBefore(guest.caller, rights)) guest.turnOut()
    } catch (error) {
      // A catalog that is away takes nobody's rights.
      this.#log.debug(
        { err: error },
        'could not look whether those who were let in still may be here',
      )
    }
  }
}
