import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatabaseRefused, TargetUnfit } from '../../../src/core/faults.ts'
import { Secret } from '../../../src/core/secret.ts'
import type { Restore, RestoreOptions } from '../../../src/engines/engine.ts'
import { postgresEngine } from '../../../src/engines/postgres/postgres.ts'
import { oldPrograms } from '../../support/old-programs.ts'
import { backUp, inPieces, never, OPTIONS, open, serverForTests, type Taken } from './site.ts'

const server = await serverForTests({ settings: { allow_in_place_tablespaces: 'on' } })
const sql = (database: string, text: string) => server.query(database, text)
await sql('postgres', 'create database original')
await sql(
  'original',
  `create table things (id int primary key, v text);
   insert into things select i, md5(i::text) from generate_series(1, 20000) i;
   create index on things (v); create view shown as select * from things`,
)
const taken = await backUp(open(server.url('original')))
const [version] = await server.query<{ major: number }>(
  'postgres',
  `select current_setting('server_version_num')::int / 10000 as major`,
)

const prepare = (name: string, options: Partial<RestoreOptions> = {}, backup: Taken = taken) =>
  open(server.url(name)).restore(backup, { ...OPTIONS, ...options }, never)

async function complete(restore: Restore, backup: Taken) {
  await restore.create(never)
  await restore.load(range => backup.stream('dump', range), never)
  await restore.finish(never)
  await restore.swap(never)
  await restore.discard()
}

const databases = async () => {
  const rows = await server.query<{ name: string }>(
    'postgres',
    'select datname as name from pg_database order by 1',
  )
  return rows.map(row => row.name)
}

test('a backup that needs what the server lacks is refused before anything is made', async () => {
  const before = await databases()
  const bad = (properties: object, facts: object = {}): Taken => ({
    ...taken,
    facts: { ...taken.facts, ...facts, properties: { ...taken.facts.properties, ...properties } },
  })
  await assert.rejects(prepare('lacking', {}, bad({ owner: 'nobody_here' })), {
    code: 'TARGET_UNFIT',
    hint: 'create them (holdfast export BACKUP --stream globals has their definitions), or add --no-owner',
  })
  const acl = [{ grantee: 'some role', privilege: 'CONNECT', grantable: false }]
  await assert.rejects(prepare('lacking', {}, bad({ acl })), /it lacks role some role/)
  await assert.rejects(prepare('lacking', {}, bad({ encoding: 7 })), { code: 'DAMAGED' })
  const locale = await prepare('lacking', {}, bad({ collate: 'xx_YY.utf8', ctype: 'xx_YY.utf8' }))
  await assert.rejects(locale.create(never), TargetUnfit)
  await locale.discard()
  assert.deepEqual(await databases(), before)
})

test('missing extensions and roles of grants and policies are named', async () => {
  await sql('postgres', 'create database needy')
  await sql(
    'needy',
    `create extension hstore; create role granted; create role "polite ""one"; create table t (i int);
     grant select (i), insert on t to granted; create policy p on t to "polite ""one", granted using (i > 0)`,
  )
  const needy = await backUp(open(server.url('needy')))
  await sql('needy', 'drop policy p on t; drop owned by granted; drop role granted, "polite ""one"')
  await assert.rejects(prepare('anew', {}, needy), /it lacks roles granted, polite "one$/)
  await assert.rejects(prepare('anew', { noOwner: true }, needy), /it lacks roles granted, polite/)
  await sql('needy', `create role granted; create role "polite ""one"`)
  // A name of the same length keeps the archive whole.
  const renamed = Buffer.from(
    Buffer.from(needy.dump).toString('latin1').replaceAll('hstore', 'hsteam'),
    'latin1',
  )
  const other = { ...needy, dump: renamed, stream: () => inPieces(renamed, 65_536) }
  await assert.rejects(prepare('anew', {}, other), /it lacks extension hsteam/)
})

test('a missing tablespace is a warning, and everything goes to the default one', async () => {
  await sql('postgres', "create tablespace fast location ''")
  await sql('postgres', 'create database spaced')
  await sql('spaced', 'create table t (i int) tablespace fast; insert into t values (1)')
  const spaced = await backUp(open(server.url('spaced')))
  await sql('postgres', 'drop database spaced')
  await sql('postgres', 'drop tablespace fast')
  const restore = await prepare('spaced', {}, spaced)
  assert.match(restore.warnings().join(), /there is no fast here/)
  await complete(restore, spaced)
  assert.deepEqual(await sql('spaced', 'select * from t'), [{ i: 1 }])
})

test('a login that may not do it is told so before anything is made', async () => {
  await sql(
    'postgres',
    `create role weak login password 'weak'; create role maker login createdb password 'maker'`,
  )
  const at = `127.0.0.1:${server.port}`
  const as = (login: string) =>
    open(`postgres://${login}:${login}@${at}/granted_to`).restore(taken, OPTIONS, never)
  await assert.rejects(as('weak'), (error: unknown) => {
    assert.ok(error instanceof DatabaseRefused)
    assert.match(error.hint, /alter role weak createdb/)
    return true
  })
  await assert.rejects(as('maker'), /refused to let maker restore what belongs to postgres/)
  const options = { ...OPTIONS, noOwner: true }
  const restore = await open(`postgres://maker:maker@${at}/made`).restore(taken, options, never)
  await complete(restore, taken)
  assert.deepEqual(await sql('made', 'select count(*)::int as n from things'), [{ n: 20_000 }])
})

test('a dump of a newer server needs a newer tool, and an older server is warned about', async () => {
  const newer = { ...taken, facts: { ...taken.facts, tool: 'pg_dump 99.1', server: '99.1' } }
  await assert.rejects(prepare('older', {}, newer), { code: 'TOOL_MISSING' })
  const major = (version?.major ?? 0) + 1
  const other = postgresEngine({ pgBin: oldPrograms(`${major}.0`), path: process.env.PATH ?? '' })
  const database = other.database(new Secret(server.url('older')))
  const restore = await database.restore(
    { ...taken, facts: { ...taken.facts, tool: `pg_dump ${major}.0`, server: `${major}.0` } },
    OPTIONS,
    never,
  )
  assert.match(restore.warnings().join(), /restored with pg_restore .* into the older/)
  await restore.discard()
})

test('a dump that somebody brought along is warned about when pg_restore is no match for it', async () => {
  const { major = 0 } = version ?? {}
  const engine = postgresEngine({ pgBin: oldPrograms(`${major}.0`), path: process.env.PATH ?? '' })
  const database = engine.database(new Secret(server.url('brought')))
  const warnings = async (isForeign: boolean) => {
    const restore = await database.restore({ ...taken, isForeign }, OPTIONS, never)
    await restore.discard()
    return restore.warnings().join()
  }
  assert.match(await warnings(true), /could do harm with it: pg_restore \d+\.0 has known .* update/)
  assert.doesNotMatch(await warnings(false), /harm/)
})

test('subscriptions come back disabled, and that is said', async () => {
  await sql('postgres', 'create database subscribed')
  await sql(
    'subscribed',
    `create table t (i int);
     create subscription far connection 'host=db.invalid password=canary' publication p with (connect = false)`,
  )
  const subscribed = await backUp(open(server.url('subscribed')))
  assert.match(subscribed.warnings.join(), /holds a password in clear, in subscription far/)
  const restore = await prepare('subscribed_copy', {}, subscribed)
  assert.match(restore.warnings().join(), /subscriptions come back disabled.*far/)
  await restore.create(never)
  await restore.load(range => subscribed.stream('dump', range), never)
  await restore.finish(never)
  const rows = await sql(
    restore.besideName,
    'select subname, subenabled from pg_subscription s join pg_database d on d.oid = subdbid where datname = current_database()',
  )
  assert.deepEqual(rows, [{ subname: 'far', subenabled: false }])
  await sql(
    restore.besideName,
    'alter subscription far set (slot_name = none); drop subscription far',
  )
  await restore.discard()
  await sql('subscribed', 'alter subscription far set (slot_name = none); drop subscription far')
})
