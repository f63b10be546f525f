import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { loadShop } from '../../support/shop.ts'
import { startHoldfast } from '../support/holdfast.ts'
import { Site } from './site.ts'

interface Imported {
  readonly backup: { readonly id: string; readonly tags: Record<string, string> }
}

describe('holdfast import', () => {
  let site: Site
  let path: string
  before(async () => {
    site = await Site.open()
    await site.init()
    await loadShop(site.server, 'shop', 0.002)
    path = join(site.dir, 'old.dump')
    const { bin, host, user, password = '' } = site.server
    const env = { ...process.env, PGPASSWORD: password }
    const args = ['-h', host, '-p', String(site.server.port), '-U', user, '-Fc', 'shop']
    await promisify(execFile)(join(bin, 'pg_dump'), [...args, '-f', path], { env })
    await promisify(execFile)(join(bin, 'pg_dump'), [...args, '-Z0', '-f', `${path} 0`], { env })
  })
  after(() => site.close())

  /** A pg_restore with known security faults is warned about where somebody brought the dump along. */
  async function restored(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await site.run(['restore', ...args])
    const isWarned = code === 3 && /could do harm with it: pg_restore \d/.test(stderr)
    assert.ok(code === 0 || isWarned, stderr)
  }

  test('a dump of pg_dump is restored, and verified against what it was made of', async () => {
    const { backup } = await site.json<Imported>(0, ['import', path, '--tag', 'from=nas'])
    assert.deepEqual(backup.tags, { from: 'nas', uploaded: 'old.dump' })
    await site.expect(0, ['verify', backup.id, '--against', 'env:DB_SHOP'])
    await restored(backup.id, '--target', 'env:DB_AGAIN')
    await site.expect(0, ['verify', backup.id, '--against', 'env:DB_AGAIN'])
  })

  test('it may come from a pipe, and be what pg_dump wrote into a file without compression', async () => {
    const input = readFileSync(`${path} 0`)
    const { ended } = startHoldfast(['import', '-', '--json'], { env: site.env, input })
    const { code, stdout, stderr } = await ended
    assert.equal(code, 0, stderr)
    const { backup } = JSON.parse(stdout) as Imported
    assert.equal(backup.tags.uploaded, 'stdin')
    await restored(backup.id, '--target', 'env:DB_PIPED')
    await site.expect(0, ['verify', backup.id, '--against', 'env:DB_SHOP'])
  })

  test('what does not fit is refused, with the command that makes what does', async () => {
    const sql = join(site.dir, 'shop.sql')
    writeFileSync(sql, '--\n-- PostgreSQL database dump\n--\nselect 1;\n')
    const { code, stderr } = await site.run(['import', sql])
    assert.equal(code, 13)
    assert.match(stderr, /SQL text/)
    assert.match(stderr, /pg_dump --format=custom --compress=0/)
    const cut = join(site.dir, 'cut.dump')
    writeFileSync(cut, readFileSync(path).subarray(0, -3))
    await site.expect(13, ['import', cut])
    await site.expect(2, ['import', join(site.dir, 'nothing')])
    await site.expect(2, ['import', path, '--max-size', '1K'])
    await site.expect(2, ['import', path, '--engine', 'oracle'])
    const { backups } = await site.json<{ backups: unknown[] }>(0, ['list'])
    assert.equal(backups.length, 2)
  })
})
