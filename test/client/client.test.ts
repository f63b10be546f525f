import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { listenOnPort } from '../../src/api/app.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import { Redirect } from '../../src/api/schema/oidc.ts'
import { createClient, each, HoldfastError, type Run } from '../../src/client/index.ts'
import { OPERATIONS } from '../../src/client/types.ts'
import { currentTypes, TYPES } from '../../support/make-client.ts'
import { ApiSite } from '../api/site.ts'
import { freePort } from '../support/server.ts'

test('the types of the client are those of the API; else: npm run client', () => {
  assert.equal(readFileSync(TYPES, 'utf8'), currentTypes())
  const forPrograms = ROUTES.filter(one => one.answer !== Redirect)
  assert.equal(Object.keys(OPERATIONS).length, forPrograms.length)
})

describe('the client', () => {
  let site: ApiSite
  let server = ''
  let key = ''
  before(async () => {
    site = await ApiSite.open()
    await listenOnPort(site.port, '127.0.0.1', 0)
    server = `http://127.0.0.1:${(site.port.server.address() as AddressInfo).port}`
    key = site.key.reveal()
    await site.addShop()
  })
  after(() => site.close())

  test('asks and answers, with names that have to be encoded', async () => {
    const client = createClient({ server: `${server}/`, key })
    await site.addSource('a/b c?')
    const { sources } = await client.listSources()
    assert.deepEqual(sources.map(one => one.name).sort(), ['a/b c?', 'shop'])
    const removed = await client.removeSource('a/b c?')
    assert.equal(removed.name, 'a/b c?')
  })

  test('a refusal is an error that programs and people understand', async () => {
    const client = createClient({ server, key })
    await assert.rejects(
      () => client.getRun('nix'),
      (error: unknown) => {
        assert.ok(error instanceof HoldfastError)
        assert.deepEqual([error.code, error.status, error.retry], ['NOT_FOUND', 404, false])
        assert.match(error.message, /there is no run called nix/)
        assert.ok(error.hint !== '')
        return true
      },
    )
    await assert.rejects(client.listRuns({ limit: 0 }), (error: HoldfastError) => {
      assert.equal(error.code, 'INVALID_INPUT')
      assert.equal(error.problems[0]?.field, 'limit')
      return true
    })
    await assert.rejects(createClient({ server }).listRuns(), { code: 'KEY_REQUIRED' })
  })

  test('says when nobody answers, or somebody else does', async () => {
    const nobody = createClient({ server: `http://127.0.0.1:${await freePort()}`, key })
    await assert.rejects(nobody.listRuns(), { code: 'SERVER_UNREACHABLE', status: 0, retry: true })
    const other = createClient({
      server,
      key,
      fetch: async () =>
        new Response('<h1>busy</h1>', { status: 503, headers: { 'retry-after': '7' } }),
    })
    const busy = { code: 'UNEXPECTED_ANSWER', status: 503, retry: true, retryAfter: 7 }
    await assert.rejects(other.listRuns(), busy)
    const signal = AbortSignal.abort(new Error('enough'))
    await assert.rejects(createClient({ server, key }).listRuns({}, { signal }), /enough/)
  })

  test('the same key means the same run', async () => {
    const client = createClient({ server, key })
    const wanted = { kind: 'backup', source: 'shop' } as const
    const first = await client.startRun(wanted, { idempotencyKey: 'once' })
    const second = await client.startRun(wanted, { idempotencyKey: 'once' })
    assert.equal(second.id, first.id)
    await client.cancelRun(first.id)
  })

  test('takes a list page by page', async () => {
    const client = createClient({ server, key })
    const made: string[] = []
    for (let at = 0; at < 5; at += 1) {
      const { id } = await client.startRun({ kind: 'check', repository: 'main' })
      await client.cancelRun(id)
      made.unshift(id)
    }
    const found: Run[] = []
    for await (const run of each(client.listRuns, { kind: 'check', limit: 2 })) found.push(run)
    assert.deepEqual(
      found.map(run => run.id),
      made,
    )
  })

  test('follows a run until it is over, and leaves before that', async () => {
    const client = createClient({ server, key })
    await site.addSource('followed')
    const { id } = await client.startRun({ kind: 'backup', source: 'followed' })
    for await (const news of client.followRun(id)) if ('run' in news) break
    const states: string[] = []
    for await (const news of client.followRun(id)) {
      if (!('run' in news)) continue
      states.push(news.run.state)
      if (states.length === 1) await client.cancelRun(id)
    }
    assert.deepEqual([states[0], states.at(-1)], ['queued', 'cancelled'])
  })

  test('takes a file', async () => {
    const client = createClient({ server, key })
    const file = await client.exportRuns({ kind: 'check' })
    assert.match(file.name, /\.csv$/)
    const text = await new Response(file.body).text()
    assert.equal(text.trim().split('\n').length, 6)
  })
})
