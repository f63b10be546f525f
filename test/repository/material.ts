import { createCipheriv, createHash } from 'node:crypto'
import { type KeyRing, keyRing } from '../../src/repository/key-ring.ts'

/** Random bytes and numbers that are the same for the same seed, on every machine. */
export class Seeded {
  readonly #cipher

  constructor(seed: string) {
    const key = createHash('sha256').update(seed).digest()
    this.#cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  }

  bytes(length: number): Buffer {
    return this.#cipher.update(Buffer.alloc(length))
  }

  /** A whole number from 0 up to, but without, `below`. */
  below(below: number): number {
    return this.bytes(6).readUIntLE(0, 6) % below
  }
}

/** Keys of a repository that exists nowhere. */
export const testRing = (seed = 'test'): KeyRing =>
  keyRing(new Seeded(`master of ${seed}`).bytes(32), new Seeded(`id of ${seed}`).bytes(16))

export const sha256 = (...parts: (Uint8Array | string)[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** `bytes` with one bit turned over. */
export function flipped(bytes: Uint8Array, at: number, bit = 0): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at)
  return copy
}

/** Never fires. */
export const unhurried = new AbortController().signal
