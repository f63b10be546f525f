import { z } from 'zod'
import type { Clock } from '../core/clock.ts'
import { reason } from '../core/fault.ts'
import {
  ObjectMissing,
  RepositoryTooNew,
  SessionLost,
  StorageFull,
  StorageReadOnly,
} from '../core/faults.ts'
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
  /**
   * When it began by the storage's own clock, which a pruner compares with the age of its trash. Absent
   * in the first write, whose own age it is.
   */
  began: z.iso.datetime().optional(),
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
  #record: SessionRecord
  readonly #losing = new AbortController()
  readonly #closing = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #beating: Promise<void> = Promise.resolve()
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
      // Who removes something opens a session first, too: where that is refused, or finds no room, reading
      // needs no lease. A disk that is full must not keep anybody from a restore.
      const refused = error instanceof StorageReadOnly || error instanceof StorageFull
      if (about.kind !== 'reader' || !refused) throw error
      session.#unwritable = true
      return session
    }
    session.#timer = setInterval(() => {
      session.#beating = session.#beat()
    }, HEARTBEAT_MS)
    session.#timer.unref()
    return session
  }

  /**
   * Renews the lease and proves that it was never lost: by the storage's clock, because ours may jump, or
   * stand still in a suspended machine while others give the session up. Throws SessionLost.
   */
  async renew(signal: AbortSignal): Promise<void> {
    this.lost.throwIfAborted()
    const before = await this.#lastRefresh(signal)
    this.#record = { began: before.toISOString(), ...this.#record }
    await this.#write(signal)
    const gap = (await this.#lastRefresh(signal)).getTime() - before.getTime()
    if (gap <= DEADLINE_MS) return
    throw this.#lose(`it was not refreshed for ${Math.round(gap / 60_000)} minutes`)
  }

  /** True when nobody may have taken the session for dead at that moment of the storage's clock. */
  async heldAt(moment: Date, signal: AbortSignal): Promise<boolean> {
    const object = await this.#storage.stat(SESSIONS + this.id, signal)
    return object !== undefined && moment.getTime() - object.modified.getTime() <= EXPIRY_MS
  }

  /** Never fails: a lease that could not be removed ends by itself. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    // A heartbeat on its way would put the object back.
    this.#closing.abort()
    await this.#beating
    if (this.#unwritable) return
    const signal = AbortSignal.timeout(HEARTBEAT_MS)
    await this.#storage.remove(SESSIONS + this.id, signal).catch(() => undefined)
  }

  async #lastRefresh(signal: AbortSignal): Promise<Date> {
    const object = await this.#storage.stat(SESSIONS + this.id, signal)
    if (object === undefined) throw this.#lose('its object is gone')
    return object.modified
  }

  async #beat(): Promise<void> {
    try {
      const patience = AbortSignal.timeout(HEARTBEAT_MS)
      await this.renew(AbortSignal.any([patience, this.#closing.signal]))
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
    // Taken before: the storage's own time of this write cannot be earlier.
    const refreshed = { elapsed: this.#clock.elapsed(), wall: this.#clock.now().getTime() }
    const name = SESSIONS + this.id
    const json = Buffer.from(JSON.stringify(this.#record))
    const body = await sealObject(this.#ring, ObjectKind.session, name, json)
    await this.#storage.put(name, body, { signal, replace: true })
    this.#refreshed = refreshed
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
  for await (const { key, modified } of storage.list(SESSIONS, signal)) {
    if (now.getTime() - modified.getTime() > EXPIRY_MS) continue
    try {
      live.push({ id: nameOf(key), record: await readSession(storage, ring, key, signal) })
    } catch (error) {
      // Closed since it was listed.
      if (!(error instanceof ObjectMissing)) throw error
    }
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
  const parsed = SessionRecord.safeParse(JSON.parse(json.toString()))
  if (!parsed.success) {
    throw new RepositoryTooNew({ place: key, needs: 'another kind of session' })
  }
  return parsed.data
}
