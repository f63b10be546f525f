import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  CHANGES_CHANNEL,
  type Change,
  changesAfter,
  forgetChanges,
  readStanding,
} from '../../src/catalog/changes.ts'
import { Catalog } from '../../src/catalog/db.ts'
import { wantCancel, wantPause } from '../../src/catalog/run-control.ts'
import { moveRun } from '../../src/catalog/run-moves.ts'
import { insertRun, insertRuns, type NewRun } from '../../src/catalog/runs.ts'
import { writeSetting } from '../../src/catalog/settings.ts'
import { DEFAULT_RETRY } from '../../src/core/run.ts'
import { openTestCatalog, type TestCatalog } from '../../support/catalog.ts'

const WRITERS = 6
const CHANGES_EACH = 150

async function addRepository(catalog: Catalog): Promise<string> {
  const id = randomUUID()
  await catalog.query(
    `insert into repositories (id, name, repository, place, url_sealed, key_sealed, key_slot)
     values ($1, $2, '', '', '', '', '')`,
    [id, id],
  )
  return id
}

const newRun = (repositoryId: string): NewRun => ({
  kind: 'check',
  repositoryId,
  trigger: 'manual',
  triggeredBy: 'ops',
  lockKey: `repository:${randomUUID()}`,
  host: '',
  request: {},
  priority: 0,
  retry: DEFAULT_RETRY,
})

const said = (changes: readonly Change[]) => changes.map(one => `${one.kind} ${one.change}`)

/** A catalog, and what has changed in it since the test began. */
async function watched(t: { after(work: () => Promise<void>): void }) {
  const test: TestCatalog = await openTestCatalog(t)
  const { catalog } = test
  const repositoryId = await addRepository(catalog)
  const { log } = await readStanding(catalog, 1)
  const from = log.at(-1)?.id ?? assert.fail('there is no newest change')
  return { ...test, repositoryId, from, changes: () => changesAfter(catalog, from) }
}

describe('the log of changes', () => {
  test('tells of every move of a run, with where it stood then', async t => {
    const { catalog, repositoryId, changes } = await watched(t)
    const run = await insertRun(catalog, newRun(repositoryId))
    await catalog.transaction(sql => wantPause(sql, run.id, 'ops'))
    await catalog.transaction(sql => wantCancel(sql, run.id, 'ops'))
    const told = await changes()
    assert.deepEqual(said(told), ['run queued', 'run changed', 'run cancelled'])
    assert.deepEqual(
      told.map(({ run }) => [run?.state, run?.wanted, run?.finishedAt === null]),
      [
        ['queued', null, true],
        ['queued', 'pause', true],
        ['cancelled', null, false],
      ],
    )
    assert.ok(told.every(one => one.objectId === run.id && one.run?.repository === repositoryId))
  })

  test('tells of a skipped run, of settings and of things, and not of what the server notes by itself', async t => {
    const { catalog, repositoryId, changes } = await watched(t)
    const run = newRun(repositoryId)
    await catalog.transaction(sql => insertRuns(sql, [run, { ...run, id: randomUUID() }]))
    for (const state of ['stopped', 'stopped', 'running'] as const) {
      await catalog.transaction(sql => writeSetting(sql, 'scheduler', state))
    }
    await catalog.transaction(sql => writeSetting(sql, 'paused', true))
    await catalog.transaction(sql => writeSetting(sql, 'maxRunsPerHost', 2))
    await catalog.query(`update repositories set name = 'main' where id = $1`, [repositoryId])
    await catalog.query('update repositories set removed_at = clock_now() where id = $1', [
      repositoryId,
    ])
    await catalog.query(
      `insert into backups (id, repository_id, source_label, started_at, finished_at, dump_bytes,
         stored_bytes, tables, rows, manifest)
       values ('b1', $1, '', clock_now(), clock_now(), 0, 0, 0, 0, '{}')`,
      [repositoryId],
    )
    await catalog.query('update backups set seen_at = clock_now()')
    await catalog.query('update backups set verified_at = clock_now()')
    await catalog.query(
      `insert into backup_care (repository, backup_id, note) values ('', 'b1', 'mine'), ('', 'b0', '')`,
    )
    await catalog.query('delete from backups')
    await catalog.query(
      `insert into users (id, email, name, role) values ($1, 'a@b.example', 'Ann', 'viewer')`,
      [randomUUID()],
    )
    await catalog.query('update users set last_login_at = clock_now()')
    await catalog.query(`update users set role = 'admin'`)
    assert.deepEqual(said(await changes()), [
      'run queued',
      'run skipped',
      'scheduler stopped',
      'scheduler started',
      'pause paused',
      'setting changed',
      'repository changed',
      'repository removed',
      'backup added',
      'backup changed',
      'backup changed',
      'backup removed',
      'user added',
      'user changed',
    ])
  })

  test('what is rolled back was never told', async t => {
    const { catalog, repositoryId, changes } = await watched(t)
    const fails = catalog.transaction(async sql => {
      await insertRun(sql, newRun(repositoryId))
      throw new Error('no')
    })
    await assert.rejects(fails, /no/)
    assert.deepEqual(await changes(), [])
  })

  test('who writes first and commits last stands last', async t => {
    const { catalog, repositoryId, from, changes } = await watched(t)
    const wrote = Promise.withResolvers<string>()
    const mayCommit = Promise.withResolvers<void>()
    const slow = catalog.transaction(async sql => {
      wrote.resolve((await insertRun(sql, newRun(repositoryId))).id)
      await mayCommit.promise
    })
    const first = await wrote.promise
    const second = (await insertRun(catalog, newRun(repositoryId))).id
    // A reader comes by now, and remembers how far it has read.
    const seen = await changesAfter(catalog, from)
    assert.deepEqual(
      seen.map(one => one.objectId),
      [second],
    )
    mayCommit.resolve()
    await slow
    const later = await changesAfter(catalog, seen.at(-1)?.id ?? 0)
    assert.deepEqual(
      later.map(one => one.objectId),
      [first],
    )
    assert.deepEqual(said(await changes()), ['run queued', 'run queued'])
  })

  test('a reader that only goes forward misses nothing of many who commit at once', async t => {
    const { catalog, repositoryId, from, url } = await watched(t)
    const reader = new Catalog({ connectionString: url })
    t.after(() => reader.close())
    const written: string[] = []
    const write = async () => {
      for (let at = 0; at < CHANGES_EACH; at += 1) {
        const run = await catalog.transaction(sql => insertRun(sql, newRun(repositoryId)))
        written.push(run.id)
      }
    }
    const read: string[] = []
    let last = from
    let isWriting = true
    const readOn = async () => {
      for (let isLast = false; !isLast; ) {
        isLast = !isWriting
        const changes = await changesAfter(reader, last)
        read.push(...changes.map(one => one.objectId))
        last = changes.at(-1)?.id ?? last
      }
    }
    const reading = readOn()
    await Promise.all(Array.from({ length: WRITERS }, write))
    isWriting = false
    await reading
    assert.equal(read.length, WRITERS * CHANGES_EACH)
    assert.deepEqual([...read].sort(), [...written].sort())
  })

  test('is announced once the changes can be read', async t => {
    const { catalog, repositoryId, changes } = await watched(t)
    const heard = Promise.withResolvers<Change[]>()
    const listener = await catalog.listen(CHANGES_CHANNEL, () => heard.resolve(changes()))
    t.after(() => listener.stop())
    await insertRun(catalog, newRun(repositoryId))
    assert.deepEqual(said(await heard.promise), ['run queued'])
  })

  test('is cut off far behind its newest change, which always stays', async t => {
    const { catalog } = await watched(t)
    await catalog.query(
      `insert into changes (kind, object_id, change) select 'log', '', '' from generate_series(1, 25000)`,
    )
    await forgetChanges(catalog)
    await forgetChanges(catalog)
    const [row] = await catalog.query<{ kept: number }>('select count(*)::int as kept from changes')
    assert.equal(row?.kept, 20_000)
  })

  test('a move that its worker makes is told with its attempt', async t => {
    const { catalog, repositoryId, changes } = await watched(t)
    const { id, fence } = await insertRun(catalog, newRun(repositoryId))
    const failure = { code: 'X', message: 'it broke', retry: false }
    await catalog.transaction(sql => moveRun(sql, { id, fence }, 'failed', { failure, by: 'ops' }))
    const last = (await changes()).at(-1)
    assert.deepEqual([last?.change, last?.run?.failure], ['failed', failure])
  })
})
