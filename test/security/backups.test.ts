import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { PREFIX } from '../../src/api/mount.ts'
import type { Backup } from '../../src/api/schema/backups.ts'
import { bytesOf } from '../../src/stream/bytes.ts'
import { BackupSite } from '../api/backup-site.ts'
import type { ProblemBody } from '../api/site.ts'

const { signal } = new AbortController()

describe('backups that somebody wants to spoil', () => {
  let site: BackupSite
  before(async () => {
    site = await BackupSite.open()
    await site.server.query('postgres', 'create database shop')
    await site.server.query('shop', 'create table items as select 1 as id')
    await site.know('shop')
  })
  after(() => site.close())

  test('none can be passed off as an upload, which nobody protects, or as one of another source', async () => {
    for (const tag of ['uploaded', 'uploaded-for']) {
      const body = { kind: 'backup', source: 'shop', tags: { [tag]: 'x' } }
      const refused = await site.api.refuse('INVALID_INPUT', 422, 'POST', '/runs', body)
      assert.match(refused.problems?.[0]?.why ?? '', /mark what was brought in/)
    }
  })

  test('a dump with a name that is no text is brought in, and spoils no list', async () => {
    const { status, body } = await upload(withDatabase(await dump(), `${'a'.repeat(62)}\u{1f600}`))
    assert.equal(status, 201, JSON.stringify(body))
    await site.refresh()
    const list = await site.api.expect<{ backups: Backup[] }>(200, 'GET', '/backups')
    assert.deepEqual(
      list.backups.map(one => one.id),
      [body.id],
    )
  })

  test('a repository whose manifests hold what the catalog cannot keep can be read still', async () => {
    const id = await site.backUp('shop', { tags: { note: 'a\0b\ud83d' } })
    await site.refresh()
    const found = await site.api.expect<Backup>(200, 'GET', `/backups/${id}`)
    assert.deepEqual(found.tags, { note: 'a\ufffdb\ufffd' })
  })

  test('an outline that a dump made endless is not read into the server', async () => {
    const id = await site.backUp('shop')
    const repository = await site.repository()
    const manifest = await repository.find(id, signal)
    const writer = await repository.writer({ host: 'elsewhere' }, signal)
    const spaces = Buffer.alloc(1024 * 1024, ' ')
    const outline = async function* () {
      for (let n = 0; n < 40; n += 1) yield spaces
    }
    await writer.store('dump', 'pg_dump custom', bytesOf('x'))
    await writer.store('outline', 'json', outline(), { kind: 'meta' })
    const { source, startedAt, tags, summary, warnings, madeBy } = manifest
    const large = await writer.commit({ source, startedAt, tags, summary, warnings, madeBy })
    await writer.close()
    await site.refresh()
    await site.api.refuse('OUTLINE_TOO_LARGE', 422, 'GET', `/backups/${large.id}/tables`)
  })

  /** A dump to a pipe, in which no part has to know where another one is. */
  async function dump(): Promise<Buffer> {
    const { bin, host, port, user, password = '' } = site.server
    const args = ['-Fc', '--compress=0', '-h', host, '-p', String(port), '-U', user, 'shop']
    const env = { ...process.env, PGPASSWORD: password }
    const options = { env, encoding: 'buffer' as const, maxBuffer: 1 << 24 }
    return (await promisify(execFile)(`${bin}/pg_dump`, args, options)).stdout
  }

  async function upload(bytes: Buffer): Promise<{ status: number; body: Backup & ProblemBody }> {
    const response = await site.api.port.inject({
      method: 'POST',
      url: `${PREFIX}/repositories/main/uploads?source=shop&name=x`,
      headers: {
        authorization: `Bearer ${site.api.key.reveal()}`,
        'content-type': 'application/octet-stream',
      },
      payload: bytes,
    })
    return { status: response.statusCode, body: response.json() }
  }
})

/** The same archive, which says that it is of another database. */
function withDatabase(archive: Buffer, name: string): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value)
    const length = Buffer.alloc(5)
    length.writeUInt32LE(bytes.length, 1)
    return Buffer.concat([length, bytes])
  }
  const old = text('shop')
  const at = archive.indexOf(old)
  assert.ok(at > 0)
  return Buffer.concat([archive.subarray(0, at), text(name), archive.subarray(at + old.length)])
}
