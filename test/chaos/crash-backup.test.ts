import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Manifest } from '../../src/core/backup.ts'
import type { BackupResult } from '../../src/operations/backup.ts'
import { loadShop } from '../../support/shop.ts'
import { Scene, signal, someOf, worthDyingAt } from './scene.ts'

/** Of 1 MiB that does not compress: more than fit into two packs that are filled side by side. */
const LARGE_OBJECTS = 72

const MORE_CUSTOMERS = `
  insert into shop.customers (email, full_name, address, created_at)
  select 'more' || i || '@example.org', md5(i::text), '{}', now() from generate_series(1, 3000) i`

/** For all steps of an operation together. */
const ALL_STEPS_MS = 600_000

describe('SIGKILL at every step', () => {
  let scene: Scene
  let earlier: readonly Manifest[]
  before(async () => {
    scene = await Scene.open()
    await loadShop(scene.server, 'shop', 0.001)
    const first = await scene.backUp(scene.base, 'shop')
    const second = await scene.backUp(scene.base, 'shop')
    earlier = [second.manifest, first.manifest]
    await scene.server.query('shop', MORE_CUSTOMERS)
  })
  after(() => scene.close())

  const listed = async (path: string): Promise<string[]> => {
    const { manifests, damaged } = await (await scene.repository(path)).backups(signal)
    assert.deepEqual(damaged, [])
    return manifests.map(manifest => manifest.id)
  }
  const packsOf = (path: string): number =>
    readdirSync(join(path, 'packs'), { recursive: true, withFileTypes: true }).filter(one =>
      one.isFile(),
    ).length
  const ids = (manifests: readonly Manifest[]) => manifests.map(manifest => manifest.id)

  /** The retry must store less than a first attempt whenever the killed one had stored a pack. */
  function assertReuses(retry: BackupResult, fresh: BackupResult, packsLeft: number): void {
    const { bytes, newChunks } = retry.manifest.stored
    const stored = fresh.manifest.stored
    if (packsLeft === 0) assert.equal(newChunks, stored.newChunks)
    else assert.ok(newChunks < stored.newChunks && bytes < stored.bytes, `${newChunks}, ${bytes}`)
  }

  test('of a backup', { timeout: ALL_STEPS_MS }, async t => {
    const recorded = scene.copyOfBase()
    const task = { operation: 'backup', database: 'shop' } as const
    const { steps } = await scene.perform({ ...task, repository: recorded })
    const fresh = await scene.backUp(scene.copyOfBase(), 'shop')
    const dying = worthDyingAt(steps)
    assert.ok(dying.includes('after put packs #2') && dying.includes('after get manifests #7'))
    const exists = steps.indexOf('after put manifests #1')
    for (const dieAt of someOf(dying, ['after put packs #2', 'after put manifests #1'])) {
      await t.test(dieAt, async () => {
        const repository = scene.copyOfBase()
        const { killed } = await scene.perform({ ...task, repository, dieAt })
        assert.ok(killed, 'this step did not come')
        await scene.assertQuiet()
        const left = await listed(repository)
        const isThere = steps.indexOf(dieAt) >= exists
        assert.equal(left.length, earlier.length + (isThere ? 1 : 0))
        assert.deepEqual(left.slice(-earlier.length), ids(earlier))
        await scene.readAll(repository, earlier)
        await scene.assertClean(repository)
        const packsLeft = packsOf(repository) - packsOf(scene.base)
        const retry = await scene.backUp(repository, 'shop')
        assertReuses(retry, fresh, packsLeft)
        assert.deepEqual(await listed(repository), [retry.manifest.id, ...left])
        await scene.readAll(repository, [retry.manifest, ...earlier])
        await scene.assertClean(repository)
      })
    }
  })

  test('of a backup in the middle of its dump, with packs behind it', async () => {
    await scene.server.query('postgres', 'create database large')
    for (let at = 0; at < LARGE_OBJECTS; at += 1) {
      await scene.server.query('large', 'select lo_from_bytea(0, $1)', [randomBytes(2 ** 20)])
    }
    const task = { operation: 'backup', database: 'large' } as const
    const { steps } = await scene.perform({ ...task, repository: scene.copyOfBase() })
    const dieAt = 'after put packs #1'
    assert.ok(steps.indexOf(dieAt) < steps.indexOf('all dump read #1'))
    const repository = scene.copyOfBase()
    assert.ok((await scene.perform({ ...task, repository, dieAt })).killed)
    await scene.assertQuiet()
    assert.deepEqual(await listed(repository), ids(earlier))
    await scene.assertClean(repository)
    const { manifest } = await scene.backUp(repository, 'large')
    assert.ok(manifest.stored.reusedChunks > manifest.stored.newChunks / 3)
    await scene.readAll(repository, [manifest, ...earlier])
    await scene.assertClean(repository)
  })

  test('of a forget', { timeout: ALL_STEPS_MS }, async t => {
    const [newest, oldest] = earlier
    assert.ok(newest && oldest)
    const task = { operation: 'forget', database: 'shop', backup: oldest.id } as const
    const { steps } = await scene.perform({ ...task, repository: scene.copyOfBase() })
    const gone = steps.indexOf('after remove manifests #1')
    assert.ok(gone > 0)
    for (const dieAt of someOf(worthDyingAt(steps), ['after remove manifests #1'])) {
      await t.test(dieAt, async () => {
        const repository = scene.copyOfBase()
        const { killed } = await scene.perform({ ...task, repository, dieAt })
        assert.ok(killed, 'this step did not come')
        const isGone = steps.indexOf(dieAt) >= gone
        assert.deepEqual(await listed(repository), isGone ? [newest.id] : ids(earlier))
        await scene.readAll(repository, isGone ? [newest] : earlier)
        await scene.assertClean(repository)
        if (!isGone) await scene.perform({ ...task, repository })
        assert.deepEqual(await listed(repository), [newest.id])
        await scene.readAll(repository, [newest])
        await scene.assertClean(repository)
      })
    }
  })
})
