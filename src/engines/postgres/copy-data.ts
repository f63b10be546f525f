import { COPY_DATA } from './copy-data-wasm.ts'

/** How much goes in at a time, and where what comes out begins; see copy-data.wat. */
const CAPACITY = 64 * 1024
const OUT = CAPACITY + 16

/** What copy-data.wat exports. */
interface Loops {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly left: { readonly value: number }
  readonly written: { readonly value: number }
  unframe(end: number, left: number): number
  newlines(at: number, end: number): number
}

/** A part of what TypeScript knows of it only for browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

const module = new WebAssembly.Module(Buffer.from(COPY_DATA, 'base64'))
const loops = new WebAssembly.Instance(module).exports as Loops
const memory = new Uint8Array(loops.memory.buffer)

/** What {@link unframe} made of a part of an archive. */
export interface Unframed {
  /** How many bytes it took: it stops in front of a length that is cut off, is 0 or makes no sense. */
  readonly taken: number
  /** So many bytes of the last piece are still to come. */
  readonly left: number
  /** What was in the pieces, until the next call of anything here. */
  readonly data: Uint8Array
}

/**
 * Takes the lengths out of data in an archive with integers of 4 bytes, as much of it as fits into memory at once.
 * It begins within a piece of which `left` bytes are still to come, or with a length.
 */
export function unframe(archive: Uint8Array, left: number): Unframed {
  const end = Math.min(archive.length, CAPACITY)
  memory.set(archive.subarray(0, end))
  const taken = loops.unframe(end, left)
  const data = memory.subarray(OUT, OUT + loops.written.value)
  return { taken, left: loops.left.value, data }
}

/** Newlines within rows are escaped, so this counts the rows of COPY text. */
export function countNewlines(bytes: Uint8Array): number {
  if (bytes.buffer === memory.buffer) {
    return loops.newlines(bytes.byteOffset, bytes.byteOffset + bytes.length)
  }
  let count = 0
  for (let at = 0; at < bytes.length; at += CAPACITY) {
    const part = bytes.subarray(at, at + CAPACITY)
    memory.set(part)
    count += loops.newlines(0, part.length)
  }
  return count
}
