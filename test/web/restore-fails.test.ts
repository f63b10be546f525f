import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { startPostgres } from '../../support/postgres.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { assertAccessible } from './axe.ts'
import { WebSite, WORK } from './site.ts'

const VIEWER = {
  email: 'vera@example.org',
  name: 'Vera',
  password: 'the quiet sea is only to look at',
}

describe('a restore that does not come to pass', () => {
  let site: WebSite
  let source = ''
  let backup = ''

  before(async () => {
    site = await WebSite.open()
    await site.api.editSetting({ manualBackupsPerMinute: null })
    await site.database.query('postgres', `create role clerk login createdb password 'clerk'`)
    const url = new URL(await site.newDatabase('till', 200))
    await site.database.query('postgres', 'alter database till owner to clerk')
    await site.database.query('till', 'alter table items owner to clerk')
    url.username = 'clerk'
    url.password = 'clerk'
    source = (await site.api.addSource({ name: 'till', url: url.href })).id
    backup = await site.backUp(source, await site.newRepository('main'))
    await site.api.addUser({ ...VIEWER, role: 'viewer' })
  })
  after(() => site.close())
  afterEach(() => site.leave())

  const oids = () =>
    site.database.query('postgres', `select oid, datname from pg_database order by datname`)

  test('says that the live database is untouched, why, and what to try', async () => {
    const before = await oids()
    const page = await site.enter(
      `/restore?source=${source}&backup=${backup}&step=check&to=replace`,
    )
    await page.getByRole('button', { name: 'Next', exact: true }).click(WORK)
    await page.getByLabel('Type till to confirm').fill('till')
    // What was fine a moment ago is not any more.
    await site.database.query('postgres', 'alter role clerk nocreatedb')
    await page.getByRole('button', { name: 'Replace till' }).click()
    await page.getByRole('heading', { name: 'The restore failed' }).waitFor(WORK)
    await page.getByText('till is untouched.').waitFor()
    await page.getByText('this login may not create one').waitFor()
    await page.getByText('alter role clerk createdb').waitFor()
    assert.equal(await page.getByRole('progressbar').count(), 0)
    await assertAccessible(page)
    assert.deepEqual(await oids(), before)
    await site.database.query('postgres', 'alter role clerk createdb')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('Done, verified: 1 table equal').waitFor(WORK)
  })

  test('is tried again where the server died under it, until somebody cancels', async () => {
    const second = await startPostgres()
    const url = second.url('till')
    const page = await site.enter(`/restore?source=${source}&backup=${backup}&step=target`)
    await page.getByRole('radio', { name: 'Another server' }).click()
    await page.getByLabel('Connection URL', { exact: true }).last().fill(url)
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    // The roles of one server are not those of another.
    await page.getByText('One problem stands in the way').waitFor(WORK)
    await page.getByLabel('Restore without owners and grants').first().check()
    await page.getByLabel('I have read the warning and go on').check(WORK)
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    const lock = new Client({ connectionString: second.url('postgres') })
    lock.on('error', () => undefined)
    await lock.connect()
    // Nobody gets in while this is held: the restore stands still in the midst of its work.
    await lock.query('begin; lock table pg_catalog.pg_authid in access exclusive mode')
    await page.getByRole('button', { name: 'Restore into till' }).click()
    await page.getByRole('progressbar').waitFor(WORK)
    await page.getByText('You may leave this page').waitFor()
    await second.stop()
    await page.getByText(/Attempt 2 in/).waitFor(WORK)
    assert.equal(await page.getByRole('progressbar').count(), 0)
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Cancel run' }).click()
    await page.getByRole('heading', { name: 'The restore was cancelled' }).waitFor(WORK)
    await page.getByText('Nothing that was there is touched.').waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Change the target' }).click()
    await page.getByRole('radio', { name: 'A new database on the same server' }).waitFor()
  })

  test('from a dump file: what is none is refused, and what is one is restored', async () => {
    const dir = tempDir()
    const { bin, host, port, user, password = '' } = site.database
    const file = join(dir, 'old till.dump')
    const login = ['-h', host, '-p', String(port), '-U', user]
    const env = { ...process.env, PGPASSWORD: password }
    await promisify(execFile)(join(bin, 'pg_dump'), ['-Fc', ...login, '-f', file, 'till'], { env })
    const wrong = join(dir, 'till.txt')
    writeFileSync(wrong, 'this is no dump')
    const page = await site.enter(`/restore?source=${source}`)
    await page.getByText('A dump file', { exact: true }).click()
    const chooser = page.locator('input[type=file]')
    await chooser.setInputFiles(wrong)
    await page.getByRole('button', { name: 'Upload the file' }).click()
    await page.getByRole('alert').waitFor()
    await assertAccessible(page)
    await chooser.setInputFiles(file)
    await page.getByRole('button', { name: 'Upload the file' }).click()
    await page.getByText('old till.dump is a backup now').waitFor(WORK)
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByLabel('Name of the new database').fill('old_till')
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByText(/^Everything is ready|^It would work, with/).waitFor(WORK)
    // A pg_restore with known security faults is warned about: whoever made the dump could do harm with it.
    const agreed = page.getByLabel('I have read the warning and go on')
    if (await agreed.isVisible()) await agreed.check()
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByRole('button', { name: 'Restore into old_till' }).click()
    await page.getByText('Done, verified: 1 table equal').waitFor(WORK)
    const [{ count } = { count: 0 }] = await site.database.query<{ count: number }>(
      'old_till',
      'select count(*)::int as count from items',
    )
    assert.equal(count, 200)
  })

  test('is not offered to those who may not', async () => {
    const page = await site.enter('/restore', VIEWER)
    await page.getByText('Restoring takes an operator').waitFor()
    await assertAccessible(page)
    assert.equal(await page.getByRole('button', { name: 'Next' }).count(), 0)
  })
})
