import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { deflateSync, zstdCompressSync } from 'node:zlib'
import type { Outline } from '../../../src/core/backup.ts'
import { DumpUnfit } from '../../../src/core/faults.ts'
import { ArchiveReader, type ArchiveSink } from '../../../src/engines/postgres/archive.ts'
import { ForeignArchive } from '../../../src/engines/postgres/foreign.ts'
import { bytesOf } from '../../../src/stream/bytes.ts'
import { type PostgresServer, startPostgres } from '../../../support/postgres.ts'
import { loadShop } from '../../../support/shop.ts'
import { tempDir } from '../../../support/temp-dir.ts'

/** The least version that may say zstd: until then the header has a level of gzip, and no method. */
const SINCE_METHODS = 15
const METHODS = { none: 0, gzip: 1, lz4: 2, zstd: 3 }

const int = (value: number) => {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt32LE(value, 1)
  return bytes
}

/** Writes an archive of version 1.14 again as 1.15, with its data compressed. */
class Recompressor implements ArchiveSink {
  readonly parts: Buffer[] = []
  readonly #pack: (bytes: Buffer) => Buffer
  #data: Buffer[] = []
  #isLarge = false

  constructor(pack: (bytes: Buffer) => Buffer) {
    this.#pack = pack
  }

  entry(): void {}
  dataStart(entry: { id: number; type: string }): void {
    this.#isLarge = entry.type === 'BLOBS'
    this.parts.push(Buffer.of(this.#isLarge ? 3 : 1), int(entry.id))
  }
  data(bytes: Uint8Array): void {
    this.#data.push(Buffer.from(bytes))
  }
  largeObjectStart(oid: number): void {
    this.parts.push(int(oid))
  }
  largeObjectEnd(): void {
    this.#flush()
  }
  dataEnd(): void {
    if (this.#isLarge) this.parts.push(int(0))
    else this.#flush()
  }

  /** In pieces of odd sizes, as a compressor's output buffer happens to fill. */
  #flush(): void {
    const packed = this.#pack(Buffer.concat(this.#data))
    this.#data = []
    for (let at = 0; at < packed.length; at += 4093) {
      const piece = packed.subarray(at, at + 4093)
      this.parts.push(int(piece.length), piece)
    }
    this.parts.push(int(0))
  }
}

/** `lost`: so many bytes at the end of everything that is compressed are missing. */
function recompressed(archive: Buffer, method: keyof typeof METHODS, lost = 0): Buffer {
  assert.equal(archive.readUInt8(6), 14)
  const pack = method === 'zstd' ? zstdCompressSync : deflateSync
  const sink = new Recompressor(bytes => {
    const packed = pack(bytes)
    return packed.subarray(0, packed.length - lost)
  })
  let headBytes = 0
  const reader = new ArchiveReader(
    Object.assign(sink, { headEnd: (_: object, offset: number) => (headBytes = offset) }),
  )
  reader.push(archive)
  reader.end('pg_dump')
  const head = archive.subarray(0, headBytes)
  const before = Buffer.from(head.subarray(0, 11))
  before.writeUInt8(SINCE_METHODS, 6)
  return Buffer.concat([before, Buffer.of(METHODS[method]), head.subarray(16), ...sink.parts])
}

/** The pieces in which bytes arrive: nothing may depend on where they are cut. */
async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(dump: AsyncIterable<Uint8Array>): Promise<Outline> {
  const foreign = new ForeignArchive(dump, 'shop.dump')
  for await (const piece of foreign.bytes) void piece
  return foreign.outline()
}

describe('compressed archives', () => {
  let server: PostgresServer
  let plain: Buffer
  before(async () => {
    server = await startPostgres()
    await loadShop(server, 'shop', 0.002)
    const path = join(tempDir(), 'plain.dump')
    const { bin, host, user, password = '' } = server
    const args = ['-h', host, '-p', String(server.port), '-U', user, '-Fc', '-Z0', '-f', path]
    const env = { ...process.env, PGPASSWORD: password }
    await promisify(execFile)(join(bin, 'pg_dump'), [...args, 'shop'], { env })
    plain = readFileSync(path)
  })
  after(() => server.stop())

  const contents = ({ tables, largeObjects, sequences, objects }: Outline) => ({
    tables: tables.map(table => ({ ...table, at: undefined })),
    largeObjects: { ...largeObjects, at: largeObjects.at.length },
    sequences,
    objects,
  })

  for (const method of ['zstd', 'gzip'] as const) {
    test(`of ${method} hold what the uncompressed one holds, however they are cut`, async () => {
      const expected = contents(await read(bytesOf(plain)))
      assert.ok(expected.tables.length > 5 && expected.largeObjects.count > 0)
      const packed = recompressed(plain, method)
      for (const size of [packed.length, 65_536, 997]) {
        assert.deepEqual(contents(await read(cut(packed, size))), expected)
      }
    })

    test(`of ${method} that stop or break anywhere are refused`, async () => {
      const packed = recompressed(plain, method)
      for (const part of [0.01, 0.3, 0.5, 0.9, 0.999]) {
        const bytes = packed.subarray(0, Math.floor(packed.length * part))
        await assert.rejects(read(cut(bytes, 5000)), DumpUnfit)
      }
    })
  }

  test('of lz4 are refused with another way', async () => {
    const packed = recompressed(plain, 'zstd')
    packed.writeUInt8(METHODS.lz4, 11)
    const { hint } = await read(bytesOf(packed)).then(
      () => assert.fail('it was read'),
      (error: unknown) => error as InstanceType<typeof DumpUnfit>,
    )
    assert.match(hint, /gzip, zstd or best of all none/)
  })

  test('whose frames are whole, and the compressed data in them is not, hold no short tables', async () => {
    for (const method of ['zstd', 'gzip'] as const) {
      await assert.rejects(read(bytesOf(recompressed(plain, method, 5))), DumpUnfit)
    }
    // Every frame is whole, and nothing in it can be read.
    const other = recompressed(plain, 'gzip')
    other.writeUInt8(METHODS.zstd, 11)
    await assert.rejects(read(bytesOf(other)), DumpUnfit)
  })
})
