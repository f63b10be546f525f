import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { loadShop } from '../../support/shop.ts'
import { HOLDFAST, PASSPHRASE, Site } from './site.ts'

interface Backup {
  readonly id: string
  readonly state: string
  readonly source: { readonly name: string; readonly database: string }
  readonly bytes: number
  readonly rows: number
  readonly tables: number
  readonly stored: {
    readonly bytes: number
    readonly newChunks: number
    readonly reusedChunks: number
  }
  readonly tags: Record<string, string>
  readonly previous: string | null
}

describe('the whole job on the command line', () => {
  let site: Site
  let first: Backup
  let second: Backup
  before(async () => {
    site = await Site.open()
    await loadShop(site.server, 'shop', 0.003)
  })
  after(() => site.close())

  test('init shows a recovery key that opens the repository', async () => {
    const made = await site.json<{ repository: { id: string }; recoveryKey: string }>(0, ['init'])
    assert.match(made.repository.id, /^[0-9a-f]{32}$/)
    assert.match(made.recoveryKey, /^([0-9A-Z]{7}-){7}[0-9A-Z]{7}$/)
    const env = { HOLDFAST_PASSPHRASE: '', HOLDFAST_RECOVERY_KEY: made.recoveryKey }
    const { backups } = await site.json<{ backups: Backup[] }>(0, ['list'], env)
    assert.deepEqual(backups, [])
    site.env = { ...site.env, HOLDFAST_RECOVERY_KEY: made.recoveryKey }
  })

  test('an empty repository says what to do next', async () => {
    assert.match(await site.expect(0, ['list']), /no backups yet.*\n.*holdfast backup --source/)
  })

  test('a backup tells what it holds, and its JSON what it added', async () => {
    const args = ['backup', '--source', 'env:DB_SHOP', '--tag', 'release=2.4', '--tag', 'by=test']
    const made = await site.json<{ backup: Backup }>(0, args)
    first = made.backup
    const [rows] = await site.server.query<{ count: number }>(
      'shop',
      'select count(*)::int as count from shop.customers',
    )
    assert.ok(first.rows > (rows?.count ?? 0))
    assert.ok(first.stored.bytes > 0 && first.stored.bytes < first.bytes)
    assert.deepEqual(first.tags, { release: '2.4', by: 'test' })
    assert.equal(first.previous, null)
    assert.equal(first.state, 'good')
  })

  test('a second backup stores next to nothing', async () => {
    const { code, stdout, stderr } = await site.run(['backup', '--source', 'env:DB_SHOP'])
    assert.equal(code, 0)
    assert.match(stdout, /^backup [0-9a-f]{8} of shop@.* is complete\n {2}holds {3}\d+ tables, /)
    assert.match(stderr, /^preparing\ndumping\nfinishing\nverifying\n$/)
    const { backups } = await site.json<{ backups: Backup[] }>(0, ['list'])
    assert.equal(backups.length, 2)
    second = backups[0] ?? assert.fail()
    assert.equal(second.previous, first.id)
    assert.ok(second.stored.newChunks < second.stored.reusedChunks)
    assert.ok(second.stored.bytes < first.stored.bytes / 2)
  })

  test('list, show and their names for a backup', async () => {
    const list = await site.expect(0, ['list', '--of', 'shop'])
    assert.match(list, /^ID +DATABASE +TIME +AGE +SIZE +STORED +STATE\n/)
    assert.match(list, new RegExp(`^${first.id.slice(0, 8)} `, 'm'))
    assert.match(await site.expect(0, ['list', '--of', 'other']), /^no backups of other in /)
    for (const name of [second.id, second.id.slice(0, 6), 'latest', 'latest:shop']) {
      const shown = await site.json<{ backup: Backup; tables: { name: string; rows: number }[] }>(
        0,
        ['show', name],
      )
      assert.equal(shown.backup.id, second.id)
      assert.equal(shown.tables.length, second.tables)
    }
    const shown = await site.expect(0, ['show', 'latest'])
    assert.match(shown, /^shop\.customers +\d+ +[\d.]+ kB +[0-9a-f]{12}$/m)
  })

  test('a restore into a new database is proven, and verify agrees', async () => {
    const args = ['restore', first.id, '--target', 'env:DB_COPY']
    const restored = await site.json<{ kept: null; proven: { rows: number } }>(0, args)
    assert.equal(restored.proven.rows, first.rows)
    assert.equal(restored.kept, null)
    const verified = await site.expect(0, ['verify', first.id, '--against', 'env:DB_COPY'])
    assert.match(verified, /^copy@.* is what backup [0-9a-f]{8} holds: \d+ tables, [\d,]+ rows\n$/)
  })

  test('a restore without owners and grants is proven all the same', async () => {
    const args = ['restore', first.id, '--target', 'env:DB_BARE', '--no-owner']
    const { code, stdout, stderr } = await site.run(args)
    assert.equal(code, 3, stderr)
    assert.match(stdout, /^ {2}proven {2}\d+ tables, /m)
    assert.match(stderr, /^warning: everything belongs to postgres/m)
  })

  test('verify names what differs, rows that only moved are no difference', async () => {
    await site.server.query('copy', 'update shop.customers set full_name = full_name where id = 1')
    await site.expect(0, ['verify', first.id, '--against', 'env:DB_COPY'])
    await site.server.query('copy', 'delete from shop.customers where id = 1 and false')
    await site.server.query('copy', "update shop.customers set full_name = 'X' where id = 2")
    await site.server.query('copy', 'drop view if exists shop.daily_sales cascade')
    const { stdout, code } = await site.run(['verify', first.id, '--against', 'env:DB_COPY'])
    assert.equal(code, 1)
    assert.match(
      stdout,
      /^ {2}table shop\.customers has as many rows \([\d,]+\), but with other content$/m,
    )
  })

  test('diff tells what changed between two backups', async () => {
    await site.server.query('shop', 'create table shop.added (id int)')
    await site.server.query('shop', 'insert into shop.added values (1), (2)')
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
    const text = await site.expect(0, ['diff', first.id, 'latest'])
    assert.match(text, /^\+ added +shop\.added +– +2 +\+2 +\+4 B$/m)
    assert.match(text, /^1 table changed, \d+ the same; 1 object of the schema changed$/m)
    assert.match(await site.expect(0, ['diff', first.id, second.id]), /^nothing changed: /m)
  })

  test('a restore replaces a live database and keeps the old one aside', async () => {
    const refused = await site.run(['restore', first.id, '--target', 'env:DB_SHOP'])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /is not empty .*\n {2}hint: .*--replace/)
    const args = ['restore', first.id, '--target', 'env:DB_SHOP', '--replace']
    const { kept } = await site.json<{ kept: string }>(0, args)
    assert.ok((await site.databases()).includes(kept))
    const added = "select to_regclass('shop.added') is not null as there"
    assert.deepEqual(await site.server.query('shop', added), [{ there: false }])
    assert.deepEqual(await site.server.query(kept, added), [{ there: true }])
  })

  test('an export is the native dump: into a file, into a program', async () => {
    const file = join(site.dir, 'shop.dump')
    await site.expect(0, ['export', first.id, '--output', file])
    const pgRestore = join(site.server.bin, 'pg_restore')
    const { stdout } = await promisify(execFile)(pgRestore, ['--list', file])
    assert.match(stdout, /TABLE DATA shop customers/)
    const refused = await site.run(['export', first.id, '--output', file])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /is there already.*\n.*--force/)
    writeFileSync(file, 'something else')
    await site.expect(0, ['export', first.id, '--output', file, '--force'])
    const pipe = 'set -o pipefail; "$0" export "$1" | "$2" --file=- | grep -c "^COPY"'
    const tables = await promisify(execFile)('bash', ['-c', pipe, HOLDFAST, first.id, pgRestore], {
      env: { ...process.env, ...site.env },
    })
    assert.equal(Number(tables.stdout), first.tables)
    const again = ['export', first.id, '--output', file, '--force', '--json']
    const { stream } = await site.json<{ stream: { sha256: string } }>(0, again)
    assert.equal(createHash('sha256').update(readFileSync(file)).digest('hex'), stream.sha256)
  })

  test('check finds everything whole', async () => {
    assert.match(await site.expect(0, ['check']), /^3 backups, .*: everything is there$/m)
    assert.match(
      await site.expect(0, ['check', '--read-data']),
      /everything was read and is whole$/m,
    )
  })

  test('keys come and go, but the last one stays', async () => {
    const env = { HOLDFAST_NEW_PASSPHRASE: 'another long passphrase' }
    const { key } = await site.json<{ key: { id: string } }>(0, ['keys', 'add'], env)
    const asOther = { HOLDFAST_PASSPHRASE: 'another long passphrase' }
    const { keys } = await site.json<{ keys: { id: string; kind: string }[] }>(
      0,
      ['keys', 'list'],
      asOther,
    )
    assert.equal(keys.length, 3)
    for (const one of keys.filter(one => one.id !== key.id)) {
      await site.expect(0, ['keys', 'remove', one.id], asOther)
    }
    await site.expect(12, ['list'], { HOLDFAST_PASSPHRASE: PASSPHRASE })
    await site.expect(12, ['list'])
    const last = await site.run(['keys', 'remove', key.id], asOther)
    assert.equal(last.code, 1)
    assert.match(last.stderr, /is the last one that opens this repository/)
    const back = { ...asOther, HOLDFAST_NEW_PASSPHRASE: PASSPHRASE }
    await site.expect(0, ['keys', 'add'], back)
    await site.expect(0, ['list'], { HOLDFAST_PASSPHRASE: PASSPHRASE })
    const { recoveryKey } = await site.json<{ recoveryKey: string }>(
      0,
      ['keys', 'recovery'],
      asOther,
    )
    site.env = { ...site.env, HOLDFAST_RECOVERY_KEY: recoveryKey }
  })

  test('forget removes a backup, but not the last one of its database', async () => {
    const { backups } = await site.json<{ backups: Backup[] }>(0, ['list'])
    for (const one of backups.slice(0, -1)) await site.expect(0, ['forget', one.id])
    const last = backups.at(-1) ?? assert.fail()
    const refused = await site.run(['forget', last.id])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /is the last one of shop@/)
    await site.expect(0, ['restore', last.id, '--target', 'env:DB_AGAIN'])
    await site.expect(0, ['forget', last.id, '--force'])
    assert.match(await site.expect(0, ['list']), /^no backups yet/)
  })

  test('no output of any command held the password or the passphrase', () => {
    const password = site.server.password ?? assert.fail()
    assert.ok(site.printed.length > 40)
    for (const secret of [password, PASSPHRASE]) {
      for (const text of site.printed) assert.ok(!text.includes(secret), text)
    }
    assert.ok(!existsSync(join(site.dir, 'shop.dump.part')))
  })
})
