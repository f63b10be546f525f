import assert from 'node:assert/strict'
import { chmodSync, existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { loadShop } from '../../support/shop.ts'
import { Site } from '../cli/site.ts'

interface Report {
  readonly whole: boolean
  readonly problems: readonly { readonly object: string; readonly backups: readonly string[] }[]
  readonly damaged: readonly {
    readonly id: string
    readonly source: string
    readonly streams: readonly string[]
    readonly tables: readonly string[]
  }[]
}
interface Failed {
  readonly error: { readonly code: string; readonly exit: number; readonly message: string }
}

describe('one flipped bit in a pack', () => {
  let site: Site
  /** In the order in which they were made; only the second one has the table `photos`. */
  const ids: string[] = []
  let packsBefore: string
  before(async () => {
    site = await Site.open()
    await site.init()
    await loadShop(site.server, 'shop', 0.002)
    const backUp = async () => {
      const args = ['backup', '--source', 'env:DB_SHOP']
      ids.push((await site.json<{ backup: { id: string } }>(0, args)).backup.id)
    }
    await backUp()
    packsBefore = packs().join()
    await site.server.query(
      'shop',
      `create table shop.photos as select i, gen_random_uuid() as id from generate_series(1, 40000) i`,
    )
    await backUp()
    await site.expect(0, ['export', damaged(), '--output', join(site.dir, 'truth')])
    flipBitInNewPack()
    await site.server.query('shop', 'drop table shop.photos')
    await backUp()
  })
  after(() => site.close())

  const repository = () => join(site.dir, 'repository')
  const packs = () => globSync('packs/*/*', { cwd: repository() }).sort()
  const damaged = () => ids[1] ?? assert.fail()

  /** In the middle of the largest pack that the second backup added: there lie its photos. */
  function flipBitInNewPack(): void {
    const added = packs().filter(pack => !packsBefore.includes(pack))
    const files = added.map(pack => join(repository(), pack))
    const file = files.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0] ?? assert.fail()
    const bytes = readFileSync(file)
    const at = bytes.length >> 1
    bytes[at] = (bytes[at] ?? 0) ^ 0x10
    chmodSync(file, 0o600)
    writeFileSync(file, bytes)
  }

  test('is found by check --read-data, which names backup and table', async () => {
    assert.equal((await site.json<Report>(0, ['check'])).whole, true)
    const report = await site.json<Report>(13, ['check', '--read-data'])
    assert.equal(report.whole, false)
    assert.deepEqual(
      report.damaged.map(({ id, streams, tables }) => ({ id, streams, tables })),
      [{ id: damaged(), streams: ['dump'], tables: ['shop.photos'] }],
    )
    assert.equal(report.problems.length, 1)
    assert.deepEqual(report.problems[0]?.backups, [damaged()])
    const text = await site.run(['check', '--read-data'])
    assert.equal(text.code, 13)
    assert.match(text.stdout, new RegExp(`^${damaged().slice(0, 8)} .* shop\\.photos$`, 'm'))
  })

  test('does not keep the list from being shown', async () => {
    const { backups } = await site.json<{ backups: { id: string }[] }>(0, ['list'])
    assert.deepEqual(backups.map(one => one.id).toReversed(), ids)
  })

  test('fails the restore of that backup, and leaves no database', async () => {
    const databases = await site.databases()
    for (const more of [[], ['--replace']]) {
      const target = more.length === 0 ? 'env:DB_DAMAGED' : 'env:DB_SHOP'
      const args = ['restore', damaged(), '--target', target, ...more]
      const { error } = await site.json<Failed>(13, args)
      assert.deepEqual([error.code, error.exit], ['DAMAGED', 13])
    }
    assert.deepEqual(await site.databases(), databases)
  })

  test('fails its export, which leaves no file and passes no altered byte on', async () => {
    const file = join(site.dir, 'damaged.dump')
    const { error } = await site.json<Failed>(13, ['export', damaged(), '--output', file])
    assert.equal(error.code, 'DAMAGED')
    assert.deepEqual(
      readdirSync(site.dir).filter(name => name.startsWith('damaged')),
      [],
    )
    const older = join(site.dir, 'older.dump')
    writeFileSync(older, 'an older export')
    await site.expect(13, ['export', damaged(), '--output', older, '--force'])
    assert.equal(readFileSync(older, 'utf8'), 'an older export')
    assert.deepEqual(
      readdirSync(site.dir).filter(name => name.endsWith('.part')),
      [],
    )
    const piped = site.start(['export', damaged()])
    const parts: Buffer[] = []
    piped.child.stdout?.on('data', (part: Buffer) => parts.push(part))
    const { code, stderr } = await piped.ended
    assert.equal(code, 13)
    assert.match(stderr, /^error: .* is damaged: /m)
    const truth = readFileSync(join(site.dir, 'truth'))
    const passed = Buffer.concat(parts)
    assert.ok(passed.length < truth.length && passed.equals(truth.subarray(0, passed.length)))
  })

  test('is no backup that verify calls equal, though its record is whole', async () => {
    const { error } = await site.json<Failed>(13, ['verify', damaged(), '--against', 'env:DB_SHOP'])
    assert.equal(error.code, 'DAMAGED')
  })

  test('spares the other backups: they are read, restored and proven', async () => {
    const [first = '', , third = ''] = ids
    await site.expect(0, ['restore', first, '--target', 'env:DB_FIRST'])
    await site.expect(0, ['verify', third, '--against', 'env:DB_FIRST'])
    const file = join(site.dir, 'third.dump')
    await site.expect(0, ['export', third, '--output', file])
    assert.ok(existsSync(file))
  })
})

const sizeOf = (path: string): number => readFileSync(path).length
