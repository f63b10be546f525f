import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PREFIX } from '../../src/api/mount.ts'
import type { Route } from '../../src/api/route.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import { ApiSite } from '../api/site.ts'

const NO_ID = '00000000-0000-4000-8000-000000000000'

describe('what comes over the wire', () => {
  let site: ApiSite
  let port: number
  before(async () => {
    site = await ApiSite.open()
    await site.port.listen({ host: '127.0.0.1', port: 0 })
    port = (site.port.server.address() as AddressInfo).port
  })
  after(() => site.close())

  /** Sends bytes as they are; answers all that came back until the server closed the connection, or was silent. */
  async function raw(text: string): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', part => (answer += String(part)))
    socket.on('error', () => undefined)
    socket.write(text, 'latin1')
    await Promise.race([once(socket, 'close'), sleep(1_000)])
    socket.destroy()
    return answer
  }
  const answers = (text: string): string[] => text.match(/HTTP\/1\.1 \d{3}/g) ?? []

  test('no request hides in another one', async () => {
    const hidden = 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n'
    const head = `POST ${PREFIX}/account/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`
    const tricks = [
      `content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
      `transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n${hidden}`,
      `content-length: 0\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`,
      `content-length: +0\r\n\r\n${hidden}`,
      `content-length : 0\r\n\r\n${hidden}`,
      `transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
      `transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
      `transfer-encoding:\u000bchunked\r\n\r\n0\r\n\r\n${hidden}`,
      `x: y\r\n transfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
      `x: a\0b\r\ncontent-length: 0\r\n\r\n${hidden}`,
      `x: a\nhost: evil\r\ncontent-length: 0\r\n\r\n${hidden}`,
      `transfer-encoding: chunked\r\n\r\n1\n{\r\n0\r\n\r\n${hidden}`,
      `transfer-encoding: chunked\r\n\r\n-1\r\n\r\n${hidden}`,
    ]
    for (const trick of tricks) {
      const answer = await raw(head + trick)
      assert.equal(answers(answer).length, 1, `${trick}: ${answer}`)
      assert.match(answer, /^HTTP\/1\.1 400 /, trick)
    }
    const two = 'GET /health/live HTTP/1.1\r\nhost: localhost\r\nhost: evil\r\n\r\n'
    for (const text of [two, 'GET /health/live HTTP/1.1\r\n\r\n']) {
      assert.match(await raw(text), /^HTTP\/1\.1 4\d\d /)
    }
  })

  test('JSON that is deep, long or named like a part of every object is refused at once', async () => {
    const deep = '['.repeat(500_000)
    const bodies = [
      deep,
      deep + ']'.repeat(500_000),
      `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`,
      `{"name":${'[{"a":'.repeat(100_000)}`,
      '{"__proto__":{"role":"admin"}}',
      '{"constructor":{"prototype":{"role":"admin"}}}',
      `{"name":"${'a'.repeat(1_000_000)}"}`,
      `{"name":1e${'9'.repeat(1_000)}}`,
      `{${Array.from({ length: 60_000 }, (_, n) => `"k${n}":1`).join()}}`,
    ]
    const headers = {
      authorization: `Bearer ${site.key.reveal()}`,
      'content-type': 'application/json',
    }
    const ask = async ({ method, path }: Pick<Route, 'method' | 'path'>, payload: string) => {
      const start = performance.now()
      const url = PREFIX + path.replaceAll(/:\w+/g, NO_ID)
      const { statusCode } = await site.port.inject({ method, url, headers, payload })
      assert.ok(statusCode >= 400 && statusCode < 500, `${method} ${path}: ${statusCode}`)
      assert.ok(performance.now() - start < 2_000, `${method} ${path} took long`)
    }
    for (const one of ROUTES.filter(({ method }) => method !== 'GET')) {
      for (const body of bodies.filter(({ length }) => length < 2_000)) await ask(one, body)
    }
    for (const path of ['/sources', '/schedules', '/runs', '/account/login', '/downloads']) {
      for (const body of bodies) await ask({ method: 'POST', path }, body)
    }
    assert.equal(({} as Record<string, unknown>).role, undefined)
  })

  test('no header makes another request of a request', async () => {
    for (const name of ['x-http-method-override', 'x-method-override', 'x-original-url']) {
      const answer = await fetch(`http://127.0.0.1:${port}${PREFIX}/sources`, {
        headers: { authorization: `Bearer ${site.key.reveal()}`, [name]: 'DELETE' },
      })
      assert.equal(answer.status, 200)
    }
    for (const method of ['TRACE', 'PUT', 'OPTIONS', 'CONNECT']) {
      const head = `${method} ${PREFIX}/sources HTTP/1.1\r\nhost: localhost\r\n\r\n`
      assert.doesNotMatch(await raw(head), /^HTTP\/1\.1 [25]\d\d/, method)
    }
  })

  test('whoever says that they upload where nothing is uploaded gets no more time', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.resume()
    const closed = once(socket, 'close')
    const head = `POST ${PREFIX}/account/login HTTP/1.1\r\nhost: localhost\r\n`
    socket.write(`${head}content-type: application/octet-stream\r\ncontent-length: 1000000\r\n\r\n`)
    const start = performance.now()
    while (!socket.closed && performance.now() - start < 30_000) {
      socket.write('x')
      await Promise.race([closed, sleep(250)])
    }
    socket.destroy()
    assert.ok(performance.now() - start < 20_000, 'it is open still')
  })
})
