import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Run } from '../../../src/api/schema/runs.ts'
import { runLines } from '../../../src/cli/terminal/run-watch.ts'
import { stateText } from '../../../src/cli/terminal/state.ts'
import { plain } from '../../../src/cli/terminal/style.ts'
import { widthOf } from '../../../src/cli/terminal/text.ts'
import { zonedText } from '../../../src/cli/terminal/zone.ts'
import { RUN_STATES } from '../../../src/core/run.ts'

const NOW = new Date('2026-05-01T12:00:10Z')

const run = (about: Partial<Run>): Run => ({
  id: '4f2a91c0-0000-4000-8000-000000000000',
  kind: 'backup',
  state: 'queued',
  trigger: 'manual',
  triggeredBy: 'local user ops',
  slot: null,
  missedSlots: [],
  missedMore: 0,
  source: 'shop',
  sourceId: null,
  repository: 'main',
  repositoryId: '4f2a91c0-0000-4000-8000-000000000000',
  scheduleId: null,
  request: {},
  priority: 0,
  attempt: 0,
  failures: 0,
  wanted: null,
  committing: false,
  progress: null,
  result: null,
  failure: null,
  touched: null,
  warnings: [],
  backupId: null,
  repeats: null,
  queuedAt: new Date('2026-05-01T12:00:00Z'),
  notBefore: new Date('2026-05-01T12:00:40Z'),
  startedAt: null,
  finishedAt: null,
  ...about,
})

describe('a run that is watched', () => {
  test('says what it waits for', () => {
    const lines = (about: Partial<Run>) => runLines(run(about), NOW, 80, plain)
    assert.deepEqual(lines({}), ['○ queued for 10 s'])
    assert.deepEqual(lines({ state: 'paused' }), ['‖ paused: to go on: holdfast resume 4f2a91c0'])
    const failure = { code: 'X', message: 'the network is away', retry: true }
    assert.deepEqual(lines({ state: 'retrying', failure }), [
      '↻ retrying in 30 s: the network is away',
    ])
  })

  test('shows progress as a command without a server does', () => {
    const progress = {
      stage: 'dumping',
      bytes: 5e8,
      total: 1e9,
      rate: 1e8,
      seconds: 5,
      item: 'shop.orders',
    }
    const [first, item] = runLines(run({ state: 'running', progress }), NOW, 100, plain)
    assert.match(first ?? '', /^dumping {4}█+░+ {3}50 % {2}500\.0 MB of 1\.0 GB {2}100\.0 MB\/s/)
    assert.equal(item?.trim(), 'shop.orders')
  })

  test('progress of a form that is not known is no reason to fail', () => {
    const progress = { stage: 7 } as unknown as Run['progress']
    assert.deepEqual(runLines(run({ state: 'running', progress }), NOW, 80, plain), ['► running'])
  })

  test('fits the width, whatever it says, and shows no foreign escape', () => {
    const failure = { code: 'X', message: `evil\x1b[31m ${'long '.repeat(50)}`, retry: true }
    for (const width of [10, 40, 80]) {
      for (const line of runLines(run({ state: 'retrying', failure }), NOW, width, plain)) {
        assert.ok(widthOf(line) <= Math.max(width, '↻ retrying'.length), line)
        assert.ok(!line.includes('\x1b'))
      }
    }
  })

  test('every state has a sign of its own', () => {
    const signs = RUN_STATES.map(state => stateText(state).split(' ')[0] ?? '')
    assert.equal(new Set(signs).size, RUN_STATES.length)
    for (const sign of signs) assert.equal(widthOf(sign), 1)
  })
})

describe('a time in a zone', () => {
  test('has its offset, so that the hour that comes twice is told apart', () => {
    const texts = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map(time =>
      zonedText(new Date(time), 'Europe/Berlin'),
    )
    assert.deepEqual(texts, ['Sun 2026-10-25 02:30 UTC+2', 'Sun 2026-10-25 02:30 UTC+1'])
  })

  test('without one it is UTC', () => {
    const text = zonedText(new Date('2026-05-01T22:00:00Z'), 'UTC')
    assert.equal(text, 'Fri 2026-05-01 22:00 UTC')
  })

  test('shows seconds only where there are some', () => {
    assert.equal(
      zonedText(new Date('2026-05-01T22:00:05Z'), 'Asia/Kolkata'),
      'Sat 2026-05-02 03:30:05 UTC+5:30',
    )
  })
})
