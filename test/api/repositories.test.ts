import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { DUMP } from '../../src/core/backup.ts'
import { systemClock } from '../../src/core/clock.ts'
import { Secret } from '../../src/core/secret.ts'
import { openDatabase } from '../../src/engines/index.ts'
import { backup } from '../../src/operations/backup.ts'
import { Progress } from '../../src/operations/progress.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import { ApiSite, PASSPHRASE } from './site.ts'

interface Refreshed {
  readonly repository: { id: string; place: string }
  readonly adopted: number
  readonly dropped: number
}

describe('repositories', () => {
  const { signal } = new AbortController()
  let site: ApiSite
  let place: string
  before(async () => {
    site = await ApiSite.open()
    place = await site.makeRepository('main')
  })
  after(() => site.close())

  const open = () =>
    Repository.open(
      openStorage(place),
      { passphrase: new Secret(PASSPHRASE) },
      { clock: systemClock },
      signal,
    )

  async function backUp(database: string) {
    const { server } = site.test
    await server.query('postgres', `create database "${database}"`)
    const engines = { path: server.bin, pgBin: server.bin }
    return await backup(
      {
        repository: await open(),
        source: openDatabase(new Secret(server.url(database)), engines).database,
        clock: systemClock,
        progress: new Progress(systemClock),
        madeBy: { holdfast: '0.0.0', host: 'elsewhere' },
        tags: {},
        maxBytes: undefined,
      },
      signal,
    )
  }

  test('one that is added gets a key of the server, and its backups are adopted', async () => {
    await backUp('shop')
    await site.expect(201, 'POST', '/sources', { name: 'shop', url: site.test.server.url('shop') })
    const added = await site.expect<Refreshed>(201, 'POST', '/repositories', {
      name: 'main',
      url: place,
      passphrase: PASSPHRASE,
    })
    assert.equal(added.adopted, 1)
    const slots = await (await open()).keys.list(signal)
    const own = slots.filter(slot => slot.label.startsWith('holdfast server '))
    assert.deepEqual(
      own.map(slot => slot.kind),
      ['recovery'],
    )
    const [row] = await site.test.catalog.query<{
      name: string
      manifest: { streams: { name: string }[] }
    }>('select sources.name, manifest from backups join sources on sources.id = source_id')
    assert.equal(row?.name, 'shop')
    assert.ok(row?.manifest.streams.some(stream => stream.name === DUMP))
  })

  test('it is listed with what it holds', async () => {
    const { repositories, home } = await site.expect<{
      repositories: Record<string, unknown>[]
      home: string | null
    }>(200, 'GET', '/repositories')
    const [one] = repositories
    assert.equal(one?.name, 'main')
    assert.equal(one?.backups, 1)
    assert.ok(Number(one?.storedBytes) > 0)
    assert.equal(home, join(site.dir, 'repositories'))
  })

  test('a refresh makes the catalogue what the repository is', async () => {
    const { manifest } = await backUp('other')
    await (await open()).forget(manifest, signal)
    await backUp('third')
    const first = (await (await open()).backups(signal)).manifests.find(
      one => one.source.database === 'shop',
    )
    assert.ok(first)
    await (await open()).forget(first, signal)
    const done = await site.expect<Refreshed>(200, 'POST', '/repositories/main/refresh')
    assert.deepEqual([done.adopted, done.dropped], [1, 1])
    const rows = await site.test.catalog.query<{ label: string }>(
      'select source_label as label from backups',
    )
    assert.deepEqual(
      rows.map(row => row.label),
      [`third@127.0.0.1:${site.test.server.port}`],
    )
  })

  test('a wrong passphrase, no repository and a relative path are told apart', async () => {
    const body = { name: 'x', url: place, passphrase: 'wrong horse battery' }
    await site.refuse('WRONG_PASSPHRASE', 403, 'POST', '/repositories', body)
    const nowhere = { ...body, url: `${place}-nowhere` }
    await site.refuse('REPOSITORY_MISSING', 404, 'POST', '/repositories', nowhere)
    await site.refuse('INVALID_INPUT', 422, 'POST', '/repositories', { ...body, url: 'backups' })
    await site.refuse('INVALID_INPUT', 422, 'POST', '/repositories', { name: 'x', url: place })
    await site.refuse('INVALID_INPUT', 422, 'POST', '/repositories', { ...body, recoveryKey: 'x' })
  })

  test('the same repository is not added twice, and no key is left in it', async () => {
    const before = await (await open()).keys.list(signal)
    const body = { name: 'again', url: place, passphrase: PASSPHRASE }
    await site.refuse('REPOSITORY_KNOWN', 409, 'POST', '/repositories', body)
    await site.refuse('NAME_TAKEN', 409, 'POST', '/repositories', { ...body, name: 'MAIN' })
    assert.deepEqual(await (await open()).keys.list(signal), before)
  })

  test('an edit changes its name and its limit, and leaves what it does not name', async () => {
    const edit = async (name: string, changes: object) => {
      type Edited = { name: string; maxRuns: number | null }
      const one = await site.expect<Edited>(200, 'PATCH', `/repositories/${name}`, changes)
      return [one.name, one.maxRuns]
    }
    assert.deepEqual(await edit('main', { maxRuns: 1 }), ['main', 1])
    assert.deepEqual(await edit('main', { name: 'nas' }), ['nas', 1])
    assert.deepEqual(await edit('nas', { name: 'main', maxRuns: null }), ['main', null])
    const [last, first] = (await site.audited('repository.edit')).filter((_, at) => at !== 1)
    assert.deepEqual([first?.objectName, last?.objectName], ['main', 'nas'])
    await site.refuse('NOT_FOUND', 404, 'PATCH', '/repositories/nas', { maxRuns: 1 })
    await site.refuse('INVALID_INPUT', 422, 'PATCH', '/repositories/main', {})
    await site.refuse('INVALID_INPUT', 422, 'PATCH', '/repositories/main', { maxRuns: 0 })
    const other = await site.makeRepository('other')
    const asked = { name: 'other', url: other, passphrase: PASSPHRASE }
    await site.expect(201, 'POST', '/repositories', asked)
    await site.refuse('NAME_TAKEN', 409, 'PATCH', '/repositories/other', { name: 'MAIN' })
    await site.expect(200, 'DELETE', '/repositories/other')
  })

  test('one that is removed has no key of the server any more, and keeps its backups', async () => {
    const { warnings } = await site.expect<{ warnings: string[] }>(
      200,
      'DELETE',
      '/repositories/main',
    )
    assert.deepEqual(warnings, [])
    const repository = await open()
    const slots = await repository.keys.list(signal)
    assert.ok(slots.every(slot => !slot.label.startsWith('holdfast server ')))
    assert.equal((await repository.backups(signal)).manifests.length, 1)
    await site.refuse('NOT_FOUND', 404, 'DELETE', '/repositories/main')
    await site.refuse('NOT_FOUND', 404, 'POST', '/repositories/main/refresh')
  })
})
