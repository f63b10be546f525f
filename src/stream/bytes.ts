/** A stream of bytes that is pulled. Its end means success: whatever broke is thrown, never an early end. */
export type Bytes = AsyncIterable<Uint8Array>

/** From the first of two positions in a stream up to the second. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/** All of a stream in one piece; for streams known to be small. */
export async function collect(bytes: Bytes): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return Buffer.concat(parts)
}

/** A stream of what is already in memory. */
export async function* bytesOf(...parts: (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part
}
