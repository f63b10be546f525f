import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { loadShop } from '../../support/shop.ts'
import { HOLDFAST, Site } from '../cli/site.ts'

const MOST_TEXT = 256 * 1024 * 1024

describe('what comes back is what was there', () => {
  let site: Site
  let source: string
  before(async () => {
    site = await Site.open()
    await site.init()
    await loadShop(site.server, 'shop', 0.01)
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
    source = await textOf('shop')
  })
  after(() => site.close())

  const login = () => ({
    ...process.env,
    PGHOST: site.server.host,
    PGPORT: String(site.server.port),
    PGUSER: site.server.user,
    PGPASSWORD: site.server.password,
  })
  const run = async (program: string, ...args: string[]): Promise<string> => {
    const options = { env: login(), maxBuffer: MOST_TEXT }
    return (await promisify(execFile)(join(site.server.bin, program), args, options)).stdout
  }

  /** All of a database as SQL, but for the key that makes each dump's text its own. */
  async function textOf(database: string): Promise<string> {
    const text = await run('pg_dump', '--format=plain', database)
    return text.replaceAll(/^\\(un)?restrict .*$/gm, '')
  }

  test('by a restore, as the text of pg_dump shows, from the schema to the last row', async () => {
    await site.expect(0, ['restore', 'latest', '--target', 'env:DB_RESTORED'])
    assert.ok((await textOf('restored')) === source)
  })

  test('by a restore in place of what has changed since', async () => {
    await site.server.query('shop', 'drop schema shop cascade; create table left_over ()')
    await site.expect(0, ['restore', 'latest', '--target', 'env:DB_SHOP', '--replace'])
    assert.ok((await textOf('shop')) === source)
  })

  test('by an export into pg_restore, without holdfast', async () => {
    await run('createdb', 'exported')
    const env = { ...process.env, ...site.env }
    const exporting = spawn(HOLDFAST, ['export', 'latest'], { env, stdio: ['ignore', 'pipe', 2] })
    const restoring = spawn(
      join(site.server.bin, 'pg_restore'),
      ['--single-transaction', '--dbname=exported'], // so rows keep their order
      { env: login(), stdio: [exporting.stdout, 'inherit', 'inherit'] },
    )
    const ends = await Promise.all([once(exporting, 'exit'), once(restoring, 'exit')])
    assert.deepEqual(ends, [
      [0, null],
      [0, null],
    ])
    assert.ok((await textOf('exported')) === source)
  })
})
