import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { refusal } from '../api/accounts.ts'
import { ApiSite } from '../api/site.ts'

const MB = 1024 * 1024

const message = (kind: string, ...parts: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map(part => Buffer.from(part)))
  const head = Buffer.alloc(5, kind)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const AUTHENTICATED = message('R', Buffer.alloc(4))
const READY = message('Z', 'I')
const COLUMN = message('T', Buffer.from([0, 1]), 'name\0', Buffer.alloc(18))
const ROW = message('D', Buffer.from([0, 1, 0, 1, 0, 0]), Buffer.alloc(65_536, 'x'))

/** A PostgreSQL server that lets everybody in, and answers every question with rows without end. */
async function endless(): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let isIn = false
    let isAsked = false
    const pour = () => {
      while (socket.writable && socket.write(ROW));
    }
    socket.on('data', data => {
      if (data.length === 8) socket.write('N')
      else if (!isIn) {
        isIn = true
        socket.write(Buffer.concat([AUTHENTICATED, READY]))
      } else if (!isAsked) {
        isAsked = true
        socket.write(COLUMN)
        socket.on('drain', pour)
        pour()
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: (server.address() as AddressInfo).port, close }
}

describe('a database server that means ill', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())

  test('does not fill the memory of whoever asks it', { timeout: 60_000 }, async () => {
    const server = await endless()
    const url = `postgres://ops@127.0.0.1:${server.port}/x`
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20)
    const before = process.memoryUsage.rss()
    const giveUp = setTimeout(server.close, 20_000)
    for (const path of ['/sources/test', '/sources/databases']) {
      const asked = await site.send('POST', path, { url })
      assert.match(refusal(asked), /^502 DATABASE_/, path)
    }
    clearInterval(watch)
    clearTimeout(giveUp)
    server.close()
    assert.ok(most - before < 600 * MB, `${Math.round((most - before) / MB)} MB`)
  })
})
