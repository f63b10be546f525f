import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import {
  Interrupted,
  ObjectExists,
  ObjectMissing,
  PlaceNotEmpty,
  WrongUse,
} from '../../src/core/faults.ts'
import type { Storage } from '../../src/storage/storage.ts'
import { racers } from './racers.ts'

/** A new place, already prepared. */
export interface Place {
  readonly storage: Storage
  /** Opens the same place once more, as another process would. */
  reopen(): Storage
  /** How other processes open it; undefined for what lives in this process only. */
  readonly url: string | undefined
  /** Removes it. */
  close(): Promise<void>
}

const { signal } = new AbortController()
const BIG = 33 * 1024 * 1024
const bytes = (text: string) => Buffer.from(text)

async function keysOf(storage: Storage, prefix: string): Promise<string[]> {
  const objects = await Array.fromAsync(storage.list(prefix, signal))
  return objects.map(object => object.key).sort()
}

const contents = async (storage: Storage, key: string) =>
  Buffer.from(await storage.get(key, 'all', signal)).toString()

/** Everything that storage.ts promises. An adapter's own test says how a new place is opened. */
export function storageSuite(name: string, open: () => Promise<Place>): void {
  describe(`${name} keeps the promises of a storage`, () => {
    let place: Place
    let storage: Storage

    before(async () => {
      place = await open()
      storage = place.storage
    })
    after(() => place.close())

    objects(() => place)
    races(() => place)
    listing(() => place, open)

    test('what has no size limit comes back whole, and any part of it', async () => {
      const body = randomBytes(BIG)
      await storage.put('packs/b1/big', body, { signal })
      const back = await place.reopen().get('packs/b1/big', 'all', signal)
      assert.equal(Buffer.compare(back, body), 0)
      const from = 20 * 1024 * 1024 + 1
      const part = await storage.get('packs/b1/big', { from, length: 1000 }, signal)
      assert.equal(Buffer.compare(part, body.subarray(from, from + 1000)), 0)
    })

    test('a name that leads elsewhere is refused', async () => {
      for (const key of [
        '../outside',
        'keys/../../outside',
        '/outside',
        'keys//x',
        '',
        'A',
        'a.b',
      ]) {
        await assert.rejects(storage.put(key, bytes('x'), { signal }), WrongUse, key)
      }
    })

    test('a place that holds something is no place for a new repository', async () => {
      await storage.put('keys/first', bytes('x'), { signal, replace: true })
      await assert.rejects(place.reopen().prepare(signal), PlaceNotEmpty)
    })

    test('free space is known, or said not to be', async () => {
      const free = await storage.free(signal)
      assert.ok(free === undefined || free > 0)
    })

    interruption(() => place)
  })
}

function objects(place: () => Place): void {
  const put = (key: string, body: Uint8Array, replace = false) =>
    place().storage.put(key, body, { signal, replace })
  const get = (key: string, from: number, length: number) =>
    place().storage.get(key, { from, length }, signal)

  test('an object comes back as it was put, for everyone and at once', async () => {
    const body = randomBytes(10_000)
    await put('keys/plain', body)
    for (const storage of [place().storage, place().reopen()]) {
      assert.deepEqual(Buffer.from(await storage.get('keys/plain', 'all', signal)), body)
      assert.equal((await storage.stat('keys/plain', signal))?.bytes, 10_000)
      assert.deepEqual(await keysOf(storage, 'keys/'), ['keys/plain'])
    }
  })

  test('what the caller does with its bytes afterwards changes no object', async () => {
    const body = bytes('before')
    await put('keys/kept', body)
    body.fill('x')
    assert.equal(await contents(place().storage, 'keys/kept'), 'before')
    ;(await place().storage.get('keys/kept', 'all', signal)).fill(0)
    assert.equal(await contents(place().storage, 'keys/kept'), 'before')
  })

  test('an empty object is an object', async () => {
    await put('repository', new Uint8Array(0))
    assert.equal((await place().storage.get('repository', 'all', signal)).length, 0)
    assert.equal((await get('repository', 0, 10)).length, 0)
    assert.equal((await place().storage.stat('repository', signal))?.bytes, 0)
  })

  test('a range is exact, and cut where the object ends', async () => {
    await put('index/ten', bytes('0123456789'))
    for (const [from, length, expected] of [
      [0, 10, '0123456789'],
      [0, 1, '0'],
      [9, 1, '9'],
      [3, 4, '3456'],
      [5, 0, ''],
      [8, 100, '89'],
      [10, 1, ''],
      [1000, 5, ''],
    ] as const) {
      assert.equal(Buffer.from(await get('index/ten', from, length)).toString(), expected)
    }
  })

  test('what is not there is said to be missing, and never a failure to look', async () => {
    const { storage } = place()
    const missing = { code: 'OBJECT_MISSING', details: { key: 'index/none', place: storage.place } }
    await assert.rejects(storage.get('index/none', 'all', signal), missing)
    await assert.rejects(get('packs/zz/none', 0, 1), ObjectMissing)
    await assert.rejects(get('index/ten/below-an-object', 0, 1), ObjectMissing)
    await assert.rejects(get('index', 0, 1), ObjectMissing)
    for (const key of ['index/none', 'packs/zz/none', 'index/ten/below-an-object', 'index']) {
      assert.equal(await storage.stat(key, signal), undefined, key)
    }
  })

  test('a removed object is gone; to remove it again is no error', async () => {
    const { storage } = place()
    await put('trash/one', bytes('x'))
    await put('trash/two', bytes('x'))
    await storage.remove('trash/one', signal)
    await storage.remove('trash/one', signal)
    await storage.remove('packs/zz/never-there', signal)
    assert.deepEqual(await keysOf(storage, 'trash/'), ['trash/two'])
    await assert.rejects(storage.get('trash/one', 'all', signal), ObjectMissing)
    await put('trash/one', bytes('again'))
    assert.equal(await contents(storage, 'trash/one'), 'again')
  })

  test('a taken name is refused, and its object stays as it is', async () => {
    await put('keys/taken', bytes('first'))
    const storage = place().reopen()
    const exists = { code: 'OBJECT_EXISTS', details: { key: 'keys/taken', place: storage.place } }
    await assert.rejects(storage.put('keys/taken', bytes('second'), { signal }), exists)
    assert.equal(await contents(storage, 'keys/taken'), 'first')
  })

  test('only who asks for it replaces an object, or makes a new one that way', async () => {
    for (const body of ['first', 'second and longer', '3rd']) {
      await put('sessions/replaced', bytes(body), true)
      assert.equal(await contents(place().reopen(), 'sessions/replaced'), body)
    }
  })
}

function races(place: () => Place): void {
  test('of many who put one object at once, one succeeds', async () => {
    for (let round = 0; round < 20; round += 1) {
      const key = `index/race-${round}`
      const bodies = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(1 + i * 1000))
      const results = await Promise.allSettled(
        bodies.map(body => place().reopen().put(key, bytes(body), { signal })),
      )
      const winners = bodies.filter((_, i) => results[i]?.status === 'fulfilled')
      assert.equal(winners.length, 1)
      assert.equal(await contents(place().storage, key), winners[0])
      for (const result of results.filter(result => result.status === 'rejected')) {
        assert.ok(result.reason instanceof ObjectExists, String(result.reason))
      }
    }
  })

  test('of two processes that put one object at once, one succeeds', async t => {
    const { url } = place()
    if (url === undefined) return t.diagnostic('lives in this process only')
    const keys = Array.from({ length: 150 }, (_, i) => `packs/${i % 4}a/contested-${i}`)
    const [one = [], two = []] = await racers(url, keys)
    assert.deepEqual([...one, ...two].sort(), [...keys].sort(), 'each key has one winner')
    for (const [winner, won] of [one, two].entries()) {
      assert.ok(won.length > 0, 'both were at it')
      for (const key of won) assert.equal(await contents(place().storage, key), `racer ${winner}`)
    }
  })

  test('while an object is replaced, readers see all of the old or all of the new', async () => {
    const { storage } = place()
    const versions = [Buffer.alloc(300_000, 'a'), Buffer.alloc(700_000, 'b'), Buffer.alloc(9, 'c')]
    const replace = (round: number) =>
      storage.put('sessions/busy', versions[round % 3] ?? bytes(''), { signal, replace: true })
    await replace(0)
    const done = new AbortController()
    const read = async () => {
      const seen = new Set<number>()
      while (!done.signal.aborted) {
        const body = Buffer.from(await place().reopen().get('sessions/busy', 'all', signal))
        seen.add(versions.findIndex(version => version.equals(body)))
      }
      return seen
    }
    const readers = [read(), read(), read()]
    for (let round = 1; round < 60; round += 1) await replace(round)
    done.abort()
    const seen = (await Promise.all(readers)).reduce((all, one) => all.union(one))
    assert.ok(!seen.has(-1), 'a reader saw something that nobody wrote')
    assert.ok(seen.size > 1, 'readers and writer met')
  })
}

function listing(place: () => Place, open: () => Promise<Place>): void {
  test('a list has every object below its prefix once, and nothing else', async () => {
    const fresh = await open()
    try {
      const { storage } = fresh
      assert.deepEqual(await keysOf(storage, ''), [])
      assert.deepEqual(await keysOf(storage, 'packs/'), [])
      const packs = Array.from({ length: 300 }, (_, i) => `packs/${i % 3}f/pack-${i}`).sort()
      const others = ['copies/repository', 'keys/one', 'manifests/one', 'repository']
      await Promise.all([...packs, ...others].map(key => storage.put(key, bytes(key), { signal })))
      assert.deepEqual(await keysOf(storage, ''), [...packs, ...others].sort())
      assert.deepEqual(await keysOf(storage, 'packs/'), packs)
      assert.deepEqual(
        await keysOf(storage, 'packs/1f/'),
        packs.filter(key => key.includes('/1f/')),
      )
      assert.deepEqual(await keysOf(storage, 'packs/no/'), [])
      assert.deepEqual(await keysOf(fresh.reopen(), 'keys/'), ['keys/one'])
    } finally {
      await fresh.close()
    }
  })

  test('a list and a look at the object agree on size and age', async () => {
    const { storage } = place()
    await storage.put('manifests/aged', Buffer.alloc(1234), { signal })
    const first = await storage.stat('manifests/aged', signal)
    assert.equal(first?.key, 'manifests/aged')
    assert.equal(first.bytes, 1234)
    const listed = await Array.fromAsync(storage.list('manifests/', signal))
    assert.deepEqual(listed, [first])
    await storage.put('manifests/aged', Buffer.alloc(99), { signal, replace: true })
    const second = await storage.stat('manifests/aged', signal)
    assert.equal(second?.bytes, 99)
    assert.ok(second.modified >= first.modified, 'a write makes an object younger')
  })

  test('a list goes on while what it lists is removed', async () => {
    const { storage } = place()
    const keys = Array.from({ length: 200 }, (_, i) => `trash/gone-${i}`)
    await Promise.all(keys.map(key => storage.put(key, bytes('x'), { signal })))
    for await (const { key } of storage.list('trash/', signal)) await storage.remove(key, signal)
    assert.deepEqual(await keysOf(storage, 'trash/'), [])
  })
}

function interruption(place: () => Place): void {
  test('whoever is interrupted stops, says so, and leaves nothing', async () => {
    const { storage } = place()
    await storage.put('keys/there', bytes('x'), { signal, replace: true })
    const gone = AbortSignal.abort()
    await assert.rejects(storage.put('keys/aborted', bytes('x'), { signal: gone }), Interrupted)
    await assert.rejects(storage.get('keys/there', 'all', gone), Interrupted)
    await assert.rejects(storage.stat('keys/there', gone), Interrupted)
    await assert.rejects(Array.fromAsync(storage.list('', gone)), Interrupted)
    await assert.rejects(storage.remove('keys/there', gone), Interrupted)
    await assert.rejects(storage.prepare(gone), Interrupted)
    await assert.rejects(storage.free(gone), Interrupted)
    assert.equal(await storage.stat('keys/aborted', signal), undefined)
    assert.equal(await contents(storage, 'keys/there'), 'x')
  })

  test('a list that is interrupted half-way throws instead of ending', async () => {
    const { storage } = place()
    const keys = Array.from({ length: 200 }, (_, i) => `index/half-${i}`)
    await Promise.all(keys.map(key => storage.put(key, bytes('x'), { signal })))
    const stop = new AbortController()
    await assert.rejects(async () => {
      for await (const _ of storage.list('index/', stop.signal)) stop.abort()
    }, Interrupted)
  })

  test('a write that is interrupted half-way leaves the whole object or none', async () => {
    const { storage } = place()
    const body = randomBytes(BIG)
    for (const delay of [0, 1, 5, 15, 30]) {
      const key = `packs/c0/interrupted-${delay}`
      await storage
        .put(key, body, { signal: AbortSignal.timeout(delay) })
        .catch((error: unknown) => {
          assert.ok(error instanceof Interrupted, String(error))
        })
      const left = await storage.stat(key, signal)
      assert.ok(left === undefined || left.bytes === BIG)
    }
  })
}
