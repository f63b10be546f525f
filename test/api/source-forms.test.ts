import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiSite } from './site.ts'

interface Details {
  readonly source: { id: string; name: string; label: string; formerLabels: string[] }
  readonly connection: Record<string, unknown>
  readonly standing: { verdict: string }
}
interface Found {
  readonly databases: {
    database: string
    label: string
    owner: string
    encoding: string
    bytes: number | null
    source: string | null
  }[]
}

const PASSWORD = 'p@ss:w/o%rd "\\ canary-77'

describe('a source in parts', () => {
  let site: ApiSite
  const odd = `odd 'name" host=evil.example port=1 #?/%`
  before(async () => {
    site = await ApiSite.open()
    await site.addShop('shop')
    const { server } = site.test
    await server.query('postgres', `create database "${odd.replaceAll('"', '""')}"`)
    const password = PASSWORD.replaceAll("'", "''")
    await server.query('postgres', `create role "form user" superuser login password '${password}'`)
    await server.query('postgres', 'create role weak login')
    await server.query('postgres', 'create database hidden owner weak')
    await server.query('postgres', 'revoke connect on database hidden from public')
  })
  after(() => site.close())
  const parts = (more: object = {}) => ({
    host: site.test.server.host,
    port: site.test.server.port,
    database: odd,
    user: 'form user',
    password: PASSWORD,
    ...more,
  })

  test('is added and reached, whatever its parts hold', async () => {
    const added = await site.expect<{ label: string; database: string }>(201, 'POST', '/sources', {
      name: 'odd',
      ...parts(),
    })
    assert.equal(added.database, odd)
    await site.expect(200, 'POST', '/sources/odd/test')
    await site.expect(200, 'POST', '/sources/test', parts())
    await site.refuse('DATABASE_MISSING', 404, 'POST', '/sources/test', parts({ database: 'nix' }))
    await site.refuse('DATABASE_REFUSED', 502, 'POST', '/sources/test', parts({ password: 'no' }))
  })

  test('shows its login and never its password', async () => {
    const { connection, standing } = await site.expect<Details>(200, 'GET', '/sources/odd')
    assert.deepEqual(connection, {
      host: site.test.server.host,
      port: site.test.server.port,
      database: odd,
      user: 'form user',
      passwordSet: true,
      tls: 'prefer',
      caFile: null,
      lastTls: null,
    })
    assert.equal(standing.verdict, 'unscheduled')
    assert.ok(!site.said.join('').includes('canary-77'))
  })

  test('sends its password nowhere else: another place needs it again', async () => {
    for (const changes of [
      { host: 'evil.example' },
      { port: 1 },
      { user: 'other' },
      { database: 'shop' },
      { tls: 'disable' },
    ]) {
      const problem = await site.refuse('INVALID_INPUT', 422, 'PATCH', '/sources/odd', changes)
      assert.deepEqual(
        problem.problems?.map(one => one.field),
        ['password'],
      )
    }
    await site.expect(200, 'PATCH', '/sources/odd', { port: site.test.server.port, name: 'Odd' })
    await site.refuse('NAME_TAKEN', 409, 'PATCH', '/sources/odd', { name: 'SHOP' })
    await site.refuse('INVALID_INPUT', 422, 'PATCH', '/sources/odd', {})
    await site.refuse('NOT_FOUND', 404, 'PATCH', '/sources/nix', { name: 'x' })
  })

  test('keeps its backups where its database moves, and the record says what changed', async () => {
    const { source } = await site.expect<Details>(200, 'GET', '/sources/odd')
    await site.test.catalog.query(
      `insert into backups (id, repository_id, source_id, source_label, started_at, finished_at,
         dump_bytes, stored_bytes, tables, rows, manifest)
       select 'b1', id, $1, $2, now(), now(), 1, 1, 1, 1, '{}' from repositories`,
      [source.id, source.label],
    )
    const moved = await site.expect<{ source: Details['source']; warnings: string[] }>(
      200,
      'PATCH',
      '/sources/odd',
      { database: 'shop', password: PASSWORD },
    )
    assert.match(moved.source.label, /^shop@/)
    assert.deepEqual(moved.source.formerLabels, [source.label])
    assert.equal(moved.warnings.length, 1)
    const [entry] = await site.audited('source.edit')
    const { before, after, passwordGiven } = entry?.details ?? {}
    assert.deepEqual(
      [(before as { database: string }).database, (after as { database: string }).database],
      [odd, 'shop'],
    )
    assert.equal(passwordGiven, true)
    assert.ok(!JSON.stringify(entry).includes('canary-77'))
    const verify = await site.expect<{ id: string; request: { backup: string } }>(
      201,
      'POST',
      '/runs',
      { kind: 'verify', source: 'odd' },
    )
    assert.equal(verify.request.backup, 'b1')
    await site.expect(200, 'POST', `/runs/${verify.id}/cancel`)
  })

  test('either the URL or the parts are given, and no part is of a wrong kind', async () => {
    const fields = async (body: object) =>
      (await site.refuse('INVALID_INPUT', 422, 'POST', '/sources', body)).problems?.map(
        one => one.field,
      )
    assert.deepEqual(await fields({ name: 'x', url: 'postgres://h/d', host: 'h' }), ['host'])
    assert.deepEqual(await fields({ name: 'x' }), ['url'])
    assert.deepEqual(await fields({ name: 'x', host: 'h' }), ['database'])
    assert.deepEqual(await fields({ name: 'x', host: 'h', database: 'd', port: 65_536 }), ['port'])
    assert.deepEqual(await fields({ name: 'x', host: 'h\0', database: 'd\ud800' }), [
      'host',
      'database',
    ])
    await site.refuse('WRONG_USE', 422, 'POST', '/sources', {
      name: 'x',
      host: 'a,b',
      database: 'd',
    })
    await site.refuse('WRONG_USE', 422, 'POST', '/sources', {
      name: 'x',
      engine: 'oracle',
      host: 'h',
      database: 'd',
    })
  })

  test('the databases of a server are listed, with few rights, too', async () => {
    const { databases } = await site.expect<Found>(200, 'POST', '/sources/databases', {
      source: 'shop',
    })
    const names = databases.map(one => one.database)
    assert.ok(names.includes(odd) && names.includes('hidden') && !names.includes('template1'))
    const shop = databases.find(one => one.database === 'shop')
    assert.deepEqual([shop?.encoding, shop?.owner, shop?.source], ['UTF8', 'postgres', 'Odd'])
    assert.ok(Number(shop?.bytes) > 0)
    const login = parts({ database: undefined })
    const found = await site.expect<Found>(200, 'POST', '/sources/databases', login)
    assert.deepEqual(
      found.databases.map(one => one.database),
      names,
    )
    await site.test.server.query('postgres', `alter role weak password 'w'`)
    const few = parts({ user: 'weak', password: 'w', database: undefined })
    await site.test.server.query('postgres', 'alter database hidden owner to postgres')
    const seen = await site.expect<Found>(200, 'POST', '/sources/databases', few)
    assert.equal(seen.databases.find(one => one.database === 'hidden')?.bytes, null)
    const both = { source: 'shop', host: 'h' }
    await site.refuse('INVALID_INPUT', 422, 'POST', '/sources/databases', both)
  })
})
