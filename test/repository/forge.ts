import { createCipheriv, createHmac } from 'node:crypto'
import type { KeyRing } from '../../src/repository/key-ring.ts'
import { Seeded, sha256 } from './material.ts'

/*
 * Writes objects of the repository by the letter of docs/design/repository-format.md, without the code
 * under test: what that code reads, and what later versions may write, is held against this.
 */

const hmac = (key: Buffer, ...parts: (Buffer | string)[]) => {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

function gcm(key: Buffer, aad: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12)).setAAD(aad)
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

export interface ForgedChunk {
  readonly plain: Buffer
  /** The bytes that are sealed; the plain bytes when absent. */
  readonly encoded?: Buffer
  readonly codec?: number
  readonly bases?: readonly Buffer[]
  /** A false name. */
  readonly id?: Buffer
}

export interface ForgedPack {
  readonly id: string
  readonly bytes: Buffer
  readonly salt: Buffer
  readonly entries: {
    id: Buffer
    offset: number
    stored: number
    plain: number
    codec: number
    bases: Buffer[]
  }[]
}

const entryBytes = ({ id, offset, stored, plain, codec, bases }: ForgedPack['entries'][number]) =>
  Buffer.concat([
    id,
    u32(offset),
    u32(stored),
    u32(plain),
    Buffer.of(codec, bases.length, 0, 0),
    ...bases,
  ])

export const chunkIdOf = (ring: KeyRing, plain: Buffer): Buffer => hmac(ring.chunkId, plain)

export function forgePack(
  ring: KeyRing,
  chunks: readonly ForgedChunk[],
  options: { version?: number; type?: number; session?: string; seed?: string } = {},
): ForgedPack {
  const { version = 1, type = 0, session = 'ab'.repeat(16), seed = 'forged pack' } = options
  const salt = new Seeded(seed).bytes(32)
  const header = Buffer.concat([Buffer.from('HFPACK'), Buffer.of(version, type)])
  const head = Buffer.concat([header, Buffer.alloc(8), salt])
  const key = type === 0 ? ring.data : ring.meta
  const parts: Buffer[] = [head]
  const entries: ForgedPack['entries'] = []
  let offset = head.length
  for (const { plain, encoded = plain, codec = 0, bases = [], id: given } of chunks) {
    const id = given ?? chunkIdOf(ring, plain)
    const about = Buffer.concat([Buffer.of(1, type, codec, bases.length), u32(plain.length)])
    const aad = Buffer.concat([ring.repositoryId, about, id, ...bases])
    const sealed = gcm(hmac(key, 'chunk', salt, id), aad, encoded)
    const stored = sealed.length
    entries.push({ id, offset, stored, plain: plain.length, codec, bases: [...bases] })
    parts.push(sealed)
    offset += stored
  }
  const footer = Buffer.concat([
    Buffer.from(session, 'hex'),
    u32(entries.length),
    ...entries.map(entryBytes),
  ])
  const aad = Buffer.concat([ring.repositoryId, head])
  const sealedFooter = gcm(hmac(key, 'footer', salt), aad, footer)
  const end = [u32(sealedFooter.length), u32(0), Buffer.from('HFPEND'), Buffer.of(1, 0)]
  const bytes = Buffer.concat([...parts, sealedFooter, ...end])
  return { id: sha256(bytes), bytes, salt, entries }
}

export function forgeObject(
  ring: KeyRing,
  about: { kind: number; name: string; version?: number; codec?: number; plainLength?: number },
  plain: Buffer,
): Buffer {
  const { kind, name, version = 1, codec = 0, plainLength = plain.length } = about
  const salt = new Seeded(`${name} ${sha256(plain)}`).bytes(32)
  const header = Buffer.concat([
    Buffer.from('HFOBJ\0'),
    Buffer.of(version, kind, 0, 0, codec, 0),
    u32(plainLength),
    salt,
  ])
  const aad = Buffer.concat([ring.repositoryId, header, Buffer.from(name)])
  return Buffer.concat([header, gcm(hmac(ring.meta, 'object', salt), aad, plain)])
}
