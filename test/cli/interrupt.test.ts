import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { loadShop } from '../../support/shop.ts'
import type { Running } from '../support/holdfast.ts'
import { Site, until } from './site.ts'

/** A constraint and an index that take their time, so that a stage can be met in its middle. */
const SLOW = `
  create function slow(i int) returns int language sql immutable as 'select i from pg_sleep(0.2)';
  create table slow_load (i int check (slow(i) = i));
  create table slow_index (i int);
  create index on slow_index (slow(i));`

describe('Ctrl-C cleans up', () => {
  let site: Site
  before(async () => {
    site = await Site.open()
    await loadShop(site.server, 'shop', 0.002)
    await site.init()
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
  })
  after(() => site.close())

  const stage = (running: Running, name: string) =>
    until(() => (running.stderr().split('\n').includes(name) ? true : undefined))

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`${signal} during a backup leaves no backup and no connection`, async () => {
      const release = await holdSequence(site)
      const running = site.start(['backup', '--source', 'env:DB_SHOP'])
      await stage(running, 'dumping')
      await until(async () => ((await site.connections()) > 0 ? true : undefined))
      running.child.kill(signal)
      const { code, stderr } = await running.ended
      await release()
      assert.equal(code, 130)
      assert.match(stderr, /^stopping and cleaning up/m)
      assert.match(stderr, /^error: interrupted$/m)
      const { backups } = await site.json<{ backups: unknown[] }>(0, ['list'])
      assert.equal(backups.length, 1)
      await until(async () => ((await site.connections()) === 0 ? true : undefined))
      assert.match(await site.expect(0, ['check', '--read-data']), /is whole/)
    })
  }

  for (const [name, rows] of [
    ['loading', 'slow_load'],
    ['indexing', 'slow_index'],
  ] as const) {
    test(`Ctrl-C while ${name} leaves the live database as it was and nothing beside it`, async () => {
      const database = `slow_${name}`
      await site.server.query('postgres', `create database ${database}`)
      await site.server.query(database, SLOW)
      await site.server.query(database, `insert into ${rows} select generate_series(1, 5)`)
      await site.expect(0, ['backup', '--source', `env:DB_${database.toUpperCase()}`])
      await site.server.query(database, `insert into ${rows} values (999)`)
      const databases = await site.databases()
      // Five rows take a second: long enough to meet the stage in its middle.
      const running = site.start([
        'restore',
        `latest:${database}`,
        '--target',
        `env:DB_${database.toUpperCase()}`,
        '--replace',
      ])
      await stage(running, name)
      running.child.kill('SIGINT')
      const { code, stderr } = await running.ended
      assert.equal(code, 130, stderr)
      assert.deepEqual(await site.databases(), databases)
      assert.deepEqual(
        await site.server.query(database, `select count(*)::int as count from ${rows}`),
        [{ count: 6 }],
      )
      await until(async () => ((await site.connections()) === 0 ? true : undefined))
    })
  }

  test('a second Ctrl-C does not wait for the clean-up, and the next restore does it', async () => {
    const before = await site.databases()
    const target = ['--target', 'env:DB_NEW']
    const running = site.start(['restore', 'latest:slow_loading', ...target])
    await stage(running, 'loading')
    const release = await hold(site, 'lock table pg_catalog.pg_database in share mode')
    running.child.kill('SIGINT')
    await until(() => (running.stderr().includes('stopping') ? true : undefined))
    running.child.kill('SIGINT')
    assert.equal((await running.ended).code, 130)
    await release()
    await until(async () => ((await site.connections()) === 0 ? true : undefined))
    await site.expect(0, ['restore', 'latest:slow_loading', ...target])
    assert.deepEqual(await site.databases(), ['new', ...before].sort())
  })
})

/** Does something in a transaction that stays open. */
async function hold(site: Site, sql: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: site.server.url('shop') })
  await client.connect()
  await client.query(`begin; ${sql}`)
  return () => client.end()
}

/** pg_dump reads sequences before anything else: the dump has begun, and waits. */
const holdSequence = (site: Site) =>
  hold(site, 'alter sequence shop.invoice_number owner to current_user')
