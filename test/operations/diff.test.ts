import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diff } from '../../src/operations/diff.ts'
import { object, outline, table } from './outlines.ts'

test('tables and objects that came, went, changed or stayed', () => {
  const before = outline({
    tables: [table('gone', 'a'), table('changed', 'a'), table('same', 'a')],
    objects: [object('VIEW', 'gone'), object('VIEW', 'changed', 'one'), object('VIEW', 'same')],
    sequences: [{ schema: 'shop', name: 'moved', value: '1' }],
  })
  const after = outline({
    tables: [table('changed', 'a', 'b'), table('same', 'a'), table('added', 'x')],
    objects: [object('VIEW', 'added'), object('VIEW', 'changed', 'two'), object('VIEW', 'same')],
    sequences: [{ schema: 'shop', name: 'moved', value: '9' }],
  })
  const result = diff(before, after)
  assert.deepEqual(
    result.tables.map(({ name, change, before, after }) => [
      name,
      change,
      before?.rows,
      after?.rows,
    ]),
    [
      ['shop.added', 'added', undefined, 1],
      ['shop.changed', 'changed', 1, 2],
      ['shop.gone', 'gone', 1, undefined],
      ['shop.same', 'same', 1, 1],
    ],
  )
  assert.deepEqual(result.objects, [
    { name: 'view shop.added', change: 'added' },
    { name: 'view shop.changed', change: 'changed' },
    { name: 'view shop.gone', change: 'gone' },
  ])
  assert.deepEqual(result.sequences, [{ name: 'shop.moved', before: '1', after: '9' }])
  assert.equal(result.largeObjects.change, 'same')
})

test('a table with as many rows and bytes but another digest has changed', () => {
  const result = diff(
    outline({ tables: [table('t', 'a')] }),
    outline({ tables: [table('t', 'b')] }),
  )
  assert.equal(result.tables[0]?.change, 'changed')
})
