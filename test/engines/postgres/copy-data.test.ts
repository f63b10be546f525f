import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { countNewlines, unframe } from '../../../src/engines/postgres/copy-data.ts'
import { currentModule, MODULE } from '../../../support/make-wasm.ts'
import { Seeded } from '../../repository/material.ts'

/** A piece of data as an archive holds it. */
function framed(data: Uint8Array): Buffer {
  const length = Buffer.alloc(5)
  length.writeUInt32LE(data.length, 1)
  return Buffer.concat([length, data])
}

/** All that `archive` holds, when it arrives in pieces of these sizes. */
function unframed(archive: Buffer, size: () => number): { data: Buffer; left: number } {
  const parts: Uint8Array[] = []
  let left = 0
  // A length that is cut stays for the next piece.
  for (let at = 0, end = size(); at < archive.length; end += size()) {
    const result = unframe(archive.subarray(at, end), left)
    parts.push(result.data.slice())
    left = result.left
    at += result.taken
  }
  return { data: Buffer.concat(parts), left }
}

test('the WebAssembly is what its source says', async () => {
  assert.equal(readFileSync(MODULE, 'utf8'), await currentModule(), 'run `npm run wasm`')
})

describe('the data of an archive', () => {
  const random = new Seeded('copy data')
  const sizes = [1, 2, 15, 16, 17, 79, 511, 512, 513, 4_096, 65_530, 65_536, 200_000]
  const rows = Array.from({ length: 2_000 }, (_, i) =>
    random.bytes(i < sizes.length ? (sizes[i] as number) : 1 + random.below(300)),
  )
  const archive = Buffer.concat(rows.map(framed))
  const expected = Buffer.concat(rows)

  for (const piece of [archive.length, 65_536, 65_535, 1_000, 7]) {
    test(`loses nothing but the lengths in pieces of ${piece} bytes`, () => {
      const { data, left } = unframed(archive, () => piece)
      assert.equal(left, 0)
      assert.ok(data.equals(expected))
    })
  }

  test('loses nothing but the lengths wherever it is cut', () => {
    for (let round = 0; round < 50; round += 1) {
      const { data } = unframed(archive, () => 1 + random.below(5_000))
      assert.ok(data.equals(expected))
    }
  })

  test('tells how much of the last piece is still to come', () => {
    const { taken, left, data } = unframe(framed(Buffer.alloc(100, 'x')).subarray(0, 45), 0)
    assert.deepEqual([taken, left, data.length], [45, 60, 40])
  })

  const whole = framed(Buffer.from('one\n'))
  for (const [what, next] of [
    ['is cut off', Buffer.of(0, 1, 0, 0)],
    ['is 0', Buffer.of(0, 0, 0, 0, 0, 1)],
    ['is negative', Buffer.of(1, 4, 0, 0, 0, 1)],
    ['is larger than any row', Buffer.of(0, 0, 0, 0, 0x80, 1)],
  ] as const) {
    test(`ends in front of a length that ${what}`, () => {
      const { taken, left, data } = unframe(Buffer.concat([whole, next]), 0)
      assert.deepEqual([taken, left, Buffer.from(data).toString()], [whole.length, 0, 'one\n'])
    })
  }

  test('has as many rows as newlines', () => {
    for (let length = 0; length < 200; length += 1) {
      const bytes = random.bytes(length).map(byte => (byte < 128 ? 10 : byte))
      assert.equal(countNewlines(bytes), bytes.filter(byte => byte === 10).length)
    }
    assert.equal(countNewlines(Buffer.alloc(200_001, '\n')), 200_001)
    assert.equal(countNewlines(unframe(framed(Buffer.alloc(5_000, '\n')), 0).data), 5_000)
  })
})
