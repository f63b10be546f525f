import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { addFiller } from '../../support/filler.ts'
import { loadShop } from '../../support/shop.ts'
import { Site, until } from '../cli/site.ts'
import { childOf, RESTORING } from '../support/processes.ts'
import { noTinyDisk, tinyDisk } from '../support/tiny-disk.ts'

interface Failed {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string }
}
interface Restored {
  readonly kept: string | null
  readonly warnings: readonly string[]
}

const MIB = 2 ** 20

describe('a live database is safe from its restore', () => {
  let site: Site
  before(async () => {
    site = await Site.open()
    await site.init()
    await loadShop(site.server, 'shop', 0.002)
    // Large enough for a restore to be met while it loads.
    await addFiller(site.server, 'shop', 48)
    // A server that starts anew after a crash empties unlogged tables.
    await sql('shop', 'alter table shop.scratch_pad set logged')
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
    await sql('shop', 'create table shop.since_the_backup ()')
    // Another name for what is live now: after every failure, live must be equal to it.
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP', '--tag', 'what=live'])
  })
  after(() => site.close())

  const backedUp = async (): Promise<string> => {
    const { backups } = await site.json<{ backups: { id: string }[] }>(0, ['list', '--of', 'shop'])
    return backups.at(-1)?.id ?? assert.fail()
  }
  const replaceShop = async (...more: string[]) => [
    'restore',
    await backedUp(),
    '--target',
    'env:DB_SHOP',
    '--replace',
    '--json',
    ...more,
  ]
  const sql = (database: string, text: string) => site.server.query(database, text)
  const oids = () => sql('postgres', 'select oid, datname from pg_database order by 1')

  /** Live is the very same database with the very same content, and nothing stands beside it. */
  async function untouched(work: () => Promise<void>): Promise<void> {
    const before = await oids()
    await work()
    assert.deepEqual(await oids(), before)
    await site.expect(0, ['verify', 'latest:shop', '--against', 'env:DB_SHOP'])
  }

  /** Runs a replacing restore, meddled with once its pg_restore is at work. */
  async function meddled(meddle: (pgRestore: number) => unknown): Promise<Failed> {
    const running = site.start(await replaceShop())
    const tool = (await childOf(running.child.pid, RESTORING, running.ended)) ?? assert.fail()
    process.kill(tool, 'SIGSTOP')
    try {
      await meddle(tool)
    } catch (error) {
      process.kill(tool, 'SIGKILL') // or it would be waited for
      throw error
    }
    const { code, stdout, stderr } = await running.ended
    assert.equal(code, 1, stderr)
    return JSON.parse(stdout) as Failed
  }

  test('when it is not asked to be replaced', () =>
    untouched(async () => {
      const args = ['restore', await backedUp(), '--target', 'env:DB_SHOP']
      const { error } = await site.json<Failed>(1, args)
      assert.equal(error.code, 'TARGET_NOT_EMPTY')
      assert.match(error.hint, /add --replace/)
    }))

  test('when pg_restore is killed', () =>
    untouched(async () => {
      const { error } = await meddled(pid => void process.kill(pid, 'SIGKILL'))
      assert.equal(error.code, 'TOOL_FAILED')
      assert.match(error.message, /^pg_restore was killed by SIGKILL/)
    }))

  test('when a process of the server dies, and the server starts all of them anew', () =>
    untouched(async () => {
      const { error } = await meddled(async pid => {
        process.kill(pid, 'SIGCONT') // it may not have connected yet
        const loading = `select pid from pg_stat_activity
          where datname like 'shop_holdfast_%' and state = 'active' and query like 'COPY %'`
        const [row] = (await until(async () => {
          const rows = await sql('postgres', loading)
          return rows.length > 0 ? rows : undefined
        })) as { pid: number }[]
        process.kill(row?.pid ?? assert.fail(), 'SIGKILL')
      })
      assert.ok(['TOOL_FAILED', 'DATABASE_UNREACHABLE'].includes(error.code), error.code)
      const answers = () => sql('postgres', 'select 1').catch(() => undefined)
      await until(answers)
      await site.expect(0, ['restore', await backedUp(), '--target', 'env:DB_AFTER_THE_CRASH'])
      await sql('postgres', 'drop database after_the_crash')
    }))

  test('when others are connected to it, unless they are to be disconnected', async () => {
    const client = new Client({ connectionString: site.server.url('shop') })
    client.on('error', () => undefined)
    await client.connect()
    await untouched(async () => {
      const { error } = await site.json<Failed>(1, await replaceShop())
      assert.equal(error.code, 'DATABASE_IN_USE')
      assert.match(error.hint, /add --disconnect/)
      await client.query('select 1')
    })
    const { kept } = await site.json<Restored>(0, await replaceShop('--disconnect'))
    await assert.rejects(client.query('select 1'))
    await client.end().catch(() => undefined)
    await site.expect(0, ['verify', await backedUp(), '--against', 'env:DB_SHOP'])
    await site.expect(0, ['verify', 'latest:shop', '--against', 'env:KEPT'], {
      KEPT: site.server.url(kept ?? assert.fail()),
    })
    await sql('postgres', 'drop database shop')
    await sql('postgres', `alter database ${kept} rename to shop`)
  })

  test('when the disk of the target is full', { skip: noTinyDisk }, async () => {
    const { uid, gid } = statSync(site.server.dir)
    const disk = await tinyDisk(12 * MIB, { uid, gid })
    try {
      await sql('postgres', `create tablespace tiny location '${disk.path}'`)
      await sql('postgres', 'create database cramped')
      const fill =
        "create table t tablespace tiny as select i, repeat('x', 900) from generate_series(1, 7000) i"
      await sql('cramped', fill)
      await site.expect(0, ['backup', '--source', 'env:DB_CRAMPED'])
      const before = await oids()
      const args = ['restore', 'latest:cramped', '--target', 'env:DB_CRAMPED', '--replace']
      const { error } = await site.json<Failed>(1, args)
      assert.match(error.message, /No space left on device/)
      assert.deepEqual(await oids(), before)
      await site.expect(0, ['verify', 'latest:cramped', '--against', 'env:DB_CRAMPED'])
      await sql('postgres', 'drop database cramped')
      await sql('postgres', 'drop tablespace tiny')
    } finally {
      await disk.close()
    }
  })

  test('when roles are missing that own what the backup holds', async () => {
    await sql('postgres', 'create role leaver')
    await sql('postgres', 'create database owned')
    await sql('owned', 'create table t (); alter table t owner to leaver')
    await site.expect(0, ['backup', '--source', 'env:DB_OWNED'])
    await sql('owned', 'alter table t owner to postgres; drop role leaver')
    const before = await oids()
    const args = ['restore', 'latest:owned', '--target', 'env:DB_OWNED', '--replace']
    const { error } = await site.json<Failed>(1, args)
    assert.equal(error.code, 'TARGET_UNFIT')
    assert.match(error.hint, /export BACKUP --stream globals .* or add --no-owner$/)
    assert.deepEqual(await oids(), before)
    const done = await site.json<Restored>(3, [...args, '--no-owner'])
    assert.match(done.warnings.join('\n'), /everything belongs to postgres/)
  })

  test('a view that cannot be refreshed is a warning, and all else is proven', async () => {
    await sql('postgres', 'create database views')
    await sql(
      'views',
      `create table numbers as select i from generate_series(1, 3) i;
       create function total() returns bigint language sql as 'select sum(i) from numbers';
       create materialized view totals as select total()`,
    )
    await site.expect(0, ['backup', '--source', 'env:DB_VIEWS'])
    const args = ['restore', 'latest:views', '--target', 'env:DB_VIEWS', '--replace']
    const { warnings } = await site.json<Restored>(3, args)
    assert.match(warnings.join('\n'), /materialized view public.totals is left empty/)
    assert.deepEqual(await sql('views', 'select sum(i)::int from numbers'), [{ sum: 6 }])
  })
})
