import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiSite } from './site.ts'

describe('S33: whoever sends slowly', () => {
  let site: ApiSite
  let port: number
  before(async () => {
    site = await ApiSite.open()
    await site.port.listen({ host: '127.0.0.1', port: 0 })
    port = (site.port.server.address() as AddressInfo).port
  })
  after(() => site.close())

  /** Sends `head`, then one byte after the other; answers what came back until the server had enough. */
  async function drip(head: string): Promise<{ answer: string; seconds: number }> {
    const socket: Socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', part => (answer += String(part)))
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    const start = performance.now()
    const closed = once(socket, 'close')
    socket.write(head)
    while (!socket.closed && performance.now() - start < 40_000) {
      socket.write('x')
      await Promise.race([closed, sleep(250)])
    }
    socket.destroy()
    return { answer, seconds: (performance.now() - start) / 1000 }
  }

  test('headers or a body is cut off, and others are answered meanwhile', async () => {
    const authorization = `authorization: Bearer ${site.key.reveal()}\r\n`
    const head = `POST /api/v1/sources HTTP/1.1\r\nhost: localhost\r\n${authorization}`
    const json = 'content-type: application/json\r\ncontent-length: 1000\r\n\r\n{'
    const slow = Array.from({ length: 200 }, () => drip(`${head}x-slow: `))
    const slowBody = drip(head + json)
    const times: number[] = []
    for (let n = 0; n < 20; n += 1) {
      const start = performance.now()
      const answer = await fetch(`http://127.0.0.1:${port}/health/live`)
      assert.equal(answer.status, 200)
      times.push(performance.now() - start)
    }
    assert.ok(Math.max(...times) < 2_000, `${Math.max(...times)} ms`)
    for (const { answer, seconds } of await Promise.all(slow)) {
      assert.match(answer, /^HTTP\/1\.1 408 /)
      assert.ok(seconds < 14, `${seconds} s`)
    }
    const body = await slowBody
    assert.match(body.answer, /^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_TOO_SLOW"/)
    assert.ok(body.seconds < 18, `${body.seconds} s`)
  })

  test('too much of a header is refused', async () => {
    const much = `GET /health/live HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}`
    assert.match((await drip(much)).answer, /^HTTP\/1\.1 431 /)
    const long = `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n`
    const { answer } = await drip(long)
    assert.match(answer, /^HTTP\/1\.1 431 /)
    assert.match(answer, /content-type: application\/problem\+json[\s\S]*longer than 16 kB/)
  })
})
