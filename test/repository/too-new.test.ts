import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Manifest } from '../../src/core/backup.ts'
import {
  Damaged,
  PlaceNotEmpty,
  RepositoryExists,
  RepositoryMissing,
  RepositoryTooNew,
} from '../../src/core/faults.ts'
import { hmac } from '../../src/repository/key-ring.ts'
import { Repository } from '../../src/repository/repository.ts'
import { forgeObject, forgePack } from './forge.ts'
import { flipped, unhurried } from './material.ts'
import {
  backUp,
  bytesAt,
  cloneSite,
  keysOf,
  newSite,
  openSite,
  PASSPHRASE,
  readStream,
  replace,
  ringOf,
  type Site,
} from './site.ts'

const DESCRIPTIONS = ['repository', 'copies/repository']
const features = { read: [], write: [], prune: [] }

describe('a repository that needs more than this version knows', () => {
  let base: Site
  let manifest: Manifest

  before(async () => {
    base = await newSite()
    const dump = Buffer.alloc(100_000, 'row\n')
    manifest = await backUp(await openSite(base), base.clock, { dump })
  })

  /** Rewrites the description as a later version would, with its MAC. */
  async function described(change: Record<string, unknown>, keys = DESCRIPTIONS): Promise<Site> {
    const site = cloneSite(base)
    const { mac } = await ringOf(site)
    const [line = ''] = bytesAt(site, 'repository').toString().split('\n')
    const changed = JSON.stringify({ ...(JSON.parse(line) as object), ...change })
    const bytes = Buffer.from(`${changed}\nhmac-sha256 ${hmac(mac, changed).toString('hex')}\n`)
    for (const key of keys) replace(site, key, bytes)
    return site
  }

  const objectsOf = (site: Site) => JSON.stringify([...site.storage.objects])

  test('is not opened when it is of another format', async () => {
    const site = await described({ format: 2 })
    await assert.rejects(openSite(site), (error: Error) => {
      assert.ok(error instanceof RepositoryTooNew)
      assert.match(error.message, /needs repository format 2/)
      return true
    })
  })

  test('is not opened when reading needs a feature', async () => {
    const site = await described({ features: { ...features, read: ['zstd-bases'] } })
    await assert.rejects(openSite(site), /needs feature zstd-bases to read/)
  })

  test('is read but not written when writing needs one', async () => {
    const site = await described({ features: { ...features, write: ['tape'] } })
    const repository = await openSite(site)
    await readStream(repository, manifest, 'dump')
    const objects = objectsOf(site)
    await assert.rejects(repository.writer({ host: 'x' }, unhurried), /feature tape to write/)
    await assert.rejects(repository.keys.addRecoveryKey('x', unhurried), RepositoryTooNew)
    const [slot] = await repository.keys.list(unhurried)
    await assert.rejects(repository.keys.remove(slot?.id ?? '', unhurried), RepositoryTooNew)
    assert.equal(objectsOf(site), objects)
  })

  test('is written but nothing is forgotten when pruning needs one', async () => {
    const site = await described({ features: { ...features, prune: ['vault'] } })
    const repository = await openSite(site)
    await backUp(repository, site.clock, { dump: Buffer.from('more') })
    const objects = objectsOf(site)
    await assert.rejects(repository.forget(manifest, unhurried), /feature vault to prune/)
    assert.equal(objectsOf(site), objects)
  })

  test('may say more than this version knows, and keeps it', async () => {
    const site = await described({ motto: 'hold fast' })
    const repository = await openSite(site)
    await repository.keys.addRecoveryKey('spare', unhurried)
    for (const key of DESCRIPTIONS) assert.match(bytesAt(site, key).toString(), /"hold fast"/)
    await openSite(site)
  })

  test('is told from one whose description has a flipped bit, for which the copy stands', async () => {
    for (const key of DESCRIPTIONS) {
      const format = bytesAt(base, key).indexOf('"format":1') + '"format":'.length
      const site = cloneSite(base)
      replace(site, key, flipped(bytesAt(site, key), format, 1))
      const repository = await openSite(site)
      const problems = await repository.keys.problems(unhurried)
      assert.deepEqual(
        problems.map(({ object }) => object),
        [key],
      )
    }
  })

  test('by a pack of another version, or a chunk of another codec, is refused by name', async () => {
    const ring = await ringOf(base)
    const plain = Buffer.from('a chunk from the future')
    const site = cloneSite(base)
    const future = forgePack(ring, [{ plain }], { version: 2 })
    replace(site, `packs/${future.id.slice(0, 2)}/${future.id}`, future.bytes)
    const repository = await openSite(site)
    await assert.rejects(repository.writer({ host: 'x' }, unhurried), /pack version 2/)

    const coded = cloneSite(base)
    const bases = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
    const pack = forgePack(ring, [{ plain, encoded: Buffer.alloc(9), codec: 3, bases }])
    replace(coded, `packs/${pack.id.slice(0, 2)}/${pack.id}`, pack.bytes)
    const [stream] = manifest.streams
    assert.ok(stream)
    const [entry] = pack.entries
    assert.ok(entry)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(plain.length)
    const recipe = { depth: 0, entries: Buffer.concat([entry.id, length]).toString('base64') }
    const key = `manifests/${manifest.id}`
    const json = JSON.stringify({ ...manifest, streams: [{ ...stream, recipe }] })
    replace(coded, key, forgeObject(ring, { kind: 2, name: key }, Buffer.from(json)))
    const reader = await openSite(coded)
    const found = await reader.find('latest', unhurried)
    await assert.rejects(readStream(reader, found, 'dump'), /codec 3/)
  })

  test('by an object of another version is refused, and by a flipped bit is damaged', async () => {
    const ring = await ringOf(base)
    const key = `manifests/${manifest.id}`
    const site = cloneSite(base)
    const json = Buffer.from(JSON.stringify(manifest))
    replace(site, key, forgeObject(ring, { kind: 2, name: key, version: 2 }, json))
    const repository = await openSite(site)
    await assert.rejects(repository.find(manifest.id, unhurried), RepositoryTooNew)
    replace(site, key, flipped(bytesAt(base, key), 6, 1))
    site.storage.objects.delete(`copies/${manifest.id}`)
    await assert.rejects(repository.find(manifest.id, unhurried), Damaged)
  })
})

describe('a new repository', () => {
  test('is not made where one is, nor where something else is', async () => {
    const site = await newSite()
    const init = async (at: Site) =>
      await Repository.init(at.storage, { passphrase: PASSPHRASE, clock: at.clock }, unhurried)
    await assert.rejects(init(site), RepositoryExists)
    const half = cloneSite(site)
    half.storage.objects.delete('repository')
    await assert.rejects(init(half), RepositoryExists)
    for (const key of DESCRIPTIONS) half.storage.objects.delete(key)
    await assert.rejects(init(half), PlaceNotEmpty)
  })

  test('is missing, not new, where its description is gone', async () => {
    const site = await newSite()
    for (const key of DESCRIPTIONS) site.storage.objects.delete(key)
    await assert.rejects(openSite(site), RepositoryMissing)
    for (const key of keysOf(site, '')) site.storage.objects.delete(key)
    await assert.rejects(openSite(site), (error: Error) => {
      assert.ok(error instanceof RepositoryMissing)
      assert.equal(error.exit, 10)
      return true
    })
  })
})
