import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { tempDir } from '../../support/temp-dir.ts'
import { assertAccessible } from './axe.ts'
import { press, tabTo } from './keyboard.ts'
import { assertNoSideways, PHONE } from './phone.ts'
import { ADMIN, WebSite, WORK } from './site.ts'

const VIEWER = {
  email: 'vera@example.org',
  name: 'Vera',
  password: 'the quiet sea is only to look at',
}

describe('backups', () => {
  let site: WebSite
  let repository = ''
  let shop = ''
  let first = ''
  let second = ''
  let till = ''

  before(async () => {
    site = await WebSite.open()
    await site.api.editSetting({ manualBackupsPerMinute: null })
    await site.api.addUser({ ...VIEWER, role: 'viewer' })
    repository = await site.newRepository('main')
    shop = await site.newSource('shop', 1000)
    first = await site.backUp(shop, repository)
    await site.database.query(
      'shop',
      `insert into items select n, 'new' from generate_series(2001, 2005) n;
       create table orders (id int); create view words as select word from items`,
    )
    second = await site.backUp(shop, repository)
    till = await site.backUp(await site.newSource('till', 10), repository)
  })
  after(() => site.close())
  afterEach(() => site.leave())

  const rows = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('checkbox') })
  const menuOf = async (page: Page, text: string | RegExp, item: string) => {
    await rows(page).filter({ hasText: text }).first().getByRole('button').click()
    await page.getByRole('menuitem', { name: item }).click()
  }

  test('are found by filters that stand in the address', async () => {
    const page = await site.enter('/backups')
    await rows(page).nth(2).waitFor()
    assert.equal(await rows(page).count(), 3)
    await assertAccessible(page)
    await page.getByRole('combobox', { name: 'Source' }).click()
    await page.getByRole('option', { name: 'till' }).click()
    await page.waitForURL(/source=till/)
    await rows(page).nth(1).waitFor({ state: 'detached' })
    assert.match(await rows(page).first().innerText(), /10 rows/)
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await rows(page).nth(2).waitFor()
    await page.getByRole('searchbox', { name: 'Search' }).fill(first.slice(0, 10))
    await page.waitForURL(new RegExp(`text=${first.slice(0, 10)}`))
    await rows(page).nth(1).waitFor({ state: 'detached' })
    await page.reload()
    assert.match(await rows(page).first().innerText(), /1,000 rows/)
    await page.getByRole('searchbox', { name: 'Search' }).fill('there is no such backup')
    await page.getByText('No backup fits these filters').waitFor()
    await assertAccessible(page)
    await page.goto('/backups?until=2001-01-01')
    await page.getByText('No backup fits these filters').waitFor()
  })

  test('take a note and a pin, and can be deleted and kept', async () => {
    const page = await site.enter('/backups?source=shop')
    await menuOf(page, '1,000 rows', 'Add a note')
    await page.getByLabel('What is worth knowing about this backup').fill('before the new prices')
    await page.getByRole('button', { name: 'Save the note' }).click()
    await rows(page).filter({ hasText: 'before the new prices' }).waitFor()
    await menuOf(page, '1,000 rows', 'Pin')
    const pinned = page.getByRole('img', { name: 'Pinned' })
    await pinned.waitFor()
    assert.equal((await site.api.getBackup(first)).pinned, true)
    await page.getByLabel('Pinned only').check()
    await rows(page).nth(1).waitFor({ state: 'detached' })
    await menuOf(page, '1,000 rows', 'Take the pin away')
    await page.getByText('No backup fits these filters').waitFor()
    await page.getByLabel('Pinned only').uncheck()
    // By keys: the focus comes back to the menu of the backup, from the dialog, too.
    const menu = rows(page).filter({ hasText: '1,000 rows' }).getByRole('button')
    const choose = async (name: string) => {
      await press(page, menu)
      await tabTo(page, page.getByRole('menuitem', { name }), 'ArrowDown')
      await page.keyboard.press('Enter')
    }
    const hasFocus = () => page.locator(':focus').and(menu).waitFor()
    await choose('Delete …')
    const dialog = page.getByRole('dialog', { name: 'Delete this backup?' })
    await dialog.getByText('you can take the deletion back').waitFor()
    await assertAccessible(page)
    await page.keyboard.press('Escape')
    await hasFocus()
    await choose('Delete …')
    await press(page, dialog.getByRole('button', { name: 'Delete this backup' }))
    await rows(page).filter({ hasText: 'Being deleted' }).waitFor()
    await hasFocus()
    await choose('Keep it')
    await rows(page).filter({ hasText: 'Being deleted' }).waitFor({ state: 'detached' })
    assert.equal((await site.api.getBackup(first)).deletion, null)
  })

  test('of which it is the last good one: its source must be typed', async () => {
    const page = await site.enter(`/backups/${till}`)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete …' }).click()
    await page.getByRole('button', { name: 'Delete this backup' }).click()
    const last = page.getByRole('dialog', { name: 'This is the last good backup' })
    const remove = last.getByRole('button', { name: 'Delete the last good backup' })
    assert.equal(await remove.isDisabled(), true)
    await last.getByLabel('Type “till” to confirm').fill('till')
    await remove.click()
    await page
      .getByText(/It is removed on/)
      .first()
      .waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Keep it' }).click()
    await page.getByText('Being deleted').waitFor({ state: 'detached' })
  })

  test('tell everything about themselves, and are saved as a file that pg_restore reads', async () => {
    const page = await site.enter(`/backups/${second}`)
    await page.getByRole('cell', { name: '1,005' }).waitFor(WORK)
    await page.getByText('2 tables, 0 sequences').waitFor(WORK)
    await assertAccessible(page)
    await page.getByLabel('Search the tables').fill('order')
    await page.getByRole('rowheader', { name: 'public.items' }).waitFor({ state: 'detached' })
    await page.getByRole('rowheader', { name: 'public.orders' }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download', WORK),
      page.getByRole('button', { name: 'Download', exact: true }).click(),
    ])
    assert.match(download.suggestedFilename(), /^shop .*\.dump$/)
    const file = join(tempDir(), 'shop.dump')
    await download.saveAs(file)
    const { stdout } = await promisify(execFile)(join(site.database.bin, 'pg_restore'), [
      '--list',
      file,
    ])
    assert.match(stdout, /TABLE DATA public orders/)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Prove it' }).click()
    await page.getByRole('button', { name: 'Compare it with the database' }).click()
    await page.getByText(/Proven /).waitFor(WORK)
  })

  test('two are compared', async () => {
    const page = await site.enter('/backups?source=shop')
    await rows(page).nth(1).waitFor()
    for (const row of await rows(page).all()) await row.getByRole('checkbox').check()
    await page.getByRole('link', { name: 'Compare these two' }).click()
    await page.getByText(/1 table changed, 1 table was added/).waitFor(WORK)
    const items = page.getByRole('row', { name: /public\.items/ })
    assert.match(await items.innerText(), /1,000\s+1,005\s+\+5/)
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Swap before and after' }).click()
    await page.getByText('1 table is gone').waitFor(WORK)
    await page.getByRole('combobox', { name: 'After: Backup' }).click()
    await page.getByRole('option', { name: new RegExp(second.slice(0, 8)) }).click()
    await page.getByText('This is the same backup twice').waitFor()
  })

  test('a viewer sees them and nothing that changes them', async () => {
    const page = await site.enter('/backups', VIEWER, PHONE)
    await page.getByText('1,005 rows').waitFor()
    await assertNoSideways(page)
    await page
      .getByRole('button', { name: /What to do/ })
      .first()
      .click()
    assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), ['Compare with another one'])
    await page.goto(`/backups/${second}`)
    await page.getByText('2 tables, 0 sequences').waitFor(WORK)
    await assertNoSideways(page)
    for (const name of [/Restore/, /Download/, /note/i, /Delete/]) {
      assert.equal(await page.getByRole('main').getByRole('button', { name }).count(), 0)
    }
    await page.goto(`/compare?before=${first}&after=${second}`)
    await page.getByText('1 table was added').waitFor(WORK)
    await assertNoSideways(page)
  })

  test('show names as they are written, whatever they would do to a page', async () => {
    const names = ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', '{{7*7}}']
    const database = 'odd<b>name</b>'
    const odd = await site.newSource(database, 1)
    for (const name of names) {
      await site.database.query(database, `create table "${name.replaceAll('"', '""')}" ()`)
    }
    const backup = await site.backUp(odd, repository)
    await site.api.editBackup(backup, { note: names.join(' ') })
    await site.database.query(database, `drop table "${names[0]}"`)
    const verified = await site.finished(
      await site.api.startRun({ kind: 'verify', source: odd, backup }),
    )
    assert.equal(verified.failure?.code, 'DATABASE_DIFFERS')
    const page = await site.enter(`/backups/${backup}`)
    page.on('dialog', () => assert.fail('a name was performed'))
    const [image = '', ...others] = names
    for (const name of names) {
      await page.getByText(`public."${name.replaceAll('"', '""')}"`, { exact: true }).waitFor(WORK)
    }
    await page.getByText(names.join(' ')).waitFor()
    await page.goto(`/runs/${verified.id}`)
    await page.getByText(image).first().waitFor()
    await page.goto('/backups')
    await page.getByText(database).first().waitFor()
    await page.getByText(others[0] ?? '').waitFor()
    assert.equal(await page.locator('main img, main script').count(), 0)
    assert.equal(await page.locator('main b', { hasText: /^name$/ }).count(), 0)
  })

  test('in Vietnamese, and none at all', async () => {
    const page = await site.enter('/backups?source=shop', ADMIN, { locale: 'vi' })
    await page.getByRole('heading', { name: 'Bản sao lưu', level: 1 }).waitFor()
    await rows(page).first().getByText('Tốt').waitFor()
    await page.goto('/backups?source=nothing')
    await page.getByText('Không có bản sao lưu nào khớp bộ lọc').waitFor()
  })
})
