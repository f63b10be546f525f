import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import {
  Damaged,
  SessionLost,
  StorageFull,
  StorageReadOnly,
  StorageUnreachable,
} from '../../src/core/faults.ts'
import {
  EXPIRY_MS,
  HEARTBEAT_MS,
  liveSessions,
  readSession,
  Session,
} from '../../src/repository/session.ts'
import { FaultyStorage, failWith, gate } from '../support/faulty.ts'
import { MemoryStorage } from '../support/memory.ts'
import { flipped, testRing, unhurried } from './material.ts'
import { ManualClock, minutes } from './site.ts'

const ring = testRing()
const unreachable = () =>
  new StorageUnreachable({ place: 'memory', what: 'write', why: 'the cable is cut' })

describe('a session', () => {
  let clock: ManualClock
  let memory: MemoryStorage
  let storage: FaultyStorage

  beforeEach(() => {
    // Only the heartbeat's timer is ours to move; the storage takes its turns by itself.
    mock.timers.enable({ apis: ['setInterval'] })
    clock = new ManualClock()
    memory = new MemoryStorage(clock)
    storage = new FaultyStorage(memory)
  })

  afterEach(() => {
    mock.timers.reset()
    assert.deepEqual(storage.unfired(), [])
  })

  const open = async (kind: 'writer' | 'reader' = 'writer') =>
    await Session.open(storage, ring, clock, { kind, host: 'here', pins: ['ab'] }, unhurried)

  /** Lets minutes pass, each with its heartbeat, and waits for what tells that it has ended. */
  async function pass(count: number, ended: () => boolean): Promise<void> {
    for (let minute = 0; minute < count; minute++) {
      clock.advance(HEARTBEAT_MS)
      mock.timers.tick(HEARTBEAT_MS)
      await until(ended)
    }
  }

  const refreshed = (session: Session) => memory.objects.get(`sessions/${session.id}`)?.modified
  const live = async () => await liveSessions(storage, ring, clock.now(), unhurried)

  test('is there before it is opened, says who works, and ends with its close', async () => {
    const session = await open('reader')
    const [found] = await live()
    assert.equal(found?.id, session.id)
    const { kind, host, pid, pins, startedAt } = found.record
    assert.deepEqual([kind, host, pid, pins], ['reader', 'here', process.pid, ['ab']])
    assert.equal(startedAt, clock.now().toISOString())
    await session.close()
    assert.deepEqual(await live(), [])
    assert.equal(memory.objects.size, 0)
  })

  test('is refreshed every minute, for as long as it takes, and remembers its beginning', async () => {
    const session = await open()
    const began = clock.now()
    await pass(180, () => refreshed(session)?.getTime() === clock.now().getTime())
    assert.deepEqual(refreshed(session), clock.now())
    const record = await readSession(storage, ring, `sessions/${session.id}`, unhurried)
    assert.equal(record.began, began.toISOString())
    await session.renew(unhurried)
    assert.equal(session.lost.aborted, false)
    assert.equal((await live()).length, 1)
    await session.close()
  })

  test('that nobody refreshes is dead to all after half an hour of the storage’s clock', async () => {
    await open()
    clock.advance(EXPIRY_MS)
    assert.equal((await live()).length, 1)
    clock.advance(1)
    assert.deepEqual(await live(), [])
  })

  test('is lost when its object is gone', async () => {
    const session = await open()
    memory.objects.clear()
    await pass(1, () => session.lost.aborted)
    await assert.rejects(session.renew(unhurried), SessionLost)
    assert.equal(memory.objects.size, 0, 'and does not come back')
    await session.close()
  })

  test('outlives a storage that is away for a while, and gives up before others give it up', async () => {
    const session = await open()
    storage.on('put', { key: /sessions/, always: true, before: failWith(unreachable()) })
    let tries = 1
    const tried = () => storage.calls.filter(({ method }) => method === 'put').length > tries
    await pass(28, () => tried() && ++tries > 0)
    assert.equal(session.lost.aborted, false)
    await pass(1, () => session.lost.aborted)
    assert.equal((await live()).length, 1, 'others still count it')
    await session.close()
  })

  test('does not commit after its machine slept, though its object is still there', async () => {
    const session = await open()
    clock.sleep(minutes(45))
    await assert.rejects(session.renew(unhurried), (error: Error) => {
      assert.ok(error instanceof SessionLost)
      assert.match(error.message, /not refreshed for 45 minutes/)
      return true
    })
    assert.equal(session.lost.aborted, true)
    await session.close()
  })

  test('notices by its heartbeat that the machine slept', async () => {
    const session = await open()
    await pass(2, () => refreshed(session)?.getTime() === clock.now().getTime())
    clock.sleep(minutes(45))
    mock.timers.tick(HEARTBEAT_MS)
    await until(() => session.lost.aborted)
    await session.close()
  })

  test('does not care about a clock of ours that jumps', async () => {
    const jumping = new ManualClock()
    const session = await Session.open(
      storage,
      ring,
      jumping,
      { kind: 'writer', host: 'here', pins: [] },
      unhurried,
    )
    jumping.sleep(minutes(600))
    await session.renew(unhurried)
    assert.equal(session.lost.aborted, false)
    await session.close()
  })

  test('knows whether it was held at a moment of the storage’s clock', async () => {
    const session = await open()
    const at = (count: number) => new Date(clock.now().getTime() + minutes(count))
    assert.equal(await session.heldAt(at(30), unhurried), true)
    assert.equal(await session.heldAt(at(31), unhurried), false)
    memory.objects.clear()
    assert.equal(await session.heldAt(at(0), unhurried), false)
    await session.close()
  })

  test('is not put back by a heartbeat that was under way when it closed', async () => {
    // A request on its way to a real storage can no longer be called back.
    const put = memory.put.bind(memory)
    memory.put = async (key, body, options) =>
      await put(key, body, { ...options, signal: unhurried })
    const session = await open()
    const held = gate()
    storage.on('put', { before: held.pass })
    mock.timers.tick(HEARTBEAT_MS)
    await held.reached
    const closed = session.close()
    for (let turn = 0; turn < 10; turn++) await setImmediate()
    held.release()
    await closed
    for (let turn = 0; turn < 10; turn++) await setImmediate()
    assert.equal(memory.objects.size, 0)
  })

  test('closes though the storage is away', async () => {
    const session = await open()
    storage.on('remove', { before: failWith(unreachable()) })
    await session.close()
    assert.equal(memory.objects.size, 1)
  })

  test('is not needed to read from a place that cannot be written, or is full', async () => {
    const place = { place: 'memory', key: 'sessions/x' }
    for (const refused of [
      new StorageReadOnly({ ...place, why: 'read-only file system' }),
      new StorageFull(place),
    ]) {
      storage.on('put', { before: failWith(refused) })
      await (await open('reader')).close()
      storage.on('put', { before: failWith(refused) })
      await assert.rejects(open('writer'), refused)
    }
  })

  test('that ends while sessions are listed is passed over; a damaged one is not', async () => {
    const session = await open()
    const other = await open()
    storage.on('get', {
      key: new RegExp(session.id),
      before: () => memory.objects.delete(`sessions/${session.id}`),
    })
    assert.deepEqual(
      (await live()).map(({ id }) => id),
      [other.id],
    )
    const key = `sessions/${other.id}`
    const object = memory.objects.get(key)
    assert.ok(object)
    memory.objects.set(key, { ...object, bytes: flipped(object.bytes, 60) })
    await assert.rejects(live(), Damaged)
    clock.advance(EXPIRY_MS + 1)
    assert.deepEqual(await live(), [])
    await other.close()
  })
})

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!condition()) {
    assert.ok(performance.now() < deadline, 'it never came to this')
    await setImmediate()
  }
}
