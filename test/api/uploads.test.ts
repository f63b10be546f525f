import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { openAsBlob, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { PREFIX } from '../../src/api/mount.ts'
import type { Backup, BackupDetails, BackupTables } from '../../src/api/schema/backups.ts'
import { writeSetting } from '../../src/catalog/settings.ts'
import type { Log } from '../../src/core/log.ts'
import { Worker } from '../../src/jobs/worker.ts'
import { addFiller } from '../../support/filler.ts'
import { loadShop } from '../../support/shop.ts'
import { watchLoop } from '../support/loop.ts'
import { childEnv, processes } from '../support/processes.ts'
import { eventually } from '../support/server.ts'
import { BackupSite } from './backup-site.ts'
import type { ProblemBody } from './site.ts'

const say = () => undefined
const SILENT: Log = { debug: say, info: say, warn: say, error: say }
const { signal } = new AbortController()

describe('uploads', () => {
  let site: BackupSite
  let port: number
  before(async () => {
    site = await BackupSite.open()
    await loadShop(site.server, 'shop', 0.01)
    await site.know('shop')
    await site.api.port.listen({ port: 0, host: '127.0.0.1' })
    port = (site.api.port.server.address() as AddressInfo).port
  })
  after(() => site.close())

  async function pgDump(name: string, ...args: string[]): Promise<string> {
    const { bin, host, user, password = '' } = site.server
    const path = join(site.api.dir, name)
    const options = ['-h', host, '-p', String(site.server.port), '-U', user, '-f', path]
    const env = { ...process.env, PGPASSWORD: password }
    await promisify(execFile)(join(bin, 'pg_dump'), [...options, '-d', 'shop', ...args], { env })
    return path
  }

  const url = (query: string) =>
    `http://127.0.0.1:${port}${PREFIX}/repositories/main/uploads?source=shop&${query}`
  const headers = () => ({
    authorization: `Bearer ${site.api.key.reveal()}`,
    'content-type': 'application/octet-stream',
  })
  const upload = async (path: string, name = 'shop.dump') => {
    const body = await openAsBlob(path)
    const where = url(`name=${encodeURIComponent(name)}`)
    const response = await fetch(where, { method: 'POST', headers: headers(), body })
    return { status: response.status, body: (await response.json()) as Backup & ProblemBody }
  }
  const kept = async () =>
    (await (await site.repository()).backups(signal)).manifests.map(one => one.id)

  test('of every compression become backups with the same tables as a backup of the source', async () => {
    const real = await site.backUp('shop')
    await site.refresh()
    const tables = async (id: string) =>
      await site.api.expect<BackupTables>(200, 'GET', `/backups/${id}/tables`)
    const expected = await tables(real)
    assert.ok(expected.tables.length > 5 && expected.largeObjects.count > 0)
    for (const compress of ['0', '1', '9']) {
      const path = await pgDump(`${compress}.dump`, '-Fc', `--compress=${compress}`)
      const { status, body } = await upload(path, `${compress}.dump`)
      assert.equal(status, 201, JSON.stringify(body))
      assert.deepEqual(await tables(body.id), expected)
      assert.equal(body.source?.name, 'shop')
      assert.equal(body.tags.uploaded, `${compress}.dump`)
      const details: BackupDetails = await site.api.expect(200, 'GET', `/backups/${body.id}`)
      assert.equal(details.sourceLabel, 'shop@upload')
      assert.match(details.server, /^\d+\.\d+$/)
      assert.match(details.tool, /^pg_dump \d+/)
      assert.ok(new Date(details.startedAt) <= new Date(details.finishedAt))
      await site.refresh()
      assert.equal(
        (await site.api.expect<Backup>(200, 'GET', `/backups/${body.id}`)).source?.name,
        'shop',
      )
    }
    assert.equal((await site.api.expect<Backup>(200, 'GET', '/backups/latest:shop')).id, real)
  })

  test('of a dump without compression gives back the very same bytes', async () => {
    const path = await pgDump('same.dump', '-Fc', '--compress=0')
    const { body } = await upload(path)
    const repository = await site.repository()
    const reader = await repository.reader(await repository.find(body.id, signal), signal)
    const parts: Uint8Array[] = []
    for await (const part of reader.stream('dump')) parts.push(part)
    await reader.close()
    assert.ok(Buffer.concat(parts).equals(readFileSync(path)))
  })

  test('can be restored, and what comes back is what was dumped', async () => {
    const { body } = await upload(await pgDump('restore.dump', '-Fc'))
    const { bin } = site.server
    const worker = new Worker({
      catalog: site.api.test.catalog,
      vault: site.api.vault,
      node: {
        id: crypto.randomUUID(),
        host: 'test',
        pid: process.pid,
        version: '0.0.0',
        maxRuns: 1,
      },
      runner: {
        program: process.execPath,
        args: [join(import.meta.dirname, '..', '..', 'src', 'runner.ts')],
        env: childEnv(site.api.dir),
      },
      engines: { path: bin, pgBin: bin },
      cores: 1,
      log: SILENT,
    })
    await worker.start()
    try {
      const target = site.server.url('come_back')
      const asked = { kind: 'restore', source: 'shop', backup: body.id, target }
      const run: { id: string } = await site.api.expect(201, 'POST', '/runs', asked)
      type State = { run: { state: string; failure: unknown } }
      const look = () => site.api.expect<State>(200, 'GET', `/runs/${run.id}`)
      await eventually('the end of the restore', async () =>
        ['completed', 'failed'].includes((await look()).run.state),
      )
      const { state, failure } = (await look()).run
      assert.equal(state, 'completed', JSON.stringify(failure))
    } finally {
      await worker.stop({ graceMs: 0 })
    }
    const sums = async (database: string) => [
      await site.server.query(
        database,
        `select count(*)::int as n, sum(hashtext(t::text)::bigint)::text as h from shop.order_lines t`,
      ),
      await site.server.query(
        database,
        `select datcollate, datctype, pg_encoding_to_char(encoding) as encoding
           from pg_database where datname = current_database()`,
      ),
      await site.server.query(database, 'select count(*)::int as n from pg_largeobject_metadata'),
    ]
    assert.deepEqual(await sums('come_back'), await sums('shop'))
  })

  test('of what is no whole archive are refused with what to do, and nothing is kept', async () => {
    const whole = readFileSync(await pgDump('whole.dump', '-Fc', '--compress=6'))
    const plain = readFileSync(await pgDump('plain.dump', '-Fc', '--compress=0'))
    const sql = readFileSync(await pgDump('shop.sql', '-Fp'))
    const tar = readFileSync(await pgDump('shop.tar', '-Ft'))
    const flipped = Buffer.from(whole)
    flipped.writeUInt8(flipped.readUInt8(whole.length - 4000) ^ 0xff, whole.length - 4000)
    const lz4 = Buffer.from(plain)
    lz4.set([15, 0], 6)
    const cases: [name: string, bytes: Buffer, why: RegExp][] = [
      ['empty', Buffer.alloc(0), /it is empty/],
      ['cut in half', whole.subarray(0, whole.length / 2), /not whole: it stops after \d+ bytes/],
      ['cut at its end', whole.subarray(0, whole.length - 1), /not whole/],
      ['cut, uncompressed', plain.subarray(0, plain.length - 1), /not whole/],
      ['cut in its head', plain.subarray(0, 300), /not whole/],
      ['longer than whole', Buffer.concat([plain, Buffer.alloc(9)]), /damaged/],
      ['garbled', flipped, /./],
      ['SQL', sql, /SQL text.*nobody can tell whether it is whole/],
      ['tar', tar, /tar format/],
      ['packed', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), sql]), /compressed with gzip/],
      ['an image', Buffer.concat([Buffer.from('\x89PNG\r\n'), Buffer.alloc(600)]), /no archive/],
    ]
    const before = await kept()
    for (const [name, bytes, why] of cases) {
      const path = join(site.api.dir, 'unfit')
      writeFileSync(path, bytes)
      const { status, body } = await upload(path, name)
      assert.equal(`${status} ${body.code}`, '422 DUMP_UNFIT', `${name}: ${JSON.stringify(body)}`)
      assert.match(body.detail, why)
    }
    const { body } = await upload(join(site.api.dir, 'shop.sql'), 'shop.sql')
    assert.match(body.hint, /pg_dump --format=custom/)
    assert.deepEqual(await kept(), before)
    assert.deepEqual(leftovers(), [])
  })

  test('larger than the limit are refused, also when only what they hold is', async () => {
    const path = await pgDump('large.dump', '-Fc', '--compress=9')
    const { catalog } = site.api.test
    const before = await kept()
    for (const limit of [statSync(path).size - 1, statSync(path).size + 1]) {
      await writeSetting(catalog, 'maxUploadBytes', limit)
      const { status, body } = await upload(path)
      assert.equal(`${status} ${body.code}`, '413 DUMP_TOO_LARGE')
    }
    await writeSetting(catalog, 'maxUploadBytes', 2 ** 40)
    assert.deepEqual(await kept(), before)
  })

  test('that break off or stand still leave nothing behind', async () => {
    const bytes = readFileSync(await pgDump('slow.dump', '-Fc', '--compress=0'))
    const before = await kept()
    const begin = () => {
      // The dump has come whole, and the request has not: nobody said that this is all.
      const about = { ...headers(), 'content-length': bytes.length + 1 }
      const sent = request(url('name=slow'), { method: 'POST', headers: about })
      sent.on('error', () => undefined)
      sent.write(bytes)
      return sent
    }
    const broken = begin()
    await eventually('a process that reads it', () => leftovers().length > 0)
    broken.destroy()
    await eventually('its end', () => leftovers().length === 0)
    const still = begin()
    const status = await new Promise(resolve =>
      still.once('response', response => resolve(response.statusCode)),
    )
    assert.equal(status, 408)
    still.destroy()
    await eventually('its end', () => leftovers().length === 0)
    assert.deepEqual(await kept(), before)
  })

  test('two at once work, a third of the same key waits; the server stays free and small', async () => {
    await site.server.query('postgres', 'create database big')
    await addFiller(site.server, 'big', 40)
    const path = await pgDump('big.dump', '-Fc', '--compress=1', '--dbname=big')
    const before = process.memoryUsage().rss
    const assertFree = watchLoop()
    const answers = await Promise.all([upload(path, 'a'), upload(path, 'b'), upload(path, 'c')])
    assertFree()
    assert.deepEqual(
      answers.map(one => one.status).toSorted((a, b) => a - b),
      [201, 201, 429],
    )
    const more = process.memoryUsage().rss - before
    assert.ok(more < 96e6, `${more}`)
  })

  test('take an operator, a source and a repository that are there', async () => {
    const body = Buffer.from('x')
    const type = { 'content-type': 'application/octet-stream' }
    const path = '/repositories/main/uploads'
    const viewer = await site.api.as('viewer').send('POST', `${path}?source=shop`, body, type)
    assert.equal(viewer.status, 403)
    await site.api.refuse('INVALID_INPUT', 422, 'POST', path, body, type)
    await site.api.refuse('NOT_FOUND', 404, 'POST', `${path}?source=nothing`, body, type)
    const nowhere = '/repositories/nowhere/uploads?source=shop'
    await site.api.refuse('NOT_FOUND', 404, 'POST', nowhere, body, type)
    const odd = `${path}?source=shop&name=${encodeURIComponent('a\nb')}`
    await site.api.refuse('INVALID_INPUT', 422, 'POST', odd, body, type)
  })

  /** Processes that carry bytes. */
  const leftovers = () =>
    processes()
      .filter(one => one.environ.includes(site.api.dir))
      .map(one => `${one.pid} ${one.cmdline}`)
})
