import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Damaged } from '../../src/core/faults.ts'
import {
  ObjectKind,
  openObject,
  sealInto,
  sealObject,
  TAG_BYTES,
  unseal,
} from '../../src/repository/seal.ts'
import { flipped, Seeded, testRing } from './material.ts'

const ring = testRing()
const seeded = new Seeded('seal')
const open = async (sealed: Uint8Array, kind: ObjectKind = ObjectKind.manifest, name = 'a/b') =>
  await openObject(ring, kind, name, sealed, 'the object')

describe('a seal', () => {
  const key = seeded.bytes(32)
  const aad = seeded.bytes(40)
  const plain = seeded.bytes(100)
  const sealed = Buffer.alloc(200)
  const length = sealInto(sealed, 10, key, aad, plain)

  test('opens to what was sealed', () => {
    assert.equal(length, plain.length + TAG_BYTES)
    assert.deepEqual(unseal(key, aad, sealed.subarray(10, 10 + length)), plain)
    assert.equal(sealed.subarray(0, 10).equals(Buffer.alloc(10)), true)
  })

  test('does not open when any bit of it, of the key or of what it is bound to differs', () => {
    const body = sealed.subarray(10, 10 + length)
    for (let at = 0; at < length; at++) {
      assert.equal(unseal(key, aad, flipped(body, at, at % 8)), undefined, `byte ${at}`)
    }
    for (let at = 0; at < 32; at++) assert.equal(unseal(flipped(key, at), aad, body), undefined)
    for (let at = 0; at < 40; at++) assert.equal(unseal(key, flipped(aad, at), body), undefined)
    for (let end = 0; end < length; end++) {
      assert.equal(unseal(key, aad, body.subarray(0, end)), undefined, `${end} bytes`)
    }
  })
})

describe('a sealed object', () => {
  const contents = {
    empty: Buffer.alloc(0),
    'one byte': Buffer.of(7),
    random: seeded.bytes(5000),
    repetitive: Buffer.alloc(100_000, 'row\n'),
  }

  for (const [name, plain] of Object.entries(contents)) {
    test(`gives back what is ${name}`, async () => {
      const sealed = await sealObject(ring, ObjectKind.manifest, 'a/b', plain)
      assert.deepEqual(await open(sealed), plain)
    })
  }

  test('hides what it holds, and never seals the same twice', async () => {
    const plain = Buffer.from('the quick brown fox jumps over the lazy dog')
    const [one, other] = [
      await sealObject(ring, ObjectKind.index, 'x', plain),
      await sealObject(ring, ObjectKind.index, 'x', plain),
    ]
    assert.equal(one.includes('fox'), false)
    assert.notDeepEqual(one.subarray(48), other.subarray(48))
  })

  test('is damaged by any flipped bit and by every cut', async () => {
    const sealed = await sealObject(ring, ObjectKind.manifest, 'a/b', seeded.bytes(60))
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      await assert.rejects(open(flipped(sealed, bit >> 3, bit & 7)), Damaged, `bit ${bit}`)
    }
    for (let end = 0; end < sealed.length; end++) {
      await assert.rejects(open(sealed.subarray(0, end)), Damaged, `${end} bytes`)
    }
  })

  test('cannot stand in for another name, kind or repository', async () => {
    const sealed = await sealObject(ring, ObjectKind.manifest, 'a/b', seeded.bytes(60))
    await assert.rejects(open(sealed, ObjectKind.manifest, 'a/c'), Damaged)
    await assert.rejects(open(sealed, ObjectKind.trash), Damaged)
    const other = testRing('another repository')
    await assert.rejects(
      openObject(other, ObjectKind.manifest, 'a/b', sealed, 'the object'),
      Damaged,
    )
  })
})
