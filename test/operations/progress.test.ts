import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Progress, type Stage } from '../../src/operations/progress.ts'

function movable() {
  let elapsed = 0
  return {
    clock: { now: () => new Date(0), elapsed: () => elapsed },
    pass: (seconds: number) => {
      elapsed += seconds * 1000
    },
  }
}

test('rate, time left and time so far follow the clock', () => {
  const { clock, pass } = movable()
  const progress = new Progress(clock)
  let bytes = 0
  progress.enter('dumping', { bytes: () => bytes, total: 1000, item: () => 'shop.orders' })
  pass(2)
  bytes = 200
  assert.deepEqual(progress.standing(), {
    stage: 'dumping',
    bytes: 200,
    total: 1000,
    rate: 100,
    secondsLeft: 8,
    seconds: 2,
    item: 'shop.orders',
  })
})

test('a stall shows in the rate within seconds, however fast the beginning was', () => {
  const { clock, pass } = movable()
  const progress = new Progress(clock)
  let bytes = 0
  progress.enter('loading', { bytes: () => bytes, total: 10_000 })
  for (let second = 0; second < 60; second++) {
    pass(1)
    if (second < 30) bytes += 100
    progress.standing()
  }
  assert.equal(progress.standing().rate, 0)
  assert.equal(progress.standing().secondsLeft, undefined)
})

test('a guess that turns out too low is no total any more', () => {
  const { clock, pass } = movable()
  const progress = new Progress(clock)
  progress.enter('dumping', { bytes: () => 500, total: 400 })
  pass(1)
  assert.equal(progress.standing().total, undefined)
  assert.equal(progress.standing().secondsLeft, undefined)
})

test('each stage is told once, as it begins', () => {
  const stages: Stage[] = []
  const progress = new Progress(movable().clock, { stage: stage => stages.push(stage) })
  progress.enter('preparing')
  progress.enter('dumping')
  progress.enter('finishing')
  assert.deepEqual(stages, ['preparing', 'dumping', 'finishing'])
})
