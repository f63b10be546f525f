import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { LiveRun } from '../../src/client/index.ts'
import { LiveStore } from '../../web/src/live/live-store.ts'

type Frame = () => void

/** A browser's frames, which come when the test says so. */
let frames: Frame[] = []
const browser = globalThis as unknown as Record<string, unknown>

const at = '2026-05-01T14:03:00.000Z'
const run = (id: string, state: LiveRun['state'] = 'running') =>
  ({ id, state, progress: null }) as LiveRun
const told = (one: LiveRun) =>
  ({ type: 'run', position: '1-a', at, change: 'changed', run: one }) as const
const progress = (id: string, bytes: number) =>
  ({
    type: 'progress',
    at,
    runs: [{ id, progress: { stage: 'dumping', seconds: 1, bytes } }],
  }) as const

describe('what a page hears of runs', () => {
  beforeEach(() => {
    frames = []
    browser.requestAnimationFrame = (frame: Frame) => frames.push(frame)
    browser.cancelAnimationFrame = () => (frames = [])
  })
  afterEach(() => {
    delete browser.requestAnimationFrame
    delete browser.cancelAnimationFrame
  })

  test('each row hears of its own run, once a frame', t => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const store = new LiveStore()
    const heard = { one: 0, two: 0, list: 0 }
    store.listenToRun('one', () => (heard.one += 1))
    store.listenToRun('two', () => (heard.two += 1))
    store.listenToList(() => (heard.list += 1))
    store.take(told(run('one')))
    store.take(told(run('two')))
    frames.shift()?.()
    const list = store.list()
    for (let bytes = 1; bytes <= 50; bytes += 1) store.take(progress('one', bytes))
    assert.equal(frames.length, 1)
    frames.shift()?.()
    assert.deepEqual(heard, { one: 2, two: 1, list: 1 })
    assert.equal(store.list(), list, 'progress is no new list')
    assert.equal(store.run('one')?.progress?.bytes, 50)
  })

  test('a tab without frames is told all the same, and keeps no list of what it missed', t => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const store = new LiveStore()
    let heard = 0
    store.listenToList(() => (heard += 1))
    for (let at = 0; at < 1000; at += 1) {
      store.take(told(run(`run ${at}`)))
      store.take(told(run(`run ${at}`, 'completed')))
    }
    t.mock.timers.tick(1_000)
    assert.equal(heard, 1, 'no frame came')
    assert.equal(store.list().length, 1000)
    // What is over goes after a while, seen or not.
    t.mock.timers.tick(10_000)
    t.mock.timers.tick(1_000)
    assert.equal(store.list().length, 0)
    assert.equal(frames.length, 0, 'nothing is left to tell')
  })
})
