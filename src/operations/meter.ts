import type { Bytes } from '../stream/bytes.ts'

/** Counts the bytes of streams that pass through it. */
export class Meter {
  /** What passes at this moment, where somebody knows. */
  item: () => string | undefined = () => undefined
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  async *through(source: Bytes): AsyncGenerator<Uint8Array> {
    for await (const part of source) {
      this.#bytes += part.length
      yield part
    }
  }
}
