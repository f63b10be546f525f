import { createHmac, hkdfSync } from 'node:crypto'

/** Every key of a repository, derived from its master key; never written anywhere. */
export interface KeyRing {
  /** The repository's id, 16 bytes; bound into everything that is sealed. */
  readonly repositoryId: Buffer
  readonly master: Buffer
  /** Names chunks: HMAC-SHA256 of their plain bytes, so that a name tells nothing to who lacks it. */
  readonly chunkId: Buffer
  readonly data: Buffer
  readonly meta: Buffer
  readonly chunker: Buffer
  readonly mac: Buffer
}

/** Derives the keys by HKDF-SHA256 (RFC 5869) with the repository id as salt. */
export function keyRing(master: Uint8Array, repositoryId: Uint8Array): KeyRing {
  const derive = (label: string): Buffer =>
    Buffer.from(hkdfSync('sha256', master, repositoryId, `holdfast v1 ${label}`, 32))
  return {
    repositoryId: Buffer.from(repositoryId),
    master: Buffer.from(master),
    chunkId: derive('chunk id'),
    data: derive('data'),
    meta: derive('meta'),
    chunker: derive('chunker'),
    mac: derive('mac'),
  }
}

export function hmac(key: Uint8Array, ...parts: (Uint8Array | string)[]): Buffer {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}
