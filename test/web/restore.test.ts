import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Client } from 'pg'
import type { Page } from 'playwright-core'
import { eventually } from '../support/server.ts'
import { assertAccessible } from './axe.ts'
import { press, tabTo, type } from './keyboard.ts'
import { assertNoSideways, PHONE } from './phone.ts'
import { ADMIN, WebSite, WORK } from './site.ts'
import { makeProofsStale } from './stale-proof.ts'

describe('a restore', () => {
  let site: WebSite
  let repository = ''
  let source = ''
  let backup = ''

  before(async () => {
    site = await WebSite.open()
    await site.api.editSetting({ manualBackupsPerMinute: null })
    repository = await site.newRepository('main')
    source = await site.newSource('shop', 1000)
    backup = await site.backUp(source, repository)
  })
  after(() => site.close())
  afterEach(() => site.leave())

  const rowsOf = async (database: string) => {
    const sql =
      'select count(*)::int as count, md5(string_agg(word, $$,$$ order by id)) as words from items'
    return await site.database.query<{ count: number; words: string }>(database, sql)
  }
  const next = (page: Page) => press(page, page.getByRole('button', { name: 'Next', exact: true }))
  const isDone = (page: Page) => page.getByText('Done, verified: 1 table equal').waitFor(WORK)

  test('into a new database is led through by keys alone, watched, and equal', async () => {
    const page = await site.enter('/restore')
    // The only source and its latest good backup are chosen already.
    await page.getByText('Latest good backup').waitFor()
    assert.equal(await page.getByRole('radio', { name: /Good/ }).isChecked(), true)
    await assertAccessible(page)
    await next(page)
    const name = page.getByLabel('Name of the new database')
    assert.match(await name.inputValue(), /^shop_restored_\d{4}_\d\d_\d\d$/)
    await assertAccessible(page)
    await type(page, name, 'shop')
    await page.getByText('This is the database in use').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Next', exact: true }).isDisabled(), true)
    await type(page, name, 'shop anew')
    await page.keyboard.press('Enter')
    await page.getByText('Everything is ready.').waitFor(WORK)
    await assertAccessible(page)
    await press(page, page.getByRole('button', { name: 'Check again' }))
    await next(page)
    await page.getByText('The backup is loaded into a new database, shop anew.').waitFor()
    await assertAccessible(page)
    await press(page, page.getByRole('button', { name: 'Restore into shop anew' }))
    await isDone(page)
    // Whoever goes on by Tab does so here, and not at the top of the page.
    const focused = page.locator(':focus')
    assert.match(await focused.innerText(), /Done, verified/)
    assert.match(page.url(), /\/restore\?run=[0-9a-f-]{36}$/)
    await page
      .getByText(`postgresql://postgres@127.0.0.1:${site.database.port}/shop%20anew`)
      .waitFor()
    assert.equal(await page.getByRole('progressbar').count(), 0)
    await assertAccessible(page)
    assert.deepEqual(await rowsOf('shop anew'), await rowsOf('shop'))
    // Whoever comes back finds it.
    await page.reload()
    await isDone(page)
  })

  test('in place of a database says what is lost, wants its name and a fresh proof, and keeps the old one', async () => {
    const was = await rowsOf('shop')
    await site.database.query(
      'shop',
      `insert into items select n, 'new' from generate_series(2000, 2100) n; create table later (i int); analyze`,
    )
    const live = new Client({ connectionString: site.database.url('shop') })
    live.on('error', () => undefined)
    await live.connect()
    const page = await site.enter(`/restore?source=${source}&backup=${backup}&step=target`)
    await tabTo(page, page.getByRole('radio', { name: 'A new database on the same server' }))
    await page.keyboard.press('ArrowUp')
    assert.ok(await page.getByRole('radio', { name: 'In place of shop' }).isChecked())
    await next(page)
    await page.getByText('One problem stands in the way').waitFor(WORK)
    await page.getByText(/in use by postgres/).waitFor()
    const ends = page.getByLabel('End these connections at the moment of the swap')
    await press(page, ends, 'Space')
    const agreed = page.getByLabel('I have read the warning and go on')
    await agreed.waitFor(WORK)
    assert.equal(await page.getByRole('button', { name: 'Next', exact: true }).isDisabled(), true)
    await press(page, agreed, 'Space')
    await next(page)
    await page.getByText('Everything that was written since the backup').waitFor()
    const later = page.getByRole('row', { name: /public\.later/ })
    assert.match(await later.innerText(), /not in the backup/)
    assert.match(
      await page.getByRole('row', { name: /public\.items/ }).innerText(),
      /1,101\s+1,000\s+−101/,
    )
    await assertAccessible(page)
    const wide = page.viewportSize()
    await page.setViewportSize(PHONE.viewport)
    assert.match(
      await page.getByRole('row', { name: /public\.items/ }).innerText(),
      /1,101\s+1,000\s+−101/,
    )
    await assertNoSideways(page)
    const box = page.getByRole('region', { name: 'Tables in use and in the backup' })
    // The menu goes away in steps.
    await eventually('every number beside the name of its table', () =>
      box.evaluate(one => one.clientWidth > 250 && one.scrollWidth <= one.clientWidth),
    )
    await assertAccessible(page)
    if (wide !== null) await page.setViewportSize(wide)
    const start = page.getByRole('button', { name: 'Replace shop' })
    await type(page, page.getByLabel('Type shop to confirm'), 'sho')
    assert.equal(await start.isDisabled(), true)
    await page.keyboard.type('p')
    await makeProofsStale(site)
    await press(page, start)
    await page.getByRole('dialog', { name: 'Is it still you?' }).waitFor()
    await type(
      page,
      page.getByRole('dialog').getByLabel('Password', { exact: true }),
      ADMIN.password,
    )
    await page.keyboard.press('Enter')
    await isDone(page)
    const kept = page.getByRole('heading', { name: /kept as shop_before_\d{8}_\d{6}/ })
    const [old = ''] = /shop_before_\w+/.exec(await kept.innerText()) ?? []
    await page
      .getByText(`drop database "${old}"`)
      .or(page.getByText(`drop database ${old}`))
      .first()
      .waitFor()
    await assertAccessible(page)
    assert.deepEqual(await rowsOf('shop'), was)
    const [{ count } = { count: 0 }] = await rowsOf(old)
    assert.equal(count, 1101)
    await live.end().catch(() => undefined)
  })

  test('is looked ahead at in Vietnamese', async () => {
    const live = new Client({ connectionString: site.database.url('shop') })
    live.on('error', () => undefined)
    await live.connect()
    const address = `/restore?source=${source}&backup=${backup}&step=target`
    const page = await site.enter(address, ADMIN, { locale: 'vi-VN' })
    await page.getByRole('radio', { name: 'Thay cho shop' }).click()
    await page.getByRole('button', { name: 'Tiếp', exact: true }).click()
    await page.getByText('Có 1 vấn đề cản trở').waitFor(WORK)
    const english = page.getByRole('main').locator('[lang=en]')
    // What the server said of the problem itself.
    assert.match(
      (await english.allInnerTexts()).join('|'),
      /^Database shop@.* in use by postgres[^|]*$/,
    )
    await page.getByText('Cơ sở dữ liệu đang có người dùng').waitFor()
    await page.getByLabel('Ngắt các kết nối này vào lúc hoán đổi').check()
    await page.getByText('Các kết nối này sẽ bị ngắt: postgres').waitFor(WORK)
    await page.getByText('Tài khoản postgres là siêu người dùng.').waitFor()
    await page.getByText(/^Phiên bản: Bản sao lưu của PostgreSQL \d+ được khôi phục/).waitFor()
    assert.equal(await english.count(), 0)
    await assertAccessible(page)
    await live.end()
  })

  test('to another server, named in fields, by hand on a phone', async () => {
    const page = await site.enter(`/restore?source=${source}`, ADMIN, PHONE)
    await page.getByText('Latest good backup').waitFor()
    await assertNoSideways(page)
    await next(page)
    await page.getByRole('radio', { name: 'Another server' }).click()
    await page.getByText('Fields', { exact: true }).click()
    const { host, port, user, password = '' } = site.database
    await page.getByLabel('Host').fill(host)
    await page.getByLabel('Port').fill(String(port))
    await page.getByLabel('Database', { exact: true }).fill('elsewhere')
    await page.getByLabel('User').fill(user)
    await page.getByLabel('Password', { exact: true }).fill('wrong')
    await assertNoSideways(page)
    await next(page)
    await page.getByText(/password authentication failed/).waitFor(WORK)
    await assertNoSideways(page)
    await page.getByRole('button', { name: 'Back', exact: true }).click()
    assert.equal(await page.getByLabel('Host').inputValue(), host)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await next(page)
    await page.getByText('Everything is ready.').waitFor(WORK)
    await next(page)
    await page.getByRole('button', { name: 'Restore into elsewhere' }).click()
    await isDone(page)
    await assertNoSideways(page)
    assert.ok(!page.url().includes(password))
    assert.deepEqual(await rowsOf('elsewhere'), await rowsOf('shop'))
  })
})
