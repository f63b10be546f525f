import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { loadShop } from '../../support/shop.ts'
import { Site, until } from '../cli/site.ts'
import { childOf, DUMPING } from '../support/processes.ts'
import { noTinyDisk, type TinyDisk, tinyDisk } from '../support/tiny-disk.ts'

interface Failed {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string }
}
interface Made {
  readonly backup: {
    readonly id: string
    readonly stored: { readonly newChunks: number; readonly reusedChunks: number }
  }
}

const MIB = 2 ** 20
const DISK = 110 * MIB
/** 1 MiB each, which does not compress: more than two packs hold that are filled side by side. */
const LARGE_OBJECTS = 72
/** Leaves room for one pack of 32 MiB, and not for the rest. */
const FILLER = 66 * MIB

describe('the disk of a repository', { skip: noTinyDisk }, () => {
  let site: Site
  let disk: TinyDisk
  before(async () => {
    site = await Site.open()
    disk = await tinyDisk(DISK)
    site.env = { ...site.env, HOLDFAST_REPOSITORY: join(disk.path, 'repository') }
    await site.init()
    await loadShop(site.server, 'shop', 0.002)
    await site.server.query('postgres', 'create database large')
    for (let at = 0; at < LARGE_OBJECTS; at += 1) {
      await site.server.query('large', 'select lo_from_bytea(0, $1)', [randomBytes(MIB)])
    }
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
  })
  after(async () => {
    await disk.close()
    await site.close()
  })

  const filler = () => join(disk.path, 'filler')
  const count = async (): Promise<number> =>
    (await site.json<{ backups: unknown[] }>(0, ['list'])).backups.length
  /** A backup that fails, and leaves everything as it was. */
  async function fails(source: string, code: string, hint: RegExp): Promise<void> {
    const backups = await count()
    const { error } = await site.json<Failed>(1, ['backup', '--source', source])
    assert.equal(error.code, code)
    assert.match(error.hint, hint)
    assert.equal(await count(), backups)
    assert.match(await site.expect(0, ['check', '--read-data']), /is whole/)
  }

  test('fills up: nothing is lost, and with more room the next backup goes on', async () => {
    writeFileSync(filler(), Buffer.alloc(FILLER))
    await fails('env:DB_LARGE', 'STORAGE_FULL', /^free some space there .* is reused$/)
    rmSync(filler())
    const { backup } = await site.json<Made>(0, ['backup', '--source', 'env:DB_LARGE'])
    const { newChunks, reusedChunks } = backup.stored
    assert.ok(reusedChunks > newChunks / 3, `${reusedChunks} reused, ${newChunks} new`)
    assert.equal(await count(), 2)
    assert.match(await site.expect(0, ['check', '--read-data']), /is whole/)
  })

  test('has next to no room left: a backup does not begin', async () => {
    fill(filler())
    truncateSync(filler(), statSync(filler()).size - MIB / 2)
    await fails('env:DB_SHOP', 'SPACE_TOO_SMALL', /nothing was written$/)
  })

  test('is full to the last byte: backups can be read', async () => {
    fill(filler())
    await fails('env:DB_SHOP', 'STORAGE_FULL', /^free some space there/)
    await site.expect(0, ['restore', 'latest:shop', '--target', 'env:DB_FROM_FULL_DISK'])
    rmSync(filler())
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
  })

  test('cannot be written: a backup says so, and backups can be read', async () => {
    await disk.remount('ro')
    await fails('env:DB_SHOP', 'STORAGE_READ_ONLY', /right to write there, or mount .* writable/)
    await site.expect(0, ['export', 'latest:shop', '--output', join(site.dir, 'read-only.dump')])
    await disk.remount('rw')
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
  })

  test('was never there: no command makes a repository by mistake', async () => {
    const nowhere = join(site.dir, 'nowhere', 'repository')
    for (const args of [
      ['backup', '--source', 'env:DB_SHOP'],
      ['list'],
      ['check'],
      ['show', 'x'],
    ]) {
      const env = { HOLDFAST_REPOSITORY: nowhere }
      const { error } = await site.json<Failed>(10, args, env)
      assert.equal(error.code, 'REPOSITORY_MISSING')
      assert.match(error.hint, /check that its disk is mounted; to make a new one: holdfast init/)
    }
    assert.ok(!existsSync(join(site.dir, 'nowhere')))
  })

  // The last ones, because nothing is there after them.
  test('goes away during a backup: nothing is written where it was', async () => {
    const running = site.start(['backup', '--source', 'env:DB_LARGE', '--json'])
    const dump = (await childOf(running.child.pid, DUMPING, running.ended)) ?? assert.fail()
    process.kill(dump, 'SIGSTOP')
    // The dump begins while the repository is being opened: from its session on, the repository is in use.
    const sessions = join(disk.path, 'repository', 'sessions')
    await until(() => (readdirSync(sessions).length > 0 ? true : undefined))
    await disk.unmount()
    goOn(dump)
    const { code, stdout } = await running.ended
    assert.equal(code, 1)
    assert.match((JSON.parse(stdout) as Failed).error.message, /is its file system mounted\?/)
    assert.deepEqual(readdirSync(disk.path), [])
  })

  test('is not mounted: no command makes a repository on the empty mount point', async () => {
    for (const args of [['backup', '--source', 'env:DB_SHOP'], ['list'], ['check']]) {
      const { error } = await site.json<Failed>(10, args)
      assert.equal(error.code, 'REPOSITORY_MISSING')
      assert.match(error.hint, /check that its disk is mounted/)
    }
    assert.deepEqual(readdirSync(disk.path), [])
  })
})

/** Writes a file until not one more byte fits. */
function fill(path: string): void {
  for (let size = 4 * MIB; size >= 1; size = Math.floor(size / 16)) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
    }
  }
}

/** Lets a stopped process go on; one that was ended meanwhile needs nothing. */
function goOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH')
  }
}
