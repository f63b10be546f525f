import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Manifest } from '../../src/core/backup.ts'
import { Damaged, NoSuchBackup, RepositoryLocked } from '../../src/core/faults.ts'
import { FaultyStorage, failWith } from '../support/faulty.ts'
import { forgeObject } from './forge.ts'
import { flipped, unhurried } from './material.ts'
import {
  backUp,
  bytesAt,
  cloneSite,
  keysOf,
  minutes,
  newSite,
  openSite,
  readStream,
  replace,
  ringOf,
  type Site,
} from './site.ts'

const streams = { dump: Buffer.from('rows') }

/** Puts a backup of any id, which otherwise is left to chance. */
async function plant(site: Site, manifest: Manifest, id: string): Promise<void> {
  const key = `manifests/${id}`
  const json = Buffer.from(JSON.stringify({ ...manifest, id }))
  replace(site, key, forgeObject(await ringOf(site), { kind: 2, name: key }, json))
}

describe('backups in a repository', () => {
  let base: Site
  let made: Manifest[]

  before(async () => {
    base = await newSite()
    const repository = await openSite(base)
    made = []
    for (const source of ['shop@db', 'bank@db', 'shop@db']) {
      made.push(await backUp(repository, base.clock, streams, source))
    }
  })

  const idsOf = async (site: Site) =>
    (await (await openSite(site)).backups(unhurried)).manifests.map(({ id }) => id)

  test('are listed newest first', async () => {
    assert.deepEqual(await idsOf(base), made.map(({ id }) => id).toReversed())
  })

  test('are found by id, by an unambiguous beginning, and as the latest', async () => {
    const site = cloneSite(base)
    const [oldest] = made
    assert.ok(oldest)
    await plant(site, oldest, `abcdef${'0'.repeat(26)}`)
    await plant(site, oldest, `abcdee${'0'.repeat(26)}`)
    const repository = await openSite(site)
    const find = async (name: string) => (await repository.find(name, unhurried)).id
    assert.equal(await find('latest'), made.at(-1)?.id)
    assert.equal(await find('abcdef'), `abcdef${'0'.repeat(26)}`)
    for (const { id } of made) assert.equal(await find(id), id)
    const refused: Record<string, RegExp> = {
      abcde: /2 backups begin with it/,
      ffffffffffff: /nothing here has that name/,
      a: /named by hexadecimal digits/,
      'no such': /named by hexadecimal digits/,
      '../../etc': /named by hexadecimal digits/,
    }
    for (const [name, why] of Object.entries(refused)) {
      await assert.rejects(find(name), (error: Error) => {
        assert.ok(error instanceof NoSuchBackup)
        assert.match(error.message, why)
        return true
      })
    }
  })

  test('there is no latest one in an empty repository', async () => {
    const site = cloneSite(base)
    for (const key of [...keysOf(site, 'manifests/'), ...keysOf(site, 'copies/')]) {
      if (key !== 'copies/repository') site.storage.objects.delete(key)
    }
    await assert.rejects((await openSite(site)).find('latest', unhurried), NoSuchBackup)
  })

  for (const how of ['lost', 'damaged'] as const) {
    test(`are read from the copy of a manifest that is ${how}`, async () => {
      const site = cloneSite(base)
      for (const key of keysOf(site, 'manifests/')) {
        if (how === 'lost') site.storage.objects.delete(key)
        else replace(site, key, flipped(bytesAt(site, key), 60))
      }
      assert.deepEqual(await idsOf(site), await idsOf(base))
      const repository = await openSite(site)
      const found = await repository.find('latest', unhurried)
      assert.deepEqual(await readStream(repository, found, 'dump'), streams.dump)
      const next = await backUp(repository, site.clock, streams)
      assert.equal(next.previous?.id, made.at(-1)?.id)
    })
  }

  test('whose manifest and copy are broken are listed as damaged, beside the others', async () => {
    const site = cloneSite(base)
    const lost = made.at(-1)?.id ?? ''
    replace(site, `manifests/${lost}`, Buffer.alloc(0))
    site.storage.objects.delete(`copies/${lost}`)
    const repository = await openSite(site)
    const { manifests, damaged } = await repository.backups(unhurried)
    assert.equal(manifests.length, 2)
    assert.deepEqual(
      damaged.map(({ id }) => id),
      [lost],
    )
    await assert.rejects(repository.find(lost, unhurried), Damaged)
  })

  test('are not called the latest when a newer one cannot be read', async () => {
    const site = cloneSite(base)
    const newest = made.at(-1)?.id ?? ''
    for (const key of [`manifests/${newest}`, `copies/${newest}`]) {
      replace(site, key, flipped(bytesAt(site, key), 60))
    }
    const repository = await openSite(site)
    await assert.rejects(repository.find('latest', unhurried), (error: Error) => {
      assert.ok(error instanceof Damaged)
      assert.match(error.message, new RegExp(`backup ${newest.slice(0, 8)}, which is newer`))
      return true
    })
    const next = await backUp(repository, site.clock, streams)
    assert.equal((await repository.find('latest', unhurried)).id, next.id)
  })

  test('may know more than this version does', async () => {
    const site = cloneSite(base)
    const [manifest] = made
    assert.ok(manifest)
    const later = { ...manifest, mood: 'sunny', source: { ...manifest.source, region: 'north' } }
    await plant(site, later, manifest.id)
    assert.equal((await idsOf(site)).length, 3)
  })

  describe('are forgotten', () => {
    test('copy first, so that a backup is not half forgotten', async () => {
      const site = cloneSite(base)
      const [oldest] = made
      assert.ok(oldest)
      const storage = new FaultyStorage(site.storage)
      storage.on('remove', { key: /^manifests/, before: failWith(new Error('killed here')) })
      const dying = await openSite(site, storage)
      await assert.rejects(dying.forget(oldest, unhurried), /killed here/)
      assert.equal((await idsOf(site)).length, 3)
      assert.deepEqual(keysOf(site, `copies/${oldest.id}`), [])
      await (await openSite(site)).forget(oldest, unhurried)
      assert.deepEqual(
        await idsOf(site),
        made
          .slice(1)
          .map(({ id }) => id)
          .toReversed(),
      )
      assert.deepEqual(keysOf(site, 'sessions/'), [])
    })

    test('but not while somebody reads them', async () => {
      const site = cloneSite(base)
      const [oldest, second] = made
      assert.ok(oldest && second)
      const repository = await openSite(site)
      const reader = await repository.reader(oldest, unhurried)
      await assert.rejects(repository.forget(oldest, unhurried), (error: Error) => {
        assert.ok(error instanceof RepositoryLocked)
        assert.match(error.message, new RegExp(`backup ${oldest.id.slice(0, 8)} is in use by`))
        return true
      })
      await repository.forget(second, unhurried)
      assert.equal((await idsOf(site)).length, 2)
      // A reader that died half an hour ago is in nobody's way.
      site.clock.advance(minutes(31))
      await repository.forget(oldest, unhurried)
      assert.equal((await idsOf(site)).length, 1)
      await reader.close()
    })
  })
})
