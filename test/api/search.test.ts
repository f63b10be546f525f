import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { addApiKey } from '../../src/catalog/api-keys.ts'
import type { Role, Scope } from '../../src/core/access.ts'
import { ApiSite } from './site.ts'

interface Finding {
  readonly kind: string
  readonly id: string
  readonly name: string
  readonly hint: string
  readonly at: string | null
}

describe('the search', () => {
  let site: ApiSite
  let runId = ''
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())

  const find = async (text: string, headers = {}, app = site.socket): Promise<Finding[]> => {
    const path = `/search?text=${encodeURIComponent(text)}`
    const { status, body } = await site.send<{ findings: Finding[] }>(
      'GET',
      path,
      undefined,
      headers,
      app,
    )
    assert.equal(status, 200, JSON.stringify(body))
    return body.findings
  }
  const kinds = (found: readonly Finding[]) => [...new Set(found.map(one => one.kind))]
  async function asKey(text: string, role: Role, scopes?: readonly Scope[]): Promise<string[]> {
    const about = {
      name: `${role} ${scopes?.join() ?? ''} ${text}`.slice(0, 100),
      days: null,
      role,
    }
    const { key } = await addApiKey(site.test.catalog, { ...about, ...(scopes && { scopes }) })
    return kinds(await find(text, { authorization: `Bearer ${key.reveal()}` }, site.port))
  }

  test('finds nothing on an empty server', async () => {
    for (const text of ['shop', 'abcd', '%', '_', '\\', "';--", '\u{1F4BE}']) {
      assert.deepEqual(await find(text), [])
    }
    await site.refuse('INVALID_INPUT', 422, 'GET', '/search?text=')
    await site.refuse('INVALID_INPUT', 422, 'GET', '/search?text=%00')
  })

  test('finds everything that has to do with a name', async () => {
    await site.addShop('shop', 'shop archive')
    await site.addSource('bookshop')
    const schedule = { source: 'shop', repository: 'shop archive', cron: 'daily at 02:00' }
    await site.expect(201, 'POST', '/schedules', schedule)
    const { id } = await site.expect<{ id: string }>(201, 'POST', '/runs', {
      kind: 'backup',
      source: 'shop',
    })
    runId = id
    await site.member('viewer').entered()
    await site.test.catalog.query(
      `update users set name = 'Shop Keeper', email = 'keeper@example.org'`,
    )
    const found = await find('SHOP')
    assert.deepEqual(
      found.map(({ kind, name }) => [kind, name]),
      [
        ['source', 'shop'],
        ['source', 'bookshop'],
        ['repository', 'shop archive'],
        ['schedule', 'shop'],
        ['user', 'Shop Keeper'],
      ],
    )
    assert.deepEqual(
      found.slice(3).map(one => one.hint),
      ['daily at 02:00', 'keeper@example.org'],
    )
    assert.deepEqual(kinds(await find('sho%')), [])
  })

  test('finds runs and backups by the beginning of an id', async () => {
    for (const text of [runId, runId.slice(0, 4), runId.slice(0, 11), runId.replaceAll('-', '')]) {
      const run = (await find(text.toUpperCase())).find(one => one.kind === 'run')
      assert.deepEqual([run?.id, run?.name, run?.hint], [runId, 'shop', 'backup queued'], text)
    }
    for (const text of [runId.slice(0, 3), `${runId.slice(0, 5)}-`, `${runId}0`]) {
      assert.deepEqual(kinds(await find(text)), [], text)
    }
    await site.test.catalog.query(
      `insert into backups (id, repository_id, source_id, source_label, started_at, finished_at,
         dump_bytes, stored_bytes, tables, rows, manifest, tags)
       select repeat(n::text, 32), r.id, s.id, s.label, '2026-05-01Z', '2026-05-01Z', 1, 1, 1, 1,
         '{}', case n when 7 then '{"ticket": "OPS_42"}' else '{}' end::jsonb
       from repositories r, sources s, generate_series(6, 8) as n where s.name = 'shop'`,
    )
    const { repository } = await site.expect<{ repository: { id: string } }>(
      200,
      'GET',
      '/repositories/shop%20archive',
    )
    const [backup, ...others] = await find('66')
    assert.deepEqual(others, [])
    assert.deepEqual(backup, {
      kind: 'backup',
      id: '6'.repeat(32),
      name: 'shop',
      hint: '66666666 in shop archive',
      repositoryId: repository.id,
      at: '2026-05-01T00:00:00.000Z',
    })
  })

  test('finds backups by what people said of them', async () => {
    await site.expect(200, 'PATCH', `/backups/${'8'.repeat(32)}`, { note: 'before the 10% move' })
    const hints = async (text: string) => (await find(text)).map(one => [one.id[0], one.hint])
    assert.deepEqual(await hints('10% MOVE'), [['8', 'before the 10% move']])
    assert.deepEqual(await hints('ops_4'), [['7', 'ticket=OPS_42']])
    assert.deepEqual(await hints('ticket=ops'), [['7', 'ticket=OPS_42']])
    assert.deepEqual(await hints('opsx4'), [])
  })

  test('names no more than eight of a kind', async () => {
    await site.test.catalog.query(
      `insert into sources (id, name, engine, url_sealed, host, database, label)
       select gen_random_uuid(), 'many ' || n, 'postgres', '', 'h', 'd', 'l'
       from generate_series(1, 20) n`,
    )
    assert.equal((await find('many')).length, 8)
  })

  test('shows to each only what they may see elsewhere', async () => {
    const everything = ['source', 'repository', 'schedule', 'user']
    assert.deepEqual(await asKey('shop', 'admin'), everything)
    assert.deepEqual(await asKey('shop', 'operator'), everything.slice(0, 3))
    assert.deepEqual(await asKey('shop', 'viewer'), everything.slice(0, 3))
    assert.deepEqual(await asKey('shop', 'admin', ['search:read']), [])
    assert.deepEqual(await asKey('shop', 'admin', ['search:read', 'users:read']), ['user'])
    assert.deepEqual(await asKey('shop', 'viewer', ['search:read', 'users:read']), [])
    assert.deepEqual(await asKey('shop', 'viewer', ['search:read', 'schedules:write']), [
      'schedule',
    ])
    const runs: readonly Scope[] = ['search:read', 'runs:read']
    assert.deepEqual(await asKey(runId, 'viewer', runs), ['run'])
    assert.deepEqual(await asKey(runId, 'viewer', ['search:read', 'backups:read']), [])
    assert.deepEqual(await asKey('66', 'viewer', ['search:read', 'backups:read']), ['backup'])
    const member = await site.as('viewer').entered()
    assert.deepEqual(kinds(await find('shop', member.headers, site.port)), everything.slice(0, 3))
  })
})
