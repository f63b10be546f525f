import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Told } from '../../src/api/live/documents.ts'
import { LiveHub } from '../../src/api/live/hub.ts'
import type { Catalog } from '../../src/catalog/db.ts'
import { insertRun } from '../../src/catalog/runs.ts'
import { DEFAULT_RETRY } from '../../src/core/run.ts'
import { openTestCatalog } from '../../support/catalog.ts'
import { SILENT } from '../support/run-site.ts'
import { eventually } from '../support/server.ts'

const all = () => true

/** What one hub tells, and how often it has everybody begin anew. */
class Listeners {
  readonly documents: Told[] = []
  size = 1
  begun = 0

  tell(documents: readonly Told[]): void {
    this.documents.push(...documents)
  }

  beginAnew(): void {
    this.begun += 1
  }

  progress() {
    return this.documents.flatMap(one => (one.type === 'progress' ? one.runs : []))
  }
}

async function openHub(t: { after(work: () => Promise<void>): void }) {
  const { catalog, server, url } = await openTestCatalog()
  const hub = new LiveHub({ catalog, log: SILENT })
  t.after(async () => {
    await hub.stop()
    await catalog.close()
  })
  const id = randomUUID()
  await catalog.query(
    `insert into repositories (id, name, repository, place, url_sealed, key_sealed, key_slot)
     values ($1, 'main', '', '', '', '', '')`,
    [id],
  )
  await hub.start()
  const heard = new Listeners()
  hub.attend(heard)
  const cut = () =>
    server.query(
      'postgres',
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [new URL(url).pathname.slice(1)],
    )
  return { catalog, hub, heard, cut, repositoryId: id, addRun: () => addRun(catalog, id) }
}

async function addRun(catalog: Catalog, repositoryId: string): Promise<string> {
  const { id } = await insertRun(catalog, {
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
  return id
}

const start = (catalog: Catalog, run: string) =>
  catalog.query(
    `update runs set state = 'running', attempt = 1, lease_until = clock_now() + interval '1 day'
     where id = $1`,
    [run],
  )

const tellProgress = (catalog: Catalog, run: string, bytes: number) =>
  catalog.query('update runs set progress = $2 where id = $1', [
    run,
    JSON.stringify({ stage: 'reading', bytes, total: 40, seconds: 1 }),
  ])

describe('the hub of live events', () => {
  test('tells progress at most twice a second and run, and always the last', async t => {
    const { catalog, heard, addRun } = await openHub(t)
    const run = await addRun()
    await start(catalog, run)
    await eventually('its start', () => heard.documents.length === 2)
    const began = performance.now()
    for (let bytes = 1; bytes <= 40; bytes += 1) {
      await tellProgress(catalog, run, bytes)
      await sleep(40)
    }
    await eventually('the last one', () => heard.progress().at(-1)?.progress.bytes === 40)
    const seconds = (performance.now() - began) / 1000
    const told = heard.progress()
    assert.ok(told.length >= 2 && told.length <= seconds * 2 + 1, `${told.length} in ${seconds} s`)
    assert.equal(told.at(-1)?.progress.percent, 100)
  })

  test('shows how far a run is to whoever comes later, and not of an attempt that is over', async t => {
    const { catalog, hub, heard, addRun } = await openHub(t)
    const run = await addRun()
    await start(catalog, run)
    await tellProgress(catalog, run, 10)
    await eventually('progress', () => heard.progress().length > 0)
    const [welcome] = hub.welcome(undefined, all)
    assert.ok(welcome?.type === 'snapshot')
    assert.deepEqual(
      welcome.runs?.map(one => [one.id, one.state, one.progress?.percent]),
      [[run, 'running', 25]],
    )
    await catalog.query(`update runs set state = 'retrying', lease_until = null where id = $1`, [
      run,
    ])
    await eventually('that it waits', () => {
      const last = heard.documents.at(-1)
      return last?.type === 'run' && last.change === 'retrying' && last.run.progress === null
    })
  })

  test('reads on where it was when its connection broke, and lets nobody miss anything', async t => {
    const { hub, heard, cut, addRun } = await openHub(t)
    await cut()
    const runs = [await addRun().catch(addRun), await addRun(), await addRun()]
    await eventually('all of them', () => heard.documents.length === runs.length)
    assert.deepEqual(
      heard.documents.map(one => one.type === 'run' && one.run.id),
      runs,
    )
    assert.equal(heard.begun, 0)
    assert.equal(hub.welcome(undefined, all).length, 1)
  })

  test('has everybody begin anew where too much has happened meanwhile', async t => {
    const { catalog, hub, heard } = await openHub(t)
    const [before] = hub.welcome(undefined, all)
    assert.ok(before?.type === 'snapshot')
    await catalog.query(
      `insert into changes (kind, object_id, change)
       select 'source', n::text, 'added' from generate_series(1, 3000) n`,
    )
    await catalog.query(`select pg_notify('holdfast_changes', '')`)
    await eventually('the beginning', () => heard.begun === 1)
    assert.deepEqual(heard.documents, [])
    const [again] = hub.welcome(before.position, all)
    assert.ok(again?.type === 'snapshot' && again.reset)
  })

  test('tells of many things of one kind in one document', async t => {
    const { catalog, hub, heard } = await openHub(t)
    const [before] = hub.welcome(undefined, all)
    assert.ok(before?.type === 'snapshot')
    await catalog.query(
      `insert into sources (id, name, engine, url_sealed, host, database, label)
       select gen_random_uuid(), n::text, '', '', '', '', '' from generate_series(1, 500) n`,
    )
    await eventually('all of them', () => heard.documents.length > 0)
    for (const [one, ...more] of [heard.documents, hub.welcome(before.position, all)]) {
      assert.ok(one?.type === 'source' && one.ids.length === 500)
      assert.deepEqual(more, [])
    }
  })

  test('reads first where a client comes from a node that was faster', async t => {
    const { catalog, hub, addRun } = await openHub(t)
    const other = new LiveHub({ catalog, log: SILENT })
    t.after(() => other.stop())
    await other.start()
    await addRun()
    await eventually('that the other has it', () => {
      const [welcome] = other.welcome(undefined, all)
      return welcome?.type === 'snapshot' && welcome.runs?.length === 1
    })
    const [welcome] = other.welcome(undefined, all)
    assert.ok(welcome?.type === 'snapshot')
    await hub.reach(welcome.position)
    assert.deepEqual(hub.welcome(welcome.position, all), [])
  })
})
