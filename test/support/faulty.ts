import process from 'node:process'
import type { ByteRange, PutOptions, Storage, StoredObject } from '../../src/storage/storage.ts'

export type Method = Exclude<keyof Storage, 'place'>

/** One call that was made, in the order in which they began. */
export interface Call {
  readonly method: Method
  /** The key, or the prefix of a list; empty where there is none. */
  readonly key: string
  /** How many bytes were put. */
  readonly bytes?: number
}

/** What happens to one call, or to many. */
export interface PlannedFault {
  /** Only calls whose key matches. */
  readonly key?: RegExp
  /** Which of the calls that match, counted from 1. Default: the first. */
  readonly nth?: number
  /** Happens to all later calls that match as well. */
  readonly always?: true
  /** Comes before the real call, which is not made if this throws. */
  readonly before?: () => unknown
  /** Comes after the real call; if this throws, only the answer is lost. */
  readonly after?: () => unknown
  /** Changes the bytes that a `get` answers. */
  readonly alter?: (bytes: Uint8Array) => Uint8Array
}

interface Plan extends PlannedFault {
  readonly method: Method
  matched: number
  fired: number
}

/** A storage that breaks as planned; without a plan, it does what the storage within does. */
export class FaultyStorage implements Storage {
  readonly place: string
  readonly calls: Call[] = []
  readonly #inner: Storage
  readonly #plans: Plan[] = []

  constructor(inner: Storage) {
    this.#inner = inner
    this.place = inner.place
  }

  /** Plans a fault; several may hit the same call, in the order in which they were planned. */
  on(method: Method, fault: PlannedFault): this {
    this.#plans.push({ ...fault, method, matched: 0, fired: 0 })
    return this
  }

  /** What was planned and never happened: a test that ends with some of it proved nothing. */
  unfired(): string[] {
    return this.#plans
      .filter(plan => plan.fired === 0)
      .map(({ method, nth = 1, key, matched }) => {
        const which = key === undefined ? method : `${method} of ${key.source}`
        return `call ${nth} of ${which}, which was called ${matched} times`
      })
  }

  put(key: string, body: Uint8Array, options: PutOptions): Promise<void> {
    const call = { method: 'put', key, bytes: body.length } as const
    return this.#around(call, () => this.#inner.put(key, body, options))
  }

  get(key: string, range: ByteRange | 'all', signal: AbortSignal): Promise<Uint8Array> {
    return this.#around({ method: 'get', key }, async plans => {
      const bytes = await this.#inner.get(key, range, signal)
      return plans.reduce((changed, { alter }) => alter?.(changed) ?? changed, bytes)
    })
  }

  stat(key: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    return this.#around({ method: 'stat', key }, () => this.#inner.stat(key, signal))
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<StoredObject> {
    const plans = this.#begin({ method: 'list', key: prefix })
    for (const { before } of plans) await before?.()
    yield* this.#inner.list(prefix, signal)
    for (const { after } of plans) await after?.()
  }

  remove(key: string, signal: AbortSignal): Promise<void> {
    return this.#around({ method: 'remove', key }, () => this.#inner.remove(key, signal))
  }

  prepare(signal: AbortSignal): Promise<void> {
    return this.#around({ method: 'prepare', key: '' }, () => this.#inner.prepare(signal))
  }

  free(signal: AbortSignal): Promise<number | undefined> {
    return this.#around({ method: 'free', key: '' }, () => this.#inner.free(signal))
  }

  close(): Promise<void> {
    return this.#around({ method: 'close', key: '' }, () => this.#inner.close())
  }

  async #around<T>(call: Call, real: (plans: readonly Plan[]) => Promise<T>): Promise<T> {
    const plans = this.#begin(call)
    for (const { before } of plans) await before?.()
    const answer = await real(plans)
    for (const { after } of plans) await after?.()
    return answer
  }

  /** Records the call; answers the plans that hit it. */
  #begin(call: Call): readonly Plan[] {
    this.calls.push(call)
    const hits: Plan[] = []
    for (const plan of this.#plans) {
      if (plan.method !== call.method || plan.key?.test(call.key) === false) continue
      plan.matched += 1
      const nth = plan.nth ?? 1
      if (plan.matched !== nth && !(plan.always && plan.matched > nth)) continue
      plan.fired += 1
      hits.push(plan)
    }
    return hits
  }
}

/** For `before` and `after`: fails the call. */
export const failWith = (error: Error) => (): never => {
  throw error
}

/** For `before` and `after`: ends our own process as a power cut would. */
export const die = (): boolean => process.kill(process.pid, 'SIGKILL')

/** For `alter`: one bit of the byte at `at` is wrong, or of the last one of fewer bytes; counted from the end when negative. */
export const flipBit = (at: number) => (bytes: Uint8Array) => {
  const place = Math.max(Math.min(at, bytes.length - 1), -bytes.length)
  return bytes.with(place, (bytes.at(place) ?? 0) ^ 1) as Uint8Array
}

/** For `alter`: only the first bytes are there. */
export const cutTo = (length: number) => (bytes: Uint8Array) => bytes.subarray(0, length)

/** For `before` and `after`: holds the call until it is released. */
export function gate(): { pass: () => Promise<void>; reached: Promise<void>; release: () => void } {
  const arrival = Promise.withResolvers<void>()
  const opening = Promise.withResolvers<void>()
  const pass = (): Promise<void> => {
    arrival.resolve()
    return opening.promise
  }
  return { pass, reached: arrival.promise, release: opening.resolve }
}
