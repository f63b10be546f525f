import { throwIfAborted } from '../../src/core/abort.ts'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import { ObjectExists, ObjectMissing, PlaceNotEmpty, WrongUse } from '../../src/core/faults.ts'
import type { ByteRange, PutOptions, Storage, StoredObject } from '../../src/storage/storage.ts'

const KEY = /^[a-z0-9_-]+(\/[a-z0-9_-]+)*$/

/** A storage in memory that keeps every promise of the contract; `objects` may be tampered with. */
export class MemoryStorage implements Storage {
  readonly place = 'memory'
  readonly objects = new Map<string, { bytes: Uint8Array; modified: Date }>()
  readonly #clock: Clock

  /** The clock tells when an object was written. */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  async put(key: string, body: Uint8Array, options: PutOptions): Promise<void> {
    await begin(options.signal, `write ${key}`)
    if (!KEY.test(key)) throw new WrongUse({ why: `"${key}" cannot be the name of an object` })
    if (options.replace !== true && this.objects.has(key)) {
      throw new ObjectExists({ key, place: this.place })
    }
    this.objects.set(key, { bytes: Uint8Array.from(body), modified: this.#clock.now() })
  }

  async get(key: string, range: ByteRange | 'all', signal: AbortSignal): Promise<Uint8Array> {
    await begin(signal, `read ${key}`)
    const object = this.objects.get(key)
    if (object === undefined) throw new ObjectMissing({ key, place: this.place })
    if (range === 'all') return object.bytes.slice()
    return object.bytes.slice(range.from, range.from + range.length)
  }

  async stat(key: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    await begin(signal, `look for ${key}`)
    const object = this.objects.get(key)
    return object && { key, bytes: object.bytes.length, modified: object.modified }
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<StoredObject> {
    for (const [key, { bytes, modified }] of this.objects) {
      await begin(signal, `list ${prefix}`)
      if (key.startsWith(prefix)) yield { key, bytes: bytes.length, modified }
    }
  }

  async remove(key: string, signal: AbortSignal): Promise<void> {
    await begin(signal, `remove ${key}`)
    this.objects.delete(key)
  }

  async prepare(signal: AbortSignal): Promise<void> {
    await begin(signal, 'make a repository')
    const [found] = this.objects.keys()
    if (found !== undefined) throw new PlaceNotEmpty({ place: this.place, found })
  }

  async free(signal: AbortSignal): Promise<number | undefined> {
    await begin(signal, 'measure the free space')
    return undefined
  }

  async close(): Promise<void> {
    // The objects stay, as they would anywhere else.
  }
}

/** Lets others run first, as every real storage does. */
async function begin(signal: AbortSignal, what: string): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
  throwIfAborted(signal, what)
}
