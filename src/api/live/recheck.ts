import type { Catalog } from '../../catalog/db.ts'
import type { Caller } from '../../core/access.ts'
import { Fault } from '../../core/fault.ts'
import type { Log } from '../../core/log.ts'
import { Repeat } from '../../core/repeat.ts'
import { admit, type Door, type Shown } from '../admission.ts'

/** It is said here that a session ended, a key was removed, or a role was changed. */
const CHANGED_CHANNEL = 'holdfast_sessions'
/** Sessions and keys also end by themselves, and a message may be lost. */
const RECHECK_MS = 60_000

/** A connection that was let in, for as long as whoever has it may listen. */
export interface Guest {
  readonly caller: Caller
  readonly shown: Shown
  /** Ends the connection; its client may try to come in again. */
  turnOut(): void
}

/** Asks again and again whether those who were let in may still be here, and turns out who may not. */
export class Recheck {
  readonly #catalog: Catalog
  readonly #door: Door
  readonly #log: Log
  readonly #guests: () => Iterable<Guest>
  readonly #repeat = new Repeat(() => this.#check(), RECHECK_MS)
  #listener: { stop(): Promise<void> } | undefined

  constructor(catalog: Catalog, door: Door, log: Log, guests: () => Iterable<Guest>) {
    this.#catalog = catalog
    this.#door = door
    this.#log = log
    this.#guests = guests
  }

  async start(): Promise<void> {
    // Nobody takes the socket from the user of the server.
    if (this.#door.is === 'socket') return
    const heard = () => this.#repeat.nudge()
    this.#listener = await this.#catalog.listen(CHANGED_CHANNEL, heard)
    this.#repeat.start()
  }

  async stop(): Promise<void> {
    await this.#repeat.stop()
    await this.#listener?.stop()
  }

  async #check(): Promise<void> {
    const byProof = Map.groupBy(this.#guests(), ({ shown: { headers } }) =>
      JSON.stringify([headers.authorization, headers.cookie]),
    )
    for (const guests of byProof.values()) {
      const [first] = guests
      if (first === undefined || (await this.#isStill(first))) continue
      for (const guest of guests) guest.turnOut()
    }
  }

  async #isStill({ caller, shown }: Guest): Promise<boolean> {
    try {
      const now = await admit(this.#catalog, this.#door, shown)
      return rightsOf(now) === rightsOf(caller)
    } catch (error) {
      // A catalog that is away takes nobody's rights.
      const isRefused = error instanceof Fault && error.status === 401
      if (!isRefused)
        this.#log.debug({ err: error }, 'could not look whether those who watch still may')
      return !isRefused
    }
  }
}

const rightsOf = ({ kind, role, scopes, userId }: Caller): string =>
  JSON.stringify([kind, role, scopes, userId])
