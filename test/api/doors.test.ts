import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { listenOnSocket } from '../../src/api/app.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import type { Area } from '../../src/core/access.ts'
import { ApiSite, PASSPHRASE } from './site.ts'

/** A request for every route that changes something, in an order in which all of them work. */
const CHANGES: readonly (readonly [
  route: string,
  path: string,
  body?: (site: ApiSite) => object,
])[] = [
  ['POST /api-keys', '/api-keys', () => ({ name: 'walker' })],
  ['DELETE /api-keys/:key', '/api-keys/walker'],
  ['POST /sources', '/sources', site => ({ name: 'walk', url: site.test.server.url('walk') })],
  ['POST /sources/:source/test', '/sources/walk/test'],
  ['PATCH /sources/:source', '/sources/walk', () => ({ name: 'walk' })],
  ['POST /sources/test', '/sources/test', site => ({ url: site.test.server.url('walk') })],
  ['POST /sources/databases', '/sources/databases', () => ({ source: 'walk' })],
  ['PATCH /settings', '/settings', () => ({ maxRunsPerHost: 5 })],
  [
    'POST /repositories',
    '/repositories',
    site => ({ name: 'main', url: join(site.dir, 'main'), passphrase: PASSPHRASE }),
  ],
  ['PATCH /repositories/:repository', '/repositories/main', () => ({ maxRuns: 2 })],
  ['POST /repositories/:repository/refresh', '/repositories/main/refresh'],
  ['POST /repositories/:repository/recovery-keys', '/repositories/main/recovery-keys'],
  ['POST /repositories/:repository/measure', '/repositories/main/measure'],
  [
    'POST /repositories/create',
    '/repositories/create',
    site => ({ name: 'made', url: join(site.dir, 'made'), passphrase: PASSPHRASE }),
  ],
  ['DELETE /repositories/:repository', '/repositories/made'],
  [
    'POST /schedules',
    '/schedules',
    () => ({ source: 'walk', repository: 'main', cron: 'daily at 02:30' }),
  ],
  ['PATCH /schedules/:schedule', '/schedules/walk', () => ({ priority: 3 })],
  ['POST /schedules/:schedule/disable', '/schedules/walk/disable'],
  ['POST /schedules/:schedule/enable', '/schedules/walk/enable'],
  ['POST /schedules/:schedule/run', '/schedules/walk/run'],
  ['POST /runs/:run/cancel', '/runs/RUN/cancel'],
  ['DELETE /schedules/:schedule', '/schedules/walk'],
  ['POST /runs/:run/retry', '/runs/RUN/retry'],
  ['POST /runs/:run/cancel', '/runs/RUN/cancel'],
  ['POST /repositories/:repository/check', '/repositories/main/check', () => ({})],
  ['POST /runs/:run/cancel', '/runs/RUN/cancel'],
  ['POST /scheduler/stop', '/scheduler/stop'],
  ['POST /scheduler/start', '/scheduler/start'],
  ['POST /pause-all', '/pause-all'],
  ['POST /resume-all', '/resume-all'],
  ['POST /runs', '/runs', () => ({ kind: 'backup', source: 'walk' })],
  ['POST /runs/:run/pause', '/runs/RUN/pause'],
  ['POST /runs/:run/resume', '/runs/RUN/resume'],
  ['POST /runs/:run/cancel', '/runs/RUN/cancel'],
  ['POST /runs', '/runs', () => ({ kind: 'backup', source: 'walk' })],
  ['POST /locks/release', '/locks/release', () => ({ lock: 'walk' })],
  ['DELETE /sources/:source', '/sources/walk'],
  ['DELETE /repositories/:repository', '/repositories/main'],
]

interface Entry {
  readonly actor: string
  readonly action: string
  readonly result: string
  readonly kind: string
  readonly address: string | null
  readonly requestId: string | null
}

describe('the doors of the API', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.test.server.query('postgres', 'create database walk')
    await site.makeRepository('main')
  })
  after(() => site.close())

  test('on the port nobody is let in without a key, whatever is asked', async () => {
    const key = `Bearer ${site.key.reveal()}`
    for (const { method, path, needs } of ROUTES) {
      for (const authorization of [
        ...(needs === 'nobody' ? [] : [undefined]),
        'Bearer hf_wrong',
        `Basic ${site.key.reveal()}`,
      ]) {
        const headers = authorization === undefined ? {} : { authorization }
        const answer = await site.send(method, path, undefined, headers, site.port)
        assert.deepEqual([answer.status, answer.body.code], [401, 'KEY_REQUIRED'], path)
        assert.equal(answer.headers['www-authenticate'], 'Bearer realm="holdfast"')
      }
    }
    const nowhere = await site.send('GET', '/nowhere', undefined, {}, site.port)
    assert.equal(nowhere.status, 401)
    const known = await site.send('GET', '/nowhere', undefined, { authorization: key }, site.port)
    assert.equal(known.status, 404)
  })

  test('a key lets in until it is removed, and stands in the record', async () => {
    const { secret } = await site.expect<{ secret: string }>(201, 'POST', '/api-keys', {
      name: 'ci',
    })
    site.said.pop() // the one answer that shows it
    const headers = { authorization: `Bearer ${secret}` }
    const added = await site.send('POST', '/scheduler/start', undefined, headers, site.port)
    assert.equal(added.status, 200)
    const [entry] = await site.audited('scheduler.start')
    assert.equal(entry?.actor, 'api key ci')
    const { keys } = await site.expect<{ keys: { name: string; lastUsedAt: string | null }[] }>(
      200,
      'GET',
      '/api-keys',
    )
    assert.ok(keys.find(one => one.name === 'ci')?.lastUsedAt)
    assert.ok(!JSON.stringify(keys).includes(secret))
    await site.refuse('NAME_TAKEN', 409, 'POST', '/api-keys', { name: 'CI' })
    await site.refuse('INVALID_INPUT', 422, 'POST', '/api-keys', { name: 'a\nb' })
    await site.expect(200, 'DELETE', '/api-keys/ci')
    await site.refuse('NOT_FOUND', 404, 'DELETE', '/api-keys/ci')
    const gone = await site.send('GET', '/runs', undefined, headers, site.port)
    assert.equal(gone.status, 401)
  })

  test('every route that changes something leaves a record of who did it', async () => {
    // What only looks ahead is asked for by POST, too: it takes a body.
    const changing = ROUTES.filter(
      one => one.method !== 'GET' && !/^\/(schedules\/preview|restores\/preflight)/.test(one.path),
    )
    assert.ok(changing.every(one => one.action !== undefined))
    assert.ok(ROUTES.every(one => one.method !== 'GET' || one.action === undefined))
    const covered = new Set(CHANGES.map(([route]) => route))
    // Accounts and backups have walks of their own: accounts-walk.test.ts, backups-walk.test.ts.
    const elsewhere = new Set<Area>(['account', 'users', 'backups'])
    const walked = changing.filter(one => !elsewhere.has(one.area))
    assert.deepEqual(
      walked.map(one => `${one.method} ${one.path}`).filter(one => !covered.has(one)),
      [],
    )
    let run = ''
    for (const [route, path, body] of CHANGES) {
      const one = ROUTES.find(({ method, path }) => `${method} ${path}` === route)
      assert.ok(one?.action, route)
      const [last] = await site.test.catalog.query<{ id: number }>(
        'select max(id) as id from audit_log',
      )
      const answer = await site.send<{ id: string }>(
        one.method,
        path.replace('RUN', run),
        body?.(site),
      )
      if (route.startsWith('POST /api-keys') || route.endsWith('/create')) site.said.pop()
      assert.ok(answer.status < 300, `${route}: ${JSON.stringify(answer.body)}`)
      const entries = await site.test.catalog.query<Entry>(
        `select actor, action, result, object_kind as kind, address, request_id as "requestId"
         from audit_log where id > $1 order by id`,
        [last?.id ?? 0],
      )
      const [entry] = entries
      assert.equal(entries.length, 1, `${route}: ${JSON.stringify(entries)}`)
      assert.deepEqual([entry?.action, entry?.actor], [one.action, 'local user ops'], route)
      assert.deepEqual([entry?.result, entry?.address], ['done', 'socket'], route)
      assert.ok(entry?.kind && entry.requestId, route)
      if (one.action === 'run.start' || one.action === 'run.retry') run = answer.body.id
    }
  })

  test('a change that is refused leaves a record, too', async () => {
    await site.refuse('NOT_FOUND', 404, 'DELETE', '/sources/nix')
    const [entry] = await site.audited('source.remove')
    assert.deepEqual(
      [entry?.result, entry?.objectName, entry?.details],
      ['refused', 'nix', { code: 'NOT_FOUND' }],
    )
  })

  test('what is no request of ours is answered as a problem', async () => {
    const json = { 'content-type': 'application/json' }
    await site.refuse('FST_ERR_CTP_INVALID_JSON_BODY', 400, 'POST', '/sources', '{"name"', json)
    const xml = { 'content-type': 'application/xml' }
    await site.refuse('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 'POST', '/sources', '<a/>', xml)
    const large = { name: 'x', url: 'x'.repeat(1024 * 1024) }
    await site.refuse('FST_ERR_CTP_BODY_TOO_LARGE', 413, 'POST', '/sources', large)
    await site.refuse('INVALID_INPUT', 422, 'POST', '/sources', '[]', json)
    await site.refuse('NOT_FOUND', 404, 'GET', '/nowhere')
  })

  test('an error that was not foreseen says nothing of itself, and is logged', async () => {
    await site.test.catalog.query('alter table api_keys rename to hidden')
    try {
      const problem = await site.refuse('UNEXPECTED', 500, 'GET', '/api-keys')
      assert.ok(!JSON.stringify(problem).includes('api_keys'))
      assert.ok(site.said.some(text => text.includes('relation \\"api_keys\\" does not exist')))
    } finally {
      await site.test.catalog.query('alter table hidden rename to api_keys')
    }
  })

  test('a reader that leaves in the middle of a run ends its stream', async () => {
    await site.addShop('watched', 'watching')
    const run = await site.expect<{ id: string }>(201, 'POST', '/runs', {
      kind: 'backup',
      source: 'watched',
      repository: 'watching',
    })
    const socketPath = join(site.dir, 'api.sock')
    await listenOnSocket(site.socket, socketPath)
    const reading = request({ socketPath, path: `/api/v1/runs/${run.id}/follow` }).end()
    const [response] = (await once(reading, 'response')) as [NodeJS.ReadableStream]
    await once(response, 'data')
    reading.destroy()
    const connections = promisify(site.socket.server.getConnections.bind(site.socket.server))
    while ((await connections()) > 0) await new Promise(resolve => setTimeout(resolve, 10))
    await site.expect(200, 'POST', `/runs/${run.id}/cancel`)
  })

  test('no secret is in the catalog, the log or an answer', async () => {
    const canary = 'canary-5e1f'
    const { server, catalog } = site.test
    await server.query('postgres', `create role "${canary}-user" login password '${canary}'`)
    const url = server.url('walk').replace(/\/\/[^@]*@/, `//${canary}-user:${canary}@`)
    await site.expect(201, 'POST', '/sources', { name: 'sealed', url })
    await site.send('POST', '/sources/sealed/test')
    await site.refuse('NAME_TAKEN', 409, 'POST', '/sources', { name: 'sealed', url })
    await site.refuse('WRONG_USE', 422, 'POST', '/sources', { name: 'x', url: `x${url}` })
    const wrong = { name: 'x', url: join(site.dir, 'main'), passphrase: canary }
    await site.refuse('WRONG_PASSPHRASE', 403, 'POST', '/repositories', wrong)
    const recovery = { name: 'x', url: join(site.dir, 'main'), recoveryKey: canary }
    await site.send('POST', '/repositories', recovery)
    const target = url.replace('walk', 'copy')
    const restore = {
      kind: 'restore',
      source: 'sealed',
      repository: 'watching',
      backup: 'latest',
      target,
    }
    await site.expect(201, 'POST', '/runs', restore)
    await site.send('GET', '/sources', undefined, { authorization: `Bearer ${canary}` }, site.port)
    await site.expect(200, 'GET', '/runs')
    const { stdout } = await promisify(execFile)(
      join(server.bin, 'pg_dump'),
      [
        '--dbname',
        new URL(site.test.url).pathname.slice(1),
        '--host',
        server.host,
        '--port',
        String(server.port),
        '--username',
        server.user,
      ],
      { env: { ...process.env, PGPASSWORD: server.password ?? '' }, maxBuffer: 1e8 },
    )
    const answered = site.said.join('\n')
    // The user's name is no secret; the password, the passphrase and the key are.
    const bare = (text: string) => text.replaceAll(`${canary}-user`, '')
    assert.ok(stdout.includes('sealed') && answered.includes('sealed'))
    assert.ok(!bare(stdout).includes(canary))
    assert.ok(!bare(answered).includes(canary))
    for (const secret of [PASSPHRASE, site.key.reveal()]) {
      assert.ok(!stdout.includes(secret) && !answered.includes(secret))
    }
    assert.ok(!stdout.includes(server.password ?? PASSPHRASE))
    assert.ok((await catalog.query('select from audit_log')).length > CHANGES.length)
  })
})
