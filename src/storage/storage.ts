/**
 * Where the objects of a repository live. Every adapter keeps these promises, and test/storage/suite.ts
 * holds it to them:
 *
 * - an object is there whole or not at all, whatever crashes when; no reader ever sees part of one;
 * - when `put` resolves, the object survives a power cut;
 * - what was put is seen at once by every later `get`, `stat` and `list`, from every process;
 * - a failure is thrown, never answered as an empty list or a missing object;
 * - errors are faults of core/faults.ts, born where the adapter knows whether a retry can help.
 *
 * Keys are relative paths of lower-case letters, digits, `-`, `_` and `/`.
 */
export interface Storage {
  /** Names the place for people; never holds a secret. */
  readonly place: string

  /**
   * Writes one object. Without `replace`, throws {@link ObjectExists} when the key is taken, even
   * when two processes put it at the same moment: exactly one wins.
   */
  put(key: string, body: Uint8Array, options: PutOptions): Promise<void>

  /** Reads one object, or part of it. Throws {@link ObjectMissing}; a range past the end is cut. */
  get(key: string, range: ByteRange | 'all', signal: AbortSignal): Promise<Uint8Array>

  /** Size and age of one object, or undefined when it is not there. */
  stat(key: string, signal: AbortSignal): Promise<StoredObject | undefined>

  /** Every object whose key begins with `prefix` (which ends with `/`, or is empty), in any order. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<StoredObject>

  /** Removes one object; that it is absent already is no error. */
  remove(key: string, signal: AbortSignal): Promise<void>

  /** Makes a new place ready for a repository. Throws {@link PlaceNotEmpty} when something is there. */
  prepare(signal: AbortSignal): Promise<void>

  /** Bytes that can still be written, where that can be known. */
  free(signal: AbortSignal): Promise<number | undefined>

  close(): Promise<void>
}

export interface PutOptions {
  readonly signal: AbortSignal
  /** Overwrite what is there, in one step. */
  readonly replace?: boolean
}

export interface ByteRange {
  readonly from: number
  readonly length: number
}

export interface StoredObject {
  readonly key: string
  readonly bytes: number
  /** The storage's own time of the last write: the only clock by which objects age. */
  readonly modified: Date
}
