import type { Database, Dump, DumpStream } from '../engines/engine.ts'
import type { Bytes } from '../stream/bytes.ts'

/**
 * A dump that begins at once, before anybody reads it: its program finds out what there is to dump while
 * the repository is being opened. `close` always follows.
 */
export class DumpAhead {
  readonly #failure = new AbortController()
  readonly #dump: Promise<Dump>
  readonly #streams: Promise<AsyncIterator<DumpStream>>
  readonly #first: Promise<{ stream: DumpStream; ahead: ReadAhead } | undefined>

  constructor(source: Database, signal: AbortSignal) {
    this.#dump = source.dump({}, AbortSignal.any([signal, this.#failure.signal]))
    this.#streams = this.#dump.then(dump => dump.streams[Symbol.asyncIterator]())
    this.#first = this.#begin()
    // Whatever failed is thrown where it is waited for.
    for (const one of [this.#dump, this.#streams, this.#first]) one.catch(() => undefined)
  }

  /** The dump, once the database has been checked. */
  async dump(): Promise<Dump> {
    return await this.#dump
  }

  /** Its streams, each read to its end before the next is asked for. */
  async *streams(): AsyncGenerator<DumpStream> {
    const first = await this.#first
    if (first === undefined) return
    yield { ...first.stream, bytes: first.ahead.bytes() }
    const streams = await this.#streams
    for (let next = await streams.next(); !next.done; next = await streams.next()) yield next.value
  }

  /** Ends what has not been read to its end, with the reason why. */
  async close(failure?: unknown): Promise<void> {
    this.#failure.abort(failure)
    const first = await this.#first.catch(() => undefined)
    await first?.ahead.close()
  }

  async #begin() {
    const streams = await this.#streams
    const next = await streams.next()
    if (next.done) return undefined
    return { stream: next.value, ahead: new ReadAhead(next.value.bytes) }
  }
}

/** A good part of what a server dumps while the repository opens; scrypt needs 128 MiB beside it. */
const AHEAD_BYTES = 56 * 1024 * 1024

/** A stream that is read, up to a limit, before anybody asks for it. */
class ReadAhead {
  readonly #rest: AsyncIterator<Uint8Array>
  readonly #pieces: Uint8Array[] = []
  /** Reading ahead, until somebody asks, the limit is reached or the stream ends, which is when it is true. */
  readonly #reading: Promise<boolean>
  #isWanted = false

  constructor(bytes: Bytes) {
    this.#rest = bytes[Symbol.asyncIterator]()
    this.#reading = this.#read()
    this.#reading.catch(() => undefined)
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    this.#isWanted = true
    const hasEnded = await this.#reading
    for (let piece = this.#pieces.shift(); piece; piece = this.#pieces.shift()) yield piece
    if (hasEnded) return
    for (let next = await this.#rest.next(); !next.done; next = await this.#rest.next()) {
      yield next.value
    }
  }

  /** Lets the stream clean up behind itself. */
  async close(): Promise<void> {
    this.#isWanted = true
    await this.#reading.catch(() => undefined)
    await this.#rest.return?.()
  }

  async #read(): Promise<boolean> {
    for (let bytes = 0; !this.#isWanted && bytes < AHEAD_BYTES; ) {
      const next = await this.#rest.next()
      if (next.done) return true
      bytes += next.value.length
      this.#pieces.push(next.value)
    }
    return false
  }
}
