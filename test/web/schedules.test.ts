import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { assertNoSideways, PHONE } from './phone.ts'
import { WebSite } from './site.ts'

const MOST_TABS = 60

/** Goes to something with the Tab key alone. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor({ state: 'attached' })
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    if (await wanted.evaluate(node => node === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`no key leads to ${String(wanted)}`)
}

/** Chooses the one that is found by a part of its name. */
async function choose(page: Page, field: string, text: string, option = text): Promise<void> {
  await page.getByRole('combobox', { name: field }).fill(text)
  await page.getByRole('option', { name: option }).first().click()
}

const summary = (page: Page) => page.getByRole('region', { name: 'What it comes to' })

describe('the builder of schedules', () => {
  let site: WebSite
  let shop = ''

  before(async () => {
    site = await WebSite.open()
    await site.api.editSetting({ manualBackupsPerMinute: null })
    const repository = await site.newRepository('main')
    shop = await site.newSource('shop')
    const ledger = await site.newSource('ledger')
    for (let count = 0; count < 3; count += 1) await site.backUp(ledger, repository)
  })
  after(() => site.close())
  afterEach(async () => {
    await site.leave()
    const { schedules } = await site.api.listSchedules()
    for (const { id } of schedules) await site.api.removeSchedule(id)
  })

  test('makes one by a preset, from the empty page on, by keyboard alone', async () => {
    const page = await site.enter('/schedules')
    await page.getByText('No schedules yet').waitFor()
    await assertAccessible(page)
    await tabTo(page, page.getByRole('link', { name: 'Add a schedule' }))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'New schedule' }).waitFor()
    await summary(page).getByText('Every day at 02:30 (Europe/Berlin)').waitFor()
    await assertAccessible(page)
    await tabTo(page, page.getByRole('combobox', { name: 'Source' }))
    await page.keyboard.type('shop')
    await page.getByRole('option', { name: 'shop' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await tabTo(page, page.getByRole('radio', { name: 'Daily' }))
    await page.keyboard.press('ArrowRight')
    await tabTo(page, page.getByRole('checkbox', { name: 'Monday' }))
    await page.keyboard.press('Space')
    await summary(page).getByText('Every Monday, Sunday at 02:30').waitFor()
    await tabTo(page, page.getByRole('button', { name: 'Add this schedule' }))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'shop → main' }).waitFor()
    const { schedules } = await site.api.listSchedules()
    assert.deepEqual(
      schedules.map(({ cron, timeZone, keep }) => [cron, timeZone, keep]),
      [
        [
          'weekly on monday, sunday at 02:30',
          'Europe/Berlin',
          { daily: 7, weekly: 4, monthly: 12 },
        ],
      ],
    )
    await assertAccessible(page)
  })

  test('makes one by cron, and says beside the field what is wrong with it', async () => {
    const page = await site.enter('/schedules/new?source=shop')
    await page.getByText('Cron', { exact: true }).click()
    const field = page.getByRole('textbox', { name: 'Cron expression' })
    assert.equal(await field.inputValue(), '30 2 * * *')
    await page.getByText('A preset says the same: Daily.').waitFor()
    await field.fill('61 2 * * *')
    await page.getByText('61 is no minute').waitFor()
    assert.equal(await field.getAttribute('aria-invalid'), 'true')
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Add this schedule' }).click()
    // Still there: the server took nothing, and whoever typed it is led to the field.
    await page.getByText('61 is no minute').waitFor()
    await field.fill('15 3,15 * * 1-5')
    await summary(page).getByText('Every weekday at 03:15, 15:15 (Europe/Berlin)').waitFor()
    await page.getByRole('button', { name: 'Add this schedule' }).click()
    await page.getByRole('heading', { name: 'shop → main' }).waitFor()
    assert.equal(await field.inputValue(), '15 3,15 * * 1-5')
    // One that a preset can say becomes that preset.
    await field.fill('45 4 * * *')
    await page.getByRole('button', { name: 'Show it as a preset' }).click()
    assert.equal(await page.getByLabel('At', { exact: true }).inputValue(), '04:45')
    await page.getByRole('button', { name: 'Save the changes' }).click()
    await page.getByText('Saved.').waitFor()
    await page.getByText('Every day at 04:45 (Europe/Berlin)').first().waitFor()
  })

  test('shows the next runs in another zone, and where its clocks change', async () => {
    const page = await site.enter('/schedules/new?source=shop')
    await choose(page, 'Time zone', 'New_York', 'America/New_York')
    await summary(page).getByText('clocks go forward to 03:00').waitFor()
    await page.getByRole('region', { name: 'When' }).getByText('Monthly').click()
    const runs = summary(page).getByRole('table', { name: 'Next runs' })
    await runs.getByRole('columnheader', { name: 'Its time (America/New_York)' }).waitFor()
    await runs
      .getByText(/clocks went (forward|back) by 60 min/)
      .first()
      .waitFor()
    assert.equal(await runs.getByRole('row').count(), 11)
    // Each of them by both clocks: 02:30 there is 07:30 or 08:30 here.
    const rows = await runs.getByRole('row').allInnerTexts()
    for (const row of rows.slice(1)) assert.match(row, /0[78]:30.*02:30/s)
  })

  test('shows which backups would go by a rule, and says what a change does', async () => {
    const page = await site.enter('/schedules/new?source=ledger')
    const tier = (name: string) => page.getByLabel(name, { exact: true })
    // All three are of one day.
    await page.getByText('1 would stay, 2 would go.').waitFor()
    for (const name of ['Daily', 'Weekly', 'Monthly'])
      await page.getByRole('textbox', { name, exact: true }).fill('')
    await page.getByText('Say how many of at least one kind stay').waitFor()
    await tier('Newest').fill('2')
    await page.getByText('2 would stay, 1 would go.').waitFor()
    const backups = page.getByRole('table', { name: 'What would become of each backup' })
    await backups.getByText('nothing keeps it').waitFor()
    await backups.getByText('last 1').waitFor()
    await page.getByText('In the long run, the last 2 comes to about 2 backups').waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Add this schedule' }).click()
    await page.getByText('1 backup is about to be marked for deletion').waitFor()
  })

  test('has fine points: quiet hours, repetitions, a spread', async () => {
    const page = await site.enter('/schedules/new?source=shop', undefined, PHONE)
    await page.getByRole('button', { name: 'Show the fine points' }).click()
    await page.getByLabel('Spread').fill('soon')
    await page.getByText('This is no duration').waitFor()
    await page.getByLabel('Spread').fill('10m')
    await page.getByRole('button', { name: 'Add quiet hours' }).click()
    await page.getByLabel('From').fill('22:00')
    await page.getByLabel('Until').fill('04:00')
    await page.getByText('It ends on the next day.').waitFor()
    await page.getByLabel('After a failure, try again after').fill('1m, 5m')
    await page.getByLabel('Largest size').fill('2')
    await summary(page).getByText('up to 10 minutes later').waitFor()
    await assertAccessible(page)
    await assertNoSideways(page)
    await page.getByRole('button', { name: 'Add this schedule' }).click()
    await page.getByRole('heading', { name: 'shop → main' }).waitFor()
    const [made] = (await site.api.listSchedules()).schedules
    assert.deepEqual(
      [made?.jitterSeconds, made?.blackout, made?.retry.delays, made?.maxBytes],
      [
        600,
        [
          {
            days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
            from: '22:00',
            to: '04:00',
          },
        ],
        [60, 300],
        2e9,
      ],
    )
    await assertNoSideways(page)
  })

  test('makes one that follows another', async () => {
    const first = await site.api.addSchedule({ source: shop, repository: 'main', cron: 'hourly' })
    const page = await site.enter('/schedules/new?source=shop')
    await page.getByText('After another', { exact: true }).click()
    await page.getByRole('button', { name: 'Add this schedule' }).click()
    await page.getByText('Please choose or fill in something.').waitFor()
    await choose(page, 'After which schedule', 'shop', 'shop → main: Every hour')
    await page.getByRole('button', { name: 'Add this schedule' }).click()
    await page.getByText('After the schedule of shop completed').waitFor()
    const { schedules } = await site.api.listSchedules()
    const follower = schedules.find(({ id }) => id !== first.id)
    assert.equal(follower?.afterScheduleId, first.id)
    await site.api.removeSchedule(follower?.id ?? '')
  })
})
