import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { describe, test } from 'node:test'
import { StorageUnreachable } from '../../src/core/faults.ts'
import { cutTo, FaultyStorage, failWith, flipBit, gate } from '../support/faulty.ts'
import { MemoryStorage } from '../support/memory.ts'
import { storageSuite } from './suite.ts'

const { signal } = new AbortController()
const body = Buffer.from('0123456789')
const lost = new StorageUnreachable({ place: 'memory', what: 'answer', why: 'connection reset' })

storageSuite('faulty, without a plan,', async () => {
  const storage = new FaultyStorage(new MemoryStorage())
  return { storage, reopen: () => storage, url: undefined, close: () => storage.close() }
})

describe('a faulty storage', () => {
  test('fails the call that was planned, before or after it took effect', async () => {
    const memory = new MemoryStorage()
    const storage = new FaultyStorage(memory)
      .on('put', { key: /^packs/, nth: 2, before: failWith(lost) })
      .on('put', { key: /^packs/, nth: 3, after: failWith(lost) })
    const put = (key: string) => storage.put(key, body, { signal })
    await put('packs/aa/one')
    await put('keys/not-counted')
    await assert.rejects(put('packs/aa/two'), lost)
    await assert.rejects(put('packs/aa/three'), lost)
    await put('packs/aa/four')
    const stored = [...memory.objects.keys()].sort()
    assert.deepEqual(stored, [
      'keys/not-counted',
      'packs/aa/four',
      'packs/aa/one',
      'packs/aa/three',
    ])
    assert.deepEqual(storage.unfired(), [])
  })

  test('says which plans came to nothing', async () => {
    const storage = new FaultyStorage(new MemoryStorage())
      .on('put', { nth: 2, before: failWith(lost) })
      .on('get', { key: /^index/, before: failWith(lost) })
    await storage.put('keys/one', body, { signal })
    assert.deepEqual(storage.unfired(), [
      'call 2 of put, which was called 1 times',
      'call 1 of get of ^index, which was called 0 times',
    ])
  })

  test('fails for good from a call on', async () => {
    const storage = new FaultyStorage(new MemoryStorage())
    storage.on('stat', { nth: 2, always: true, before: failWith(lost) })
    await storage.stat('keys/one', signal)
    for (const _ of [1, 2, 3]) await assert.rejects(storage.stat('keys/one', signal), lost)
  })

  test('answers wrong bytes, and keeps the right ones', async () => {
    const storage = new FaultyStorage(new MemoryStorage())
      .on('get', { alter: flipBit(-1) })
      .on('get', { nth: 2, alter: cutTo(3) })
    await storage.put('keys/one', body, { signal })
    const read = async () => Buffer.from(await storage.get('keys/one', 'all', signal)).toString()
    assert.deepEqual(
      [await read(), await read(), await read()],
      ['0123456788', '012', '0123456789'],
    )
  })

  test('breaks a list at its start or its end', async () => {
    const storage = new FaultyStorage(new MemoryStorage())
      .on('list', { before: failWith(lost) })
      .on('list', { nth: 2, after: failWith(lost) })
    await storage.put('keys/one', body, { signal })
    const seen: string[] = []
    const list = async () => {
      for await (const { key } of storage.list('', signal)) seen.push(key)
    }
    await assert.rejects(list(), lost)
    assert.deepEqual(seen, [])
    await assert.rejects(list(), lost)
    assert.deepEqual(seen, ['keys/one'])
  })

  test('holds a call until it is released', async () => {
    const memory = new MemoryStorage()
    const { pass, reached, release } = gate()
    const storage = new FaultyStorage(memory).on('put', { before: pass })
    const put = storage.put('keys/one', body, { signal })
    await reached
    assert.equal(memory.objects.size, 0)
    release()
    await put
    assert.equal(memory.objects.size, 1)
  })

  test('ends the process that calls it', () => {
    const support = join(import.meta.dirname, '..', 'support')
    const program = `
      import { FaultyStorage, die } from '${support}/faulty.ts'
      import { MemoryStorage } from '${support}/memory.ts'
      const storage = new FaultyStorage(new MemoryStorage()).on('free', { after: die })
      await storage.free(new AbortController().signal)
      process.exit(0)`
    const { signal: end } = spawnSync(process.execPath, ['--input-type=module', '-e', program])
    assert.equal(end, 'SIGKILL')
  })

  test('remembers every call', async () => {
    const storage = new FaultyStorage(new MemoryStorage())
    await storage.put('keys/one', body, { signal })
    await storage.get('keys/one', 'all', signal)
    await Array.fromAsync(storage.list('keys/', signal))
    assert.deepEqual(storage.calls, [
      { method: 'put', key: 'keys/one', bytes: 10 },
      { method: 'get', key: 'keys/one' },
      { method: 'list', key: 'keys/' },
    ])
  })
})
