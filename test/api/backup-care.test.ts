import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Backup, BackupDetails } from '../../src/api/schema/backups.ts'
import { findBackup } from '../../src/catalog/backup-list.ts'
import type { Sql } from '../../src/catalog/db.ts'
import { markForDeletion } from '../../src/catalog/deletions.ts'
import { LastBackupOfSource, NoSuchBackup, RepositoryLocked } from '../../src/core/faults.ts'
import type { Log } from '../../src/core/log.ts'
import { DeletionCarrier } from '../../src/jobs/carry-out-deletions.ts'
import { outsideOf } from '../../src/outside.ts'
import { eventually } from '../support/server.ts'
import { BackupSite } from './backup-site.ts'
import { transfersIn } from './site.ts'

const say = () => undefined
const SILENT: Log = { debug: say, info: say, warn: say, error: say }
const { signal } = new AbortController()

describe('notes, pins and deletions', () => {
  let site: BackupSite
  before(async () => {
    site = await BackupSite.open()
    for (const name of ['shop', 'other']) {
      await site.server.query('postgres', `create database ${name}`)
      await site.know(name)
    }
  })
  after(() => site.close())

  const get = (id: string): Promise<BackupDetails> =>
    site.api.expect<BackupDetails>(200, 'GET', `/backups/${id}`)
  const carrier = (everyMs = 20) => {
    const outside = outsideOf(site.engines, transfersIn(site.api.dir))
    const { catalog } = site.api.test
    return new DeletionCarrier({ catalog, vault: site.api.vault, outside, log: SILENT }, everyMs)
  }
  const inRepository = async () =>
    (await (await site.repository()).backups(signal)).manifests.map(one => one.id)
  const later = (hours: number) => {
    const time = new Date(Date.now() + hours * 3_600_000).toISOString()
    return site.api.test.setClock(time)
  }

  test('a note and a pin survive a refresh and the catalogue being made anew', async () => {
    const id = await site.backUp('shop')
    await site.refresh()
    const note = 'before the <b>migration</b> 👍'
    await site.api.expect(200, 'PATCH', `/backups/${id}`, { note })
    const pinned: Backup = await site.api.expect(200, 'PATCH', `/backups/${id}`, { pinned: true })
    assert.deepEqual([pinned.note, pinned.pinned], [note, true])
    await site.refresh()
    await site.api.test.catalog.query('delete from backups')
    await site.refresh()
    const again = await get(id)
    assert.deepEqual([again.note, again.pinned], [note, true])
    assert.deepEqual([again.notedBy, again.pinnedBy], ['local user ops', 'local user ops'])
    const [last, first] = await site.api.audited('backup.edit')
    assert.deepEqual(first?.details.before, { note: '', pinned: false })
    assert.deepEqual(last?.details.before, { note, pinned: false })
    assert.deepEqual(last?.details.after, { note, pinned: true })
  })

  test('a note that is no text of 2,000 characters is refused', async () => {
    for (const body of [
      {},
      { note: 'x'.repeat(2001) },
      { note: 'a\0b' },
      { note: '\ud800' },
      { x: 1 },
    ]) {
      await site.api.refuse('INVALID_INPUT', 422, 'PATCH', '/backups/latest', body)
    }
  })

  test('a pinned one is not deleted; to take a pin away takes an admin', async () => {
    const id = (await inRepository())[0] ?? ''
    const problem = await site.api.refuse('BACKUP_PINNED', 409, 'DELETE', `/backups/${id}`)
    assert.match(problem.detail, /pinned by local user ops/)
    const operator = site.api.as('operator')
    const pin = (pinned: boolean) => operator.send('PATCH', `/backups/${id}`, { pinned })
    assert.equal((await pin(true)).status, 200)
    assert.equal((await pin(false)).status, 403)
    await site.api.expect(200, 'PATCH', `/backups/${id}`, { pinned: false })
    assert.equal((await pin(false)).status, 200)
    const viewer = site.api.as('viewer')
    assert.equal((await viewer.send('PATCH', `/backups/${id}`, { note: 'x' })).status, 403)
  })

  test('the last good one of a source goes only when its name is typed', async () => {
    const [id = ''] = await inRepository()
    const path = `/backups/${id}`
    const problem = await site.api.refuse('LAST_BACKUP_OF_SOURCE', 409, 'DELETE', path)
    assert.match(problem.detail, /last good one of shop in main/)
    for (const body of [
      { lastToo: true },
      { lastToo: true, source: 'other' },
      { source: 'shop' },
    ]) {
      await site.api.refuse('LAST_BACKUP_OF_SOURCE', 409, 'DELETE', path, body)
    }
    const body = { lastToo: true, source: 'shop' }
    const gone: Backup = await site.api.expect(200, 'DELETE', path, body)
    assert.equal(gone.state, 'deleting')
    assert.equal(gone.deletion?.askedBy, 'local user ops')
    await site.api.refuse('BACKUP_DELETING', 409, 'DELETE', path, body)
    await site.api.refuse('BACKUP_DELETING', 409, 'PATCH', path, { pinned: true })
    const kept: Backup = await site.api.expect(200, 'POST', `${path}/undelete`)
    assert.deepEqual([kept.state, kept.deletion], ['good', null])
    await site.api.refuse('BACKUP_NOT_DELETING', 409, 'POST', `${path}/undelete`)
  })

  test('two at once do not delete the last two', async () => {
    const ids = [await site.backUp('other'), await site.backUp('other')]
    await site.refresh()
    const { catalog } = site.api.test
    const wish = { actor: 'ops', lastToo: false }
    const mark = (sql: Sql, id = '') =>
      findBackup(sql, id).then(backup => markForDeletion(sql, backup, wish))
    let second: Promise<unknown> = Promise.resolve()
    let isOver = false
    await catalog.transaction(async sql => {
      await mark(sql, ids[0])
      second = catalog
        .transaction(async other => await mark(other, ids[1]))
        .finally(() => (isOver = true))
      second.catch(() => undefined)
      await eventually('the second one to wait, or to be done', async () => {
        const waiting = await sql.query('select from pg_locks where not granted')
        return waiting.length > 0 || isOver
      })
    })
    await assert.rejects(second, LastBackupOfSource)
    await site.api.expect(200, 'POST', `/backups/${ids[0]}/undelete`)
  })

  test('operators may not delete, and admins must have proven themselves lately', async () => {
    const id = await site.backUp('shop')
    await site.refresh()
    const operator = await site.api.as('operator').send('DELETE', `/backups/${id}`)
    assert.equal(operator.status, 403)
    const admin = site.api.member('admin')
    await admin.entered()
    await site.api.test.catalog.query(
      `update sessions set proven_at = proven_at - interval '1 hour' where user_id = $1`,
      [admin.id],
    )
    const stale = await admin.send('DELETE', `/backups/${id}`)
    assert.deepEqual([stale.status, stale.body.code], [403, 'STEP_UP_REQUIRED'])
    assert.equal((await site.api.as('admin').send('DELETE', `/backups/${id}`)).status, 200)
    assert.equal(
      (await site.api.as('operator').send('POST', `/backups/${id}/undelete`)).status,
      200,
    )
  })

  test('one that an active run reads is not deleted, and its restore is told of its end', async () => {
    const [id = ''] = await inRepository()
    const restore = {
      kind: 'restore',
      source: 'shop',
      backup: id.slice(0, 8),
      target: site.server.url('new'),
    }
    const run: { id: string } = await site.api.expect(201, 'POST', '/runs', restore)
    const problem = await site.api.refuse('RUN_IN_THE_WAY', 409, 'DELETE', `/backups/${id}`)
    assert.equal(problem.run, run.id)
    await site.api.expect(200, 'POST', `/runs/${run.id}/cancel`)
    await site.api.expect(200, 'DELETE', `/backups/${id}`)
    const again: { id: string } = await site.api.expect(201, 'POST', '/runs', restore)
    type Log = { events: { message: string }[] }
    const { events }: Log = await site.api.expect(200, 'GET', `/runs/${again.id}/log`)
    assert.ok(
      events.some(one => /is to be deleted at/.test(one.message)),
      JSON.stringify(events),
    )
    await site.api.expect(200, 'POST', `/runs/${again.id}/cancel`)
    await site.api.expect(200, 'POST', `/backups/${id}/undelete`)
  })

  test('it is there until the undo window is over, and then gone, by one of two nodes', async () => {
    const id = await site.backUp('shop')
    await site.refresh()
    await site.api.expect(200, 'PATCH', `/backups/${id}`, { note: 'to go' })
    const { deletion }: Backup = await site.api.expect(200, 'DELETE', `/backups/${id}`)
    const hours = (Number(deletion?.dueAt && new Date(deletion.dueAt)) - Date.now()) / 3_600_000
    assert.ok(hours > 23.9 && hours < 24.1, `${hours}`)
    const nodes = [carrier(), carrier()]
    for (const node of nodes) node.start()
    try {
      await later(23)
      await site.refresh()
      assert.ok((await inRepository()).includes(id))
      await later(25)
      const isGone = async () =>
        (await site.api.send('GET', `/backups/${id}`)).status === 404 &&
        !(await inRepository()).includes(id)
      await eventually('its deletion', isGone)
    } finally {
      for (const node of nodes) await node.stop()
      await site.api.test.setClock(undefined)
    }
    const done = await site.api.audited('backup.deleted')
    assert.equal(done.length, 1)
    assert.equal(done[0]?.details.askedBy, 'local user ops')
    const [care] = await site.api.test.catalog.query('select from backup_care where note = $1', [
      'to go',
    ])
    assert.equal(care, undefined)
  })

  test('one that is read meanwhile stays, says why, and goes later', async () => {
    const id = await site.backUp('shop')
    await site.refresh()
    await site.api.expect(200, 'DELETE', `/backups/${id}`)
    const repository = await site.repository()
    const reader = await repository.reader(await repository.find(id, signal), signal)
    const node = carrier()
    node.start()
    try {
      await later(25)
      await eventually('a failure', async () => (await get(id)).deletion?.failure != null)
      const { deletion } = await get(id)
      assert.equal(
        deletion?.failure?.code,
        new RepositoryLocked({ what: '', by: '', since: '' }).code,
      )
      assert.equal(deletion?.attempts, 1)
      await reader.close()
      await later(26)
      await eventually('its end', async () => !(await inRepository()).includes(id))
    } finally {
      await node.stop()
      await reader.close()
      await site.api.test.setClock(undefined)
    }
    await assert.rejects(repository.find(id, signal), NoSuchBackup)
  })

  test('one that is being deleted cannot be had back; a node that died over it holds it no longer', async () => {
    const id = await site.backUp('shop')
    await site.refresh()
    await site.api.expect(200, 'DELETE', `/backups/${id}`)
    const { catalog } = site.api.test
    await catalog.query(
      `update backup_deletions set held_by = gen_random_uuid(), held_until = clock_now() + interval '1 minute'`,
    )
    await site.api.refuse('DELETION_UNDER_WAY', 409, 'POST', `/backups/${id}/undelete`)
    const node = carrier()
    try {
      await later(25)
      node.start()
      await eventually('its end', async () => !(await inRepository()).includes(id))
    } finally {
      await node.stop()
      await site.api.test.setClock(undefined)
    }
  })
})
