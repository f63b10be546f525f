import { z } from 'zod'
import type { Clock } from '../core/clock.ts'
import { reason } from '../core/fault.ts'
import { SessionLost, StorageReadOnly } from '../core/faults.ts'
import { newId } from '../core/ids.ts'
import type { Storage } from '../storage/storage.ts'
import type { KeyRing } from './key-ring.ts'
import { nameOf, SESSIONS } from './layout.ts'
import { ObjectKind, openObject, sealObject } from './seal.ts'

/** A session is refreshed this often. */
export const HEARTBEAT_MS = 60_000
/** A session that was not refreshed for this long is taken for dead by everyone. */
export const EXPIRY_MS = 30 * 60_000
/** A session that could not be refreshed for this long gives up itself: well before others give it up. */
const DEADLINE_MS = EXPIRY_MS - 2 * 60_000

const SessionRecord = z.object({
  kind: z.enum(['writer', 'reader', 'pruner']),
  host: z.string(),
  pid: z.number(),
  startedAt: z.iso.datetime(),
  /** The backups that a reader needs; nobody may forget them meanwhile. */
  pins: z.array(z.string()),
})
export type SessionRecord = z.infer<typeof SessionRecord>

/** A lease in the repository: says that somebody is at work, so that nothing is removed under them. */
export class Session {
  readonly id = newId<'session'>()
  /** Fires when the lease is lost: whatever the session was for must stop. */
  readonly lost: AbortSignal
  readonly #storage: Storage
  readonly #ring: KeyRing
  readonly #clock: Clock
  readonly #record: SessionRecord
  readonly #losing = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #refreshed = { elapsed: 0, wall: 0 }
  #unwritable = false

  private constructor(storage: Storage, ring: KeyRing, clock: Clock, record: SessionRecord) {
    this.#storage = storage
    this.#ring = ring
    this.#clock = clock
    this.#record = record
    this.lost = this.#losing.signal
  }

  /** Opens a session; durable before it returns, so that whatever is read afterwards is protected. */
  static async open(
    storage: Storage,
    ring: KeyRing,
    clock: Clock,
    about: Pick<SessionRecord, 'kind' | 'host' | 'pins'>,
    signal: AbortSignal,
  ): Promise<Session> {
    const startedAt = clock.now().toISOString()
    const session = new Session(storage, ring, clock, { ...about, pid: process.pid, startedAt })
    try {
      await session.#write(signal)
    } catch (error) {
      // Nobody can remove anything from a place that cannot be written, so reading needs no lease there.
      if (about.kind !== 'reader' || !(error instanceof StorageReadOnly)) throw error
      session.#unwritable = true
      return session
    }
    session.#timer = setInterval(() => void session.#beat(), HEARTBEAT_MS)
    session.#timer.unref()
    return session
  }

  /** Proves that the lease was never lost, and renews it. Throws SessionLost. */
  async renew(signal: AbortSignal): Promise<void> {
    this.lost.throwIfAborted()
    if (!(await this.isThere(signal))) throw this.#lose('its object is gone')
    await this.#write(signal)
  }

  async isThere(signal: AbortSignal): Promise<boolean> {
    return (await this.#storage.stat(SESSIONS + this.id, signal)) !== undefined
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    if (this.#unwritable) return
    await this.#storage.remove(SESSIONS + this.id, AbortSignal.timeout(HEARTBEAT_MS))
  }

  async #beat(): Promise<void> {
    try {
      await this.renew(AbortSignal.timeout(HEARTBEAT_MS))
    } catch (error) {
      // A suspended machine stops the monotonic clock, so the larger of both ages counts.
      const age = Math.max(
        this.#clock.elapsed() - this.#refreshed.elapsed,
        this.#clock.now().getTime() - this.#refreshed.wall,
      )
      if (age > DEADLINE_MS) this.#lose(reason(error))
    }
  }

  #lose(why: string): Error {
    const lost = new SessionLost({ session: this.id.slice(0, 8), why })
    this.#losing.abort(lost)
    return lost
  }

  async #write(signal: AbortSignal): Promise<void> {
    const name = SESSIONS + this.id
    const json = Buffer.from(JSON.stringify(this.#record))
    const body = await sealObject(this.#ring, ObjectKind.session, name, json)
    await this.#storage.put(name, body, { signal, replace: true })
    this.#refreshed = { elapsed: this.#clock.elapsed(), wall: this.#clock.now().getTime() }
  }
}

/** Every session in the repository that still counts; `now` is the storage's own time. */
export async function liveSessions(
  storage: Storage,
  ring: KeyRing,
  now: Date,
  signal: AbortSignal,
): Promise<{ id: string; record: SessionRecord }[]> {
  const live: { id: string; record: SessionRecord }[] = []
  for await (const object of storage.list(SESSIONS, signal)) {
    if (now.getTime() - object.modified.getTime() > EXPIRY_MS) continue
    live.push({
      id: nameOf(object.key),
      record: await readSession(storage, ring, object.key, signal),
    })
  }
  return live
}

/** Throws Damaged when the object is not a session. */
export async function readSession(
  storage: Storage,
  ring: KeyRing,
  key: string,
  signal: AbortSignal,
): Promise<SessionRecord> {
  const sealed = await storage.get(key, 'all', signal)
  const json = await openObject(ring, ObjectKind.session, key, sealed, key)
  return SessionRecord.parse(JSON.parse(json.toString()))
}
