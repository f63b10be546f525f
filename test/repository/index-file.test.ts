import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Damaged } from '../../src/core/faults.ts'
import { PackType } from '../../src/repository/chunk-index.ts'
import { decodeIndex, encodeIndex, type IndexFile } from '../../src/repository/index-file.ts'
import { Seeded } from './material.ts'

function fileOf(shape: { packs: number; entries: number; supersedes: number }): IndexFile {
  const seeded = new Seeded('index file')
  return {
    session: seeded.bytes(16).toString('hex'),
    supersedes: Array.from({ length: shape.supersedes }, () => seeded.bytes(32).toString('hex')),
    packs: Array.from({ length: shape.packs }, (_, pack) => ({
      facts: {
        id: seeded.bytes(32).toString('hex'),
        salt: seeded.bytes(32),
        bytes: 2 ** 32 - 1 - pack,
        type: pack % 2 === 0 ? PackType.data : PackType.meta,
      },
      entries: Array.from({ length: shape.entries }, (_, entry) => ({
        id: seeded.bytes(32),
        offset: seeded.bytes(4).readUInt32LE(),
        stored: seeded.bytes(4).readUInt32LE(),
        plain: seeded.bytes(4).readUInt32LE(),
        codec: entry % 5,
        // Codec 3 names 1 to 4 bases: whoever reads the index must not stumble over them.
        bases: Array.from({ length: entry % 5 }, () => seeded.bytes(32)),
      })),
    })),
  }
}

/** Entries of a file are kept by id, not in the order of the pack. */
const sorted = (file: IndexFile): IndexFile => ({
  ...file,
  packs: file.packs.map(pack => ({
    ...pack,
    entries: pack.entries.toSorted((a, b) => a.id.compare(b.id)),
  })),
})

describe('an index file', () => {
  for (const shape of [
    { packs: 0, entries: 0, supersedes: 0 },
    { packs: 1, entries: 0, supersedes: 2 },
    { packs: 3, entries: 50, supersedes: 0 },
    { packs: 40, entries: 25, supersedes: 7 },
  ]) {
    test(`comes back: ${JSON.stringify(shape)}`, () => {
      const file = fileOf(shape)
      assert.deepEqual(decodeIndex(encodeIndex(file), 'an index'), sorted(file))
    })
  }

  test('lists its entries in ascending order of id', () => {
    const bytes = encodeIndex(fileOf({ packs: 2, entries: 20, supersedes: 0 }))
    const first = 16 + 4 + 4 + 2 * 72 + 4
    for (let entry = 1; entry < 40; entry++) {
      const at = first + entry * 52
      assert.ok(bytes.compare(bytes, at - 52, at - 20, at, at + 32) > 0)
    }
  })

  test('is damaged when cut anywhere, or when bytes are left over', () => {
    const bytes = encodeIndex(fileOf({ packs: 2, entries: 6, supersedes: 1 }))
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(() => decodeIndex(bytes.subarray(0, end), 'an index'), Damaged, `${end} bytes`)
    }
    assert.throws(() => decodeIndex(Buffer.concat([bytes, Buffer.of(0)]), 'an index'), Damaged)
  })

  test('is damaged when an entry names a pack that is not listed', () => {
    const bytes = encodeIndex(fileOf({ packs: 1, entries: 1, supersedes: 0 }))
    bytes.writeUInt32LE(1, 16 + 4 + 4 + 72 + 4 + 32)
    assert.throws(() => decodeIndex(bytes, 'an index'), Damaged)
  })
})
