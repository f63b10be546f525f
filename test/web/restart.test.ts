import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { hold } from './run-hold.ts'
import { ADMIN, WebSite } from './site.ts'

const LOST = /The connection to the server is lost/

describe('an open page', () => {
  let site: WebSite
  let repository: string

  before(async () => {
    site = await WebSite.open()
    repository = await site.newRepository('main')
    await site.newSource('shop')
  })
  after(() => site.close())
  afterEach(async () => {
    await site.closePages()
  })

  test('comes back by itself when its server was restarted, and shows what happened meanwhile', async () => {
    const held = await hold(site, 'shop')
    const run = await site.api.startRun({ kind: 'backup', source: 'shop', repository })
    const page = await site.enter('/runs')
    await page.getByText('Dumping').waitFor()
    await page.evaluate('window.isSamePage = true')
    await site.stop()
    await page.getByText(LOST).waitFor()
    await held.letGo()
    await site.serve()
    await page.getByText(LOST).waitFor({ state: 'hidden' })
    await page
      .getByRole('row', { name: /Backup of shop into main/ })
      .getByText('Completed')
      .waitFor()
    assert.equal((await site.finished(run)).state, 'completed')
    assert.ok(await page.evaluate<boolean>('window.isSamePage === true'), 'it was not loaded anew')
  })

  test('loses nothing that is asked of it while its server is away', async () => {
    const page = await site.enter('/')
    const start = page.getByRole('button', { name: 'Back up now: shop' }).first()
    await start.waitFor()
    await site.stop()
    await page.getByText(LOST).waitFor()
    await start.click()
    await page.getByRole('link', { name: 'Repositories', exact: true }).click()
    await site.serve()
    // A page that has styles of its own, and one that has none, come when the server is back.
    await page.getByRole('heading', { name: 'Repositories', level: 1 }).waitFor()
    await page.getByText(LOST).waitFor({ state: 'hidden' })
    await site.stop()
    await page.getByText(LOST).waitFor()
    await page.getByRole('link', { name: 'Audit log', exact: true }).click()
    await site.serve()
    await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor()
  })

  test('asks for a login where the session has ended, and goes on where it was', async () => {
    const page = await site.enter('/runs?kind=backup')
    await page.getByRole('link', { name: 'Backup of shop into main' }).waitFor()
    await page.getByRole('searchbox', { name: 'Search' }).fill('sho')
    await page.waitForURL(/text=sho/)
    await page.evaluate('window.isSamePage = true')
    await page.context().clearCookies()
    // The server says so to the palette, which stays open below.
    await page.keyboard.press('ControlOrMeta+K')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('shop')
    const login = page.getByRole('dialog', { name: 'Your session has ended' })
    await login.getByLabel('E-mail address', { exact: true }).fill(ADMIN.email)
    await login.getByLabel('Password', { exact: true }).fill(ADMIN.password)
    await login.getByRole('button', { name: 'Log in' }).click()
    await login.waitFor({ state: 'hidden' })
    await page.getByRole('group', { name: 'Sources' }).getByText('shop').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Backup of shop into main' }).waitFor()
    assert.equal(await page.getByRole('searchbox', { name: 'Search' }).inputValue(), 'sho')
    assert.ok(await page.evaluate<boolean>('window.isSamePage === true'), 'it was not loaded anew')
    // It hears of what happens again.
    const run = await site.api.startRun({ kind: 'verify', source: 'shop', repository })
    await page.getByRole('button', { name: '1 active run' }).waitFor()
    await site.finished(run)
  })

  test('offers to load itself anew where its files are those of another version', async () => {
    const page = await site.enter('/runs')
    await page.getByRole('link', { name: 'Backup of shop into main' }).waitFor()
    await page.route('**/assets/run-page-*', route => route.fulfill({ status: 404 }))
    await page.getByRole('link', { name: 'Backup of shop into main' }).click()
    await page.getByRole('heading', { name: 'This page could not be shown', level: 1 }).waitFor()
    await page.unroute('**/assets/run-page-*')
    await page.getByRole('button', { name: 'Reload' }).click()
    await page.getByRole('heading', { name: 'Backup of shop into main', level: 1 }).waitFor()
  })
})
