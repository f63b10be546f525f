import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { PREFIX } from '../../src/api/mount.ts'
import type { DownloadLink } from '../../src/api/schema/backups.ts'
import { addApiKey } from '../../src/catalog/api-keys.ts'
import { collect } from '../../src/stream/bytes.ts'
import { addFiller } from '../../support/filler.ts'
import { loadShop } from '../../support/shop.ts'
import { watchLoop } from '../support/loop.ts'
import { processes } from '../support/processes.ts'
import { eventually } from '../support/server.ts'
import { BackupSite } from './backup-site.ts'

const { signal } = new AbortController()

describe('downloads', () => {
  let site: BackupSite
  let id: string
  let port: number
  before(async () => {
    site = await BackupSite.open()
    await site.server.query('postgres', 'create database "sh öp/../x"')
    await loadShop(site.server, 'sh öp/../x', 0.001)
    // The dump is larger than what a connection may hold by itself: 32 MiB received and 4 MiB on their way.
    await addFiller(site.server, 'sh öp/../x', 48)
    id = await site.backUp('sh öp/../x')
    await site.refresh()
    await site.api.port.listen({ port: 0, host: '127.0.0.1' })
    port = (site.api.port.server.address() as AddressInfo).port
  })
  after(() => site.close())

  const ask = (stream = 'dump', key = site.api.key) =>
    fetch(`http://127.0.0.1:${port}${PREFIX}/backups/${id}/downloads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.reveal()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ stream }),
    })
  const link = async (stream = 'dump') => (await (await ask(stream)).json()) as DownloadLink
  const download = (token: string, key = site.api.key) =>
    fetch(`http://127.0.0.1:${port}${PREFIX}/downloads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.reveal()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
  /** A download whose bytes nobody takes until they are asked for. */
  const open = (token: string, key = site.api.key): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${key.reveal()}`,
        'content-type': 'application/json',
      }
      const path = `${PREFIX}/downloads`
      request({ host: '127.0.0.1', port, path, method: 'POST', headers }, resolve)
        .on('error', reject)
        .end(JSON.stringify({ token }))
    })

  async function stored(stream: string): Promise<Uint8Array> {
    const repository = await site.repository()
    const reader = await repository.reader(await repository.find(id, signal), signal)
    const bytes = await collect(reader.stream(stream))
    await reader.close()
    return bytes
  }

  test('give the native dump byte for byte, as a file that no browser opens', async () => {
    const { token, name, bytes } = await link()
    const response = await download(token)
    assert.equal(response.status, 200)
    const found = Buffer.from(await response.arrayBuffer())
    assert.ok(found.equals(await stored('dump')))
    assert.equal(response.headers.get('content-length'), String(bytes))
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.equal(response.headers.get('content-type'), 'application/octet-stream')
    const disposition = response.headers.get('content-disposition') ?? ''
    assert.match(
      disposition,
      /^attachment; filename\*=UTF-8''sh%20%C3%B6p_\.\._x%20[\w%.-]+\.dump$/,
    )
    assert.equal(decodeURIComponent(disposition.split("''")[1] ?? ''), name)
    const path = join(site.api.dir, 'downloaded')
    writeFileSync(path, found)
    const list = await promisify(execFile)(join(site.server.bin, 'pg_restore'), ['--list', path])
    assert.match(list.stdout, /TABLE DATA shop order_lines /)
  })

  test('give the roles that were backed up with it, too', async () => {
    const { token, name } = await link('globals')
    const response = await download(token)
    assert.match(name, /\.sql$/)
    assert.ok(Buffer.from(await response.arrayBuffer()).equals(await stored('globals')))
    assert.equal((await ask('nothing')).status, 404)
  })

  test('a token is good for one of two that use it at the same moment', async () => {
    /** Who has read an answer to its end may be counted for a moment more. */
    const nobodyElse = async () => {
      const probes = await Promise.all([download('hfd_none'), download('hfd_none')])
      return probes.every(({ status }) => status === 404)
    }
    for (let i = 0; i < 3; i += 1) {
      const { token } = await link('globals')
      await eventually('the end of earlier downloads', nobodyElse)
      const both = await Promise.all([download(token), download(token)])
      assert.deepEqual(
        both.map(one => one.status).toSorted((a, b) => a - b),
        [200, 404],
      )
      await Promise.all(both.map(one => one.arrayBuffer()))
      assert.equal((await download(token)).status, 404)
    }
  })

  test('a token is good for whoever asked for it, for 5 minutes, and stands in no log', async () => {
    const { token, expiresAt } = await link('globals')
    const minutes = (new Date(expiresAt).getTime() - Date.now()) / 60_000
    assert.ok(minutes > 4.5 && minutes < 5.1)
    const { catalog } = site.api.test
    const { key } = await addApiKey(catalog, { name: 'other', role: 'admin', days: null })
    assert.equal((await download(token, key)).status, 403)
    await site.api.test.setClock(new Date(Date.now() + 6 * 60_000).toISOString())
    assert.equal((await download(token)).status, 404)
    await site.api.test.setClock(undefined)
    const done = await download(token)
    assert.equal(done.status, 200)
    await done.arrayBuffer()
    assert.equal((await download('hfd_made-up')).status, 404)
    const logged = site.api.said.filter(text => text.startsWith('{"level"')).join('\n')
    assert.ok(logged.includes('/downloads'))
    assert.ok(!logged.includes(token))
    const rows = await catalog.query<{ text: string }>(
      `select download_links::text as text from download_links union all select audit_log::text from audit_log`,
    )
    assert.ok(rows.length > 4 && !rows.some(row => row.text.includes(token)))
  })

  test('each leaves one record of who took what', async () => {
    const count = async () => [
      (await site.api.audited('backup.download-link')).length,
      (await site.api.audited('backup.download')).length,
    ]
    const [links = 0, downloads = 0] = await count()
    const { token } = await link('globals')
    await (await download(token)).arrayBuffer()
    assert.deepEqual(await count(), [links + 1, downloads + 1])
    const [last] = await site.api.audited('backup.download')
    assert.deepEqual([last?.actor, last?.details.stream], ['api key test', 'globals'])
  })

  test('viewers take nothing away', async () => {
    const viewer = site.api.as('viewer')
    const { status } = await viewer.send('POST', `/backups/${id}/downloads`, {})
    assert.equal(status, 403)
  })

  test('a page of ours may send the token by a form, and no page of others', async () => {
    const operator = site.api.as('operator')
    const made = await operator.send<DownloadLink>('POST', `/backups/${id}/downloads`, {
      stream: 'globals',
    })
    const form = `token=${made.body.token}`
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const foreign = { ...type, 'sec-fetch-site': 'cross-site' }
    assert.equal((await operator.send('POST', '/downloads', form, foreign)).status, 403)
    const done = await operator.send('POST', '/downloads', form, type)
    assert.equal(done.status, 200)
    const other = await operator.send('POST', `/backups/${id}/downloads`, 'stream=dump', type)
    assert.ok([403, 415].includes(other.status), `${other.status}`)
  })

  test('few at once; the others are told when to come again', async () => {
    const links = await Promise.all([link(), link(), link()])
    const first = await open(links[0]?.token ?? '')
    const second = await open(links[1]?.token ?? '')
    const third = await download(links[2]?.token ?? '')
    assert.equal(third.status, 429)
    assert.match(third.headers.get('retry-after') ?? '', /^\d+$/)
    first.destroy()
    second.destroy()
  })

  test('the server stays free and small while somebody downloads slowly', async () => {
    const { token, bytes } = await link()
    const response = await open(token)
    const before = process.memoryUsage().rss
    const assertFree = watchLoop()
    const digest = createHash('sha256')
    let read = 0
    let most = before
    for await (const piece of response as AsyncIterable<Buffer>) {
      digest.update(piece)
      read += piece.length
      most = Math.max(most, process.memoryUsage().rss)
    }
    assertFree()
    assert.equal(read, bytes)
    const expected = createHash('sha256').update(await stored('dump'))
    assert.equal(digest.digest('hex'), expected.digest('hex'))
    assert.ok(most - before < 64e6, `${most - before}`)
  })

  test('one that has begun breaks off once whoever takes it may not any more', async () => {
    const { catalog } = site.api.test
    const isAtWork = () => processes().some(one => one.environ.includes(site.api.dir))
    await eventually('that nobody else is at it', () => !isAtWork())
    const taken = await addApiKey(catalog, { name: 'taken', role: 'operator', days: null })
    const asked = await ask('dump', taken.key)
    const { token, bytes } = (await asked.json()) as DownloadLink
    const response = await open(token, taken.key)
    assert.equal(response.statusCode, 200)
    await eventually('a process that reads', isAtWork)
    await site.api.expect(200, 'DELETE', '/api-keys/taken')
    let read = 0
    await assert.rejects(async () => {
      for await (const piece of response as AsyncIterable<Buffer>) {
        read += piece.length
        // Never still for so long that it would be ended for that, and seconds until it has all come.
        await sleep(5)
      }
    }, /aborted/)
    assert.ok(read < bytes, `${read} of ${bytes}`)
    await eventually('the end of the process', () => !isAtWork())
  })

  test('one that nobody takes is ended after a while, and its process with it', async () => {
    const { token } = await link()
    const response = await open(token)
    // Not a byte is read: what the sockets between hold is far less than the dump.
    const isAtWork = () => processes().some(one => one.environ.includes(site.api.dir))
    await eventually('a process that reads', isAtWork)
    await eventually('its end', () => !isAtWork())
    await assert.rejects(buffer(response))
  })

  test('a chunk that breaks in the middle breaks the connection at once', {
    timeout: 30_000,
  }, async () => {
    const { token, bytes } = await link()
    damagePacks(site.place())
    const response = await open(token)
    assert.equal(response.statusCode, 200)
    let read = 0
    await assert.rejects(async () => {
      for await (const piece of response as AsyncIterable<Buffer>) read += piece.length
    })
    assert.ok(read > 0 && read < bytes, `${read} of ${bytes}`)
  })
})

/** Flips a byte in the middle of every pack. */
function damagePacks(place: string): void {
  const packs = readdirSync(place, { recursive: true, encoding: 'utf8' })
    .map(name => join(place, name))
    .filter(path => /\/packs\//.test(path) && statSync(path).isFile() && statSync(path).size > 1e5)
  assert.ok(packs.length > 0)
  for (const path of packs) {
    const bytes = readFileSync(path)
    const at = Math.floor(bytes.length * 0.6)
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    writeFileSync(path, bytes)
  }
}
