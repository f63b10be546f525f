import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { addressKey } from '../../src/api/caller-key.ts'
import { Gate } from '../../src/api/gate.ts'
import type { Caller } from '../../src/core/access.ts'
import { TooManyRequests } from '../../src/core/faults.ts'
import { eventually } from '../support/server.ts'
import { ApiSite } from './site.ts'

const caller = (actor: string): Caller => ({
  kind: 'key',
  actor,
  role: 'admin',
  scopes: 'all',
  address: '192.0.2.1',
})

describe('the gate before what is costly', () => {
  test('lets in so many of one caller and of all, and one more for each that leaves', () => {
    const gate = new Gate('tests', { perCaller: 2, all: 3 })
    const [ann, ben] = [caller('ann'), caller('ben')]
    const first = gate.enter(ann)
    gate.enter(ann)
    assert.throws(() => gate.enter(ann), TooManyRequests)
    gate.enter(ben)
    assert.throws(() => gate.enter(ben), TooManyRequests)
    first[Symbol.dispose]()
    first[Symbol.dispose]() // twice leaves once
    gate.enter(ben)
    assert.throws(() => gate.enter(ann), TooManyRequests)
  })

  test('a place is given back when its signal fires', () => {
    const gate = new Gate('tests', { perCaller: 1, all: 1 })
    const gone = new AbortController()
    gate.enter(caller('ann'), gone.signal)
    assert.throws(() => gate.enter(caller('ben')), TooManyRequests)
    gone.abort()
    gate.enter(caller('ben'), gone.signal)
    gate.enter(caller('cem'))
  })

  test('addresses of one IPv6 network count as one', () => {
    assert.notEqual(addressKey('192.0.2.7'), addressKey('192.0.2.8'))
    assert.equal(addressKey('::ffff:192.0.2.7'), addressKey('192.0.2.7'))
    assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), addressKey('2001:db8:1:2::9'))
    assert.notEqual(addressKey('2001:db8:1:2::9'), addressKey('2001:db8:1:3::9'))
  })
})

describe('S33: 50 tests of a database at once', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())

  test('few are worked on, the others are told when to come again, and the places come back', async () => {
    const silent: Socket[] = []
    const listener = createServer(socket => silent.push(socket)).listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    try {
      const url = `postgres://ops@127.0.0.1:${port}/x`
      await site.expect(201, 'POST', '/sources', { name: 'silent', url })
      const all = Array.from({ length: 50 }, () => site.send('POST', '/sources/silent/test'))
      const answered: number[] = []
      for (const one of all) void one.then(({ status }) => answered.push(status))
      await eventually('answers to those that were not let in', () => answered.length === 48)
      assert.deepEqual([...new Set(answered)], [429])
      const refused = await site.send('POST', '/sources/silent/test')
      assert.deepEqual([refused.status, refused.body.code], [429, 'TOO_MANY_REQUESTS'])
      assert.match(String(refused.headers['retry-after']), /^[1-9]\d*$/)
      for (const socket of silent) socket.destroy()
      await Promise.all(all)
      assert.deepEqual(answered.filter(status => status !== 429).length, 2)
      // Nothing but the answer's end gives the place back.
      const again = site.send('POST', '/sources/silent/test')
      await eventually('another one let in', () => silent.length === 3)
      for (const socket of silent) socket.destroy()
      assert.notEqual((await again).status, 429)
    } finally {
      for (const socket of silent) socket.destroy()
      listener.close()
    }
  })
})
