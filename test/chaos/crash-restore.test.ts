import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Outline } from '../../src/core/backup.ts'
import { loadShop } from '../../support/shop.ts'
import { Scene, signal, someOf, worthDyingAt } from './scene.ts'

const BESIDE = /_holdfast_[0-9a-f]{8}$/
/** Nobody knows whether a statement was done when its sender died before the answer. */
const LAST_SENT = 'sent commit #1'

/** From here on the databases change their names. */
const swap = (steps: readonly string[]) => steps.slice(steps.indexOf('stage swapping #1'))

/** For all steps of an operation together. */
const ALL_STEPS_MS = 600_000

describe('SIGKILL at every step', () => {
  let scene: Scene
  let backedUp: Outline
  let live: Outline
  before(async () => {
    scene = await Scene.open()
    await loadShop(scene.server, 'live', 0.001)
    await scene.server.query('live', 'alter database live set search_path = shop, public')
    await scene.backUp(scene.base, 'live')
    backedUp = await scene.outline('live')
    await scene.server.query('live', 'delete from shop.events where id = 9; create table new ()')
    live = await scene.outline('live')
  })
  after(() => scene.close())

  const listed = async (): Promise<number> => {
    const { manifests, damaged } = await (await scene.repository(scene.base)).backups(signal)
    assert.deepEqual(damaged, [])
    return manifests.length
  }
  const matching = async (pattern: RegExp): Promise<string[]> =>
    (await scene.databases()).filter(name => pattern.test(name))
  const task = { operation: 'restore' } as const

  test('of a restore in place of a live database', { timeout: ALL_STEPS_MS }, async t => {
    const copyLive = (name: string) =>
      scene.server.query('postgres', `create database ${name} template live`)
    await copyLive('recorded')
    const at = { repository: scene.base, replace: true }
    const { steps } = await scene.perform({ ...task, ...at, database: 'recorded' })
    const swapped = steps.indexOf('after commit #1')
    for (const [n, dieAt] of someOf(worthDyingAt(steps), swap(steps)).entries()) {
      await t.test(dieAt, async () => {
        const name = `live${n}`
        const aside = new RegExp(`^${name}_before_`)
        await copyLive(name)
        assert.ok((await scene.perform({ ...task, ...at, database: name, dieAt })).killed)
        await scene.assertQuiet()
        const [kept] = await matching(aside)
        if (dieAt !== LAST_SENT) assert.equal(kept !== undefined, steps.indexOf(dieAt) >= swapped)
        await scene.assertHolds(name, kept === undefined ? live : backedUp)
        if (kept !== undefined) await scene.assertHolds(kept, live)
        const again = await scene.restore(scene.base, 'latest', name, true)
        await scene.assertHolds(name, backedUp)
        const asides = await matching(aside)
        assert.ok(asides.includes(again.kept ?? assert.fail()))
        assert.equal(asides.length, kept === undefined ? 1 : 2)
        assert.deepEqual(await matching(BESIDE), [])
        assert.equal(await listed(), 1)
      })
    }
    await scene.assertClean(scene.base)
  })

  test('of a restore into a new database', { timeout: ALL_STEPS_MS }, async t => {
    const at = { repository: scene.base, replace: false }
    const { steps } = await scene.perform({ ...task, ...at, database: 'recorded_new' })
    const swapped = steps.indexOf('after commit #1')
    const dying = someOf(worthDyingAt(steps), swap(steps))
    assert.ok(dying.includes(LAST_SENT))
    for (const [n, dieAt] of dying.entries()) {
      await t.test(dieAt, async () => {
        const name = `new${n}`
        assert.ok((await scene.perform({ ...task, ...at, database: name, dieAt })).killed)
        await scene.assertQuiet()
        const [isThere] = await matching(new RegExp(`^${name}$`))
        if (dieAt !== LAST_SENT) {
          assert.equal(isThere !== undefined, steps.indexOf(dieAt) >= swapped)
        }
        if (isThere === undefined) await scene.restore(scene.base, 'latest', name, false)
        else {
          const again = scene.restore(scene.base, 'latest', name, false)
          await assert.rejects(again, { code: 'TARGET_NOT_EMPTY' })
        }
        await scene.assertHolds(name, backedUp)
        if (isThere === undefined) assert.deepEqual(await matching(BESIDE), [])
        assert.equal(await listed(), 1)
      })
    }
    await scene.assertClean(scene.base)
  })

  test('while the server builds an index, which the next restore does not wait for', async () => {
    const { server } = scene
    await server.query('postgres', 'create database slow')
    // As slow as the setting says: not at all, unless a login has another one.
    await server.query(
      'slow',
      `create function slow(i int) returns int language sql immutable as
         $$ select i from pg_sleep(coalesce(nullif(current_setting('app.delay', true), ''), '0')::float) $$;
       create table t as select 1 as i; create index on t (slow(i))`,
    )
    await scene.backUp(scene.base, 'slow')
    await server.query('postgres', `alter role ${server.user} set app.delay = '600'`)
    const at = { repository: scene.base, database: 'slow', replace: true }
    assert.ok((await scene.perform({ ...task, ...at, dieAt: 'finish under way #1' })).killed)
    await scene.until(`select from pg_stat_activity where query like 'CREATE INDEX%'`)
    await server.query('postgres', `alter role ${server.user} reset app.delay`)
    await scene.restore(scene.base, 'latest', 'slow', true)
    await scene.assertQuiet()
    assert.deepEqual(await matching(BESIDE), [])
  })
})
