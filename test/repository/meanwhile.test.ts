import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Manifest } from '../../src/core/backup.ts'
import { NoSuchBackup } from '../../src/core/faults.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { type Call, FaultyStorage } from '../support/faulty.ts'
import { Seeded, unhurried } from './material.ts'
import { backUp, cloneSite, newSite, openSite, readStream, type Site } from './site.ts'

const seeded = new Seeded('meanwhile')
const streams = () => ({ dump: seeded.bytes(300_000), outline: seeded.bytes(1000) })

/** What one process does while another one works, and what must come of it. */
const WORK: Record<string, (repository: Repository, newest: Manifest) => Promise<unknown>> = {
  list: async repository => {
    assert.deepEqual((await repository.backups(unhurried)).damaged, [])
  },
  'find the latest': repository => repository.find('latest', unhurried),
  'find one': (repository, newest) => repository.find(newest.id.slice(0, 8), unhurried),
  check: repository => assertSound(repository),
  read: (repository, newest) => readStream(repository, newest, 'dump'),
}

async function assertSound(repository: Repository): Promise<void> {
  const { problems, damaged } = await repository.check({ readData: true }, unhurried)
  assert.deepEqual([problems, damaged], [[], []])
}

describe('between any two calls of the storage', () => {
  let base: Site
  const made: Manifest[] = []
  before(async () => {
    const { repository, ...site } = await newSite()
    for (const _ of [1, 2, 3]) made.push(await backUp(repository, site.clock, streams()))
    base = site
  })

  const nth = (index: number): Manifest => made.at(index) ?? assert.fail()
  const forgets = (index: number) => async (site: Site) =>
    (await openSite(site)).forget(nth(index), unhurried)

  /** Does some work again and again, with something else done before another one of its calls. */
  async function disturbed(
    work: (repository: Repository, site: Site) => Promise<unknown>,
    other: (site: Site) => Promise<unknown>,
  ): Promise<void> {
    const recorded = cloneSite(base)
    const recording = new FaultyStorage(recorded.storage)
    await work(await openSite(recorded, recording), recorded)
    for (const { method, key, nth } of plannable(recording.calls)) {
      const site = cloneSite(base)
      const storage = new FaultyStorage(site.storage)
      storage.on(method, { key, nth, before: () => other(site) })
      await work(await openSite(site, storage), site)
      assert.deepEqual(storage.unfired(), [])
    }
  }

  for (const [what, work] of Object.entries(WORK)) {
    test(`of one process (${what}) another one makes a backup`, () =>
      disturbed(
        repository => work(repository, nth(-1)),
        async site => backUp(await openSite(site), site.clock, streams()),
      ))

    test(`of one process (${what}) another one forgets a backup`, () =>
      disturbed(repository => work(repository, nth(-1)), forgets(0)))
  }

  test('of a backup another process forgets the one before it', () =>
    disturbed(async (repository, site) => {
      const content = streams()
      const manifest = await backUp(repository, site.clock, content)
      assert.deepEqual(await readStream(repository, manifest, 'dump'), content.dump)
      await assertSound(await openSite(site))
    }, forgets(-1)))

  test('a backup that is forgotten just then is no such backup, and not a damaged one', async () => {
    const site = cloneSite(base)
    const storage = new FaultyStorage(site.storage)
    const key = new RegExp(`^manifests/${nth(0).id}$`)
    storage.on('get', { key, before: () => forgets(0)(site) })
    const repository = await openSite(site, storage)
    await assert.rejects(repository.find(nth(0).id, unhurried), NoSuchBackup)
  })
})

/** Every call once, named so that it can be met again where ids are random. */
function plannable(calls: readonly Call[]) {
  const seen = new Map<string, number>()
  return calls.map(({ method, key }) => {
    const kind = key.slice(0, key.indexOf('/') + 1) || key
    const nth = (seen.get(`${method} ${kind}`) ?? 0) + 1
    seen.set(`${method} ${kind}`, nth)
    return { method, key: new RegExp(`^${kind}`), nth }
  })
}
