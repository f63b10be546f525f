import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, afterEach, before, describe, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { press } from './keyboard.ts'
import { hold } from './run-hold.ts'
import { WebSite } from './site.ts'

describe('a run', () => {
  let site: WebSite
  let repository: string

  before(async () => {
    site = await WebSite.open()
    repository = await site.newRepository('main')
    await site.newSource('shop')
    await site.newSource('books')
    await site.newSource('stock')
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('is followed to its end: stages, log, result', async () => {
    const held = await hold(site, 'shop')
    const run = await site.api.startRun({ kind: 'backup', source: 'shop', repository })
    const page = await site.enter(`/runs/${run.id}`)
    await page.getByRole('heading', { name: 'Backup of shop into main', level: 1 }).waitFor()
    const log = page.getByRole('region', { name: 'Log of this run' })
    await log.getByText('Dumping').waitFor()
    const stages = page.getByRole('list', { name: 'Stages' })
    await stages.getByRole('listitem').filter({ hasText: 'Dumping' }).getByText(/now/).waitFor()
    await assertAccessible(page)

    await press(page, page.getByRole('button', { name: 'Pause', exact: true }))
    await press(page, page.getByRole('button', { name: 'Resume' }))
    await log.getByText('resume asked for by user ada@example.org').waitFor()
    await held.letGo()
    await log.getByText('Completed').waitFor()
    await page
      .getByText('The backup exists and can be restored: 1 table with 1,000 rows.')
      .waitFor()
    await page.getByRole('link', { name: 'Show the backup' }).waitFor()
    assert.equal(await page.getByRole('button', { name: /Pause|Cancel run/ }).count(), 0)
    await assertAccessible(page)
    const file = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the log' }).click()
    assert.match(readFileSync(await (await file).path(), 'utf8'), / #1 stage dumping\n/)
  })

  test('is cancelled after a question, and asked for again', async () => {
    const held = await hold(site, 'books')
    const run = await site.api.startRun({ kind: 'backup', source: 'books', repository })
    const page = await site.enter(`/runs/${run.id}`)
    await page.getByText('Dumping').first().waitFor()
    await press(page, page.getByRole('button', { name: 'Cancel run' }))
    const question = page.getByRole('dialog', { name: 'Cancel this run?' })
    await question.getByText(/this backup does not come to be/).waitFor()
    await question.getByRole('button', { name: 'Cancel the run' }).click()
    await page.getByText('Cancelled', { exact: true }).first().waitFor()
    await held.letGo()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.waitForURL(
      url => url.pathname.startsWith('/runs/') && !url.pathname.includes(run.id),
    )
    await page.getByText('The backup exists and can be restored').waitFor()
    await page.getByRole('link', { name: 'Show that run' }).click()
    await page.waitForURL(url => url.pathname.includes(run.id))
  })

  test('says why it failed and what to do, and is tried again when asked', async () => {
    const url = site.database.url('stock').replace(/:[^:@/]+@/, ':wrong@')
    await site.api.addSource({ name: 'locked out', url })
    const run = await site.api.startRun({ kind: 'backup', source: 'locked out', repository })
    await site.finished(run)
    const page = await site.enter(`/runs/${run.id}`)
    const why = page.getByRole('alert')
    await why.getByText('What to do').waitFor()
    await why
      .getByText(/password/i)
      .first()
      .waitFor()
    await why.getByRole('button', { name: 'Copy the error' }).waitFor()
    await page.getByRole('cell', { name: 'Failed', exact: true }).waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Try again' }).waitFor()

    // In another language, too; where its words do not arrive, as the server says it.
    await page.evaluate(() => localStorage.setItem('holdfast-language', 'vi'))
    await page.route('**/faults-*.js', route => route.abort())
    await page.reload()
    const english = page.getByRole('alert').locator('[lang=en]')
    await english.getByText('Check the user and the password.').waitFor()
    await page.unroute('**/faults-*.js')
    await page.reload()
    await page
      .getByRole('alert')
      .getByText(/không chấp nhận người dùng hoặc mật khẩu/)
      .waitFor()
    await page.getByRole('alert').getByText('Hãy kiểm tra người dùng và mật khẩu').waitFor()
    await english.getByText(/^127.* password authentication failed/).waitFor()
    const log = page.getByRole('region', { name: 'Nhật ký của lần chạy này' })
    await log.getByText(/^Được api key test.* đưa vào hàng đợi$/).waitFor()
    await log.getByText('Đã được nhận để thực hiện').waitFor()
    await log.getByText(/^Lần thử 1 thất bại: Máy chủ cơ sở dữ liệu không chấp nhận/).waitFor()
    assert.equal(await log.locator('[lang=en]').count(), 0)
    await assertAccessible(page)
  })

  test('tells what a proof found, also where it differs', async () => {
    await site.backUp('stock', repository)
    await site.database.query('stock', 'insert into items values (5000, $$x$$)')
    const run = await site.api.startRun({ kind: 'verify', source: 'stock', repository })
    await site.finished(run)
    const page = await site.enter(`/runs/${run.id}`)
    await page.getByText('The source has changed since the backup: 1 difference.').waitFor()
    await page.getByRole('cell', { name: /has 1,?001 rows/ }).waitFor()
    await assertAccessible(page)
  })

  test('that nobody knows is not there', async () => {
    const page = await site.enter('/runs/00000000-0000-4000-8000-000000000000')
    await page.getByRole('alert').waitFor()
  })
})
