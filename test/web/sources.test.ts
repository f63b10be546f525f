import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { assertNoSideways, PHONE } from './phone.ts'
import { hold } from './run-hold.ts'
import { WebSite } from './site.ts'

const LONG = 'a database that somebody called by the whole of its history, from 1998 up to now'

describe('sources', () => {
  let site: WebSite
  let repository: string
  let shop: string
  let failing: string

  before(async () => {
    site = await WebSite.open()
    await site.api.editSetting({ manualBackupsPerMinute: null })
    repository = await site.newRepository('main')
    shop = await site.newSource('shop', 20_000)
    await site.backUp(shop, repository)
    await site.api.addSchedule({ source: shop, repository, cron: 'hourly' })
    const url = site.database.url('shop').replace(/\/\/[^@]*@/, '//nobody:wrong@')
    failing = (await site.api.addSource({ name: 'failing', url })).id
    await site.api.addSchedule({ source: failing, repository, cron: 'hourly' })
    await site.finished(await site.api.startRun({ kind: 'backup', source: failing, repository }))
    await site.api.addSource({ name: LONG, url: site.database.url('shop') })
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('are found by name and by how they stand, which the address keeps', async () => {
    const page = await site.enter('/sources')
    const names = () => page.getByRole('rowheader').getByRole('link').allTextContents()
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    assert.deepEqual(await names(), ['failing', LONG, 'shop'])
    await page.getByLabel('Show', { exact: true }).selectOption('attention')
    await page.waitForURL('**/sources?verdict=attention')
    assert.deepEqual(await names(), ['failing', LONG])
    await page.getByLabel('Search by name or database').fill('FAIL')
    await page.waitForURL(/text=FAIL/)
    await page.reload()
    await page.getByRole('link', { name: 'failing' }).waitFor()
    assert.deepEqual(await names(), ['failing'])
    await page.getByLabel('Search by name or database').fill('nothing like it')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    await assertAccessible(page)
  })

  test('are backed up together', async () => {
    const page = await site.enter('/sources')
    await page.getByLabel('Choose shop').check()
    await page.getByLabel(`Choose ${LONG}`).check()
    await page.getByRole('toolbar', { name: '2 sources chosen' }).waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Back up those chosen' }).click()
    await page.getByText('2 backups have been started').waitFor()
    await page.getByRole('row', { name: LONG }).getByText('No schedule').first().waitFor()
    await page
      .getByRole('row', { name: LONG })
      .getByText(/just now|seconds ago/)
      .waitFor()
  })

  test('are backed up where somebody says, where there are several places', async () => {
    await site.newRepository('other')
    const page = await site.enter('/sources?text=history')
    await page.getByRole('button', { name: /^Back up now: a database/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Where to?' })
    await dialog.getByLabel('Repository').click()
    await page.getByRole('option', { name: 'other' }).click()
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Back up there' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: /^Backup of a database/ }).waitFor()
  })

  test('show their runs as they go on; one in the way is led to', async () => {
    const held = await hold(site, 'shop')
    const page = await site.enter(`/sources/${shop}`)
    const other = await site.enter(`/sources/${shop}`)
    await page.getByText('Protected: its last good backup was made').waitFor()
    await page.getByRole('button', { name: 'Back up now: shop' }).click()
    await other.getByRole('link', { name: 'Backup of shop into main' }).waitFor()
    await other.getByRole('button', { name: 'Back up now: shop' }).click()
    const dialog = other.getByRole('dialog', { name: 'Another run is in the way' })
    await dialog.getByRole('alert').waitFor()
    await assertAccessible(other)
    await dialog.getByRole('link', { name: 'Go to that run' }).click()
    await other.waitForURL('**/runs/*')
    await held.letGo()
    await page
      .getByRole('link', { name: 'Backup of shop into main' })
      .waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Runs' }).click()
    await page.waitForURL('**?tab=runs')
    const runs = page.getByRole('table', { name: 'Runs' })
    await runs.getByRole('row').nth(1).getByText('Completed').waitFor()
    await assertAccessible(page)
  })

  test('show their backups, schedules and trends', async () => {
    const page = await site.enter(`/sources/${shop}`)
    await page.getByRole('table', { name: 'Backups' }).getByText('Good').first().waitFor()
    const all = page.getByRole('link', { name: 'All backups of this source' })
    assert.equal(await all.getAttribute('href'), `/backups?source=${shop}`)
    await page.getByRole('tab', { name: 'Schedules' }).click()
    await page.getByRole('table', { name: 'Schedules' }).getByText('main').waitFor()
    await assertAccessible(page)
    await page.getByRole('tab', { name: 'Trends' }).click()
    const bars = page.getByRole('slider', { name: /^Backups by day/ })
    await bars.focus()
    await page.keyboard.press('End')
    assert.match((await bars.getAttribute('aria-valuetext')) ?? '', /Completed: \d, Failed: 0$/)
    await page.getByRole('button', { name: 'Show “Size of a dump” as a table' }).click()
    await page.getByRole('cell', { name: /kB|MB/ }).waitFor()
    await page.mouse.move(0, 0)
    await page.getByRole('tooltip').waitFor({ state: 'hidden' })
    await assertAccessible(page)
  })

  test('say in Vietnamese, on a telephone, how they stand', async () => {
    const page = await site.enter(`/sources/${failing}`, undefined, { ...PHONE, locale: 'vi-VN' })
    await page.getByText('Lần sao lưu cuối không hoàn tất').waitFor()
    await assertNoSideways(page)
    for (const tab of ['Lần chạy', 'Lịch', 'Xu hướng', 'Cài đặt']) {
      await page.getByRole('tab', { name: tab }).click()
      await assertNoSideways(page)
    }
    await page.goto('/sources')
    await page.getByRole('listitem').filter({ hasText: LONG }).waitFor()
    await assertNoSideways(page)
    await assertAccessible(page)
  })

  test('are renamed, reached otherwise, and removed', async () => {
    const name = 'short-lived'
    const source = await site.newSource(name)
    const page = await site.enter(`/sources/${source}?tab=settings`)
    await page.getByRole('textbox', { name: 'Name' }).fill('shop')
    await page.getByRole('button', { name: 'Save the name' }).click()
    await page
      .getByRole('textbox', { name: 'Name' })
      .and(page.locator('[aria-invalid="true"]'))
      .waitFor()
    await page.getByRole('textbox', { name: 'Name' }).fill('renamed')
    await page.getByRole('button', { name: 'Save the name' }).click()
    await page.getByRole('heading', { level: 1, name: 'renamed' }).waitFor()
    await page.getByRole('button', { name: 'Test the connection' }).click()
    await page.getByText('The database answers').waitFor()
    await assertAccessible(page)

    await page.getByRole('button', { name: 'Change the connection' }).click()
    await page.getByLabel('User').fill('somebody')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page
      .getByText(/password/)
      .first()
      .waitFor()
    await page.getByLabel('Password', { exact: true }).fill('a password')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('The connection is saved').waitFor()
    assert.equal((await site.api.getSource(source)).connection.user, 'somebody')

    await page.getByRole('button', { name: 'Remove this source' }).click()
    const dialog = page.getByRole('dialog', { name: 'Remove renamed?' })
    const remove = dialog.getByRole('button', { name: 'Remove this source' })
    assert.equal(await remove.isDisabled(), true)
    await dialog.getByLabel(/^Type “renamed”/).fill('renamed')
    await assertAccessible(page)
    await remove.click()
    await page.waitForURL('**/sources')
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    await page.getByRole('link', { name: 'renamed' }).waitFor({ state: 'detached' })
  })
})
