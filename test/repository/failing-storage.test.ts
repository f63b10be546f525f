import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Manifest } from '../../src/core/backup.ts'
import { Damaged, StorageFull } from '../../src/core/faults.ts'
import { FaultyStorage, failWith, flipBit } from '../support/faulty.ts'
import { Seeded } from './material.ts'
import {
  assertWhole,
  backUp,
  bytesAt,
  cloneSite,
  keysOf,
  newSite,
  openSite,
  replace,
  type Site,
  type Streams,
} from './site.ts'

const MIB = 1024 * 1024
const dump = new Seeded('writer').bytes(3 * MIB)
const other = new Seeded('something else').bytes(2 * MIB)
const full = new StorageFull({ place: 'memory', key: 'packs' })

describe('a storage that fails', () => {
  let base: Site
  let first: Manifest

  before(async () => {
    base = await newSite()
    first = await backUp(await openSite(base), base.clock, { dump: other })
  })

  test('full at any write: the backup fails, the next one works and stores only the rest', async () => {
    const counting = new FaultyStorage(cloneSite(base).storage)
    const streams = { dump, outline: Buffer.from('{}') }
    await backUp(await openSite(base, counting), cloneSite(base).clock, streams)
    const puts = counting.calls.filter(({ method }) => method === 'put')
    assert.equal(puts.length, 7)
    for (const [number, put] of puts.entries()) {
      const site = cloneSite(base)
      const storage = new FaultyStorage(site.storage)
      storage.on('put', { nth: number + 1, always: true, before: failWith(full) })
      const failing = backUp(await openSite(site, storage), site.clock, streams)
      const expected = new Map<string, Streams>([[first.id, { dump: other }]])
      if (put.key.startsWith('copies/')) expected.set((await failing).id, streams)
      else await assert.rejects(failing, StorageFull, `write ${number + 1} of ${put.key}`)
      assert.deepEqual(storage.unfired(), [])
      await assertWhole(site, expected)
      const again = await backUp(await openSite(site), site.clock, streams)
      await assertWhole(site, expected.set(again.id, streams))
      if (/^(index|manifests|copies)/.test(put.key)) assert.equal(again.stored.newChunks, 0)
    }
  })

  test('a write whose answer was lost is repeated safely', async () => {
    const site = cloneSite(base)
    const repeating = new RepeatedPuts(site.storage)
    const manifest = await backUp(await openSite(site, repeating), site.clock, { dump })
    await assertWhole(
      site,
      new Map([
        [first.id, { dump: other }],
        [manifest.id, { dump }],
      ]),
    )
  })

  test('that gives back another manifest than it was given holds no backup', async () => {
    const site = cloneSite(base)
    const storage = new FaultyStorage(site.storage)
    storage.on('get', { key: new RegExp(`^manifests/(?!${first.id})`), alter: flipBit(70) })
    await assert.rejects(
      backUp(await openSite(site, storage), site.clock, { dump }),
      (error: Error) => error instanceof Damaged && /gave back other bytes/.test(error.message),
    )
    assert.deepEqual(storage.unfired(), [])
    await assertWhole(site, new Map([[first.id, { dump: other }]]))
  })

  test('that loses or cuts a pack just written gets no manifest', async () => {
    for (const spoil of ['lose', 'cut'] as const) {
      const site = cloneSite(base)
      const storage = new FaultyStorage(site.storage)
      storage.on('put', {
        key: /^index/,
        before: () => {
          const added = keysOf(site, 'packs/').filter(key => !keysOf(base, key).length)
          for (const key of added) {
            if (spoil === 'lose') site.storage.objects.delete(key)
            else replace(site, key, bytesAt(site, key).subarray(1))
          }
        },
      })
      await assert.rejects(
        backUp(await openSite(site, storage), site.clock, { dump }),
        (error: Error) =>
          error instanceof Damaged && /just after it was written/.test(error.message),
      )
      assert.equal(keysOf(site, 'manifests/').length, 1)
    }
  })
})

/** Every answer to a write is lost, so whoever wrote repeats it. */
class RepeatedPuts extends FaultyStorage {
  override async put(...write: Parameters<FaultyStorage['put']>): Promise<void> {
    await super.put(...write)
    await super.put(...write)
  }
}
