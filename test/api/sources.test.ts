import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiSite } from './site.ts'

interface Source {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly schedules: number
  readonly lastBackupAt: string | null
}

describe('sources', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
    await site.test.server.query('postgres', 'create database shop')
  })
  after(() => site.close())
  const url = () => site.test.server.url('shop')

  test('one that is added is listed by name, without its URL', async () => {
    const added = await site.expect<Source>(201, 'POST', '/sources', { name: ' Shop ', url: url() })
    assert.equal(added.name, 'Shop')
    assert.equal(added.label, `shop@127.0.0.1:${site.test.server.port}`)
    const { sources } = await site.expect<{ sources: Source[] }>(200, 'GET', '/sources')
    assert.deepEqual(sources, [{ ...added, schedules: 0, lastBackupAt: null }])
    assert.ok(!JSON.stringify(sources).includes('postgres://'))
    const [entry] = await site.audited('source.add')
    assert.equal(entry?.actor, 'local user ops')
  })

  test('its URL is sealed in the catalog, for its own row', async () => {
    const [row] = await site.test.catalog.query<{ id: string; url_sealed: Buffer }>(
      'select id, url_sealed from sources where removed_at is null',
    )
    assert.ok(row)
    const opened = site.vault.unseal(row.url_sealed, `sources.url_sealed:${row.id}`)
    assert.equal(opened.reveal(), url())
  })

  test('a name is taken whatever its capitals', async () => {
    await site.refuse('NAME_TAKEN', 409, 'POST', '/sources', { name: 'SHOP', url: url() })
  })

  test('wrong input is refused, and every field is named', async () => {
    const problem = await site.refuse('INVALID_INPUT', 422, 'POST', '/sources', {
      name: '',
      url: 7,
      colour: 'x',
    })
    assert.deepEqual(problem.problems?.map(one => one.field).sort(), ['colour', 'name', 'url'])
    await site.refuse('WRONG_USE', 422, 'POST', '/sources', { name: 'x', url: 'oracle://h/d' })
  })

  test('a look at it tells its server and what would dump it', async () => {
    const found = await site.expect<{ server: string; tool: string }>(
      200,
      'POST',
      '/sources/shop/test',
    )
    assert.match(found.server, /^\d+/)
    assert.match(found.tool, /^pg_dump \d+/)
  })

  test('a database that is not there is no fault of the request', async () => {
    const gone = site.test.server.url('gone')
    await site.expect(201, 'POST', '/sources', { name: 'gone', url: gone })
    await site.refuse('DATABASE_MISSING', 404, 'POST', '/sources/gone/test')
    await site.expect(200, 'DELETE', '/sources/gone')
  })

  test('it is found by its name, its id and the beginning of that', async () => {
    const { sources } = await site.expect<{ sources: Source[] }>(200, 'GET', '/sources')
    for (const name of ['SHOP', sources[0]?.id, sources[0]?.id.slice(0, 6)]) {
      await site.expect(200, 'POST', `/sources/${name}/test`)
    }
    await site.refuse('NOT_FOUND', 404, 'POST', '/sources/nix/test')
    await site.refuse('NOT_FOUND', 404, 'POST', `/sources/${encodeURIComponent('%')}/test`)
  })

  test('a name may be as long and as odd as it is allowed to be', async () => {
    const name = `${'é'.repeat(97)}/%`
    await site.expect(201, 'POST', '/sources', { name, url: url() })
    await site.expect(200, 'DELETE', `/sources/${encodeURIComponent(name)}`)
    await site.refuse('INVALID_INPUT', 422, 'POST', '/sources', {
      name: 'x'.repeat(101),
      url: url(),
    })
  })

  test('one that is removed is gone with its URL; its name is free again', async () => {
    await site.expect(200, 'DELETE', '/sources/shop')
    await site.refuse('NOT_FOUND', 404, 'DELETE', '/sources/shop')
    const rows = await site.test.catalog.query<{ url_sealed: Buffer }>(
      'select url_sealed from sources',
    )
    assert.ok(rows.every(row => row.url_sealed.length === 0))
    await site.expect(201, 'POST', '/sources', { name: 'shop', url: url() })
  })
})
