import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { eventually } from '../support/server.ts'
import { assertAccessible } from './axe.ts'
import { WebSite } from './site.ts'

const searchOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)
const scrolled = (page: Page) => page.evaluate<number>('window.scrollY')
/** The runs that the list shows, by what they are. */
const shown = (page: Page) => page.locator('tbody a').allTextContents()

describe('the history of runs', () => {
  let site: WebSite
  let repository: string

  before(async () => {
    site = await WebSite.open()
    repository = await site.newRepository('main')
    await site.newSource('shop')
    await site.newSource('books')
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('teaches the first step where nothing has run yet', async () => {
    const page = await site.enter('/runs')
    await page.getByText('Nothing has run yet').waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Go to the sources' }).click()
    await page.getByRole('heading', { name: 'Sources', level: 1 }).waitFor()
  })

  test('shows a new run as it comes, and keeps its filters in the address', async () => {
    const page = await site.enter('/runs')
    await site.backUp('shop', repository)
    await page.getByRole('link', { name: 'Backup of shop into main' }).waitFor()
    await site.backUp('books', repository)
    await site.finished(await site.api.startRun({ kind: 'check', repository }))
    await page.getByRole('link', { name: 'Check of main' }).waitFor()
    await page.getByText('3 runs').waitFor()
    await page.getByText('100% succeeded').waitFor()
    assert.deepEqual(await shown(page), [
      'Check of main',
      'Backup of books into main',
      'Backup of shop into main',
    ])

    await page.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: 'Backup', exact: true }).click()
    await page.getByText('2 runs').waitFor()
    assert.deepEqual(searchOf(page), { kind: 'backup' })
    await page.keyboard.press('Escape')
    await page.getByRole('combobox', { name: 'Source' }).fill('boo')
    await page.getByRole('option', { name: 'books' }).click()
    await page.getByText('1 run', { exact: true }).waitFor()
    assert.deepEqual(searchOf(page), { kind: 'backup', source: 'books' })
    assert.deepEqual(await shown(page), ['Backup of books into main'])
    await page.goBack()
    await page.getByText('2 runs').waitFor()
    assert.deepEqual(searchOf(page), { kind: 'backup' })
    await page.goForward()
    await page.getByText('1 run', { exact: true }).waitFor()
    await assertAccessible(page)

    await page.getByRole('searchbox', { name: 'Search' }).fill('no such thing')
    await page.getByText('No run matches').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).first().click()
    await page.getByText('3 runs').waitFor()
    assert.deepEqual(searchOf(page), {})
  })

  test('counts days as they begin here, both included', async () => {
    const day = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin' })
    const today = day.format(new Date())
    const yesterday = day.format(Date.now() - 86_400_000)
    const page = await site.enter(`/runs?since=${today}&until=${today}`)
    await page.getByRole('link', { name: 'Check of main' }).waitFor()
    assert.equal(await page.getByLabel('From', { exact: true }).inputValue(), today)
    await page.getByLabel('To', { exact: true }).fill(yesterday)
    await page.getByLabel('From', { exact: true }).fill(yesterday)
    await page.getByText('No run matches').waitFor()
  })

  test('goes to a file with the same filter', async () => {
    const page = await site.enter('/runs?kind=check')
    const file = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Export CSV' }).click()
    const lines = readFileSync(await (await file).path(), 'utf8')
      .trim()
      .split('\n')
    assert.equal(lines.length, 2)
    assert.match(lines[1] ?? '', /check/)
  })

  test('does not move below whoever reads it', async () => {
    // Low enough that a page of runs is higher.
    const page = await site.enter('/runs', undefined, { viewport: { width: 1280, height: 380 } })
    await page.getByRole('link', { name: 'Check of main' }).waitFor()
    const before = await shown(page)
    await page.mouse.wheel(0, 2000)
    await eventually('that it is scrolled', async () => (await scrolled(page)) > 160)
    await site.finished(await site.api.startRun({ kind: 'check', repository }))
    const news = page.getByRole('button', { name: '1 new run' })
    await news.waitFor()
    assert.deepEqual(await shown(page), before)
    await news.click()
    await eventually('that it is at the top', async () => (await scrolled(page)) === 0)
    assert.deepEqual(await shown(page), ['Check of main', ...before])
  })

  test('fits on a phone', async () => {
    const page = await site.enter('/runs', undefined, { viewport: { width: 390, height: 800 } })
    await page.getByRole('link', { name: 'Check of main' }).first().waitFor()
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
    assert.ok(wide <= 390, `${wide} px`)
    await page.getByRole('button', { name: 'More filters' }).click()
    await page.getByRole('combobox', { name: 'Repository' }).waitFor()
  })
})
