import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PREFIX } from '../../src/api/mount.ts'
import type { Member } from '../api/person.ts'
import { ApiSite } from '../api/site.ts'

describe('whoever follows a run', () => {
  let site: ApiSite
  let port: number
  let run: string
  before(async () => {
    site = await ApiSite.open()
    await site.addShop()
    const asked = { kind: 'backup', source: 'shop' }
    run = (await site.expect<{ id: string }>(201, 'POST', '/runs', asked)).id
    await site.port.listen({ host: '127.0.0.1', port: 0 })
    port = (site.port.server.address() as AddressInfo).port
  })
  after(() => site.close())

  async function follow(headers: Record<string, string>): Promise<IncomingMessage> {
    const path = `${PREFIX}/runs/${run}/follow`
    const sent = request({ host: '127.0.0.1', port, path, headers }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.on('error', () => undefined)
    return response
  }
  const ends = async (stream: IncomingMessage) =>
    await Promise.race([once(stream.resume(), 'close').then(() => 'ended'), sleep(5_000, 'open')])

  test('hears no more once their session has ended', async () => {
    const watcher = await site.member('viewer').entered()
    const stream = await follow(watcher.headers)
    assert.equal(stream.statusCode, 200)
    await once(stream, 'data')
    await watcher.send('POST', '/account/logout')
    assert.equal(await ends(stream), 'ended')
  })

  test('hears no more once their key is removed', async () => {
    const owner: Member = await site.member('viewer').entered()
    const made = await owner.send<{ secret: string }>('POST', '/api-keys', { name: 'mine' })
    const stream = await follow({ authorization: `Bearer ${made.body.secret}` })
    await once(stream, 'data')
    await owner.send('DELETE', '/api-keys/mine')
    assert.equal(await ends(stream), 'ended')
  })

  test('does so no more than so many times at once', async () => {
    const watcher = await site.member('viewer').entered()
    const streams = await Promise.all(Array.from({ length: 60 }, () => follow(watcher.headers)))
    const answers = streams.map(one => one.statusCode)
    assert.equal(answers.filter(status => status === 200).length, 50)
    assert.equal(answers.filter(status => status === 429).length, 10)
    for (const one of streams) one.destroy()
  })
})
