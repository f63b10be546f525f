import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { ADMIN, WebSite } from './site.ts'

describe('logging in', () => {
  let site: WebSite

  before(async () => {
    site = await WebSite.open()
  })
  after(() => site.close())
  afterEach(async () => {
    await site.closePages()
    site.assertNoFaults()
  })

  test('leads to the page that was asked for', async () => {
    const page = await site.newPage()
    await page.goto('/sources')
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    await page.getByLabel('E-mail address', { exact: true }).fill(ADMIN.email)
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'Sources', level: 1 }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/sources')
    await assertAccessible(page)
  })

  test('says what is wrong and keeps what was typed', async () => {
    const page = await site.newPage()
    await page.goto('/login')
    await page.getByLabel('E-mail address', { exact: true }).fill(ADMIN.email)
    await page.getByLabel('Password', { exact: true }).fill('not this one')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('alert').waitFor()
    assert.equal(await page.getByLabel('E-mail address', { exact: true }).inputValue(), ADMIN.email)
    await assertAccessible(page)
  })
})
