import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { findRun, type Run } from '../../src/catalog/runs.ts'
import { targetPlace } from '../../src/core/run-request.ts'
import { Secret } from '../../src/core/secret.ts'
import { RunSite } from '../support/run-site.ts'

const MIB = 2 ** 20
/** Of 1 MiB that does not compress: more than fit into two packs that are filled side by side. */
const LARGE_OBJECTS = 80
const AT_ONCE = { delays: [1, 1, 1], networkDelays: [1, 1, 1] }

/** A source that takes several packs. */
async function largeSource(site: RunSite): Promise<string> {
  const { server } = site.test
  const database = `large_${randomUUID().slice(0, 8)}`
  await server.query('postgres', `create database ${database}`)
  for (let at = 0; at < LARGE_OBJECTS; at += 1) {
    await server.query(database, 'select lo_from_bytea(0, $1)', [randomBytes(MIB)])
  }
  return await site.addSourceAt(server.url(database), database)
}

async function restored(site: RunSite, source: string, database: string): Promise<Run> {
  const id = randomUUID()
  const asked = await site.ask(source, {
    id,
    kind: 'restore',
    lockKey: `target:${database}`,
    request: { backup: 'latest', target: database },
    requestSealed: site.vault.seal(new Secret(site.test.server.url(database)), targetPlace(id)),
    retry: { delays: [], networkDelays: [] },
  })
  return await site.final(asked.id)
}

/** Every large object of a database, as one digest. */
async function digestOf(site: RunSite, database: string): Promise<unknown> {
  return await site.test.server.query(
    database,
    `select count(*), sum(length(lo_get(oid))) as bytes, md5(string_agg(md5(lo_get(oid)), '' order by oid))
     from pg_largeobject_metadata`,
  )
}

const packsOf = (place: string): string[] =>
  readdirSync(join(place, 'packs'), { recursive: true, withFileTypes: true })
    .filter(one => one.isFile())
    .map(one => join(one.parentPath, one.name))

test('a large backup comes back whole through a runner, and one that reads short does not', async t => {
  const site = await RunSite.open(t)
  const source = await largeSource(site)
  await site.startWorker()
  assert.equal((await site.final((await site.ask(source)).id)).state, 'completed')
  const copy = `copy_${randomUUID().slice(0, 8)}`
  const whole = await restored(site, source, copy)
  assert.equal(whole.state, 'completed', await site.log(whole.id))
  assert.deepEqual(await digestOf(site, copy), await digestOf(site, await site.databaseOf(source)))

  const [pack = ''] = packsOf(site.place)
  truncateSync(pack, statSync(pack).size - 1000)
  const other = `short_${randomUUID().slice(0, 8)}`
  const short = await restored(site, source, other)
  assert.deepEqual([short.state, short.failure?.code], ['failed', 'DAMAGED'])
  const there = 'select from pg_database where datname like $1'
  assert.deepEqual(await site.test.server.query('postgres', there, [`${other}%`]), [])
})

/** Kills the runner of a run when it has stored its first pack. */
async function killAtFirstPack(site: RunSite, t: TestContext, run: string): Promise<void> {
  while (!existsSync(join(site.place, 'packs')) || packsOf(site.place).length === 0) await sleep(2)
  const [attempt] = await site.catalog.query<{ pid: number }>(
    'select pid from run_attempts where run_id = $1 and pid is not null',
    [run],
  )
  process.kill(attempt?.pid ?? assert.fail('no runner'), 'SIGKILL')
  t.diagnostic(`${packsOf(site.place).length} packs when it was killed`)
  assert.deepEqual(await site.backups(), [])
}

test('a backup that died behind its first pack is taken up, and stores less than a fresh one', async t => {
  const site = await RunSite.open(t)
  const source = await largeSource(site)
  await site.startWorker()
  const run = await site.ask(source, { retry: AT_ONCE })
  await killAtFirstPack(site, t, run.id)
  const done = await site.final(run.id)
  assert.deepEqual([done.state, done.attempt, done.lost], ['completed', 2, 1])
  const repositoryId = await site.addRepository('fresh')
  const fresh = await site.final((await site.ask(source, { repositoryId })).id)
  const [again, first] = [Number(done.result?.storedBytes), Number(fresh.result?.storedBytes)]
  t.diagnostic(`stored ${again} bytes, a fresh one ${first}`)
  assert.ok(first > LARGE_OBJECTS * MIB && again < first - 16 * MIB, `${again}, ${first}`)
  assert.equal((await findRun(site.catalog, run.id)).backupId, (await site.backups())[0]?.id)
})
