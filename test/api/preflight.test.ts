import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { PREFIX } from '../../src/api/mount.ts'
import type { Preflight as Told } from '../../src/api/schema/restores.ts'
import type { PreflightCheck, PreflightCheckName } from '../../src/core/preflight.ts'
import { BackupSite } from './backup-site.ts'

type Preflight = Omit<Told, 'backup'> & {
  readonly backup: Record<keyof Told['backup'], unknown>
}

const SHOP = `
  create table orders (id int primary key, note text);
  insert into orders select i, md5(i::text) from generate_series(1, 1000) i;
  create table customers (id int); insert into customers select generate_series(1, 20)`

let site: BackupSite
/** Roles are of the whole server: their names must be nobody else's. */
const mark = randomUUID().slice(0, 8)
let backup = ''
before(async () => {
  site = await BackupSite.open()
  await sql('postgres', 'create database shop')
  await sql('shop', SHOP)
  await site.know('shop')
  backup = await site.backUp('shop')
  await site.refresh()
})
after(() => site.close())

const sql = (database: string, text: string) => site.server.query(database, text)
const ask = (more: object = {}) =>
  site.api.expect<Preflight>(200, 'POST', '/restores/preflight', {
    source: 'shop',
    backup: 'latest',
    target: 'source',
    ...more,
  })
const checkOf = ({ checks }: Preflight, name: PreflightCheckName): PreflightCheck => {
  const found = checks.filter(one => one.name === name)
  assert.equal(found.length, 1, `${name}: ${JSON.stringify(checks)}`)
  return found[0] as PreflightCheck
}
const outcomes = ({ checks }: Preflight) =>
  Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]))
const problems = ({ checks }: Preflight) =>
  checks.filter(one => one.outcome === 'problem').map(one => one.name)
const at = () => `127.0.0.1:${site.server.port}`

/** A backup of a database that is made of this, and dropped again. */
async function backedUp(name: string, content: string): Promise<string> {
  await sql('postgres', `create database ${name}`)
  await sql(name, content)
  const id = await site.backUp(name)
  await site.refresh()
  await sql('postgres', `drop database ${name}`)
  return id
}

describe('a look ahead at a restore', () => {
  test('into a new database of the source’s server finds everything ready', async () => {
    const found = await ask({ kind: 'restore', database: 'shop copy' })
    assert.equal(found.ready, true, JSON.stringify(found.checks))
    const { verifiedAt, finishedAt, dumpBytes, ...rest } = found.backup
    assert.deepEqual(
      [rest.id, rest.source, rest.tables, rest.rows, verifiedAt],
      [backup, site.label('shop'), 2, 1020, null],
    )
    assert.ok(Number(dumpBytes) > 30_000 && Date.parse(String(finishedAt)) > 0)
    const { server, ...target } = found.target
    assert.match(server ?? '', /^\d+\./)
    assert.deepEqual(target, {
      label: `shop copy@${at()}`,
      exists: false,
      empty: true,
      bytes: null,
      tables: 0,
      owner: null,
    })
    assert.deepEqual([found.keptAs, found.losses], [null, null])
    const { space, ...others } = outcomes(found)
    // The server is on this machine, but its directory may be none that this user gets to.
    assert.ok(space === 'ok' || process.getuid?.() !== 0, JSON.stringify(checkOf(found, 'space')))
    assert.deepEqual(others, {
      backup: 'ok',
      login: 'ok',
      versions: 'ok',
      rights: 'ok',
      target: 'ok',
      locale: 'ok',
      extensions: 'ok',
      roles: 'ok',
      owners: 'ok',
      superuser: 'ok',
      tablespaces: 'ok',
      subscriptions: 'ok',
    })
    assert.match(checkOf(found, 'versions').message, /restored with pg_restore \d+/)
    const { code, details } = checkOf(found, 'target')
    assert.deepEqual([code, details], ['TARGET_ABSENT', { database: `shop copy@${at()}` }])
  })

  test('of a backup of no source here, to a URL', async () => {
    const id = await backedUp('lost', 'create table t (i int)')
    const body = { backup: id, target: site.server.url('found') }
    const found = await site.api.expect<Preflight>(200, 'POST', '/restores/preflight', body)
    assert.equal(found.ready, true, JSON.stringify(found.checks))
    assert.deepEqual(
      [found.backup.id, found.backup.source, found.target.label],
      [id, site.label('lost'), `found@${at()}`],
    )
  })

  test('in place tells what the live database loses, and what it will be called', async () => {
    await sql('postgres', 'create database busy')
    await sql(
      'busy',
      `${SHOP}; create table gone (i int); insert into gone values (1), (2);
       create table locked (i int)`,
    )
    await site.know('busy')
    await site.backUp('busy')
    await site.refresh()
    await sql(
      'busy',
      `insert into orders select i, 'new' from generate_series(1001, 1500) i;
       create table "only Live" (i int); insert into "only Live" values (1), (2), (3);
       create table large as select generate_series(1, 100001) i; analyze;
       delete from customers where id > 5; drop table gone`,
    )
    // Nobody has looked at this one yet, and somebody is at work on it.
    const worker = new Client({ connectionString: site.server.url('busy') })
    await worker.connect()
    await worker.query('begin; lock table locked in access exclusive mode')

    const found = await ask({ source: 'busy', disconnect: true })
    await worker.end()
    assert.equal(found.ready, true, JSON.stringify(found.checks))
    assert.equal(found.keptAs, 'busy_before_YYYYMMDD_HHMMSS')
    assert.deepEqual(
      [found.target.exists, found.target.empty, found.target.tables],
      [true, false, 5],
    )
    assert.equal(found.target.owner, 'postgres')
    assert.ok((found.target.bytes ?? 0) > 1_000_000)
    const { tables, ...counts } = found.losses ?? assert.fail('no losses')
    assert.deepEqual(
      tables.map(one => [one.name, one.in, one.liveRows, one.counted, one.backupRows]),
      [
        ['public.large', 'live', 100_001, false, null],
        ['public."only Live"', 'live', 3, true, null],
        ['public.gone', 'backup', null, false, 2],
        ['public.orders', 'both', 1500, true, 1000],
        ['public.locked', 'both', 0, false, 0],
        ['public.customers', 'both', 5, true, 20],
      ],
    )
    assert.deepEqual(counts, { total: 6, onlyLive: 2, onlyBackup: 1 })
  })

  test('names 200 tables, and counts all of them', async () => {
    await sql('postgres', 'create database wide')
    await sql(
      'wide',
      `do $$ begin for i in 1..250 loop execute 'create table t' || i || ' (i int)'; end loop; end $$`,
    )
    const { losses } = await ask({ database: 'wide', replace: true })
    assert.deepEqual(
      [losses?.tables.length, losses?.total, losses?.onlyLive, losses?.onlyBackup],
      [200, 252, 250, 2],
    )
  })

  test('of a database that holds something says so, unless it is to be replaced', async () => {
    await sql('postgres', 'create database "odd "" name; /?#%"')
    await sql('odd " name; /?#%', 'create table t (i int)')
    const asked = { database: 'odd " name; /?#%' }
    const found = await ask(asked)
    assert.deepEqual([found.ready, problems(found)], [false, ['target']])
    assert.match(checkOf(found, 'target').message, /odd " name; \/\?#%@.* is not empty \(1 table\)/)
    const replaced = await ask({ ...asked, replace: true })
    assert.deepEqual([replaced.ready, replaced.losses?.total], [true, 3])
  })

  test('tells who is connected, and that they would be ended', async () => {
    const client = new Client({
      connectionString: site.server.url('shop'),
      application_name: 'till',
    })
    await client.connect()
    try {
      const found = await ask()
      assert.deepEqual(problems(found), ['connections'])
      assert.match(checkOf(found, 'connections').message, /in use by postgres with till from 127/)
      const ended = await ask({ disconnect: true })
      assert.equal(ended.ready, true)
      const { outcome, message } = checkOf(ended, 'connections')
      assert.equal(outcome, 'warning')
      assert.match(message, /would be ended: postgres with till/)
    } finally {
      await client.end()
    }
  })

  test('finds a server that is not there, a wrong password, and one that is missing', async () => {
    const closed = await ask({ target: 'postgres://a:b@127.0.0.1:1/x' })
    assert.deepEqual([closed.ready, problems(closed)], [false, ['login']])
    assert.deepEqual([closed.target.server, closed.target.exists], [null, null])
    assert.match(checkOf(closed, 'login').message, /no database server answered there/)
    const wrong = await ask({ target: `postgres://postgres:wrong@${at()}/x` })
    assert.deepEqual(problems(wrong), ['login'])
    assert.match(checkOf(wrong, 'login').message, /password authentication failed/)
    const none = await ask({ target: `postgres://postgres@${at()}/x` })
    assert.deepEqual(problems(none), ['login'])
  })

  test('ends with whoever asked', async () => {
    const sockets: Socket[] = []
    const silent = createServer(socket => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    const leaving = new AbortController()
    const server = await site.api.port.listen({ port: 0, host: '127.0.0.1' })
    const answer = fetch(`${server}${PREFIX}/restores/preflight`, {
      method: 'POST',
      signal: leaving.signal,
      headers: {
        authorization: `Bearer ${site.api.key.reveal()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        source: 'shop',
        backup: 'latest',
        target: `postgres://a:b@127.0.0.1:${port}/x`,
      }),
    })
    await once(silent, 'connection')
    const [socket] = sockets
    assert.ok(socket)
    socket.on('error', () => undefined)
    socket.resume()
    leaving.abort()
    await assert.rejects(answer)
    // The process that looked is gone, and its connection with it.
    if (!socket.closed) await once(socket, 'close')
    silent.close()
  })

  test('tells what a login lacks', async () => {
    await sql(
      'postgres',
      `create role weak_${mark} login password 'weak'; create role maker_${mark} login createdb password 'maker'`,
    )
    const as = (login: string, database: string) =>
      `postgres://${login}_${mark}:${login}@${at()}/${database}`
    const weak = await ask({ target: as('weak', 'anew') })
    assert.deepEqual(problems(weak), ['rights', 'owners'])
    assert.equal(
      checkOf(weak, 'rights').hint,
      `use another login, or: alter role weak_${mark} createdb`,
    )
    const maker = await ask({ target: as('maker', 'anew') })
    assert.deepEqual(problems(maker), ['owners'])
    assert.equal(checkOf(maker, 'space').outcome, 'unknown')
    const without = await ask({ target: as('maker', 'anew'), noOwner: true })
    assert.deepEqual([without.ready, checkOf(without, 'owners').outcome], [true, 'warning'])
    const foreign = await ask({ target: as('maker', 'shop'), noOwner: true, replace: true })
    assert.deepEqual(problems(foreign), ['target'])
    assert.match(checkOf(foreign, 'target').message, /rename database shop: it belongs to postgres/)
  })

  test('tells which roles and extensions the server lacks', async () => {
    const role = `granted_${mark}`
    await sql('postgres', `create role ${role}`)
    const id = await backedUp(
      'needy',
      `create extension hstore; create table t (i int); grant select on t to ${role};
       create function noted() returns event_trigger language plpgsql as 'begin end';
       create event trigger noting on ddl_command_end execute function noted()`,
    )
    const whole = await ask({ backup: id, database: 'anew' })
    assert.equal(whole.ready, true, JSON.stringify(whole.checks))
    await sql('postgres', `drop role ${role}`)
    const roleless = await ask({ backup: id, database: 'anew' })
    assert.deepEqual(problems(roleless), ['roles'])
    assert.match(checkOf(roleless, 'roles').message, new RegExp(`it lacks role ${role}$`))
    await sql('postgres', `create role plain_${mark} login createdb password 'plain'`)
    const target = `postgres://plain_${mark}:plain@${at()}/anew`
    const plain = await ask({ backup: id, target, noOwner: true })
    assert.equal(plain.ready, true, JSON.stringify(plain.checks))
    assert.match(checkOf(plain, 'superuser').message, /make only for one: event triggers/)
    // A name of the same length keeps the dump whole.
    const dump = await site.dumpOf(id)
    const renamed = Buffer.from(dump.toString('latin1').replaceAll('hstore', 'hsteam'), 'latin1')
    const uploaded = await site.bringIn(renamed)
    await site.refresh()
    const lacking = await ask({ backup: uploaded, database: 'anew', noOwner: true })
    assert.deepEqual(problems(lacking), ['extensions'])
    assert.match(checkOf(lacking, 'extensions').message, /it lacks extension hsteam$/)
    const { code, details } = checkOf(lacking, 'extensions')
    assert.deepEqual([code, details.lacks], ['TARGET_UNFIT', 'extension hsteam'])
  })

  test('warns of a tablespace that is missing', async () => {
    const space = `fast_${mark}`
    await sql('postgres', 'alter database postgres set allow_in_place_tablespaces = on')
    await sql('postgres', `create tablespace ${space} location ''`)
    const id = await backedUp('spaced', `create table t (i int) tablespace ${space}`)
    await sql('postgres', `drop tablespace ${space}`)
    const found = await ask({ backup: id, database: 'anew' })
    assert.equal(found.ready, true)
    assert.equal(checkOf(found, 'tablespaces').outcome, 'warning')
    assert.match(checkOf(found, 'tablespaces').message, new RegExp(`there is no ${space} here`))
  })

  test('changes nothing, and leaves one record', async () => {
    const databases = () => sql('postgres', 'select oid, datname from pg_database order by 1')
    const packs = () => readdirSync(site.place(), { recursive: true }).map(String).sort()
    const was = [await databases(), packs()]
    const count = async () => (await site.api.audited('restore.preflight')).length
    const before = await count()
    await ask()
    await ask({ database: 'anew' })
    assert.deepEqual([await databases(), packs()], was)
    assert.equal(await count(), before + 2)
    const [entry] = await site.api.audited('restore.preflight')
    assert.equal(entry?.objectName, 'shop')
    const runs = await site.api.expect<{ runs: unknown[] }>(200, 'GET', '/runs?kind=restore')
    assert.deepEqual(runs.runs, [])
  })

  test('of what is wrong or not there is refused', async () => {
    const refuse = (code: string, status: number, more: object) =>
      site.api.refuse(code, status, 'POST', '/restores/preflight', {
        source: 'shop',
        backup: 'latest',
        target: 'source',
        ...more,
      })
    await refuse('NO_SUCH_BACKUP', 404, { backup: 'ffffffff' })
    await refuse('NOT_FOUND', 404, { source: 'nobody' })
    await refuse('WRONG_USE', 422, { target: 'ftp://x' })
    await refuse('WRONG_USE', 422, { database: 'x'.repeat(64) })
    await refuse('WRONG_USE', 422, { database: 'two\nlines' })
    await refuse('INVALID_INPUT', 422, { target: site.server.url('x'), database: 'y' })
    const body = { source: 'shop', backup: 'latest', target: 'source' }
    const viewer = await site.api.as('viewer').send('POST', '/restores/preflight', body)
    assert.equal(viewer.status, 403)
    const socket = `postgres:///x?host=${encodeURIComponent(site.server.dir)}`
    const operator = await site.api
      .as('operator')
      .send('POST', '/restores/preflight', { ...body, target: socket })
    assert.equal(operator.status, 403)
  })
})
