import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { PREFIX } from '../../src/api/mount.ts'
import type { Outside } from '../../src/api/outside.ts'
import { Secret } from '../../src/core/secret.ts'
import { outsideOf } from '../../src/outside.ts'
import { ApiSite, transfersIn } from '../api/site.ts'
import { RunSite } from '../support/run-site.ts'

describe('where repositories are for a server with roots', () => {
  let site: ApiSite
  let root: string
  let outside: Outside
  let ask: (path: string, body: unknown) => Promise<{ status: number; body: { code?: string } }>
  before(async () => {
    site = await ApiSite.open()
    root = join(site.dir, 'root')
    mkdirSync(root)
    symlinkSync(site.dir, join(root, 'way-out'))
    const { bin } = site.test.server
    outside = outsideOf({ path: bin, pgBin: bin, reach: {} }, transfersIn(site.dir), {
      home: root,
      roots: [root],
    })
    const port = await site.openPort({}, undefined, { outside })
    ask = async (path, body) => {
      const answer = await port.inject({
        method: 'POST',
        url: PREFIX + path,
        headers: { authorization: `Bearer ${site.key.reveal()}` },
        payload: body as object,
      })
      return { status: answer.statusCode, body: answer.json() }
    }
  })
  after(() => site.close())

  test('an administrator makes and adds them below these only', async () => {
    const elsewhere = await site.makeRepository('elsewhere')
    const recoveryKey = site.recoveryKey(elsewhere).reveal()
    for (const url of [elsewhere, `${root}/way-out/elsewhere`, `file://${root}/../elsewhere`]) {
      const added = await ask('/repositories', { name: 'a', url, recoveryKey })
      assert.deepEqual([added.status, added.body.code], [422, 'PLACE_REFUSED'], url)
    }
    for (const url of [`${site.dir}/new`, `${root}/way-out/new`, `${root}/../new`]) {
      const made = await ask('/repositories/create', { name: 'b', url })
      assert.deepEqual([made.status, made.body.code], [422, 'PLACE_REFUSED'], url)
    }
    assert.ok(!readdirSync(site.dir).includes('new'))
    assert.equal((await ask('/repositories/create', { name: 'c', url: `${root}/c` })).status, 201)
  })

  test('nothing is carried out of one that lies elsewhere, or into it', async () => {
    const { signal } = new AbortController()
    const elsewhere = await site.makeRepository('of others')
    const place = { url: new Secret(elsewhere), key: site.recoveryKey(elsewhere) }
    const refused = { code: 'PLACE_REFUSED' }
    const backup = 'f'.repeat(64)
    await assert.rejects(outside.readStream({ ...place, backup }, 'dump', signal), refused)
    const dump = { engine: 'postgres', name: 'x', tags: {}, maxBytes: 1000 }
    await assert.rejects(outside.importDump(place, dump, Readable.from(['x']), signal), refused)
    await assert.rejects(outside.forgetBackup({ ...place, backup }, false, signal), refused)
  })

  test('one that was known before, or that a link leads out of since, is not opened again', async () => {
    const inside = `${root}/d`
    assert.equal((await ask('/repositories/create', { name: 'd', url: inside })).status, 201)
    assert.equal((await ask('/repositories/d/refresh', {})).status, 200)
    renameSync(inside, join(site.dir, 'moved'))
    symlinkSync(join(site.dir, 'moved'), inside)
    const refused = await ask('/repositories/d/refresh', {})
    assert.deepEqual([refused.status, refused.body.code], [422, 'PLACE_REFUSED'])
    await site.addRepository('before')
    const known = await ask('/repositories/before/refresh', {})
    assert.deepEqual([known.status, known.body.code], [422, 'PLACE_REFUSED'])
  })
})

test('a runner opens no repository outside of the roots of its node', async t => {
  const site = await RunSite.open(t)
  const run = await site.ask(await site.addSource())
  await site.startWorker({ roots: [join(site.dir, 'nowhere')] })
  const { state, failure } = await site.final(run.id)
  assert.deepEqual([state, failure?.code], ['failed', 'PLACE_REFUSED'])
})
