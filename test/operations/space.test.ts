import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Manifest } from '../../src/core/backup.ts'
import { roomFor, spaceFor } from '../../src/operations/space.ts'

const GB = 1e9
const before = {} as Manifest

test('a first backup without hope is refused, a doubtful one is not', () => {
  assert.equal(spaceFor(100 * GB, 100 * GB, undefined), 'enough')
  assert.equal(spaceFor(30 * GB, 100 * GB, undefined), 'doubtful')
  assert.equal(spaceFor(4 * GB, 100 * GB, undefined), 'hopeless')
})

test('a source that was backed up before mostly deduplicates: little space is doubtful, not hopeless', () => {
  assert.equal(spaceFor(4 * GB, 100 * GB, before), 'doubtful')
})

test('where nothing fits, nothing is begun', () => {
  assert.equal(spaceFor(500_000, 10, before), 'hopeless')
  assert.equal(spaceFor(500_000, undefined, undefined), 'hopeless')
})

test('where nothing is known, nothing is claimed', () => {
  assert.equal(spaceFor(2 * GB, undefined, undefined), 'enough')
})

test('a restore needs half as much again as its dump, and cannot do with an eighth of it', () => {
  const dump = 10_000_000_000
  assert.equal(roomFor(15_000_000_000, dump), 'enough')
  assert.equal(roomFor(14_000_000_000, dump), 'doubtful')
  assert.equal(roomFor(1_300_000_000, dump), 'doubtful')
  assert.equal(roomFor(1_200_000_000, dump), 'hopeless')
  assert.equal(roomFor(500_000, 856), 'hopeless')
})
