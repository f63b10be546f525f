import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { settingsOf } from '../../src/engines/postgres/settings.ts'
import { ApiSite } from './site.ts'

interface Run {
  readonly id: string
  readonly source: string | null
  readonly request: Record<string, unknown>
}

describe('runs that restore', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.addShop('one')
    await site.addSource('two')
  })
  after(() => site.close())

  const trigger = (source: string, more: object = {}) =>
    site.expect<Run>(201, 'POST', '/runs', { kind: 'backup', source, ...more })
  const cancel = (run: { id: string }) => site.expect<Run>(200, 'POST', `/runs/${run.id}/cancel`)

  test('a restore into another database of the source’s server needs no password, and no name leads elsewhere', async () => {
    const at = `127.0.0.1:${site.test.server.port}`
    const names = [
      'copy',
      'a b',
      `q"u'o;te`,
      '/../?host=evil&x=%2F#',
      'host=evil dbname=x',
      'ü'.repeat(31),
    ]
    for (const database of names) {
      const body = { kind: 'restore', source: 'one', backup: 'latest', target: 'source', database }
      const run = await site.expect<Run>(201, 'POST', '/runs', body)
      assert.deepEqual([run.request.target, run.request.replace], [`${database}@${at}`, false])
      const [row] = await site.test.catalog.query<{ sealed: Buffer; lock: string }>(
        'select request_sealed as sealed, lock_key as lock from runs where id = $1',
        [run.id],
      )
      assert.equal(row?.lock, `target:${database}@${at}`)
      const url = site.vault.unseal(row?.sealed ?? Buffer.of(), `runs.request_sealed:${run.id}`)
      const { host, port, user, password, ...parts } = settingsOf(url)
      const { server } = site.test
      assert.deepEqual(
        [parts.database, host, port, user, password?.reveal()],
        [database, server.host, server.port, server.user, server.password],
      )
      // The source itself is free.
      await cancel(await trigger('one'))
      await cancel(run)
    }
  })

  test('and in place of another source keeps the backups of that one out', async () => {
    const body = {
      kind: 'restore',
      source: 'one',
      backup: 'latest',
      target: 'source',
      database: 'two',
    }
    const run = await site.expect<Run>(201, 'POST', '/runs', { ...body, replace: true })
    await site.refuse('RUN_IN_THE_WAY', 409, 'POST', '/runs', { kind: 'backup', source: 'two' })
    await cancel(run)
    const target = site.test.server.url('x')
    await site.refuse('INVALID_INPUT', 422, 'POST', '/runs', { ...body, target })
    for (const database of ['', 'x'.repeat(201), 'a\0b']) {
      await site.refuse('INVALID_INPUT', 422, 'POST', '/runs', { ...body, database })
    }
    for (const database of ['x'.repeat(64), 'a\nb', '..']) {
      await site.refuse('WRONG_USE', 422, 'POST', '/runs', { ...body, database })
    }
  })

  test('a backup of no source here is restored to a URL, and to nothing less', async () => {
    const [body, at] = [{ kind: 'restore', backup: 'c0ffee' }, `127.0.0.1:${site.test.server.port}`]
    const target = site.test.server.url('anew')
    const run = await site.expect<Run>(201, 'POST', '/runs', { ...body, target })
    assert.deepEqual(
      [run.source, run.request.backup, run.request.target],
      [null, 'c0ffee', `anew@${at}`],
    )
    await site.refuse('RUN_IN_THE_WAY', 409, 'POST', '/runs', { ...body, target })
    await cancel(run)
    const again = await site.expect<Run>(201, 'POST', `/runs/${run.id}/retry`)
    assert.deepEqual([again.source, again.request], [null, run.request])
    await cancel(again)
    // A database that a source watches is not backed up while it is replaced.
    const two = { ...body, target: site.test.server.url('two'), replace: true }
    const replacing = await site.expect<Run>(201, 'POST', '/runs', two)
    await site.refuse('RUN_IN_THE_WAY', 409, 'POST', '/runs', { kind: 'backup', source: 'two' })
    await cancel(replacing)
    for (const [field, wrong] of [
      ['target', { ...body, target: 'source' }],
      ['backup', { ...body, target, backup: 'latest' }],
    ] as const) {
      for (const path of ['/runs', '/restores/preflight']) {
        const { problems = [] } = await site.refuse('INVALID_INPUT', 422, 'POST', path, wrong)
        assert.deepEqual(
          problems.map(one => one.field),
          [field],
        )
      }
    }
    const socket = 'postgres://ops@/shop?host=/tmp'
    const refused = await site.as('operator').send('POST', '/runs', { ...body, target: socket })
    assert.equal(refused.status, 403)
  })

  test('what runs were asked and found is told whatever a version wrote down', async () => {
    const { id } = await trigger('two', { tags: { release: '2.4' } })
    const odd = { backup: 'ff', tables: 3, later: { deep: [1] } }
    await site.test.catalog.query('update runs set result = $2, progress = $3 where id = $1', [
      id,
      JSON.stringify(odd),
      JSON.stringify({ newer: 1 }),
    ])
    const { run } = await site.expect<{ run: Record<string, unknown> }>(200, 'GET', `/runs/${id}`)
    assert.deepEqual([run.result, run.progress, run.touched], [odd, { newer: 1 }, null])
    await cancel({ id })
  })
})
