import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plain } from '../../../src/cli/terminal/style.ts'
import { type Column, renderTable } from '../../../src/cli/terminal/table.ts'
import { widthOf } from '../../../src/cli/terminal/text.ts'

type Row = readonly [name: string, rows: string, note: string]

const COLUMNS: Column<Row>[] = [
  { title: 'NAME', value: row => row[0], shrinkTo: 8 },
  { title: 'ROWS', value: row => row[1], right: true },
  { title: 'NOTE', value: row => row[2], leaveOut: 1 },
]
const ROWS: Row[] = [
  ['orders', '1,234', 'a note'],
  ['訂單', '5', 'wide'],
  ['a_very_long_name_of_a_table', '17', ''],
]

test('columns stand under each other, numbers to the right, nothing at line ends', () => {
  assert.deepEqual(renderTable(COLUMNS, ROWS, 80, plain), [
    'NAME                          ROWS  NOTE',
    'orders                       1,234  a note',
    '訂單                             5  wide',
    'a_very_long_name_of_a_table     17',
  ])
})

test('long names are cut as long as they can be read, then columns go, then names shrink further', () => {
  assert.deepEqual(renderTable(COLUMNS, ROWS, 40, plain), [
    'NAME                        ROWS  NOTE',
    'orders                     1,234  a note',
    '訂單                           5  wide',
    'a_very_long_…e_of_a_table     17',
  ])
  assert.deepEqual(renderTable(COLUMNS, ROWS, 31, plain), [
    'NAME                       ROWS',
    'orders                    1,234',
    '訂單                          5',
    'a_very_long_…_of_a_table     17',
  ])
  assert.deepEqual(renderTable(COLUMNS, ROWS, 16, plain), [
    'NAME        ROWS',
    'orders     1,234',
    '訂單           5',
    'a_ve…able     17',
  ])
})

test('no line is wider than the terminal as long as that is possible', () => {
  for (let width = 15; width < 60; width++) {
    for (const line of renderTable(COLUMNS, ROWS, width, plain)) assert.ok(widthOf(line) <= width)
  }
})

test('an escape sequence in a value never reaches the terminal', () => {
  const [, line = ''] = renderTable(COLUMNS, [['\x1b]0;owned\x07', '1', '']], 80, plain)
  assert.ok(!line.includes('\x1b'))
  assert.match(line, /\\x1b\]0;owned\\x07/)
})

test('a column that says at which width it can be read keeps a more important one in the table', () => {
  const columns = [{ ...COLUMNS[0], readable: 8 }, COLUMNS[1], COLUMNS[2]] as Column<Row>[]
  assert.deepEqual(renderTable(columns, ROWS, 30, plain), [
    'NAME              ROWS  NOTE',
    'orders           1,234  a note',
    '訂單                 5  wide',
    'a_very_…a_table     17',
  ])
})
