import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newDataDir, startServer, sweep, type TestServer } from '../support/server.ts'
import { Site } from './site.ts'

interface Run {
  readonly id: string
  readonly state: string
  readonly repeats: string | null
}

describe('commands that set a server up', () => {
  let site: Site
  let server: TestServer
  before(async () => {
    site = await Site.open()
    for (const name of ['shop', 'moved']) {
      await site.server.query('postgres', `create database ${name}`)
    }
    const dataDir = newDataDir()
    server = await startServer(dataDir, { HOLDFAST_PG_BIN: site.server.bin })
    await server.ready()
    site.env = { ...site.env, HOLDFAST_DATA_DIR: dataDir }
    await site.expect(0, ['source', 'add', 'shop', '--source', 'env:DB_SHOP'])
  })
  after(async () => {
    await sweep(server)
    await site.close()
  })

  test('repo create makes a repository, and shows its recovery key once', async () => {
    const made = await site.expect(0, ['repo', 'create', 'main'])
    assert.match(made, /repository main is ready in .*RECOVERY KEY/s)
    assert.match(await site.expect(0, ['repo', 'list']), /main/)
    assert.match(await site.expect(0, ['keys', 'list']), /holdfast server/)
    await site.expect(1, ['repo', 'create', 'again'])
  })

  test('source edit renames and moves, source databases lists', async () => {
    const edit = await site.expect(0, ['source', 'edit', 'shop', '--source', 'env:DB_MOVED'])
    assert.match(edit, /source shop is changed: moved@.*are still backups of this source/s)
    await site.expect(0, ['source', 'edit', 'shop', '--name', 'webshop'])
    await site.expect(2, ['source', 'edit', 'webshop'])
    const table = await site.expect(0, ['source', 'databases', 'webshop'])
    assert.match(table, /DATABASE +SIZE +OWNER/)
    assert.match(table, /moved .* webshop/)
    const { databases } = await site.json<{ databases: { database: string }[] }>(0, [
      'source',
      'databases',
      '--source',
      'env:DB_SHOP',
    ])
    assert.ok(databases.some(one => one.database === 'shop'))
    await site.expect(2, ['source', 'databases'])
  })

  test('schedule show, retry and runs --csv tell what the API tells', async () => {
    const add = ['schedule', 'add', '--source', 'webshop', '--repository', 'main', '--cron']
    await site.expect(0, [...add, 'daily at 02:30', '--time-zone', 'UTC'])
    const shown = await site.expect(0, ['schedule', 'show', 'webshop'])
    assert.match(shown, /webshop into main\n +when +every day at 02:30 \(UTC\)\n +next +/)
    await site.expect(0, ['pause', '--all'])
    const { run } = await site.json<{ run: Run }>(0, ['run', 'webshop', '--detach'])
    await site.expect(1, ['retry', run.id])
    await site.expect(0, ['cancel', run.id])
    const again = await site.json<{ run: Run }>(0, ['retry', run.id.slice(0, 8)])
    assert.equal(again.run.repeats, run.id)
    await site.expect(0, ['cancel', again.run.id])
    const csv = (await site.expect(0, ['runs', '--csv', '--state', 'cancelled'])).split('\r\n')
    assert.deepEqual(
      csv.slice(1, 3).map(line => line.split(',').slice(0, 4)),
      [
        [again.run.id, 'backup', 'cancelled', 'webshop'],
        [run.id, 'backup', 'cancelled', 'webshop'],
      ],
    )
    const found = await site.json<{ runs: Run[] }>(0, ['runs', '--text', run.id.slice(0, 8)])
    assert.deepEqual(
      found.runs.map(one => one.id),
      [run.id],
    )
  })
})
