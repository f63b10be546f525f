import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standingLines, standingSentence } from '../../../src/cli/terminal/standing.ts'
import { plain } from '../../../src/cli/terminal/style.ts'
import { widthOf } from '../../../src/cli/terminal/text.ts'
import type { Standing } from '../../../src/operations/progress.ts'

const DUMPING: Standing = {
  stage: 'dumping',
  bytes: 312_400_000,
  total: 733_000_000,
  rate: 61_200_000,
  secondsLeft: 6.9,
  seconds: 5,
  item: 'shop.order_items',
}

test('everything is shown where there is room', () => {
  assert.deepEqual(standingLines(DUMPING, 100, plain), [
    'dumping    ████████████░░░░░░░░░░░░░░░░░░   42 %  312.4 MB of 733.0 MB  61.2 MB/s  6.9 s left',
    '           shop.order_items',
  ])
})

test('on a narrow terminal the bar goes first, then rate and total, the percentage last', () => {
  const at = (width: number) => standingLines(DUMPING, width, plain)[0]
  assert.equal(at(67), 'dumping     42 %  312.4 MB of 733.0 MB  61.2 MB/s  6.9 s left')
  assert.equal(at(52), 'dumping     42 %  312.4 MB of 733.0 MB  6.9 s left')
  assert.equal(at(30), 'dumping     42 %  6.9 s left')
  assert.equal(at(20), 'dumping     42 %')
})

test('no line is wider than the terminal', () => {
  const long = { ...DUMPING, item: `shop.${'訂單'.repeat(80)}` }
  for (let width = 20; width < 200; width++) {
    for (const line of standingLines(long, width, plain)) {
      assert.ok(widthOf(line) <= width, `${widthOf(line)} columns at ${width}: ${line}`)
    }
  }
})

test('without a total there is no percentage and no bar, but a sign of life', () => {
  const unknown = { ...DUMPING, total: undefined, secondsLeft: undefined }
  assert.deepEqual(standingLines({ ...unknown, item: undefined }, 80, plain), [
    'dumping    312.4 MB  61.2 MB/s  5.0 s',
  ])
})

test('100 % is not claimed before the stage is over', () => {
  const [line = ''] = standingLines({ ...DUMPING, bytes: 733_000_000, secondsLeft: 0 }, 100, plain)
  assert.match(line, / 99 %/)
})

test('in a log it is a sentence', () => {
  assert.equal(
    standingSentence(DUMPING),
    'dumping: 42 %, 312.4 MB of 733.0 MB, 61.2 MB/s, 6.9 s left, shop.order_items',
  )
})
