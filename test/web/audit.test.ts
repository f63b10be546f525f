import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { ADMIN, WebSite } from './site.ts'

const searchOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)
/** The actions that are shown. */
const shown = (page: Page) => page.locator('tbody th').allTextContents()
const DAY_MS = 86_400_000

describe('the audit log', () => {
  let site: WebSite
  before(async () => {
    site = await WebSite.open()
    for (const name of ['one', 'two', 'three']) {
      await site.api.addSource({ name, url: `postgres://ann@db.example.org/${name}` })
    }
    await site.api.removeSource('two')
    await assert.rejects(site.api.addSource({ name: 'one', url: 'postgres://ann@db/one' }))
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('is searched by filters that stand in the address', async () => {
    const page = await site.enter('/audit')
    await page.getByRole('rowheader', { name: 'source.remove' }).waitFor()
    await assertAccessible(page)
    await page.getByRole('combobox', { name: 'Action' }).fill('source')
    await page.waitForURL(/action=source/)
    await page.getByRole('rowheader', { name: 'api-key.add' }).waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await page.getByRole('combobox', { name: 'Result' }).click()
    await page.getByRole('option', { name: 'Done' }).click()
    await page.waitForURL(/result=done/)
    await page.locator('tbody').getByText('Refused').waitFor({ state: 'detached' })
    assert.deepEqual(await shown(page), ['source.remove', 'source.add', 'source.add', 'source.add'])
    await page.getByRole('combobox', { name: 'On what' }).fill('two')
    await page.waitForURL(/object=two/)
    await page.getByRole('row').nth(3).waitFor({ state: 'detached' })
    assert.deepEqual(await shown(page), ['source.remove', 'source.add'])
    assert.deepEqual(searchOf(page), { action: 'source', result: 'done', object: 'two' })
    const file = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: 'As CSV' }).click()
    const lines = readFileSync(await (await file).path(), 'utf8')
      .trim()
      .split('\n')
    assert.equal(lines.length, 3)
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByRole('rowheader', { name: 'api-key.add' }).waitFor()
    assert.deepEqual(searchOf(page), {})
    assert.equal(await page.getByRole('combobox', { name: 'On what' }).inputValue(), '')
  })

  test('knows days and people, and tells all that was written down', async () => {
    const day = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin' })
    const today = day.format(Date.now())
    const page = await site.enter(`/audit?since=${today}&until=${today}`)
    await page.getByRole('rowheader', { name: 'source.remove' }).waitFor()
    await page.getByRole('button', { name: /^Details of source.remove/ }).click()
    await page.getByText('Address', { exact: true }).waitFor()
    await page.getByText('127.0.0.1').first().waitFor()
    await assertAccessible(page)
    await page.getByRole('combobox', { name: 'Who' }).fill(`user ${ADMIN.email}`)
    await page.getByRole('rowheader', { name: 'source.remove' }).waitFor({ state: 'detached' })
    await page.getByRole('rowheader', { name: 'account.login' }).first().waitFor()
    await page.keyboard.press('Escape')
    const tomorrow = day.format(Date.now() + DAY_MS)
    await page.goto(`/audit?since=${tomorrow}`)
    await page.getByText('No entry is like this').waitFor()
  })

  test('shows more of a long log when asked', async () => {
    for (let count = 0; count < 30; count += 1) {
      await site.api.editSource('one', { name: 'one-more' })
      await site.api.editSource('one-more', { name: 'one' })
    }
    const page = await site.enter('/audit?action=source')
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' })
    const actions = await shown(page)
    assert.equal(actions.filter(one => one === 'source.edit').length, 60)
    assert.equal(actions.at(-1), 'source.add')
  })

  test('fits on a phone', async () => {
    const page = await site.enter('/audit', undefined, { viewport: { width: 390, height: 800 } })
    await page
      .getByRole('button', { name: /^Details of/ })
      .first()
      .click()
    await page.getByText('Entry', { exact: true }).waitFor()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(wide <= 390, `${wide} px`)
    await assertAccessible(page)
  })

  test('is verified, and says where somebody changed it', async () => {
    const page = await site.enter('/audit')
    await page.getByRole('button', { name: 'Verify the log' }).click()
    await page.getByText(/^The log is as it was written: \d+ entries/).waitFor()
    await assertAccessible(page)
    await site.catalog.query('alter table audit_log disable trigger user')
    await site.catalog.query(`update audit_log set actor = 'user eve@example.org' where id = 5`)
    await page.getByRole('button', { name: 'Verify the log' }).click()
    await page.getByText('Entry 5 is not as it was written.').waitFor()
    await assertAccessible(page)
  })
})
