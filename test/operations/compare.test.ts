import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compareOutlines } from '../../src/operations/compare.ts'
import { settled } from '../../src/operations/proof.ts'
import { object, outline, table } from './outlines.ts'

const sentences = (differences: readonly { name: string; detail: string }[]) =>
  differences.map(one => `${one.name} ${one.detail}`)

describe('what is found is compared with what was backed up', () => {
  const whole = outline({
    tables: [table('orders', '1\ta', '2\tb'), table('customers', '7\tx')],
    sequences: [{ schema: 'shop', name: 'invoice', value: '42' }],
    objects: [object('TABLE', 'orders'), object('TABLE', 'customers'), object('VIEW', 'daily')],
    largeObjects: { count: 2, bytes: 10, sha256: 'aa', at: [] },
  })

  test('the same is the same, in whatever order it is listed', () => {
    const shuffled = {
      ...whole,
      tables: whole.tables.toReversed(),
      objects: whole.objects.toReversed(),
    }
    assert.deepEqual(compareOutlines(whole, shuffled).differences, [])
  })

  test('a row less is told with both counts', () => {
    const found = { ...whole, tables: [table('orders', '1\ta'), table('customers', '7\tx')] }
    const { differences, unsettled } = compareOutlines(whole, found)
    assert.deepEqual(sentences(differences), ['shop.orders has 1 row instead of 2'])
    assert.equal(unsettled.size, 0)
  })

  test('the same rows and bytes with another digest are unsettled, but differ until settled', () => {
    const found = {
      ...whole,
      tables: [table('orders', '1\ta', '2\tc'), table('customers', '7\tx')],
    }
    const { differences, unsettled } = compareOutlines(whole, found)
    assert.deepEqual(sentences(differences), [
      'shop.orders has as many rows (2), but with other content',
    ])
    assert.deepEqual([...unsettled], ['shop.orders'])
  })

  test('a missing table is told once, not again for its place in the schema', () => {
    const found = {
      ...whole,
      tables: [table('customers', '7\tx')],
      objects: whole.objects.filter(one => one.name !== 'orders'),
    }
    assert.deepEqual(sentences(compareOutlines(whole, found).differences), [
      'shop.orders is missing',
    ])
  })

  test('sequences, large objects, objects that are missing or extra', () => {
    const found = {
      ...whole,
      sequences: [{ schema: 'shop', name: 'invoice', value: '43' }],
      largeObjects: { count: 1, bytes: 4, sha256: 'bb', at: [] },
      objects: [object('TABLE', 'orders'), object('TABLE', 'customers'), object('INDEX', 'by_day')],
    }
    const { differences } = compareOutlines(whole, found)
    assert.deepEqual(sentences(differences), [
      'shop.invoice stands at 43 instead of 42',
      'large objects are 1 (4 B) instead of 2 (10 B)',
      'index shop.by_day is not in the backup',
      'view shop.daily is missing',
    ])
  })

  test('another wording or owner is a difference of its own kind', () => {
    const found = {
      ...whole,
      objects: [
        object('TABLE', 'orders'),
        { ...object('TABLE', 'customers'), owner: 'root' },
        object('VIEW', 'daily', 'worded differently'),
      ],
    }
    const { differences } = compareOutlines(whole, found)
    assert.deepEqual(sentences(differences), [
      'table shop.customers belongs to root instead of app',
      'view shop.daily is defined differently',
    ])
    assert.deepEqual(
      differences.map(one => one.kind),
      ['owner', 'definition'],
    )
  })

  test('of objects with the same name each is paired once', () => {
    const twice = outline({ objects: [object('CAST', 'x', 'one'), object('CAST', 'x', 'two')] })
    assert.deepEqual(compareOutlines(twice, twice).differences, [])
    const once = outline({ objects: [object('CAST', 'x', 'one')] })
    assert.deepEqual(sentences(compareOutlines(twice, once).differences), [
      'cast shop.x is missing',
    ])
  })

  test('names that need quotes are quoted', () => {
    const odd = outline({ tables: [table('Odd "name"', 'a')] })
    assert.deepEqual(sentences(compareOutlines(odd, outline({})).differences), [
      'shop."Odd ""name""" is missing',
    ])
  })
})

describe('tables whose rows may only stand in another order are settled by a second look', () => {
  const before = outline({ tables: [table('a', '1', '2'), table('b', '3', '4')] })
  const after = outline({ tables: [table('a', '2', '1'), table('b', '3', '5')] })
  const comparison = compareOutlines(before, after)
  // What a digest that does not depend on the order gives: that of the sorted rows.
  const sorted = outline({ tables: [table('a', '1', '2'), table('b', '3', '4')] })
  const sortedAfter = outline({ tables: [table('a', '1', '2'), table('b', '3', '5')] })

  test('another order is no difference, other content is', () => {
    assert.deepEqual([...comparison.unsettled], ['shop.a', 'shop.b'])
    const left = settled(comparison, sorted, sortedAfter)
    assert.deepEqual(
      left.map(one => one.name),
      ['shop.b'],
    )
  })

  test('a table that the second look does not find stays different', () => {
    const left = settled(comparison, sorted, outline({}))
    assert.deepEqual(
      left.map(one => one.name),
      ['shop.a', 'shop.b'],
    )
  })
})
