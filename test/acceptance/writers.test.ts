import assert from 'node:assert/strict'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { loadShop } from '../../support/shop.ts'
import { Site } from '../cli/site.ts'
import type { Running } from '../support/holdfast.ts'
import { childOf, DUMPING } from '../support/processes.ts'

interface Made {
  readonly backup: { readonly id: string }
}

describe('several processes in one repository', () => {
  let site: Site
  let made: string[] = []
  before(async () => {
    site = await Site.open()
    await site.init()
    await loadShop(site.server, 'shop', 0.01)
    await loadShop(site.server, 'fair', 0.005)
  })
  after(() => site.close())

  const listed = async (): Promise<string[]> => {
    const { backups } = await site.json<{ backups: { id: string }[] }>(0, ['list'])
    return backups.map(one => one.id)
  }
  const begin = (database: string): Running =>
    site.start(['backup', '--source', `env:DB_${database}`, '--json'])

  /** Holds both dumps until both have begun, so that the writers truly work side by side. */
  async function together(writers: readonly Running[], meanwhile: () => Promise<unknown>) {
    const dumps: number[] = []
    for (const { child, ended } of writers) {
      const dump = (await childOf(child.pid, DUMPING, ended)) ?? assert.fail()
      process.kill(dump, 'SIGSTOP')
      dumps.push(dump)
    }
    const during = meanwhile()
    for (const dump of dumps) process.kill(dump, 'SIGCONT')
    const ids: string[] = []
    for (const { ended } of writers) {
      const { code, stdout, stderr } = await ended
      assert.equal(code, 0, stderr)
      ids.push((JSON.parse(stdout) as Made).backup.id)
    }
    await during
    return ids
  }

  async function assertWhole(backup: string, database: string): Promise<void> {
    await site.expect(0, ['verify', backup, '--against', `env:DB_${database}`])
  }

  test('two writers of different databases, and both backups are whole', async () => {
    const [shop = '', fair = ''] = await together([begin('SHOP'), begin('FAIR')], async () => {})
    assert.deepEqual(new Set(await listed()), new Set([shop, fair]))
    assert.match(await site.expect(0, ['check', '--read-data']), /is whole/)
    await assertWhole(shop, 'SHOP')
    await assertWhole(fair, 'FAIR')
    made = [shop, fair]
  })

  test('two writers of the same database, and both backups are whole', async () => {
    await site.server.query('shop', 'create table added as select * from shop.order_lines')
    const [one = '', other = ''] = await together([begin('SHOP'), begin('SHOP')], async () => {})
    assert.deepEqual(new Set(await listed()), new Set([...made, one, other]))
    assert.match(await site.expect(0, ['check', '--read-data']), /is whole/)
    await assertWhole(one, 'SHOP')
    await assertWhole(other, 'SHOP')
    made = [...made, one, other]
  })

  test('two writers, a forget and checks, and nobody hurts or frightens anybody', async () => {
    await site.server.query('fair', 'create table added as select * from shop.order_lines')
    const [forgotten = ''] = made
    const [shop = '', fair = ''] = await together([begin('SHOP'), begin('FAIR')], async () => {
      const checks = [site.expect(0, ['check', '--read-data']), site.expect(0, ['check'])]
      await Promise.all([site.expect(0, ['forget', forgotten]), ...checks])
    })
    made = [...made.filter(id => id !== forgotten), shop, fair]
    assert.deepEqual(new Set(await listed()), new Set(made))
    const report = await site.expect(0, ['check', '--read-data'])
    assert.match(report, /^5 backups, .*: everything was read and is whole\n$/)
    await assertWhole(shop, 'SHOP')
    await assertWhole(fair, 'FAIR')
  })
})
