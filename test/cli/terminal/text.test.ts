import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cut, padEnd, padStart, printable, widthOf } from '../../../src/cli/terminal/text.ts'

test('the width of a text is what it takes on a terminal', () => {
  assert.equal(widthOf('orders'), 6)
  assert.equal(widthOf('zażółć'), 6)
  assert.equal(widthOf('e\u0301'), 1)
  assert.equal(widthOf('訂單'), 4)
  assert.equal(widthOf('ガ'), 2)
  assert.equal(widthOf('주문'), 4)
  assert.equal(widthOf('🐳'), 2)
  assert.equal(widthOf('👩‍🚀'), 2)
})

test('a long name gives way in its middle, wide characters kept whole', () => {
  assert.equal(cut('orders_of_2026', 20), 'orders_of_2026')
  assert.equal(cut('orders_of_2026', 9), 'orde…2026')
  assert.equal(cut('訂單訂單訂單', 7), '訂…訂單')
  for (let width = 1; width < 12; width++) assert.ok(widthOf(cut('訂單訂單訂單', width)) <= width)
})

test('padding counts columns, not characters', () => {
  assert.equal(padEnd('訂單', 6), '訂單  ')
  assert.equal(padStart('訂單', 6), '  訂單')
})

test('what would move the cursor or turn the writing is shown escaped', () => {
  assert.equal(printable('\x1b[31mred\x1b[0m'), '\\x1b[31mred\\x1b[0m')
  assert.equal(printable('a\nb\tc\rd\x9b'), 'a\\nb\\tc\\x0dd\\x9b')
  assert.equal(printable('abc\u202ecba\u2066\u2028'), 'abc\\u{202e}cba\\u{2066}\\u{2028}')
  assert.equal(printable('\ud800'), '\ufffd')
  assert.equal(printable('plain Zażółć 訂單 🐳'), 'plain Zażółć 訂單 🐳')
})
