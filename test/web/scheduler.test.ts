import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { assertNoSideways, PHONE } from './phone.ts'
import { hold } from './run-hold.ts'
import { WebSite } from './site.ts'

const VIEWER = { email: 'vera@example.org', password: 'the quiet sea is only to look at' }

describe('schedules and the scheduler', () => {
  let site: WebSite
  let shop = ''
  let nightly = ''

  before(async () => {
    site = await WebSite.open()
    await site.api.editSetting({ manualBackupsPerMinute: null })
    await site.api.addUser({ ...VIEWER, name: 'Vera', role: 'viewer' })
    await site.newRepository('main')
    shop = await site.newSource('shop')
    const till = await site.newSource('till')
    const common = { repository: 'main', timeZone: 'Europe/Berlin' }
    const made = await site.api.addSchedule({
      ...common,
      source: shop,
      cron: 'daily at 02:30',
      blackout: [{ days: ['saturday'], from: '10:00', to: '12:00' }],
      keep: { daily: 7, weekly: 4 },
    })
    nightly = made.id
    await site.api.addSchedule({ ...common, source: till, cron: 'every 30 minutes' })
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('a list says what runs when, is searched, and turns one off and on', async () => {
    const page = await site.enter('/schedules')
    const row = (name: string) => page.getByRole('row').filter({ hasText: name })
    await row('shop → main').getByText('Every day at 02:30 (Europe/Berlin)').waitFor()
    await row('shop → main').getByText('7 daily and 4 weekly').waitFor()
    await row('till → main').getByText('Every 30 minutes').waitFor()
    await assertAccessible(page)
    await page.getByRole('searchbox').fill('daily')
    await row('till').waitFor({ state: 'detached' })
    const fires = row('shop').getByRole('switch')
    await fires.press('Space')
    await page.getByText('The schedule of shop does not fire any more.').waitFor()
    await row('shop').getByText('Disabled').waitFor()
    assert.equal((await site.api.getSchedule(nightly)).enabled, false)
    await fires.press('Space')
    await page.getByText('The schedule of shop fires again, from now on.').waitFor()
    await page.getByRole('searchbox').fill('nothing like it')
    await page.getByText('No schedule is found').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await row('till').waitFor()
  })

  test('one runs now, and its page follows the run', async () => {
    const page = await site.enter(`/schedules/${nightly}`)
    const held = await hold(site, 'shop')
    const runs = page.getByRole('region', { name: 'Last runs' })
    try {
      await runs.getByText('It has not run yet.').waitFor()
      await page.getByRole('button', { name: 'Run now' }).click()
      await runs.getByText('Running').waitFor()
    } finally {
      await held.letGo()
    }
    await runs.getByText('Completed').waitFor()
    await runs.getByRole('link', { name: 'Show all its runs' }).click()
    await page.waitForURL(/\/runs\?schedule=/)
  })

  test('a week shows each firing, those that are often as one line, and quiet hours', async () => {
    const page = await site.enter('/schedules?view=week')
    const week = page.getByRole('table', { name: 'What fires in each hour of the week' })
    const firing = week.getByRole('link', { name: '02:30 shop' })
    await firing.first().waitFor()
    assert.equal(await firing.count(), 7)
    await page
      .getByRole('list', { name: 'Those that fire often' })
      .getByText('every 30 min')
      .waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Next week' }).click()
    await page.waitForURL(/week=\d{4}-\d\d-\d\d/)
    await firing.first().waitFor()
    assert.equal(
      await week.getByRole('columnheader').and(page.locator('[aria-current]')).count(),
      0,
    )
    await choose('shop')
    await page.getByText('Quiet hours: nothing starts').first().waitFor()
    assert.equal(await week.getByTitle('Quiet hours: nothing starts').count(), 2)
    await assertAccessible(page)
    await firing.first().click()
    await page.getByRole('heading', { name: 'shop → main' }).waitFor()

    async function choose(text: string): Promise<void> {
      await page.getByRole('combobox', { name: 'Look at one schedule' }).fill(text)
      await page.getByRole('option').first().click()
      await page.waitForURL(/schedule=/)
    }
  })

  test('is stopped after a question, and started, before the eyes of somebody else', async () => {
    const page = await site.enter('/schedules')
    const other = await site.enter('/schedules', VIEWER)
    const card = (of: typeof page) => of.getByRole('region', { name: 'Scheduler' })
    await card(other).getByText('Running').waitFor()
    await page.getByRole('button', { name: 'Stop the scheduler' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('No schedule fires until somebody starts it again').waitFor()
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Stop the scheduler' }).click()
    await card(other).getByText('Stopped').waitFor()
    await page.getByRole('button', { name: 'Start the scheduler' }).click()
    await card(other).getByText('Running').waitFor()
    await page.getByRole('button', { name: 'Pause everything' }).click()
    await dialog.getByRole('button', { name: 'Pause everything' }).click()
    await card(other).getByText('Everything is paused').waitFor()
    await page.getByRole('button', { name: 'Resume everything' }).click()
    await card(other).getByText('Everything is paused').waitFor({ state: 'detached' })
  })

  test('a viewer sees everything, and no button that changes it', async () => {
    const page = await site.enter('/schedules', VIEWER)
    await page.getByRole('link', { name: 'shop → main' }).waitFor()
    await page.getByRole('region', { name: 'Scheduler' }).getByText('Running').waitFor()
    const acts = /add a|run now|stop|start|pause|save|remove/i
    assert.equal(await page.getByRole('button', { name: acts }).count(), 0)
    assert.equal(await page.getByRole('link', { name: acts }).count(), 0)
    assert.equal(await page.getByRole('switch').count(), 0)
    await assertAccessible(page)
    await page.getByRole('link', { name: 'shop → main' }).click()
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    assert.equal(await page.getByRole('button', { name: acts }).count(), 0)
    await assertAccessible(page)
    await page.goto('/schedules/new')
    await page.getByText('Your role may look at this').waitFor()
    assert.equal(await page.getByRole('textbox').count(), 0)
  })

  test('speaks Vietnamese', async () => {
    const page = await site.enter('/schedules', undefined, { locale: 'vi-VN' })
    await page
      .getByText('Hằng ngày lúc 02:30 (Europe/Berlin), trừ Thứ Bảy từ 10:00 đến 12:00')
      .waitFor()
    await page.getByText('7 bản theo ngày').waitFor()
    await assertAccessible(page)
    await page.goto(`/schedules/${nightly}`)
    await page.getByText('Cron', { exact: true }).click()
    await page.getByRole('textbox', { name: 'Biểu thức cron' }).fill('7 3 * * 1#2')
    await page.getByText('Theo cron 7 3 * * 1#2').waitFor()
  })

  test('fits a phone', async () => {
    const page = await site.enter('/schedules', undefined, PHONE)
    await page.getByRole('listitem').filter({ hasText: 'shop → main' }).waitFor()
    await assertNoSideways(page)
    await assertAccessible(page)
    await page.goto('/schedules?view=week')
    await page.getByRole('link', { name: '02:30 shop' }).first().waitFor()
    assert.equal(await page.getByRole('link', { name: '02:30 shop' }).count(), 7)
    await assertNoSideways(page)
    await assertAccessible(page)
    await page.goto(`/schedules/${nightly}`)
    await page.getByRole('button', { name: 'Save the changes' }).waitFor()
    await assertNoSideways(page)
  })

  test('goes, once somebody has read what stays', async () => {
    const page = await site.enter(`/schedules/${nightly}`)
    await page.getByRole('button', { name: 'Remove' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('all runs and backups so far stay').waitFor()
    await dialog.getByRole('button', { name: 'Remove the schedule' }).click()
    await page.getByRole('heading', { name: 'Schedules', level: 1 }).waitFor()
    await page.getByText('till → main').waitFor()
    await page.getByText('shop → main').waitFor({ state: 'detached' })
  })
})
