import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Damaged, RepositoryTooNew } from '../core/faults.ts'
import { decode, encodeSmall } from './codec.ts'
import { hmac, type KeyRing } from './key-ring.ts'

/*
 * AES-256-GCM with a key of its own for every message: the key is derived from a random salt (and, for
 * a chunk, its id), so each key meets exactly one message and the nonce can be constant. Random nonces
 * under one key would have to stop at 2^32 messages (NIST SP 800-38D, 8.3): one petabyte of chunks.
 */
const NONCE = Buffer.alloc(12)
export const TAG_BYTES = 16
export const SALT_BYTES = 32
const KEY_EPOCH = 0

/** Seals `plain` into `target` at `at`; returns the bytes written, `plain.length + TAG_BYTES`. */
export function sealInto(
  target: Buffer,
  at: number,
  key: Buffer,
  aad: Buffer,
  plain: Uint8Array,
): number {
  const cipher = createCipheriv('aes-256-gcm', key, NONCE).setAAD(aad)
  const body = cipher.update(plain)
  cipher.final()
  body.copy(target, at)
  cipher.getAuthTag().copy(target, at + body.length)
  return body.length + TAG_BYTES
}

/** Opens what {@link sealInto} sealed; undefined when a single bit of it, or of `aad`, differs. */
export function unseal(key: Buffer, aad: Buffer, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < TAG_BYTES) return undefined
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, NONCE)
  decipher.setAAD(aad).setAuthTag(sealed.subarray(end))
  const plain = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return plain
}

/** The kinds of small sealed objects; the byte stands in their header. */
export const ObjectKind = { index: 1, manifest: 2, session: 3, trash: 4 } as const
export type ObjectKind = (typeof ObjectKind)[keyof typeof ObjectKind]

const OBJECT_MAGIC = Buffer.from('HFOBJ\0\u0001', 'latin1')
const OBJECT_HEADER = 48

/**
 * Seals a small object: a 48-byte header (magic, version, kind, key epoch, codec, plain length, salt)
 * and the ciphertext. `name` is bound, so that one object cannot stand in for another.
 */
export async function sealObject(
  ring: KeyRing,
  kind: ObjectKind,
  name: string,
  plain: Uint8Array,
): Promise<Buffer> {
  const { codec, bytes } = await encodeSmall(plain)
  const header = Buffer.alloc(OBJECT_HEADER)
  OBJECT_MAGIC.copy(header)
  header.writeUInt8(kind, 7)
  header.writeUInt16LE(KEY_EPOCH, 8)
  header.writeUInt8(codec, 10)
  header.writeUInt32LE(plain.length, 12)
  randomBytes(SALT_BYTES).copy(header, 16)
  const sealed = Buffer.allocUnsafe(OBJECT_HEADER + bytes.length + TAG_BYTES)
  header.copy(sealed)
  sealInto(sealed, OBJECT_HEADER, objectKey(ring, header), objectAad(ring, header, name), bytes)
  return sealed
}

/** Opens what {@link sealObject} sealed. Throws Damaged, naming the object. */
export async function openObject(
  ring: KeyRing,
  kind: ObjectKind,
  name: string,
  sealed: Uint8Array,
  key: string,
): Promise<Buffer> {
  const header = Buffer.from(sealed.buffer, sealed.byteOffset, Math.min(sealed.length, 48))
  if (header.length < OBJECT_HEADER) throw new Damaged({ what: key, why: 'it is too short' })
  if (header.compare(OBJECT_MAGIC, 0, 6, 0, 6) !== 0) {
    throw new Damaged({ what: key, why: 'it does not begin as a holdfast object does' })
  }
  const plain = unseal(
    objectKey(ring, header),
    objectAad(ring, header, name),
    sealed.subarray(OBJECT_HEADER),
  )
  if (plain === undefined) throw new Damaged({ what: key, why: 'its seal is broken' })
  if (header.readUInt8(7) !== kind) throw new Damaged({ what: key, why: 'it is of another kind' })
  if (header.readUInt8(6) !== OBJECT_MAGIC[6]) {
    throw new RepositoryTooNew({ place: key, needs: `object version ${header.readUInt8(6)}` })
  }
  return await decode(header.readUInt8(10), plain, header.readUInt32LE(12), key)
}

const objectKey = (ring: KeyRing, header: Buffer): Buffer =>
  hmac(ring.meta, 'object', header.subarray(16, OBJECT_HEADER))

const objectAad = (ring: KeyRing, header: Buffer, name: string): Buffer =>
  Buffer.concat([ring.repositoryId, header, Buffer.from(name)])
