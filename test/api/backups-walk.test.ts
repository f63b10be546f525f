import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { listenOnPort } from '../../src/api/app.ts'
import { PREFIX } from '../../src/api/mount.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import { loadShop } from '../../support/shop.ts'
import { BackupSite } from './backup-site.ts'

let site: BackupSite
let server = ''
let id = ''
before(async () => {
  site = await BackupSite.open()
  await loadShop(site.server, 'shop', 0.01)
  await site.know('shop')
  id = await site.backUp('shop')
  await site.refresh()
  server = await listenOnPort(site.api.port, '127.0.0.1', 0)
})
after(() => site.close())

test('every change of backups leaves one record of who did it', async () => {
  const { catalog } = site.api.test
  const walked: string[] = []

  async function step(route: string, body?: object | Uint8Array<ArrayBuffer>, query = '') {
    const one = ROUTES.find(({ method, path }) => `${method} ${path}` === route)
    assert.ok(one?.action, route)
    const [last] = await catalog.query<{ id: number }>('select max(id) as id from audit_log')
    const path = one.path.replace(':backup', id).replace(':repository', 'main')
    const isFile = body instanceof Uint8Array
    const response = await fetch(`${server}${PREFIX}${path}${query}`, {
      method: one.method,
      headers: {
        authorization: `Bearer ${site.api.key.reveal()}`,
        ...(body && { 'content-type': isFile ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body && { body: isFile ? body : JSON.stringify(body) }),
    })
    const answer = new Uint8Array(await response.arrayBuffer())
    const said = Buffer.from(answer).toString()
    assert.ok(response.ok, `${route}: ${said.slice(0, 300)}`)
    const entries = await catalog.query<Record<string, unknown>>(
      `select action, actor, result, object_id as id, address from audit_log
       where audit_log.id > $1 and request_id is not null`,
      [last?.id ?? 0],
    )
    const [entry] = entries
    assert.equal(entries.length, 1, `${route}: ${JSON.stringify(entries)}`)
    assert.deepEqual(
      [entry?.action, entry?.actor, entry?.result, entry?.address],
      [one.action, 'api key test', 'done', '127.0.0.1'],
    )
    assert.ok(entry?.id, route)
    walked.push(route)
    return answer
  }

  await step('PATCH /backups/:backup', { note: 'before the release' })
  const link = Buffer.from(await step('POST /backups/:backup/downloads', {})).toString()
  const { token } = JSON.parse(link) as { token: string }
  const dump = await step('POST /downloads', { token })
  await step('POST /repositories/:repository/uploads', dump, '?source=shop&name=shop.dump')
  await step('DELETE /backups/:backup', { lastToo: true, source: 'shop' })
  await step('POST /backups/:backup/undelete')

  const changing = ROUTES.filter(one => one.area === 'backups' && one.action !== undefined)
  const missing = changing.map(one => `${one.method} ${one.path}`)
  assert.deepEqual(
    missing.filter(one => !walked.includes(one)),
    [],
  )
})
