import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import type { Outline } from '../../../src/core/backup.ts'
import type { RestoreOptions } from '../../../src/engines/engine.ts'
import { loadShop } from '../../../support/shop.ts'
import { backUp, contentOf, never, OPTIONS, open, serverForTests, type Taken } from './site.ts'

const server = await serverForTests()

/** Restores into a database and swaps it in; answers the warnings. */
async function restoreInto(name: string, taken: Taken, options: Partial<RestoreOptions> = {}) {
  const restore = await open(server.url(name)).restore(taken, { ...OPTIONS, ...options }, never)
  try {
    await restore.create(never)
    await restore.load(range => taken.stream('dump', range), never)
    await restore.finish(never)
    await restore.swap(never)
  } finally {
    await restore.discard()
  }
  return restore.warnings()
}

/** What the server's own tool says of a database, without data and without its name. */
function definitions(name: string): string {
  const args = [
    '-h',
    server.host,
    '-p',
    String(server.port),
    '-U',
    server.user,
    '--create',
    '-s',
    name,
  ]
  const env = { ...process.env, PGPASSWORD: server.password }
  const text = execFileSync(`${server.bin}/pg_dump`, args, { env, encoding: 'utf8' })
  const lines = text.split('\n').filter(line => !/^\\(un)?restrict /.test(line))
  return lines.join('\n').replaceAll(name, 'DATABASE')
}

async function assertSame(copy: string, source: string): Promise<void> {
  assert.equal(definitions(copy), definitions(source))
  assert.deepEqual(
    await contentOf(open(server.url(copy))),
    await contentOf(open(server.url(source))),
  )
}

test('everything in the shop comes back, and so does the database around it', async () => {
  await loadShop(server, 'emporium', 0.01)
  await server.query(
    'emporium',
    `create role keeper; create role "Odd ""role"; create role reader login;
     create extension hstore; create extension postgres_fdw;
     create server elsewhere foreign data wrapper postgres_fdw options (host 'db.example.org');
     create user mapping for reader server elsewhere options (user 'x', password 'canary');
     create foreign table shop.remote (id int) server elsewhere;
     create publication everything for all tables;
     grant select on shop.orders to "Odd ""role" with grant option;
     alter table shop.audit_log owner to "Odd ""role";
     alter default privileges in schema shop grant select on tables to reader;
     create policy readers on shop.audit_log for select to reader, "Odd ""role" using (true);
     create function public.watch() returns event_trigger language plpgsql as
       'begin if tg_tag like ''REFRESH%'' then raise exception ''too early''; end if; end';
     create event trigger watcher on ddl_command_end execute function public.watch();
     comment on event trigger watcher is 'fires for everything';
     create statistics shop.both on status, total from shop.orders;
     alter database emporium owner to keeper;
     comment on database emporium is 'Our shop''s "data"';
     grant connect on database emporium to reader; revoke temporary on database emporium from public;
     alter database emporium set search_path = shop, "Odd ""one", public;
     alter database emporium set "app.tenant" = 'it''s';
     alter database emporium set default_transaction_read_only = off;
     alter role reader in database emporium set statement_timeout = '5s';
     alter database emporium with connection limit 77;`,
  )
  const taken = await backUp(open(server.url('emporium')))
  assert.match(taken.globals ?? '', /CREATE ROLE keeper/)
  assert.match(taken.warnings.join('\n'), /holds a password in clear, in user mapping/)
  assert.doesNotMatch(taken.warnings.join('\n'), /canary/)
  assert.deepEqual(await restoreInto('copied_one', taken), [])
  await assertSame('copied_one', 'emporium')
  const [limit] = await server.query(
    'postgres',
    'select datconnlimit from pg_database where datname = $1',
    ['copied_one'],
  )
  assert.deepEqual(limit, { datconnlimit: 77 })
  const [view] = await server.query(
    'copied_one',
    'select count(*)::int as n from shop.sales_by_status',
  )
  assert.deepEqual(view, { n: 5 })
})

test('encodings and locales come back, also where bytes are no text', async () => {
  const cases: Record<string, [options: string, sql: string]> = {
    in_latin1: [
      `encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0`,
      `create table "prix_é" (v text); insert into "prix_é" values ('déjà vu')`,
    ],
    in_ascii: [
      `encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0`,
      String.raw`create table bytes (v text); insert into bytes values (E'\xff\xfe not utf-8'), ('é')`,
    ],
    in_german: [
      `encoding 'UTF8' locale_provider icu icu_locale 'de-AT' template template0`,
      `create table words (v text primary key); insert into words values ('Ä'), ('a'), ('z')`,
    ],
  }
  for (const [name, [options, sql]] of Object.entries(cases)) {
    await server.query('postgres', `create database ${name} ${options}`)
    await server.query(name, sql)
    const taken = await backUp(open(server.url(name)))
    if (name === 'in_latin1') assert.equal(taken.outline.tables[0]?.name, 'prix_é')
    assert.deepEqual(await restoreInto(`${name}_copy`, taken), [])
    await assertSame(`${name}_copy`, name)
  }
})

test('rows come back frozen and in their order, over as many connections as are wanted', async () => {
  await server.query('postgres', 'create database ordered')
  await server.query(
    'ordered',
    `create table "a ""b"".c" ("x ( y" int, v text);
     insert into "a ""b"".c" select i, repeat(chr(33 + i % 90), (i * 7919) % 900)
       from generate_series(1, 20000) i;
     create table narrow as select i from generate_series(1, 50000) i;
     create table no_rows (); create table nothing (id int);
     insert into no_rows select from generate_series(1, 3)`,
  )
  const ordered = await backUp(open(server.url('ordered')))
  for (const jobs of [1, 5]) {
    const copy = `ordered_${jobs}`
    await restoreInto(copy, ordered, { jobs })
    const { outline } = await backUp(open(server.url(copy)))
    const digests = (one: Outline) => one.tables.map(({ name, sha256 }) => [name, sha256])
    assert.deepEqual(digests(outline), digests(ordered.outline))
    await server.query(copy, 'create extension pg_visibility')
    const thawed = `select count(*)::int as pages from pg_visibility('narrow') where not all_frozen`
    assert.deepEqual(await server.query(copy, thawed), [{ pages: 0 }])
  }
})

test('an empty database and one with large objects only come back', async () => {
  await server.query('postgres', 'create database nothing')
  await server.query('postgres', 'create database objects')
  await server.query(
    'objects',
    `select lo_from_bytea('4000000000'::oid, '\\x00ff'), lo_from_bytea(77000, decode(repeat('0a0d5c2e', 9000), 'hex'))`,
  )
  for (const name of ['nothing', 'objects']) {
    const taken = await backUp(open(server.url(name)))
    await restoreInto(`${name}_copy`, taken)
    await assertSame(`${name}_copy`, name)
  }
})

test('a materialized view that cannot be filled is named, and all else comes back', async () => {
  await server.query('postgres', 'create database views')
  await server.query(
    'views',
    `create table numbers as select i from generate_series(1, 3) i;
     create function unqualified() returns bigint language sql as 'select count(*) from numbers';
     create materialized view good as select count(*) from numbers;
     create materialized view bad as select unqualified() as n;
     create unique index on bad (n);`,
  )
  const taken = await backUp(open(server.url('views')))
  const warnings = await restoreInto('views_copy', taken)
  assert.equal(warnings.length, 1)
  assert.match(
    warnings[0] ?? '',
    /materialized view public.bad is left empty .*"numbers" does not exist/,
  )
  await server.query('views_copy', 'refresh materialized view bad')
  await assertSame('views_copy', 'views')
})

test('without owners and grants everything belongs to the login', async () => {
  await server.query('postgres', 'create database owned')
  await server.query(
    'owned',
    `create role leaver; create table t (i int); alter table t owner to leaver;
     grant select on t to leaver; alter database owned owner to leaver; create schema s authorization leaver`,
  )
  const taken = await backUp(open(server.url('owned')))
  await server.query(
    'owned',
    'reassign owned by leaver to postgres; drop owned by leaver; drop role leaver',
  )
  const target = open(server.url('owned_copy'))
  await assert.rejects(target.restore(taken, OPTIONS, never), {
    code: 'TARGET_UNFIT',
    message: `127.0.0.1:${server.port} cannot take this backup: it lacks role leaver`,
  })
  const warnings = await restoreInto('owned_copy', taken, { noOwner: true })
  assert.deepEqual(warnings, [
    'everything belongs to postgres, and nothing is granted to anyone else',
  ])
  const [t] = await server.query(
    'owned_copy',
    `select tableowner from pg_tables where tablename = 't'`,
  )
  assert.deepEqual(t, { tableowner: 'postgres' })
})
