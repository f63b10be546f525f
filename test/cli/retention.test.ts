import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newDataDir, startServer, sweep, type TestServer } from '../support/server.ts'
import { Site, until } from './site.ts'

interface Ruled {
  readonly kept: readonly { readonly id: string; readonly keptBy: readonly string[] }[]
  readonly forgotten: readonly { readonly id: string }[]
}

describe('which backups stay', () => {
  let site: Site
  let server: TestServer
  before(async () => {
    site = await Site.open()
    for (const name of ['shop', 'other']) {
      await site.server.query('postgres', `create database ${name}`)
    }
    await site.init()
    site.env = { ...site.env, DB_OTHER: site.server.url('other') }
  })
  after(async () => {
    await sweep(server)
    await site.close()
  })

  const ids = async (of: string) =>
    (await site.json<{ backups: { id: string }[] }>(0, ['list', '--of', of])).backups.map(
      one => one.id,
    )
  const backUp = async (name: string, times: number) => {
    for (let count = 0; count < times; count += 1) {
      await site.expect(0, ['backup', '--source', `env:DB_${name.toUpperCase()}`])
    }
    return await ids(name)
  }

  test('without a server, a rule forgets what it does not keep of each database', async () => {
    const [shop, other] = [await backUp('shop', 3), await backUp('other', 2)]
    const rule = ['forget', '--keep', 'last=2,daily=1', '--time-zone', 'UTC']
    const dry = await site.json<Ruled>(0, [...rule, '--dry-run'])
    assert.deepEqual(
      dry.forgotten.map(one => one.id),
      [shop[2]],
    )
    assert.deepEqual(dry.kept[0]?.keptBy, ['last 1', 'daily 1', 'last good'])
    assert.deepEqual(await ids('shop'), shop)
    const shown = await site.expect(0, [...rule, '--dry-run'])
    assert.match(shown, /keep the last 2, 1 daily: 1 backup of 5 would be forgotten/)
    await site.expect(0, ['forget', '--keep', 'last=1', '--of', 'other'])
    assert.deepEqual(await ids('other'), other.slice(0, 1))
    assert.match(await site.expect(0, rule), /1 backup of 4 is forgotten[\s\S]*cannot prune/)
    assert.deepEqual(await ids('shop'), shop.slice(0, 2))
    assert.deepEqual(await ids('other'), other.slice(0, 1))
  })

  test('what is no rule removes nothing', async () => {
    const before = await ids('shop')
    for (const args of [
      ['forget'],
      ['forget', before[1] ?? '', '--keep', 'last=1'],
      ['forget', before[1] ?? '', '--dry-run'],
      ['forget', before[1] ?? '', '--of', 'shop'],
      ['forget', '--keep', 'last=1', '--force'],
      ['forget', '--keep', 'none'],
      ['forget', '--keep', ''],
      ['forget', '--keep', 'last=0'],
      ['forget', '--keep', 'last=1,last=2'],
      ['forget', '--keep', 'daily=7d'],
      ['forget', '--keep', 'days=7'],
      ['forget', '--keep', '__proto__=7'],
      ['forget', '--keep', 'daily=7', '--time-zone', 'Mars/Base'],
    ]) {
      await site.json(2, args)
    }
    assert.deepEqual(await ids('shop'), before)
  })

  test('with a server, the rule of a schedule is shown, tried and applied by itself', async () => {
    const dataDir = newDataDir()
    server = await startServer(dataDir, { HOLDFAST_PG_BIN: site.server.bin })
    await server.ready()
    site.env = { ...site.env, HOLDFAST_DATA_DIR: dataDir }
    await site.expect(0, ['source', 'add', 'shop', '-s', 'env:DB_SHOP'])
    await site.expect(0, ['repo', 'add', 'main'])
    const add = ['schedule', 'add', '--source', 'shop', '--repository', 'main', '--cron', 'hourly']
    assert.doesNotMatch(await site.expect(0, [...add, '--time-zone', 'UTC']), /keep/)
    const tried = await site.expect(0, ['schedule', 'retention', 'shop', '--keep', 'last=1'])
    assert.match(tried, /last 1, last good[\s\S]* goes\n[\s\S]*2 backups: 1 stay .*1 go/)
    assert.match(tried, /in the long run about 1 backup/)
    const edited = await site.expect(0, ['schedule', 'edit', 'shop', '--keep', 'last=1'])
    assert.match(
      edited,
      /keep {2}the last 1\n {2}1 backup of 2 will be marked .* deleted 24 hours later/,
    )
    assert.match(await site.expect(0, ['schedule', 'show', 'shop']), /keeps +the last 1/)
    // A backup more, by which the rule is applied at once.
    await site.expect(0, ['run', 'shop'])
    await until(async () => {
      const { backups } = await site.json<{ backups: { marked: boolean; goes: boolean }[] }>(0, [
        'schedule',
        'retention',
        'shop',
      ])
      const marked = backups.filter(one => one.marked)
      assert.ok(marked.every(one => one.goes))
      return backups.length === 3 && marked.length === 2 ? true : undefined
    })
    const freed = await site.expect(0, ['schedule', 'edit', 'shop', '--keep', 'none'])
    assert.doesNotMatch(freed, /deleted/)
  })
})
