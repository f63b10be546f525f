import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { inFlight } from '../../src/stream/in-flight.ts'

/** Promises that a test settles by hand. */
function gates(count: number) {
  const all = Array.from({ length: count }, () => Promise.withResolvers<number>())
  // A gate that fails before anybody waits for it is no unhandled rejection.
  for (const { promise } of all) promise.catch(() => undefined)
  return all
}

describe('inFlight', () => {
  test('yields in order, whatever ends first', async () => {
    const doors = gates(6)
    const results = Array.fromAsync(inFlight(3, doors.keys(), async n => await doors[n]?.promise))
    for (const number of [2, 1, 0, 5, 4, 3]) {
      doors[number]?.resolve(number)
      await setImmediate()
    }
    assert.deepEqual(await results, [0, 1, 2, 3, 4, 5])
  })

  test('never has more under way than its limit, and reaches it', async () => {
    let running = 0
    let most = 0
    const counted = async (item: number) => {
      most = Math.max(most, ++running)
      await setImmediate()
      running--
      return item
    }
    const items = Array.from({ length: 50 }, (_, n) => n)
    assert.deepEqual(await Array.fromAsync(inFlight(4, items, counted)), items)
    assert.equal(most, 4)
  })

  test('takes items from a producer only as fast as results are taken', async () => {
    let produced = 0
    const endless = (async function* () {
      for (;;) yield produced++
    })()
    const results = inFlight(3, endless, async item => item)
    for (let turn = 0; turn < 10; turn++) await results.next()
    assert.ok(produced <= 13, `${produced} items for 10 results`)
    await results.return(undefined)
  })

  test('throws a failure in its place, after those under way have ended', async () => {
    const doors = gates(4)
    let begun = 0
    let ended = 0
    const results = inFlight(3, [0, 1, 2, 3], async item => {
      begun++
      try {
        return await doors[item]?.promise
      } finally {
        ended++
      }
    })
    doors[0]?.resolve(0)
    assert.deepEqual(await results.next(), { done: false, value: 0 })
    const failure = results.next()
    doors[1]?.reject(new Error('broken'))
    let settled = false
    failure.then(
      () => (settled = true),
      () => (settled = true),
    )
    await setImmediate()
    assert.equal(settled, false, 'waits for what is under way')
    doors[2]?.resolve(2)
    doors[3]?.resolve(3)
    await assert.rejects(failure, /broken/)
    assert.equal(ended, begun)
    assert.deepEqual(await results.next(), { done: true, value: undefined })
  })

  test('a failure of the producer ends it, and so does one thrown before the first wait', async () => {
    const broken = (async function* () {
      yield 1
      throw new Error('no more')
    })()
    await assert.rejects(Array.fromAsync(inFlight(2, broken, async item => item)), /no more/)
    const throwing = () => {
      throw new Error('at once')
    }
    await assert.rejects(Array.fromAsync(inFlight(2, [1, 2], throwing)), /at once/)
  })

  test('whoever leaves early ends the producer, and waits for what is under way', async () => {
    let closed = false
    let running = 0
    const producer = (async function* () {
      try {
        for (let item = 0; ; item++) yield item
      } finally {
        closed = true
      }
    })()
    for await (const item of inFlight(3, producer, async item => {
      running++
      await setImmediate()
      running--
      return item
    })) {
      if (item === 4) break
    }
    assert.equal(closed, true)
    assert.equal(running, 0)
  })
})
