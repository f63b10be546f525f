import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { beginSession, endSessions } from '../../src/catalog/sessions.ts'
import { LiveSite } from '../support/live-site.ts'
import { eventually } from '../support/server.ts'

const MOST_PER_CALLER = 100
/** So soon is somebody cut off who may not listen any more. */
const CUT_OFF_MS = 5_000

describe('who may watch', () => {
  let site: LiveSite
  before(async () => {
    site = await LiveSite.start()
  })
  after(() => site.close())

  test('nobody who does not say who they are, or shows a key that is none', async t => {
    for (const [key, code] of [
      [undefined, 'KEY_REQUIRED'],
      ['hf_none', 'KEY_REQUIRED'],
      ['x'.repeat(501), 'INVALID_INPUT'],
    ] as const) {
      const viewer = site.viewer(t, { key })
      await eventually('its refusal', () => viewer.refusals.length > 0)
      assert.deepEqual([viewer.refusals, viewer.told], [[code], []])
    }
  })

  test('a key may stand in the Authorization header', async t => {
    const headers = { authorization: `Bearer ${site.key}` }
    await site.viewer(t, { key: undefined, headers }).ready()
  })

  test('no page of another site, and nobody who calls the server by another name', async t => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { host: 'evil.example' },
    ] as Record<string, string>[]) {
      const viewer = site.viewer(t, { headers })
      await eventually('its refusal', () => viewer.refusals.length > 0)
      assert.deepEqual(viewer.told, [], JSON.stringify(headers))
      const path = '/api/v1/live/?EIO=4&transport=polling'
      const sent = request({ host: '127.0.0.1', port: site.first.port, path, headers }).end()
      const [answer] = (await once(sent, 'response')) as [IncomingMessage]
      assert.equal(answer.resume().statusCode, 403, JSON.stringify(headers))
    }
    const origin = `http://127.0.0.1:${site.first.port}`
    await site.viewer(t, { headers: { origin, 'sec-fetch-site': 'same-origin' } }).ready()
  })

  test('a key hears of what its scopes cover, and of nothing else', async t => {
    const about = { name: 'sources', role: 'viewer', scopes: ['sources:read'] }
    const { secret: key } = await site.send<{ secret: string }>('POST', '/api-keys', about)
    const narrow = await site.viewer(t, { key }).ready()
    const wide = await site.viewer(t).ready()
    const [welcome] = narrow.of('snapshot')
    assert.deepEqual(
      [welcome?.runs, welcome?.scheduler, welcome?.paused],
      [undefined, undefined, undefined],
    )
    const run = await site.backUp()
    await eventually('its end', () => wide.changesOf(run).includes('completed'))
    await site.send('POST', '/sources', { name: 'narrow', url: site.url })
    await eventually('the source', () => narrow.of('source').length > 0)
    assert.deepEqual(new Set(narrow.told.map(one => one.type)), new Set(['snapshot', 'source']))

    const again = await site.viewer(t, { key, position: wide.of('snapshot')[0]?.position }).ready()
    await eventually('what it missed', () => again.of('source').length > 0)
    assert.deepEqual(new Set(again.told.map(one => one.type)), new Set(['source']))
  })

  test('a viewer hears of nothing that is for administrators', async t => {
    const about = { name: 'see', role: 'viewer' }
    const { secret: key } = await site.send<{ secret: string }>('POST', '/api-keys', about)
    const viewer = await site.viewer(t, { key }).ready()
    const admin = await site.viewer(t).ready()
    await site.addKey('another')
    await site.send('POST', '/scheduler/stop')
    await eventually('the change', () => viewer.of('scheduler').length > 0)
    assert.deepEqual([viewer.of('api-key').length, admin.of('api-key').length], [0, 1])
  })

  test('whoever has a key that is removed is cut off, and does not come in again', async t => {
    const key = await site.addKey('short')
    const viewer = await site.viewer(t, { key, reconnects: true }).ready()
    const other = await site.viewer(t).ready()
    const began = performance.now()
    await site.send('DELETE', '/api-keys/short')
    await eventually('that it is cut off', () => viewer.refusals.includes('transport close'))
    assert.ok(performance.now() - began < CUT_OFF_MS)
    await eventually('why', () => viewer.refusals.includes('KEY_REQUIRED'))
    assert.deepEqual(other.refusals, [])
  })

  test('a session lets its owner in, until it ends, or their role is another', async t => {
    const { catalog } = site
    const id = randomUUID()
    await catalog.query(
      `insert into users (id, email, name, role) values ($1, 'ann@b.example', 'Ann', 'admin')`,
      [id],
    )
    const token = await beginSession(catalog, id, { address: '127.0.0.1', agent: 'test' })
    const headers = { cookie: `holdfast=${token.reveal()}` }
    const viewer = await site.viewer(t, { key: undefined, headers, reconnects: true }).ready()
    await site.addKey('first')
    await eventually('what administrators hear', () => viewer.of('api-key').length === 1)

    const began = performance.now()
    await catalog.query(`update users set role = 'viewer' where id = $1`, [id])
    await eventually('that it is cut off', () => viewer.refusals.includes('transport close'))
    assert.ok(performance.now() - began < CUT_OFF_MS)
    await eventually('that it is back', () => viewer.socket.connected)
    await site.addKey('second')
    await site.send('POST', '/scheduler/start')
    await eventually('what viewers hear', () => viewer.of('scheduler').length === 1)
    assert.equal(viewer.of('api-key').length, 1)

    await endSessions(catalog, id)
    await eventually('that it does not come in again', () =>
      viewer.refusals.includes('KEY_REQUIRED'),
    )
    assert.ok(!viewer.socket.connected)
  })

  test('whoever says anything is cut off', async t => {
    const viewer = await site.viewer(t).ready()
    viewer.socket.emit('hello')
    await eventually('that it is cut off', () => viewer.refusals.includes('io server disconnect'))
    const loud = await site.viewer(t).ready()
    loud.socket.emit('x'.repeat(10_000))
    await eventually('that it is cut off', () => loud.refusals.length > 0)
  })

  test('nobody has more than so many connections', async t => {
    const key = await site.addKey('many')
    const viewers = Array.from({ length: MOST_PER_CALLER + 5 }, () => site.viewer(t, { key }))
    await eventually('an answer to each', () =>
      viewers.every(one => one.told.length + one.refusals.length > 0),
    )
    await eventually('that there are no more', () => {
      const left = viewers.filter(one => one.socket.connected)
      return left.length === MOST_PER_CALLER
    })
    const refused = site.viewer(t, { key })
    await eventually('its refusal', () => refused.refusals.includes('TOO_MANY_REQUESTS'))
    for (const one of viewers) one.close()
    await eventually('room for another', async () => {
      const another = site.viewer(t, { key })
      await eventually('an answer', () => another.told.length + another.refusals.length > 0)
      return another.told.length > 0
    })
  })
})
