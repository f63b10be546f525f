import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { Places } from '../../src/api/live/places.ts'
import { ApiSite } from '../api/site.ts'
import { eventually } from '../support/server.ts'

const MOST_STRANGERS = 200
const MOST_PER_ADDRESS = 1_000
const MOST = 3_000

describe('those who watch', () => {
  let site: ApiSite
  let port: number
  before(async () => {
    site = await ApiSite.open()
    await site.port.listen({ port: 0, host: '127.0.0.1' })
    port = (site.port.server.address() as AddressInfo).port
  })
  after(() => site.close())

  async function knock(localAddress: string, agent?: Agent) {
    const path = '/api/v1/live/?EIO=4&transport=polling'
    const sent = request({ host: '127.0.0.1', port, path, localAddress, agent }).end()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) }
  }

  test('one address does not take the places of others, and is told when to come again', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 50 })
    const all = await Promise.all(
      Array.from({ length: MOST_STRANGERS + 50 }, () => knock('127.0.0.1', agent)),
    )
    agent.destroy()
    const refused = all.filter(one => one.status !== 200)
    assert.ok(refused.length >= 50, `${refused.length} were refused`)
    for (const { status, headers, body } of refused) {
      assert.deepEqual([status, headers['retry-after']], [403, '60'])
      assert.match(body, /too many connections from this address; try again in a minute/)
    }
    assert.equal((await knock('127.0.0.2')).status, 200)
    // Whoever does not say who they are is sent away, and makes room.
    await eventually('room', async () => (await knock('127.0.0.1')).status === 200)
  })

  test('many are let in from one address, once they are known, and never all', () => {
    const places = new Places()
    const first = {}
    let taken = 0
    const come = (address: string) => {
      const seat = taken === 0 ? first : {}
      if (!places.take(seat, address)) return false
      places.know(seat)
      taken += 1
      return true
    }
    while (come('192.0.2.7'));
    assert.equal(taken, MOST_PER_ADDRESS)
    // A network of IPv6 counts as one address.
    for (let i = 0; come(`2001:db8::${i.toString(16)}`); i = (i + 1) % 5000);
    assert.equal(taken, 2 * MOST_PER_ADDRESS)
    for (let i = 0; come(`198.51.100.${i}`); i = (i + 1) % 250);
    assert.equal(taken, MOST)
    places.leave(first)
    // Leaving twice gives one place back.
    places.leave(first)
    assert.ok(come('192.0.2.7'))
    assert.match(places.refusal('203.0.113.1') ?? '', /^there are too many connections;/)
  })
})
