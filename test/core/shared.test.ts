import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Shared } from '../../src/core/shared.ts'

/** Work whose end the test decides, and that counts how often it was begun. */
function counted() {
  const begun: ((result: number) => void)[] = []
  const work = () => new Promise<number>(resolve => begun.push(resolve))
  return { begun, work }
}

test('those who ask while work goes on share the next one, which begins after they asked', async () => {
  const shared = new Shared<number>()
  const { begun, work } = counted()
  const first = shared.ask('runs', work)
  const later = [shared.ask('runs', work), shared.ask('runs', work)]
  assert.equal(begun.length, 1)
  begun[0]?.(1)
  assert.equal(await first, 1)
  await new Promise(setImmediate)
  assert.equal(begun.length, 2)
  begun[1]?.(2)
  assert.deepEqual(await Promise.all(later), [2, 2])
  const after = shared.ask('runs', work)
  assert.equal(begun.length, 3)
  begun[2]?.(3)
  assert.equal(await after, 3)
})

test('other questions do not wait, and a failure is only that of those who shared it', async () => {
  const shared = new Shared<number>()
  const { begun, work } = counted()
  const failing = shared.ask('runs', () => Promise.reject(new Error('the catalog is gone')))
  const next = shared.ask('runs', work)
  assert.equal(await shared.ask('summary', async () => 7), 7)
  await assert.rejects(failing, /the catalog is gone/)
  await new Promise(setImmediate)
  begun[0]?.(8)
  assert.equal(await next, 8)
})
