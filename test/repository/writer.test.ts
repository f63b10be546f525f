import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Manifest } from '../../src/core/backup.ts'
import { Interrupted, SessionLost, StorageFull } from '../../src/core/faults.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { bytesOf } from '../../src/stream/bytes.ts'
import { FaultyStorage, failWith } from '../support/faulty.ts'
import { forgeObject } from './forge.ts'
import { flipped, Seeded, sha256, unhurried } from './material.ts'
import {
  assertWhole,
  backUp,
  bytesAt,
  cloneSite,
  factsOf,
  keysOf,
  minutes,
  newSite,
  openSite,
  readStream,
  replace,
  ringOf,
  type Site,
  type Streams,
  storeAll,
} from './site.ts'

const MIB = 1024 * 1024
const dump = new Seeded('writer').bytes(3 * MIB)
const other = new Seeded('something else').bytes(2 * MIB)
const full = new StorageFull({ place: 'memory', key: 'packs' })

describe('a backup', () => {
  let empty: Site

  before(async () => {
    empty = await newSite()
  })

  const fresh = async (): Promise<{ site: Site; repository: Repository }> => {
    const site = cloneSite(empty)
    return { site, repository: await openSite(site) }
  }

  test('gives back every stream, byte for byte, with what is known of it', async () => {
    const { site, repository } = await fresh()
    const streams = {
      dump,
      outline: Buffer.from('{"tables":[]}'),
      empty: Buffer.alloc(0),
      'one byte': Buffer.of(7),
      zeros: Buffer.alloc(5 * MIB),
    }
    const manifest = await backUp(repository, site.clock, streams)
    await assertWhole(site, new Map([[manifest.id, streams]]))
    for (const stream of manifest.streams) {
      const bytes = streams[stream.name as keyof typeof streams]
      assert.equal(stream.bytes, bytes.length)
      assert.equal(stream.chunks > 0, bytes.length > 0)
    }
    const [found] = (await repository.backups(unhurried)).manifests
    assert.deepEqual(found, manifest)
    assert.deepEqual(found?.source, factsOf('shop@db', site.clock.now()).source)
    assert.equal(found?.previous, null)
  })

  test('has the same recipe however its source slices it', async () => {
    const { site, repository } = await fresh()
    const recipes = new Set<string>()
    for (const size of [1000, 65_536, dump.length]) {
      const writer = await repository.writer({ host: 'test' }, unhurried)
      const pieces = Array.from({ length: Math.ceil(dump.length / size) }, (_, number) =>
        dump.subarray(number * size, (number + 1) * size),
      )
      await writer.store('dump', 'test', bytesOf(...pieces))
      const { streams } = await writer.commit(factsOf('shop@db', site.clock.now()))
      await writer.close()
      recipes.add(JSON.stringify(streams[0]?.recipe))
    }
    assert.equal(recipes.size, 1)
  })

  test('is written in the order that makes it safe', async () => {
    const { site } = await fresh()
    const storage = new FaultyStorage(site.storage)
    await backUp(await openSite(site, storage), site.clock, { dump })
    const steps = storage.calls
      .filter(({ method }) => method === 'put' || method === 'remove' || method === 'list')
      .map(({ method, key }) => `${method} ${key.replace(/\/.*/, '')}`)
      .filter((step, number, all) => step !== all[number - 1])
    assert.deepEqual(steps.join(', ').split(', put index, '), [
      'list keys, put sessions, list trash, list index, list packs, put packs',
      'list manifests, list copies, put sessions, put manifests, put copies, remove sessions',
    ])
  })

  test('names the one before it of the same source', async () => {
    const { site, repository } = await fresh()
    const first = await backUp(repository, site.clock, { dump: other }, 'shop@db')
    await backUp(repository, site.clock, { dump: other }, 'bank@db')
    const second = await backUp(repository, site.clock, { dump: other }, 'shop@db')
    const digest = sha256(bytesAt(site, `manifests/${first.id}`))
    assert.deepEqual(second.previous, { id: first.id, sha256: digest })
  })

  describe('stores once', () => {
    test('what comes twice in one stream, or in two of its streams', async () => {
      const { site, repository } = await fresh()
      const twice = Buffer.concat([dump, dump, dump])
      const manifest = await backUp(repository, site.clock, { dump: twice, same: twice })
      // Where two of them meet, it takes a few chunks until the cuts fall as before.
      assert.ok(manifest.stored.bytes < dump.length * 2, `${manifest.stored.bytes} bytes`)
      assert.ok(manifest.stored.reusedChunks > manifest.stored.newChunks)
      await assertWhole(site, new Map([[manifest.id, { dump: twice, same: twice }]]))
    })

    test('what earlier backups hold', async () => {
      const { site, repository } = await fresh()
      const first = await backUp(repository, site.clock, { dump })
      const second = await backUp(repository, site.clock, { dump })
      assert.deepEqual([second.stored.bytes, second.stored.newChunks], [0, 0])
      const changed = Buffer.from(dump)
      changed.write('an update', MIB)
      const third = await backUp(repository, site.clock, { dump: changed })
      assert.ok(third.stored.newChunks <= 5 && third.stored.bytes < 2 * MIB)
      const all = [first, second].map(({ id }) => [id, { dump }] as const)
      await assertWhole(site, new Map([...all, [third.id, { dump: changed }]]))
    })

    test('what the backup before has in the same order, for which its list of chunks is read', async () => {
      const { site, repository } = await fresh()
      // More chunks than stand in a manifest: their list is an object to be read.
      const large = new Seeded('many chunks').bytes(32 * MIB)
      const first = await backUp(repository, site.clock, { dump: large })
      assert.ok((first.streams[0]?.recipe.depth ?? 0) > 0)
      const again = async (storage: FaultyStorage, previous?: Manifest) =>
        await backUp(
          await openSite(site, storage),
          site.clock,
          { dump: large },
          'shop@db',
          previous,
        )
      const lists = ({ calls }: FaultyStorage) =>
        calls.filter(({ method, key }) => method === 'get' && key.startsWith('packs/')).length

      const alone = new FaultyStorage(site.storage)
      const second = await again(alone)
      const led = new FaultyStorage(site.storage)
      const third = await again(led, first)
      assert.equal(lists(alone), 0)
      assert.ok(lists(led) > 0)
      const misled = new FaultyStorage(site.storage)
      misled.on('get', { key: /^packs/, before: failWith(full), always: true })
      const fourth = await again(misled, first)
      for (const one of [second, third, fourth]) {
        assert.deepEqual(one.streams[0]?.recipe, first.streams[0]?.recipe)
        assert.equal(one.stored.newChunks, 0)
      }
    })

    test('what a writer that died had already stored, even before it wrote an index', async () => {
      const { site } = await fresh()
      const storage = new FaultyStorage(site.storage)
      storage.on('put', { key: /^index/, before: failWith(full) })
      await assert.rejects(backUp(await openSite(site, storage), site.clock, { dump }), StorageFull)
      assert.ok(keysOf(site, 'packs/').length > 0)
      assert.deepEqual(keysOf(site, 'index/'), [])
      const manifest = await backUp(await openSite(site), site.clock, { dump })
      assert.equal(manifest.stored.newChunks, 0)
      // And it named the packs of the dead one, so that nobody reads their footers again.
      const reading = new FaultyStorage(site.storage)
      await readStream(await openSite(site, reading), manifest, 'dump')
      const gets = reading.calls.filter(
        ({ method, key }) => method === 'get' && key.startsWith('packs/'),
      )
      // To read a footer takes three requests, and the data at least one more.
      assert.ok(gets.length <= 3, `${gets.length} requests`)
    })
  })

  test('of two writers at the same time both are whole', async () => {
    const { site, repository } = await fresh()
    const [one, two] = [
      await repository.writer({ host: 'one' }, unhurried),
      await (await openSite(site)).writer({ host: 'two' }, unhurried),
    ]
    await Promise.all([storeAll(one, { dump }), storeAll(two, { dump, extra: other })])
    const [first, second] = await Promise.all([
      one.commit(factsOf('one', site.clock.now())),
      two.commit(factsOf('two', site.clock.now())),
    ])
    await Promise.all([one.close(), two.close()])
    await assertWhole(
      site,
      new Map<string, Streams>([
        [first.id, { dump }],
        [second.id, { dump, extra: other }],
      ]),
    )
  })

  test('ends without a trace when its source breaks', async () => {
    const { site, repository } = await fresh()
    const broken = (async function* () {
      yield dump
      throw new Error('the source broke')
    })()
    const writer = await repository.writer({ host: 'test' }, unhurried)
    await assert.rejects(writer.store('dump', 'test', broken), /the source broke/)
    await writer.close()
    await assertWhole(site, new Map())
    assert.deepEqual(keysOf(site, 'sessions/'), [])
  })

  test('that is cancelled does not exist', async () => {
    const { site, repository } = await fresh()
    const cancel = new AbortController()
    const writer = await repository.writer({ host: 'test' }, cancel.signal)
    await writer.store('dump', 'test', bytesOf(dump))
    cancel.abort()
    await assert.rejects(writer.commit(factsOf('shop@db', site.clock.now())), Interrupted)
    await writer.close()
    await assertWhole(site, new Map())
    assert.deepEqual(keysOf(site, 'sessions/'), [])
  })

  test('that is cancelled once its manifest is written exists', async () => {
    const { site } = await fresh()
    const cancel = new AbortController()
    const storage = new FaultyStorage(site.storage)
    storage.on('put', { key: /^manifests/, after: () => cancel.abort() })
    const writer = await (await openSite(site, storage)).writer({ host: 'test' }, cancel.signal)
    await writer.store('dump', 'test', bytesOf(dump))
    const manifest = await writer.commit(factsOf('shop@db', site.clock.now()))
    await writer.close()
    await assertWhole(site, new Map([[manifest.id, { dump }]]))
    assert.equal(keysOf(site, `copies/${manifest.id}`).length, 1)
  })
})

describe('a writer', () => {
  let base: Site
  let first: Manifest

  before(async () => {
    base = await newSite()
    first = await backUp(await openSite(base), base.clock, { dump })
  })

  const both = (second: Manifest) =>
    new Map([
      [first.id, { dump }],
      [second.id, { dump }],
    ])

  test('commits nothing when its session was removed', async () => {
    const site = cloneSite(base)
    const writer = await (await openSite(site)).writer({ host: 'test' }, unhurried)
    await storeAll(writer, { dump })
    for (const key of keysOf(site, 'sessions/')) site.storage.objects.delete(key)
    await assert.rejects(writer.commit(factsOf('shop@db', site.clock.now())), SessionLost)
    await writer.close()
    await assertWhole(site, new Map([[first.id, { dump }]]))
  })

  test('commits nothing after it slept past its lease', async () => {
    const site = cloneSite(base)
    const writer = await (await openSite(site)).writer({ host: 'test' }, unhurried)
    await storeAll(writer, { dump })
    site.clock.sleep(minutes(31))
    await assert.rejects(writer.commit(factsOf('shop@db', site.clock.now())), SessionLost)
    await writer.close()
    await assertWhole(site, new Map([[first.id, { dump }]]))
  })

  /** The machine sleeps within the write of the manifest, and a pruner does `meanwhile`. */
  async function oversleptManifest(meanwhile: (site: Site) => unknown) {
    const site = cloneSite(base)
    const storage = new FaultyStorage(site.storage)
    storage.on('put', {
      key: /^manifests/,
      before: async () => {
        site.clock.sleep(minutes(31))
        await meanwhile(site)
      },
    })
    return { site, backup: backUp(await openSite(site, storage), site.clock, { dump }) }
  }

  test('takes its manifest back when packs it built on went while it was given up', async () => {
    const spoilers: ((site: Site) => unknown)[] = [
      site => {
        for (const key of keysOf(site, 'packs/')) site.storage.objects.delete(key)
      },
      async site => await trash(site, keysOf(site, 'packs/')),
    ]
    for (const spoil of spoilers) {
      const { site, backup } = await oversleptManifest(spoil)
      await assert.rejects(backup, SessionLost)
      assert.deepEqual(keysOf(site, 'manifests/'), [`manifests/${first.id}`])
    }
  })

  test('keeps its manifest when all it built on is still there', async () => {
    const { site, backup } = await oversleptManifest(({ storage }) => {
      for (const key of storage.objects.keys()) {
        if (key.startsWith('sessions/')) storage.objects.delete(key)
      }
    })
    await assertWhole(site, both(await backup))
  })

  test('stores again what is only in the trash, which readers may still use', async () => {
    const site = cloneSite(base)
    const packs = keysOf(site, 'packs/')
    await trash(site, packs)
    await assertWhole(site, new Map([[first.id, { dump }]]))
    const second = await backUp(await openSite(site), site.clock, { dump })
    assert.equal(second.stored.reusedChunks, 0)
    const reading = new FaultyStorage(site.storage)
    await readStream(await openSite(site, reading), first, 'dump')
    const gone = reading.calls.filter(({ method, key }) => method === 'get' && packs.includes(key))
    assert.deepEqual(gone, [], 'what stays is preferred')
    for (const key of packs) site.storage.objects.delete(key)
    const repository = await openSite(site)
    for (const manifest of [first, second]) {
      assert.equal(sha256(await readStream(repository, manifest, 'dump')), sha256(dump))
    }
    assert.deepEqual((await repository.check({ readData: true }, unhurried)).damaged, [])
  })

  test('trusts no older pack when the trash cannot be read, but younger ones', async () => {
    const site = cloneSite(base)
    site.clock.advance(1)
    const key = await trash(site, [])
    replace(site, key, flipped(bytesAt(site, key), 50))
    const second = await backUp(await openSite(site), site.clock, { dump })
    assert.equal(second.stored.reusedChunks, 0)
    const third = await backUp(await openSite(site), site.clock, { dump })
    assert.equal(third.stored.newChunks, 0)
  })

  test('stores again what a lost pack held, which heals the backups that need it', async () => {
    const site = cloneSite(base)
    for (const key of keysOf(site, 'packs/')) site.storage.objects.delete(key)
    const before = await (await openSite(site)).check({ readData: false }, unhurried)
    assert.deepEqual(
      before.damaged.map(({ id }) => id),
      [first.id],
    )
    const second = await backUp(await openSite(site), site.clock, { dump })
    const repository = await openSite(site)
    for (const manifest of [first, second]) {
      assert.equal(sha256(await readStream(repository, manifest, 'dump')), sha256(dump))
    }
    assert.deepEqual((await repository.check({ readData: true }, unhurried)).damaged, [])
  })

  test('names packs again that a lost index object had named', async () => {
    const site = cloneSite(base)
    for (const key of keysOf(site, 'index/')) site.storage.objects.delete(key)
    await assertWhole(site, new Map([[first.id, { dump }]]))
    const second = await backUp(await openSite(site), site.clock, { dump })
    assert.equal(second.stored.newChunks, 0)
    assert.equal(keysOf(site, 'index/').length, 1)
    await assertWhole(site, both(second))
  })
})

/** Puts packs into the trash as a pruner does. */
async function trash(site: Site, packs: readonly string[]): Promise<string> {
  const key = `trash/${'cd'.repeat(16)}`
  const names = Buffer.from(packs.map(pack => pack.slice(-64)).join(''), 'hex')
  replace(site, key, forgeObject(await ringOf(site), { kind: 4, name: key }, names))
  return key
}
