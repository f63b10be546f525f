import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { WebSite } from './site.ts'

const VIEWER = { email: 'vera@example.org', password: 'seven bridges over quiet water' }

/** Opens the palette by its keys, and types. */
async function search(page: Page, text: string) {
  const field = page.getByRole('combobox', { name: 'Search or jump to' })
  // One that is still closing gives the focus back, in the middle of what is typed into the next.
  await field.waitFor({ state: 'detached' })
  await page.keyboard.press('Control+k')
  await field.and(page.locator(':focus')).waitFor()
  await page.keyboard.type(text)
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 })

describe('the command palette', () => {
  let site: WebSite
  let repository: string
  let backup: string
  before(async () => {
    site = await WebSite.open()
    await site.api.addUser({ ...VIEWER, name: 'Vera Viewer', role: 'viewer' })
    repository = await site.newRepository('main')
    await site.newSource('shop')
    await site.newSource('books')
    backup = await site.backUp('books', repository)
    await site.api.editBackup(backup, { note: 'before the great move' })
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('leads to pages and to what is found, by keys alone', async () => {
    const page = await site.enter('/sources')
    await heading(page, 'Sources').waitFor()
    await search(page, 'audit')
    const chosen = page.getByRole('option', { selected: true })
    await chosen.getByText('Audit log').waitFor()
    await page.keyboard.press('Enter')
    await heading(page, 'Audit log').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await search(page, 'great move')
    await page.getByRole('group', { name: 'Backups' }).getByText('before the great move').waitFor()
    await assertAccessible(page)
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/backups/${backup}?repository=${repository}`)

    await search(page, 'book')
    await page.getByRole('group', { name: 'Sources' }).getByRole('option').waitFor()
    await page.keyboard.press('ArrowDown')
    assert.equal(
      await chosen.textContent(),
      await page.getByRole('group', { name: 'Sources' }).getByRole('option').textContent(),
    )
    await page.keyboard.press('Enter')
    await heading(page, 'books').waitFor()

    const { runs } = await site.api.listRuns()
    await search(page, runs[0]?.id.slice(0, 8) ?? '')
    await page.getByRole('group', { name: 'Runs' }).getByText('Backup, Completed').waitFor()
    await page.keyboard.press('Enter')
    await heading(page, 'Backup of books into main').waitFor()

    await search(page, 'vera')
    await page.getByRole('group', { name: 'Users' }).getByText('vera@example.org').waitFor()
    await page.keyboard.press('Enter')
    await heading(page, 'Users and keys').waitFor()
    await search(page, 'no such thing')
    await page.getByText('Nothing is called so').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('does what is usual: backs up, pauses after a question, changes the looks', async () => {
    const page = await site.enter('/runs')
    await heading(page, 'Runs').waitFor()
    await site.api.addSchedule({ source: 'shop', repository, cron: 'daily at 02:30' })
    await search(page, 'back up shop')
    await page.getByRole('option', { name: /^Back up shop now/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Backup of shop into main' }).waitFor()

    await search(page, 'pause')
    await page.getByRole('option', { name: 'Pause everything' }).waitFor()
    await page.keyboard.press('Enter')
    const question = page.getByRole('dialog', { name: 'Pause everything?' })
    await question.getByRole('button', { name: 'Pause everything' }).click()
    await page.getByText('Everything is paused: nothing new is started.').waitFor()
    await search(page, 'resume')
    await page.getByRole('option', { name: 'Resume everything' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Everything goes on').waitFor()

    await search(page, 'dark')
    await page.getByRole('option', { name: /Dark/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === 'dark')
    await search(page, 'viet')
    await page.getByRole('option', { name: /Tiếng Việt/ }).waitFor()
    await page.keyboard.press('Enter')
    await heading(page, 'Lần chạy').waitFor()
    // Without its marks, a word is found, too.
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').waitFor()
    await page.keyboard.type('nguon')
    await page.getByRole('option', { name: 'Nguồn', exact: true }).waitFor()
  })

  test('opens from a button, too, and offers nobody what they may not do', async () => {
    const page = await site.enter('/sources', VIEWER, { viewport: { width: 390, height: 800 } })
    await heading(page, 'Sources').waitFor()
    await page.getByRole('button', { name: 'Search or jump to' }).click()
    await page.getByRole('option', { name: 'Overview' }).waitFor()
    await assertAccessible(page)
    const offered = (await page.getByRole('option').allTextContents()).join()
    assert.doesNotMatch(offered, /Restore|Users|Audit|Add|Pause|Invite/)
    await page.keyboard.type('shop')
    await page.getByRole('group', { name: 'Sources' }).getByRole('option').waitFor()
    assert.equal(await page.getByRole('option', { name: /Back up/ }).count(), 0)
    await page.getByRole('group', { name: 'Sources' }).getByRole('option').click()
    await heading(page, 'shop').waitFor()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(wide <= 390, `${wide} px`)
  })
})
