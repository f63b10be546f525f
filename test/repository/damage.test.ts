import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import {
  assertReads,
  bit,
  cuts,
  type Damage,
  damagedSite,
  examine,
  expectedDamage,
  idsIn,
  removal,
  type Scene,
  sceneOf,
} from './damage.ts'
import { forgeObject, forgePack } from './forge.ts'
import { sha256, unhurried } from './material.ts'
import { dumpOf, layoutOf, type Pack, packsOf } from './shop.ts'
import {
  backUp,
  bytesAt,
  cloneSite,
  keysOf,
  openSite,
  readStream,
  replace,
  type Site,
} from './site.ts'

const KB = 1000
const customers = (seed: string) => ({ name: 'customers', seed, bytes: 600 * KB })
const orders = { name: 'orders', seed: 'orders', bytes: 800 * KB }
const items = { name: 'items', seed: 'items', bytes: 800 * KB }
const events = { name: 'events', seed: 'events', bytes: 300 * KB }
const small = [
  dumpOf([orders, customers('monday'), items]),
  dumpOf([orders, customers('tuesday'), items, events]),
  dumpOf([customers('wednesday'), items, orders]),
]
/** So large that its dump fills several packs, and its recipe a list of its own. */
const large = [
  dumpOf([
    { ...orders, bytes: 12_000 * KB },
    customers('monday'),
    { ...items, bytes: 12_000 * KB },
  ]),
  dumpOf([{ ...orders, bytes: 12_000 * KB }, customers('tuesday'), events]),
]

const withoutIndex = (site: Site): Site => {
  for (const key of keysOf(site, 'index/')) site.storage.objects.delete(key)
  return site
}

describe('in a repository of several backups', () => {
  let scene: Scene

  before(async () => {
    scene = await sceneOf(small)
  })

  const keys = (prefix: string) => keysOf(scene.site, prefix)
  const positions = [0, 3, 20, 60, 90, -70, -20, -2, -1]
  const changes: readonly Damage[] = [...positions.map((at, nth) => bit(at, nth % 8)), ...cuts]

  test('all is sound as long as nothing is damaged', async () => {
    const repository = await openSite(scene.site)
    const report = await repository.check({ readData: true }, unhurried)
    assert.deepEqual([report.problems, report.damaged], [[], []])
    const { packs } = scene
    const chunks = packs.reduce((sum, { entries }) => sum + entries.length, 0)
    const { counts } = report
    assert.deepEqual([counts.backups, counts.packs, counts.chunks], [3, packs.length, chunks])
    assert.equal(packs.length, 6, 'data and meta of three backups')
    await assertReads(scene, repository, [])
  })

  for (const key of ['repository', 'copies/repository']) {
    test(`a damaged ${key} is named and hurts nothing`, async () => {
      for (const damage of [...changes, removal]) await examine(scene, key, damage)
    })
  }

  test('a damaged manifest is named, and its copy serves', async () => {
    const [key = ''] = keys('manifests/')
    for (const damage of [...changes, removal]) await examine(scene, key, damage)
  })

  test('a damaged copy is named, and its absence noted', async () => {
    const key = `copies/${scene.backups[0]?.manifest.id}`
    for (const damage of changes) await examine(scene, key, damage)
    await examine(scene, key, removal, { object: 'noted' })
  })

  test('a damaged key slot is named, and the other one opens', async () => {
    const key = keys('keys/').find(slot => bytesAt(scene.site, slot).includes('scrypt')) ?? ''
    for (const damage of [...changes, removal]) await examine(scene, key, damage)
  })

  test('a damaged index object is named, and footers serve; its absence is noted', async () => {
    assert.equal(keys('index/').length, 3)
    const [first = ''] = keys('index/')
    for (const damage of changes) await examine(scene, first, damage, { object: 'both' })
    for (const key of keys('index/')) await examine(scene, key, removal, { object: 'noted' })
  })

  test('an index object that stands under another name is named, and not believed', async () => {
    const site = cloneSite(scene.site)
    const [key = ''] = keys('index/')
    const other = `index/${'ab'.repeat(32)}`
    replace(site, other, bytesAt(site, key))
    const repository = await openSite(site)
    const report = await repository.check({ readData: false }, unhurried)
    assert.deepEqual(
      report.problems.map(({ object }) => object),
      [other],
    )
    await assertReads(scene, repository, [])
  })

  test('a damaged session or trash object is named, and hurts nothing', async () => {
    for (const [key = ''] of [keys('sessions/'), keys('trash/')]) {
      for (const damage of [bit(7), bit(12), bit(60), bit(-1), ...cuts]) {
        await examine(scene, key, damage)
      }
      await examine(scene, key, removal, { object: 'neither' })
    }
  })

  test('a flipped bit in a chunk is named with the backups and tables that it hurts', async () => {
    const tables = new Set<string>()
    for (const { key, entries } of scene.packs) {
      for (const [number, { id, offset, stored }] of entries.entries()) {
        const bad = new Set([id.toString('hex')])
        await examine(scene, key, bit(offset + (stored >> 1), number % 8), { bad })
        for (const { tables: hurt } of expectedDamage(scene, bad)) {
          for (const table of hurt) tables.add(table)
        }
      }
      const [first] = entries
      assert.ok(first)
      const bad = new Set([first.id.toString('hex')])
      for (const at of [first.offset, first.offset + first.stored - 1]) {
        await examine(scene, key, bit(at), { bad })
      }
    }
    assert.ok(tables.size > 4, [...tables].join())
  })

  test('a flipped bit elsewhere in a pack is named, and hurts nothing with an index', async () => {
    const [data, meta] = [0, 1].map(type => scene.packs.find(pack => pack.type === type))
    assert.ok(data && meta)
    for (const { key, bytes, chunksEnd, footerAt } of [data, meta]) {
      const trailer = [bytes - 16, bytes - 12, bytes - 8, bytes - 2, bytes - 1]
      const padding = footerAt > chunksEnd ? [chunksEnd, footerAt - 1] : []
      for (const at of [0, 6, 7, 9, 20, ...padding, footerAt, bytes - 30, ...trailer]) {
        await examine(scene, key, bit(at))
      }
    }
  })

  test('a damaged second list of chunks hurts what comes after its beginning', async () => {
    const { scene: listed, pack } = await withTwoLists(scene)
    const [first, second] = pack.entries
    assert.ok(first && second)
    for (const { id, offset } of [first, second]) {
      const bad = new Set([id.toString('hex')])
      await examine(listed, pack.key, bit(offset), { bad, object: 'both' })
    }
    const [damage] = expectedDamage(listed, new Set([second.id.toString('hex')]))
    assert.deepEqual(damage?.tables, ['public.customers', 'public.items'])
  })

  test('a pack that is cut or gone is named with the backups and tables that it hurts', async () => {
    for (const pack of scene.packs) {
      for (const damage of [...cuts, removal]) {
        await examine(scene, pack.key, damage, { bad: idsIn(pack) })
        const repository = await openSite(damagedSite(scene, pack.key, damage))
        const report = await repository.check({ readData: false }, unhurried)
        assert.deepEqual(report.damaged, expectedDamage(scene, idsIn(pack)))
        assert.deepEqual(
          report.problems.map(({ object }) => object),
          [pack.key],
        )
      }
    }
  })

  test('without any index everything is readable, and the next backup writes it again', async () => {
    const site = withoutIndex(cloneSite(scene.site))
    const repository = await openSite(site)
    await assertReads(scene, repository, [])
    await backUp(repository, site.clock, small[0] ?? {})
    assert.equal(keysOf(site, 'index/').length, 1)
    assert.equal(keysOf(site, 'packs/').length, scene.packs.length)
  })

  test('without any index, a pack with a broken footer is named, and the rest is readable', async () => {
    for (const pack of scene.packs) {
      const site = withoutIndex(damagedSite(scene, pack.key, bit(pack.footerAt)))
      const repository = await openSite(site)
      const report = await repository.check({ readData: true }, unhurried)
      assert.deepEqual(report.damaged, expectedDamage(scene, idsIn(pack)))
      assert.deepEqual(
        report.problems.map(({ object }) => object),
        [pack.key],
      )
      await assertReads(scene, repository, report.damaged)
    }
  })

  test('a backup whose manifest and copy are broken is named as lost', async () => {
    const [lost, kept] = scene.backups
    assert.ok(lost && kept)
    const site = cloneSite(scene.site)
    const objects = ['manifests', 'copies'].map(kind => `${kind}/${lost.manifest.id}`)
    for (const [number, key] of objects.entries()) replace(site, key, Buffer.alloc(number * 100))
    const repository = await openSite(site)
    const report = await repository.check({ readData: false }, unhurried)
    const { id } = lost.manifest
    assert.deepEqual(report.damaged, [
      { id, source: undefined, startedAt: undefined, streams: [], tables: 'all' },
    ])
    assert.deepEqual(
      report.problems.map(({ object, backups }) => [object, backups]),
      objects.map(object => [object, [id]]),
    )
    const reader = await repository.reader(kept.manifest, unhurried)
    const pieces = await Array.fromAsync(reader.stream('dump'))
    const whole = await readStream(await openSite(scene.site), kept.manifest, 'dump')
    assert.equal(sha256(...pieces), sha256(whole))
  })
})

describe('in a large backup', () => {
  let scene: Scene

  before(async () => {
    scene = await sceneOf(large)
  })

  test('a damaged chunk in any of its packs, or in a list of chunks, is told', async () => {
    const { packs, backups } = scene
    assert.ok(packs.filter(({ type }) => type === 0).length >= 3)
    assert.ok((backups[0]?.streams[0]?.lists.length ?? 0) > 0)
    await assertReads(scene, await openSite(scene.site), [])
    for (const { key, type, entries } of packs) {
      const some = type === 1 ? entries : entries.slice(entries.length >> 1).slice(0, 1)
      for (const { id, offset, stored } of some) {
        const bad = new Set([id.toString('hex')])
        await examine(scene, key, bit(offset + (stored >> 1)), { bad })
      }
    }
  })

  test('a lost pack is told', async () => {
    for (const pack of scene.packs) await examine(scene, pack.key, removal, { bad: idsIn(pack) })
  })
})

/** The first backup with the list of its chunks in two chunks, which otherwise only a huge one has. */
async function withTwoLists(scene: Scene): Promise<{ scene: Scene; pack: Pack }> {
  const { ring, backups } = scene
  const [backup, ...others] = backups
  const [dump, ...streams] = backup?.manifest.streams ?? []
  assert.ok(backup && dump)
  const entries = Buffer.from(dump.recipe.entries, 'base64')
  const chunks = backup.streams[0]?.chunks ?? []
  const half = 36 * chunks.findIndex(({ from }) => from > 1000 * KB)
  const lists = [entries.subarray(0, half), entries.subarray(half)]
  const forged = forgePack(
    ring,
    lists.map(plain => ({ plain })),
    { type: 1 },
  )
  const named = forged.entries.map(({ id, plain }) => [id, Buffer.of(plain, plain >> 8, 0, 0)])
  const recipe = { depth: 1, entries: Buffer.concat(named.flat()).toString('base64') }
  const manifest = { ...backup.manifest, streams: [{ ...dump, recipe }, ...streams] }
  const site = cloneSite(scene.site)
  replace(site, `packs/${forged.id.slice(0, 2)}/${forged.id}`, forged.bytes)
  const name = `manifests/${manifest.id}`
  const sealed = forgeObject(ring, { kind: 2, name }, Buffer.from(JSON.stringify(manifest)))
  for (const key of [name, `copies/${manifest.id}`]) replace(site, key, sealed)
  const layout = await layoutOf(site, ring, manifest)
  const packs = packsOf(site, ring)
  const pack = packs.find(({ key }) => key.endsWith(forged.id))
  assert.ok(pack)
  const listed = { ...backup, manifest, streams: layout }
  return { scene: { site, ring, backups: [listed, ...others], packs }, pack }
}
