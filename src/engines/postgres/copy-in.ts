import type { Connection, Submittable } from 'pg'

/** The kind of a message, and the length of what follows with the length itself (4 bytes). */
const HEADER = 5
const QUERY = 'Q'
const DATA = 'd'
const DONE = message('c', 0)
const END_OF_TEXT = Buffer.alloc(1)

/**
 * One COPY … FROM STDIN, given to `Client.query`; PostgreSQL documentation, "Message Formats" and
 * "COPY Operations". A connection that is broken off in the middle of it rolls it back.
 */
export class CopyIn implements Submittable {
  readonly #sql: Uint8Array
  readonly #began = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  #connection: Connection | undefined

  /** `sql` in the encoding of the session. */
  constructor(sql: Uint8Array) {
    this.#sql = sql
    // Whatever fails is thrown where it is waited for.
    for (const { promise } of [this.#began, this.#ended]) promise.catch(() => undefined)
  }

  /** Resolves when the server wants data. */
  async begun(): Promise<void> {
    await this.#began.promise
  }

  /** Sends data; resolves when `bytes` is no longer needed. Throws what the server refuses meanwhile. */
  async write(bytes: Uint8Array): Promise<void> {
    const sent = this.#send(message(DATA, bytes.length), bytes)
    await Promise.race([sent, this.#ended.promise])
  }

  /** Says that this was all; resolves when the server has taken it. */
  async end(): Promise<void> {
    await this.#send(DONE)
    await this.#ended.promise
  }

  submit(connection: Connection): void {
    this.#connection = connection
    // Not by `connection.query`, which sends UTF-8 whatever the session's encoding is.
    this.#send(message(QUERY, this.#sql.length + 1), this.#sql, END_OF_TEXT).catch(this.handleError)
  }

  handleCopyInResponse(): void {
    this.#began.resolve()
  }

  handleError = (error: Error): void => {
    this.#began.reject(error)
    this.#ended.reject(error)
  }

  handleReadyForQuery(): void {
    this.#began.reject(new Error('it wanted no data'))
    this.#ended.resolve()
  }

  /** A statement before the COPY has ended, or the COPY itself. */
  handleCommandComplete(): void {}

  async #send(...parts: readonly Uint8Array[]): Promise<void> {
    const stream = this.#connection?.stream
    const last = parts.at(-1)
    if (stream === undefined || last === undefined) return
    stream.cork()
    for (const part of parts.slice(0, -1)) stream.write(part)
    const sent = new Promise<void>((resolve, reject) => {
      stream.write(last, error => (error ? reject(error) : resolve()))
    })
    stream.uncork()
    await sent
  }
}

/** The beginning of a message: what kind it is, and how many bytes follow. */
function message(kind: string, bytes: number): Buffer {
  const header = Buffer.alloc(HEADER, kind)
  header.writeUInt32BE(bytes + HEADER - 1, 1)
  return header
}
