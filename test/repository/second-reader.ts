/*
 * A second program that reads a repository on a local disk, written from docs/design/repository-format.md
 * and nothing else: it imports none of our code. When it and the format part ways, one of them is wrong.
 */
import { createDecipheriv, createHash, createHmac, hkdfSync, scryptSync } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const hkdf = (secret: Uint8Array, salt: Uint8Array | string, info: string, bytes: number) =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, bytes))

function hmac(key: Uint8Array, ...parts: (Uint8Array | string)[]): Buffer {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

function ungcm(key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  const end = sealed.length - 16
  const cipher = createDecipheriv('aes-256-gcm', key, Buffer.alloc(12)).setAAD(aad)
  cipher.setAuthTag(sealed.subarray(end))
  return Buffer.concat([cipher.update(sealed.subarray(0, end)), cipher.final()])
}

function decode(codec: number, encoded: Buffer, length: number): Buffer {
  const plain = codec === 1 ? zstdDecompressSync(encoded, { maxOutputLength: length }) : encoded
  if (codec > 1 || plain.length !== length) throw new Error(`codec ${codec} or a wrong length`)
  return plain
}

// ── sections 4 and 5: from a passphrase or recovery key to the master key ────────────────────

interface Slot {
  repository: string
  kind: string
  kdf: { name: string; N: number; r: number; p: number; salt: string }
  check: string
  wrapped: string
  [member: string]: unknown
}

function recoveryKeyBytes(text: string): Buffer {
  const digits = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0')
  let bits = 0n
  for (const digit of digits.replaceAll(/[IL]/g, '1')) {
    bits = bits * 32n + BigInt('0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(digit))
  }
  const bytes = Buffer.from(bits.toString(16).padStart(70, '0'), 'hex')
  const key = bytes.subarray(0, 32)
  const sum = createHash('sha256').update('holdfast recovery key').update(key).digest()
  if (!sum.subarray(0, 3).equals(bytes.subarray(32))) throw new Error('a typing mistake')
  return key
}

function material({ kind, kdf }: Slot, secret: string): Buffer {
  const salt = Buffer.from(kdf.salt, 'base64')
  if (kind === 'recovery') return hkdf(recoveryKeyBytes(secret), salt, 'holdfast recovery', 32)
  const cost = { N: kdf.N, r: kdf.r, p: kdf.p, maxmem: 2 ** 30 }
  return scryptSync(secret.normalize('NFC'), salt, 32, cost)
}

function masterOf(slot: Slot, secret: string): Buffer | undefined {
  const secretOfSlot = material(slot, secret)
  const check = hkdf(secretOfSlot, '', 'holdfast v1 slot check', 16)
  if (!check.equals(Buffer.from(slot.check, 'base64'))) return undefined
  const { format, repository, kind, label, created, kdf } = slot
  const how = kind === 'recovery' ? [kdf.name, kdf.salt] : [kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt]
  const aad = JSON.stringify([format, repository, kind, label, created, how])
  const key = hkdf(secretOfSlot, '', 'holdfast v1 slot wrap', 32)
  return ungcm(key, Buffer.from(aad), Buffer.from(slot.wrapped, 'base64'))
}

// ── the rest ─────────────────────────────────────────────────────────────────────────────────

interface Chunk {
  pack: string
  salt: Buffer
  type: number
  offset: number
  stored: number
  plain: number
  codec: number
}

interface Stream {
  name: string
  bytes: number
  recipe: { depth: number; entries: string }
}

export class SecondReader {
  readonly #root: string
  readonly #id: Buffer
  readonly #chunkId: Buffer
  readonly #data: Buffer
  readonly #meta: Buffer
  readonly #chunks = new Map<string, Chunk>()

  constructor(root: string, kind: 'passphrase' | 'recovery', secret: string) {
    this.#root = root
    const [line = '', mac] = this.#read('repository').toString().split('\n')
    const { id } = JSON.parse(line) as { id: string }
    const slots = this.#names('keys').map(name => {
      const bytes = this.#read(`keys/${name}`)
      if (sha256(bytes) !== name) throw new Error('a broken slot')
      return JSON.parse(bytes.toString()) as Slot
    })
    const own = slots.filter(slot => slot.repository === id && slot.kind === kind)
    const master = own.map(slot => masterOf(slot, secret)).find(found => found !== undefined)
    if (master === undefined) throw new Error('no slot opens')
    this.#id = Buffer.from(id, 'hex')
    const derive = (label: string) => hkdf(master, this.#id, `holdfast v1 ${label}`, 32)
    this.#chunkId = derive('chunk id')
    this.#data = derive('data')
    this.#meta = derive('meta')
    const expected = `hmac-sha256 ${hmac(derive('mac'), line).toString('hex')}`
    if (mac !== expected) throw new Error('object repository was altered')
    this.#loadIndex()
  }

  /** Every backup's streams, by the id of the backup. */
  backups(): Map<string, Stream[]> {
    return new Map(
      this.#names('manifests').map(id => {
        const key = `manifests/${id}`
        const json = this.#open(key, 2, key).toString()
        return [id, (JSON.parse(json) as { streams: Stream[] }).streams]
      }),
    )
  }

  stream({ recipe, bytes }: Stream): Buffer {
    const parts = this.#list(Buffer.from(recipe.entries, 'base64'), recipe.depth)
    const whole = Buffer.concat(parts)
    if (whole.length !== bytes) throw new Error('not the stream')
    return whole
  }

  #list(entries: Buffer, depth: number): Buffer[] {
    const parts: Buffer[] = []
    for (let at = 0; at < entries.length; at += 36) {
      const chunk = this.#chunk(entries.subarray(at, at + 32), entries.readUInt32LE(at + 32))
      if (depth === 0) parts.push(chunk)
      else for (const part of this.#list(chunk, depth - 1)) parts.push(part)
    }
    return parts
  }

  #chunk(id: Buffer, length: number): Buffer {
    const chunk = this.#chunks.get(id.toString('hex'))
    if (chunk === undefined) throw new Error('a chunk is lost')
    const { pack, salt, type, offset, stored, plain, codec } = chunk
    const sealed = this.#part(`packs/${pack.slice(0, 2)}/${pack}`, offset, stored)
    const about = Buffer.from([1, type, codec, 0, 0, 0, 0, 0])
    about.writeUInt32LE(plain, 4)
    const key = hmac(type === 0 ? this.#data : this.#meta, 'chunk', salt, id)
    const encoded = ungcm(key, Buffer.concat([this.#id, about, id]), sealed)
    const bytes = decode(codec, encoded, plain)
    if (plain !== length || !hmac(this.#chunkId, bytes).equals(id)) throw new Error('wrong chunk')
    return bytes
  }

  #loadIndex(): void {
    const files = new Map(this.#names('index').map(name => [name, this.#indexFile(name)]))
    const replaced = new Set([...files.values()].flatMap(file => file.replaces))
    const named = new Set<string>()
    for (const [name, file] of files) {
      if (replaced.has(name)) continue
      for (const [id, chunk] of file.chunks) {
        if (!existsSync(join(this.#root, 'packs', chunk.pack.slice(0, 2), chunk.pack))) continue
        named.add(chunk.pack)
        this.#chunks.set(id, chunk)
      }
    }
    for (const folder of this.#names('packs')) {
      for (const pack of this.#names(`packs/${folder}`)) if (!named.has(pack)) this.#footer(pack)
    }
  }

  #indexFile(name: string): { replaces: string[]; chunks: [string, Chunk][] } {
    const plain = this.#open(`index/${name}`, 1, 'index')
    let at = 16
    const take = (bytes: number) => {
      at += bytes
      return plain.subarray(at - bytes, at)
    }
    const u32 = () => take(4).readUInt32LE()
    const replaces = Array.from({ length: u32() }, () => take(32).toString('hex'))
    const packs = Array.from({ length: u32() }, () => {
      const [pack, salt, rest] = [take(32).toString('hex'), take(32), take(8)]
      return { pack, salt, type: rest.readUInt8(4) }
    })
    const chunks = Array.from({ length: u32() }, (): [string, Chunk] => {
      const id = take(32).toString('hex')
      const pack = packs[u32()]
      if (pack === undefined) throw new Error('a broken index')
      const [offset, stored, length] = [u32(), u32(), u32()]
      return [id, { ...pack, offset, stored, plain: length, codec: take(4).readUInt8(0) }]
    })
    return { replaces, chunks }
  }

  #footer(pack: string): void {
    const bytes = this.#read(`packs/${pack.slice(0, 2)}/${pack}`)
    const header = bytes.subarray(0, 48)
    if (header.toString('latin1', 0, 6) !== 'HFPACK') throw new Error('no pack')
    const [type, salt] = [header.readUInt8(7), header.subarray(16)]
    const end = bytes.length - 16
    const sealed = bytes.subarray(end - bytes.readUInt32LE(end), end)
    const key = hmac(type === 0 ? this.#data : this.#meta, 'footer', salt)
    const footer = ungcm(key, Buffer.concat([this.#id, header]), sealed)
    for (let left = footer.readUInt32LE(16), at = 20; left > 0; left--) {
      const id = footer.toString('hex', at, at + 32)
      const [offset, stored, plain] = [32, 36, 40].map(field => footer.readUInt32LE(at + field))
      const place = { offset: offset ?? 0, stored: stored ?? 0, plain: plain ?? 0 }
      this.#chunks.set(id, { pack, salt, type, ...place, codec: footer.readUInt8(at + 44) })
      at += 48 + 32 * footer.readUInt8(at + 45)
    }
  }

  /** Section 6. */
  #open(key: string, kind: number, name: string): Buffer {
    const bytes = this.#read(key)
    const header = bytes.subarray(0, 48)
    if (header.toString('latin1', 0, 6) !== 'HFOBJ\0') throw new Error('no object')
    const secret = hmac(this.#meta, 'object', header.subarray(16))
    const aad = Buffer.concat([this.#id, header, Buffer.from(name)])
    const encoded = ungcm(secret, aad, bytes.subarray(48))
    if (header.readUInt8(6) !== 1 || header.readUInt8(7) !== kind) throw new Error('another kind')
    return decode(header.readUInt8(10), encoded, header.readUInt32LE(12))
  }

  #read(key: string): Buffer {
    return readFileSync(join(this.#root, key))
  }

  #part(key: string, from: number, length: number): Buffer {
    const file = openSync(join(this.#root, key), 'r')
    const bytes = Buffer.alloc(length)
    readSync(file, bytes, 0, length, from)
    closeSync(file)
    return bytes
  }

  #names(folder: string): string[] {
    return existsSync(join(this.#root, folder)) ? readdirSync(join(this.#root, folder)) : []
  }
}
