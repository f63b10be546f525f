import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agoText, durationText } from '../../../src/cli/terminal/when.ts'
import { bytesText, countText, plural } from '../../../src/operations/words.ts'

test('sizes are decimal, with one digit', () => {
  assert.deepEqual([0, 999, 1000, 999_949, 999_950, 733_014_568, 1.25e12].map(bytesText), [
    '0 B',
    '999 B',
    '1.0 kB',
    '999.9 kB',
    '1.0 MB',
    '733.0 MB',
    '1.3 TB',
  ])
})

test('counts are grouped', () => {
  assert.equal(countText(1_234_567), '1,234,567')
  assert.equal(plural(1, 'row'), '1 row')
  assert.equal(plural(1200, 'row'), '1,200 rows')
})

test('durations are as long as they are telling', () => {
  assert.deepEqual([0.04, 9.94, 9.96, 59.4, 59.6, 200, 3599, 7500].map(durationText), [
    '0.0 s',
    '9.9 s',
    '10 s',
    '59 s',
    '1 min 0 s',
    '3 min 20 s',
    '59 min 59 s',
    '2 h 05 min',
  ])
})

test('ages are whole units', () => {
  const now = new Date('2026-05-01T12:00:00Z')
  const ago = (seconds: number) => agoText(new Date(now.getTime() - seconds * 1000), now)
  assert.deepEqual([0, 59, 60, 7200, 86_400, 40 * 86_400, -7200].map(ago), [
    'just now',
    'just now',
    '1 minute ago',
    '2 hours ago',
    '1 day ago',
    '1 month ago',
    'in 2 hours',
  ])
})
