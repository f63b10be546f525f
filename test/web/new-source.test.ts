import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { press, type } from './keyboard.ts'
import { WebSite } from './site.ts'

const LONG = 'a-database-with-the-longest-name-that-postgresql-allows-63-by'

describe('adding databases', () => {
  let site: WebSite
  before(async () => {
    site = await WebSite.open()
    await site.newRepository('main')
    await site.newSource('shop')
    await site.newDatabase('blog')
    await site.newDatabase(LONG)
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('several of one server, by fields, get one schedule', async () => {
    const page = await site.enter('/sources/new')
    await page.getByText('Fill in fields').click()
    await page.getByLabel('Host').fill(site.database.host)
    await page.getByLabel('Port').fill(String(site.database.port))
    const { username, password } = new URL(site.database.url('shop'))
    await page.getByLabel('User').fill(username)
    if (password !== '') await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('Encryption of the connection (TLS)').selectOption('verify-full')
    await page.getByLabel('File with the trusted certificates').waitFor()
    await page.getByLabel('Encryption of the connection (TLS)').selectOption('prefer')
    await assertAccessible(page)
    await press(page, page.getByRole('button', { name: 'Connect' }))
    await page.getByText(/^Connected to/).waitFor()

    // What is a source already is marked, and not offered.
    assert.ok(await page.getByRole('checkbox', { name: 'shop' }).isDisabled())
    await page.getByText('Source already').waitFor()
    await press(page, page.getByRole('checkbox', { name: 'blog' }), 'Space')
    await press(page, page.getByRole('checkbox', { name: LONG }), 'Space')
    const name = page.getByLabel('Name for blog')
    await name.fill('SHOP')
    await page.getByRole('button', { name: 'Add these 2 databases' }).click()
    await page.getByText('There is already a source called SHOP').waitFor()
    assert.ok(await name.evaluate(field => field === document.activeElement))
    await assertAccessible(page)
    await type(page, name, 'Our blog')
    await press(page, page.getByRole('button', { name: 'Add these 2 databases' }))

    await page.getByRole('heading', { name: 'One schedule for all of them' }).waitFor()
    await page.getByText(`Our blog and ${LONG} are added.`).waitFor()
    await page.locator(':focus').getByLabel('Every hour').waitFor()
    await page.getByLabel('Every hour').check()
    await page.getByLabel('24 hourly, 7 daily, and 4 weekly').check()
    await assertAccessible(page)
    await press(page, page.getByRole('button', { name: 'Save the schedule' }))
    await page.waitForURL(`${site.url}/sources`)
    const { schedules } = await site.api.listSchedules()
    assert.deepEqual(
      schedules.map(({ source, keep }) => ({ source, keep })),
      [LONG, 'Our blog'].map(source => ({ source, keep: { hourly: 24, daily: 7, weekly: 4 } })),
    )
  })

  test('a login that is refused is told, and what was typed stays', async () => {
    const page = await site.enter('/sources/new')
    const url = page.getByLabel('URL of the database')
    await url.fill('postgres://nobody:secret@127.0.0.1/')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('The connection could not be made').waitFor()
    assert.equal(await url.inputValue(), 'postgres://nobody:secret@127.0.0.1/')
    await url.fill('mysql://127.0.0.1/shop')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText(/mysql/).waitFor()
  })

  test('whoever may not add databases sees no form', async () => {
    const viewer = { email: 'vi@example.org', password: 'long enough for the harbour' }
    await site.api.addUser({ ...viewer, name: 'Vi', role: 'viewer' })
    for (const path of ['/sources/new', '/repositories/new', '/welcome']) {
      const page = await site.enter(path, viewer)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.getByText(/Your role may look/).waitFor()
      assert.equal(await page.locator('main form').count(), 0)
    }
  })
})
