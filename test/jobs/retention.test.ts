import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Backup } from '../../src/api/schema/backups.ts'
import type { ChangedSchedule } from '../../src/api/schema/schedules.ts'
import { refreshBackups } from '../../src/catalog/listings.ts'
import type { Log } from '../../src/core/log.ts'
import { DeletionCarrier } from '../../src/jobs/carry-out-deletions.ts'
import { RetentionKeeper } from '../../src/jobs/retention-keeper.ts'
import { outsideOf } from '../../src/outside.ts'
import { BackupSite } from '../api/backup-site.ts'
import { transfersIn } from '../api/site.ts'
import { eventually } from '../support/server.ts'
import { Shelves } from '../support/shelves.ts'

const say = () => undefined
const SILENT: Log = { debug: say, info: say, warn: say, error: say }
/** As the ids of marked backups are read. */
const sorted = (ids: readonly (string | undefined)[]) => ids.map(String).sort()
const NOW = '2026-06-17T12:00:00Z'
const DAYS = [0, 1, 2, 3, 4].map(day => ({ hoursAgo: day * 24 + 1 }))

describe('rules that are applied by themselves', () => {
  let site: BackupSite
  let shelves: Shelves
  before(async () => {
    site = await BackupSite.open()
    for (const name of ['shop', 'other']) {
      await site.server.query('postgres', `create database ${name}`)
      await site.know(name)
    }
    await site.addRepository('second')
    shelves = new Shelves(site.api.test.catalog)
    await site.api.test.setClock(NOW)
  })
  afterEach(async () => {
    await site.api.test.setClock(NOW)
    await sql('delete from backup_deletions', 'delete from backup_care', 'delete from backups')
    await sql('delete from schedules', 'delete from retention_rounds', 'delete from settings')
    await sql('update repository_listings set failed = false, begun_at = null')
  })
  after(() => site.close())

  const sql = async (...statements: string[]) => {
    for (const one of statements) await site.api.test.catalog.query(one)
  }
  const outside = () => {
    const { server } = site
    const engines = { path: server.bin, pgBin: server.bin, reach: {} }
    return outsideOf(engines, transfersIn(site.api.dir))
  }
  const round = async () => {
    const { catalog } = site.api.test
    const options = { catalog, vault: site.api.vault, outside: outside(), log: SILENT }
    await new RetentionKeeper(options).applyDue()
  }
  const schedule = (keep: object | null, about: object = {}) =>
    site.api.expect<ChangedSchedule>(201, 'POST', '/schedules', {
      source: 'shop',
      repository: 'main',
      cron: 'daily at 02:30',
      timeZone: 'UTC',
      keep,
      ...about,
    })
  const marked = async () =>
    (
      await site.api.test.catalog.query<{ id: string }>(
        'select backup_id as id from backup_deletions order by 1',
      )
    ).map(({ id }) => id)
  const hourLater = (hours = 1.5) =>
    site.api.test.setClock(new Date(Date.parse(NOW) + hours * 3_600_000).toISOString())

  test('what no rule keeps is marked, once, each with a record', async () => {
    const ids = await shelves.fill('shop', 'main', DAYS)
    await schedule({ daily: 2 })
    await round()
    assert.deepEqual(await marked(), ids.slice(2).sort())
    const query = '/backups?state=deleting&limit=1'
    const { backups } = await site.api.expect<{ backups: Backup[] }>(200, 'GET', query)
    assert.equal(backups[0]?.deletion?.askedBy, 'retention')
    assert.equal(String(backups[0]?.deletion?.dueAt), '2026-06-18T12:00:00.000Z')
    const entries = (await site.api.audited('backup.delete')).filter(
      one => one.actor === 'retention',
    )
    assert.deepEqual(
      entries.map(one => one.objectName),
      ['shop', 'shop', 'shop'],
    )
    await hourLater()
    await round()
    assert.equal((await site.api.audited('backup.delete')).length, entries.length)
  })

  test('only backups of its own source in its own repository go', async () => {
    const [other = ''] = await shelves.fill('other', 'main', DAYS.slice(0, 3))
    await shelves.fill('shop', 'second', DAYS.slice(0, 3))
    const ids = await shelves.fill('shop', 'main', DAYS)
    await schedule({ last: 1 })
    await round()
    assert.deepEqual(await marked(), ids.slice(1).sort())
    assert.ok(other !== '')
  })

  test('what any schedule keeps stays; without rule, disabled or removed, none lets go', async () => {
    const ids = await shelves.fill('shop', 'main', DAYS)
    const first = await schedule({ last: 1 })
    const second = await schedule({ daily: 3 }, { cron: 'hourly' })
    await round()
    assert.deepEqual(await marked(), ids.slice(3).sort())
    for (const [method, path, left] of [
      ['POST', `/schedules/${second.id}/disable`, ids.slice(3)],
      ['POST', `/schedules/${first.id}/disable`, []],
      ['POST', `/schedules/${first.id}/enable`, ids.slice(3)],
      ['DELETE', `/schedules/${second.id}`, ids.slice(1)],
      ['DELETE', `/schedules/${first.id}`, []],
    ] as const) {
      await site.api.expect(200, method, path)
      await sql('delete from retention_rounds')
      await round()
      assert.deepEqual(await marked(), [...left].sort(), `${method} ${path}`)
    }
  })

  test('what a more generous rule keeps after all is taken back by itself', async () => {
    const ids = await shelves.fill('shop', 'main', DAYS)
    const { id } = await schedule({ last: 1 })
    await round()
    assert.equal((await marked()).length, 4)
    const path = `/schedules/${id}`
    const edited = await site.api.expect<ChangedSchedule>(200, 'PATCH', path, { keep: { last: 4 } })
    assert.deepEqual([edited.retention?.goes, edited.retention?.comesBack], [0, 3])
    await hourLater()
    await round()
    assert.deepEqual(await marked(), [ids[4]])
    const [entry] = await site.api.audited('backup.undelete')
    assert.equal(entry?.actor, 'retention')
    // What somebody has deleted by hand is none of its business.
    await site.api.expect(200, 'DELETE', `/backups/${ids[1]}`)
    await site.api.expect(200, 'PATCH', path, { keep: null })
    await hourLater(3)
    await round()
    assert.deepEqual(await marked(), [ids[1]])
  })

  test('what a person keeps is pinned by that, and not marked again', async () => {
    const ids = await shelves.fill('shop', 'main', DAYS)
    await schedule({ last: 1 })
    await round()
    const path = `/backups/${ids[3]}/undelete`
    const kept: Backup = await site.api.expect(200, 'POST', path)
    assert.deepEqual([kept.state, kept.pinned], ['good', true])
    await hourLater()
    await round()
    assert.deepEqual(await marked(), sorted([ids[1], ids[2], ids[4]]))
    await site.api.expect(200, 'DELETE', `/backups/${ids[0]}`)
    const own: Backup = await site.api.expect(200, 'POST', `/backups/${ids[0]}/undelete`)
    assert.equal(own.pinned, false)
  })

  test('damaged and uploaded ones stay, and the newest good and proven ones with them', async () => {
    const ids = await shelves.fill('shop', 'main', [
      { hoursAgo: 1, damaged: true },
      { hoursAgo: 2, tags: { uploaded: 'shop.dump' } },
      { hoursAgo: 25 },
      { hoursAgo: 49 },
      { hoursAgo: 73, proven: true },
      { hoursAgo: 97, proven: true },
    ])
    await schedule({ last: 1 })
    await round()
    assert.deepEqual(await marked(), sorted([ids[3], ids[5]]))
  })

  test('nothing goes from a repository that is being listed, or could not be', async () => {
    const ids = await shelves.fill('shop', 'main', DAYS)
    await schedule({ last: 1 })
    const { catalog } = site.api.test
    const [repository] = await catalog.query<{ id: string }>(
      `select id from repositories where name = 'main'`,
    )
    const failing = refreshBackups(catalog, repository?.id ?? '', async () => {
      await round()
      assert.deepEqual(await marked(), [])
      throw new Error('the storage is gone')
    })
    await assert.rejects(failing, /the storage is gone/)
    await sql('delete from retention_rounds')
    await round()
    assert.deepEqual(await marked(), [])
    await site.api.test.catalog.query(
      `insert into settings (name, value) values ('paused', 'true')`,
    )
    await sql('update repository_listings set failed = false', 'delete from retention_rounds')
    await round()
    assert.deepEqual(await marked(), [])
    await sql('delete from settings', 'delete from retention_rounds')
    await round()
    assert.deepEqual(await marked(), ids.slice(1).sort())
  })

  test('what a run reads is left until it is over', async () => {
    const ids = await shelves.fill('shop', 'main', DAYS)
    const run = await site.api.expect<{ id: string }>(201, 'POST', '/runs', {
      kind: 'verify',
      source: 'shop',
      repository: 'main',
      backup: ids[2],
    })
    await schedule({ last: 1 })
    await round()
    assert.deepEqual(await marked(), sorted([ids[1], ids[3], ids[4]]))
    await site.api.expect(200, 'POST', `/runs/${run.id}/cancel`)
    await hourLater()
    await round()
    assert.deepEqual(await marked(), ids.slice(1).sort())
  })

  test('from rule to repository: what went is gone, and no more than may go now', async () => {
    await site.api.test.setClock(undefined)
    const ids: string[] = []
    for (let count = 0; count < 4; count += 1) ids.push(await site.backUp('shop'))
    await site.refresh()
    await schedule({ last: 2 })
    await round()
    assert.deepEqual(await marked(), ids.slice(0, 2).sort())
    await sql(`update backup_deletions set due_at = clock_now()`)
    // The last moment: somebody has deleted the newest one meanwhile, so that one more is needed.
    await site.api.expect(200, 'DELETE', `/backups/${ids[3]}`)
    const { catalog } = site.api.test
    const options = { catalog, vault: site.api.vault, outside: outside(), log: SILENT }
    const carrier = new DeletionCarrier(options, 3_600_000)
    carrier.start()
    await eventually('what is due to be deleted', async () => {
      const due = await catalog.query('select from backup_deletions where due_at <= clock_now()')
      return due.length === 0
    })
    await carrier.stop()
    const there = await (await site.repository()).backups(new AbortController().signal)
    assert.deepEqual(there.manifests.map(one => one.id).sort(), ids.slice(1).sort())
    assert.deepEqual(await marked(), [ids[3]])
    const [entry] = await site.api.audited('backup.deleted')
    assert.equal(entry?.details.askedBy, 'retention')
  })
})
