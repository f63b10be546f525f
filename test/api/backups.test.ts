import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type {
  Backup,
  BackupDetails,
  BackupList,
  BackupTables,
} from '../../src/api/schema/backups.ts'
import { loadShop } from '../../support/shop.ts'
import { BackupSite } from './backup-site.ts'

describe('backups', () => {
  let site: BackupSite
  let ids: string[]
  before(async () => {
    site = await BackupSite.open()
    await loadShop(site.server, 'shop', 0.002)
    await site.server.query('postgres', 'create database other')
    await site.know('shop')
    ids = [await site.backUp('shop', { tags: { release: '2.4' } })]
    await site.server.query('shop', 'create table extra (id int primary key)')
    await site.server.query('shop', 'insert into extra select generate_series(1, 100)')
    ids.push(await site.backUp('shop'))
    ids.push(await site.backUp('other', { tags: { note: '<b>bold</b>' } }))
    await site.refresh()
  })
  after(() => site.close())

  const list = async (query = '') =>
    (await site.api.expect<BackupList>(200, 'GET', `/backups${query}`)).backups.map(one => one.id)

  test('are listed newest first, by pages', async () => {
    assert.deepEqual(await list(), ids.toReversed())
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const query: string = next === '' ? '?limit=1' : `?limit=1&after=${encodeURIComponent(next)}`
      const page: BackupList = await site.api.expect(200, 'GET', `/backups${query}`)
      seen.push(...page.backups.map(one => one.id))
      next = page.next
    }
    assert.deepEqual(seen, ids.toReversed())
  })

  test('are filtered by what is known of them', async () => {
    const [first = '', second = '', other = ''] = ids
    assert.deepEqual(await list('?source=shop'), [second, first])
    assert.deepEqual(await list('?source=other'), [other])
    assert.deepEqual(await list('?source=SHOP&tag=release'), [first])
    assert.deepEqual(await list('?tag=release%3D2.4'), [first])
    assert.deepEqual(await list('?tag=release%3D2.5'), [])
    assert.deepEqual(await list('?state=deleting,damaged'), [])
    assert.deepEqual(await list('?state=good,warnings'), ids.toReversed())
    assert.deepEqual(await list('?repository=main&pinned=false'), ids.toReversed())
    assert.deepEqual(await list(`?text=${first.slice(0, 9)}`), [first])
    assert.deepEqual(await list('?text=BOLD'), [other])
    assert.deepEqual(await list('?text=%25'), [])
    assert.deepEqual(await list('?until=2001-01-01T00:00:00Z'), [])
    assert.deepEqual(await list('?since=2001-01-01T00:00:00Z'), ids.toReversed())
    const label = site.label('other')
    assert.deepEqual(await list(`?source=${encodeURIComponent(label)}`), [other])
    const { databases } = await site.api.expect<{ databases: object[] }>(
      200,
      'GET',
      '/backups/unclaimed',
    )
    const { finishedAt } = await site.api.expect<Backup>(200, 'GET', `/backups/${other}`)
    assert.deepEqual(databases, [{ label, backups: 1, lastBackupAt: finishedAt }])
  })

  test('what is no filter is refused by its name', async () => {
    for (const query of [
      'limit=201',
      'state=best',
      'after=yesterday',
      'after=2026-01-01T00:00:00Z,x,y',
      'text=a%00b',
      'since=soon',
      'pinned=perhaps',
      'colour=red',
    ]) {
      const problem = await site.api.refuse('INVALID_INPUT', 422, 'GET', `/backups?${query}`)
      assert.match(problem.problems?.[0]?.field ?? '', new RegExp(`^${query.split('=')[0]}`))
    }
    await site.api.refuse('NOT_FOUND', 404, 'GET', '/backups?repository=nowhere')
  })

  test('one is called by its id, its beginning, or as the latest', async () => {
    const [first = '', second = '', other = ''] = ids
    const called = async (name: string) =>
      (await site.api.expect<Backup>(200, 'GET', `/backups/${encodeURIComponent(name)}`)).id
    assert.equal(await called(first), first)
    assert.equal(await called(first.slice(0, 8).toUpperCase()), first)
    assert.equal(await called('latest'), other)
    assert.equal(await called('latest:shop'), second)
    assert.equal(await called(`latest:${site.label('other')}`), other)
    for (const name of ['0', 'zz', 'latest:nothing', '%25', '..%2f..', 'a%00']) {
      const { status } = await site.api.send('GET', `/backups/${name}`)
      assert.ok(status === 404 || status === 422, `${name}: ${status}`)
    }
  })

  test('its details say who made it and of what', async () => {
    const one: BackupDetails = await site.api.expect(200, 'GET', `/backups/${ids[0]}`)
    assert.deepEqual(one.source?.name, 'shop')
    assert.equal(one.database, 'shop')
    assert.equal(one.engine, 'postgres')
    assert.match(one.tool, /^pg_dump \d+/)
    assert.deepEqual(one.streams.map(stream => stream.name).sort(), ['dump', 'globals', 'outline'])
    assert.equal(one.streams.find(stream => stream.name === 'dump')?.bytes, one.dumpBytes)
    assert.deepEqual(one.madeBy, { holdfast: '0.0.0', host: 'elsewhere' })
    assert.equal(one.state, 'good')
    assert.ok(!JSON.stringify(one).includes('recipe'))
  })

  test('its tables come from its outline, by name and by pages', async () => {
    const path = `/backups/${ids[1]}/tables`
    const all: BackupTables = await site.api.expect(200, 'GET', path)
    assert.equal(all.total, all.tables.length)
    const extra = all.tables.find(table => table.name === 'public.extra')
    assert.equal(extra?.rows, 100)
    assert.match(extra?.sha256 ?? '', /^[0-9a-f]{64}$/)
    const half: BackupTables = await site.api.expect(200, 'GET', `${path}?limit=2`)
    const rest: BackupTables = await site.api.expect(200, 'GET', `${path}?after=${half.next}`)
    assert.deepEqual([...half.tables, ...rest.tables], all.tables)
    const some: BackupTables = await site.api.expect(200, 'GET', `${path}?text=EXTRA`)
    assert.deepEqual(some.tables, [extra])
  })

  test('two are compared, also when they are in different repositories', async () => {
    type Compared = { tables: { name: string; change: string }[]; counts: Record<string, number> }
    const changed: Compared = await site.api.expect(200, 'GET', `/backups/${ids[0]}/diff/${ids[1]}`)
    assert.deepEqual(
      changed.tables.map(({ name, change }) => [name, change]),
      [['public.extra', 'added']],
    )
    assert.equal(changed.counts.added, 1)
    assert.ok((changed.counts.same ?? 0) > 2)
    await site.addRepository('second')
    const there = await site.backUp('other', { repository: 'second' })
    await site.refresh('second')
    const far: Compared = await site.api.expect(
      200,
      'GET',
      `/backups/${ids[2]}/diff/${there}?same=true`,
    )
    assert.deepEqual(far.tables, [])
    assert.equal(far.counts.objects, 0)
  })

  test('one of a repository that is out of reach is refused, and listed still', async () => {
    const id = await site.backUp('other', { repository: 'second' })
    await site.refresh('second')
    await site.hide('second')
    assert.ok((await list('?repository=second')).includes(id))
    await site.api.refuse('REPOSITORY_MISSING', 404, 'GET', `/backups/${id}/tables`)
  })
})
