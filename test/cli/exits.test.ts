import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { loadShop } from '../../support/shop.ts'
import { startHoldfast } from '../support/holdfast.ts'
import { PASSPHRASE, Site, until } from './site.ts'

interface ErrorDocument {
  readonly error: { code: string; message: string; hint: string; exit: number }
}

describe('exit codes', () => {
  let site: Site
  before(async () => {
    site = await Site.open()
    await loadShop(site.server, 'shop', 0.02)
    await site.init()
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
  })
  after(() => site.close())

  test('1: the database cannot be reached', async () => {
    const { error } = await site.json<ErrorDocument>(1, ['backup', '--source', 'env:NOWHERE'], {
      NOWHERE: 'postgres://app:canary-7f3a@127.0.0.1:1/shop',
    })
    assert.equal(error.code, 'DATABASE_UNREACHABLE')
    assert.ok(!JSON.stringify(error).includes('canary-7f3a'))
  })

  test('1: the dump grows past its limit, and no backup is made of it', async () => {
    const args = ['backup', '--source', 'env:DB_SHOP', '--max-size', '1M']
    const { error } = await site.json<ErrorDocument>(1, args)
    assert.equal(error.code, 'BACKUP_TOO_LARGE')
    assert.match(error.message, /grew past the maximum of 1\.0 MB/)
    const { backups } = await site.json<{ backups: unknown[] }>(0, ['list'])
    assert.equal(backups.length, 1)
  })

  test('2: unknown commands and options, with a suggestion', async () => {
    for (const [args, hint] of [
      [['bakup'], 'did you mean backup?'],
      [['list', '--jsno'], 'did you mean --json?'],
      [['keys', 'lst'], 'did you mean list?'],
      [['restore', 'latest'], 'add --target URL, or --target env:NAME'],
      [
        ['backup', '--source', 'env:NOT_SET'],
        'export NOT_SET, or give the URL itself after --source',
      ],
      [['backup', '--source', 'shop'], 'use one of postgres://, postgresql://'],
      [
        ['backup', '--source', 'env:DB_SHOP', '--max-size', '5 elephants'],
        'write it as 500M, 10G or 1.5T',
      ],
    ] as const) {
      const { code, stderr, stdout } = await site.run(args)
      assert.equal(code, 2, args.join(' '))
      assert.equal(stdout, '')
      assert.match(stderr, /^error: .*\n {2}hint: /m)
      assert.ok(stderr.includes(`hint: ${hint}`), stderr)
    }
  })

  test('2: no command shows the help, on stderr', async () => {
    const { code, stdout, stderr } = await site.run([])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /^Usage: holdfast .*\n[\s\S]*Start here:/)
    assert.ok(!stderr.includes('error:'))
  })

  test('2: a passphrase that protects nothing is refused before anything is made', async () => {
    const repository = join(site.dir, 'weak')
    for (const passphrase of ['', 'seven77', 'aaaaaaaaaaaa']) {
      const env = { HOLDFAST_PASSPHRASE: passphrase, HOLDFAST_REPOSITORY: repository }
      await site.expect(2, ['init'], env)
    }
    await site.expect(10, ['list'], { HOLDFAST_REPOSITORY: repository })
  })

  test('3: done with warnings', async () => {
    await site.server.query('postgres', 'create database plain')
    await site.server.query(
      'plain',
      `create foreign data wrapper wrapper;
       create server elsewhere foreign data wrapper wrapper;
       create user mapping for public server elsewhere options (password 'canary-5c1d')`,
    )
    const { code, stdout, stderr } = await site.run(['backup', '--source', 'env:DB_PLAIN'])
    assert.equal(code, 3, stderr)
    assert.match(stdout, /is complete/)
    assert.match(stderr, /^warning: the dump holds a password in clear/m)
    assert.ok(!(stdout + stderr).includes('canary-5c1d'))
    const list = await site.expect(0, ['list', '--of', 'plain'])
    assert.match(list, /^[0-9a-f]{8} .* warnings\n\n1 backup of 1 database, 1 with warnings$/m)
  })

  test('10: no repository there', async () => {
    const env = { HOLDFAST_REPOSITORY: join(site.dir, 'nothing') }
    const { error } = await site.json<ErrorDocument>(10, ['list'], env)
    assert.deepEqual([error.code, error.exit], ['REPOSITORY_MISSING', 10])
    assert.match(error.hint, /holdfast init/)
  })

  test('11: the repository is locked', async () => {
    // A reader whose output nobody takes holds its backup.
    const reader = startHoldfast(['export', 'latest:shop'], { env: site.env })
    reader.child.stdout?.pause()
    const sessions = join(site.dir, 'repository', 'sessions')
    await until(() => readdirSync(sessions)[0])
    const { error } = await site.json<ErrorDocument>(11, ['forget', 'latest:shop', '--force'])
    assert.equal(error.code, 'REPOSITORY_LOCKED')
    reader.child.kill('SIGTERM')
    reader.child.stdout?.resume()
    assert.equal((await reader.ended).code, 130)
    assert.deepEqual(readdirSync(sessions), [])
  })

  test('12: wrong passphrase, and wrong recovery key', async () => {
    await site.expect(12, ['list'], { HOLDFAST_PASSPHRASE: 'not the passphrase' })
    await site.expect(12, ['list'], { HOLDFAST_RECOVERY_KEY: 'NOT-A-KEY' })
  })

  test('14: no such backup, and no such stream', async () => {
    const { error } = await site.json<ErrorDocument>(14, ['show', '0123abcd'])
    assert.equal(error.code, 'NO_SUCH_BACKUP')
    await site.expect(14, ['show', 'latest:other'])
    await site.expect(14, ['export', 'latest', '--stream', 'wal', '--output', join(site.dir, 'x')])
  })

  test('a passphrase from a file, with a word on a file that others can read', async () => {
    const file = join(site.dir, 'passphrase')
    writeFileSync(file, `${PASSPHRASE}\n`, { mode: 0o600 })
    const env = { HOLDFAST_PASSPHRASE: '', HOLDFAST_PASSPHRASE_FILE: file }
    assert.equal((await site.run(['list'], env)).stderr, '')
    await chmod(file, 0o644)
    const { code, stderr } = await site.run(['list'], env)
    assert.equal(code, 0)
    assert.match(stderr, /^warning: .*can be read by other users/)
  })

  test('a password on the command line works, but is warned about and not repeated', async () => {
    const { code, stderr, stdout } = await site.run([
      'verify',
      'latest:shop',
      '--against',
      site.server.url('shop'),
    ])
    assert.equal(code, 0)
    assert.match(stderr, /^warning: a password on the command line .* --against env:NAME$/m)
    assert.ok(!(stdout + stderr).includes(site.server.password ?? assert.fail()))
  })

  test('a closed pipe ends an export quietly', async () => {
    const running = startHoldfast(['export', 'latest:shop'], { env: site.env })
    running.child.stdout?.once('data', () => running.child.stdout?.destroy())
    const { code, stderr } = await running.ended
    assert.equal(code, 141)
    assert.equal(stderr, 'reading\n')
  })

  // The last ones, because nothing is whole after them.
  test('13: damage is found, named, and never restored', async () => {
    for (const pack of packs()) {
      await chmod(pack, 0o600)
      const bytes = readFileSync(pack)
      const third = Math.floor(bytes.length / 3)
      bytes.fill(0x55, third, third + 64)
      writeFileSync(pack, bytes)
    }
    const report = await site.json<{ whole: boolean; damaged: unknown[] }>(13, [
      'check',
      '--read-data',
    ])
    assert.equal(report.whole, false)
    assert.ok(report.damaged.length > 0)
    const before = await site.databases()
    await site.expect(13, ['restore', 'latest:shop', '--target', 'env:DB_DAMAGED'])
    await site.expect(13, ['export', 'latest:shop', '--output', join(site.dir, 'damaged.dump')])
    assert.deepEqual(await site.databases(), before)
    assert.ok(!readdirSync(site.dir).some(name => name.startsWith('damaged.dump')))
  })

  test('what check says to do about damage helps', async () => {
    assert.match(await site.expect(13, ['check', '--read-data']), /Move the damaged objects/)
    mkdirSync(join(site.dir, 'moved'))
    for (const pack of packs()) renameSync(pack, join(site.dir, 'moved', basename(pack)))
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
    await site.expect(0, ['restore', 'latest:shop', '--target', 'env:DB_AGAIN'])
  })

  const packs = (): string[] => {
    const dir = join(site.dir, 'repository', 'packs')
    return readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .map(name => join(dir, name))
      .filter(path => statSync(path).isFile())
  }
})
