import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryStorage } from '../support/memory.ts'
import { storageSuite } from './suite.ts'

storageSuite('memory', async () => {
  const storage = new MemoryStorage()
  return { storage, reopen: () => storage, url: undefined, close: () => storage.close() }
})

test('objects in memory age by the clock that is given', async () => {
  let now = new Date('2026-03-29T00:59:59Z')
  const storage = new MemoryStorage({ now: () => now, elapsed: () => 0 })
  const { signal } = new AbortController()
  await storage.put('keys/one', new Uint8Array(1), { signal })
  now = new Date('2026-03-30T00:00:00Z')
  const age = async () => (await storage.stat('keys/one', signal))?.modified.toISOString()
  assert.equal(await age(), '2026-03-29T00:59:59.000Z')
  await storage.put('keys/one', new Uint8Array(1), { signal, replace: true })
  assert.equal(await age(), '2026-03-30T00:00:00.000Z')
})
