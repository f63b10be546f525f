import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { ADMIN, SETUP_TOKEN, WebSite } from './site.ts'

/** What the person keeps of the recovery key: its groups. */
const groupsOn = (page: Page): Promise<string[]> =>
  page.getByRole('list', { name: 'Recovery key' }).getByRole('listitem').allTextContents()

/** The two fields that ask for groups, and the number of each. */
async function askedGroups(page: Page) {
  const fields = await page.getByLabel(/^Group \d of the key$/).all()
  return await Promise.all(
    fields.map(async field => {
      const id = await field.getAttribute('id')
      const label = await page.locator(`label[for="${id}"]`).textContent()
      return { field, at: Number(/\d/.exec(label ?? '')?.[0]) - 1 }
    }),
  )
}

describe('the first start', () => {
  let site: WebSite
  before(async () => {
    site = await WebSite.open({ isNew: true })
    await site.newDatabase('shop', 1000)
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('speaks Vietnamese where the browser does', async () => {
    const page = await site.newPage({ locale: 'vi-VN' })
    await page.goto('/')
    await page.getByRole('heading', { name: 'Chào mừng đến với Holdfast' }).waitFor()
    await page.getByLabel('Mã thiết lập').waitFor()
    await assertAccessible(page)
  })

  test('a wrong token is refused beside its field, and so is a weak password', async () => {
    const page = await site.newPage()
    await page.goto('/setup#not-the-token')
    await page.getByLabel('Your name').fill(ADMIN.name)
    assert.equal(new URL(page.url()).hash, '')
    await page.getByLabel('E-mail address').fill(ADMIN.email)
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
    await page.getByRole('button', { name: 'Make the account' }).click()
    const token = page.getByLabel('Set-up token')
    await page.getByText('The set-up token is missing, wrong or older').waitFor()
    assert.ok(await token.evaluate(field => field === document.activeElement))
    await token.fill(SETUP_TOKEN)
    await page.getByLabel('Password', { exact: true }).fill('password123456')
    await page.getByRole('button', { name: 'Make the account' }).click()
    await page.getByText('This password is not taken').waitFor()
    const password = page.getByLabel('Password', { exact: true })
    assert.equal(await password.getAttribute('aria-invalid'), 'true')
    await assertAccessible(page)
  })

  test('leads by keyboard alone from the printed link to a proven backup', async () => {
    const page = await site.newPage({ permissions: ['clipboard-read', 'clipboard-write'] })
    const { keyboard } = page
    await page.goto(`/setup#${SETUP_TOKEN}`)
    await page.getByLabel('Your name').waitFor()
    // The cursor stands in the first field.
    await keyboard.type(ADMIN.name)
    await keyboard.press('Tab')
    await keyboard.type(ADMIN.email)
    await keyboard.press('Tab')
    await keyboard.type(ADMIN.password)
    await keyboard.press('Enter')

    await page.getByRole('heading', { name: 'Where should backups be kept?' }).waitFor()
    await assertAccessible(page)
    const place = page.getByLabel('Directory')
    await place.focus()
    assert.equal(await place.inputValue(), `${site.dataDir}/repositories/main`)
    await keyboard.press('Enter')

    await page.getByRole('heading', { name: 'The recovery key', exact: true }).waitFor()
    const groups = await groupsOn(page)
    assert.equal(groups.length, 8)
    await assertAccessible(page)
    await keepsTheKey(page, groups)
    await page.getByRole('button', { name: 'I have kept it' }).press('Enter')
    await keyIsAskedFor(page, groups)

    await page.getByRole('heading', { name: 'What should be backed up?' }).waitFor()
    const url = page.getByLabel('URL of the database')
    await url.focus()
    await keyboard.type('postgres://postgres@127.0.0.1:1/shop')
    await keyboard.press('Enter')
    await page.getByRole('alert').getByText('no database server answered').waitFor()
    await assertAccessible(page)
    await url.fill(site.database.url('shop'))
    await keyboard.press('Enter')
    await page
      .getByRole('status')
      .getByText(/^Connected to/)
      .waitFor()
    assert.ok(await page.getByRole('checkbox', { name: 'shop' }).isChecked())
    assert.equal(await page.getByLabel('Name for shop').inputValue(), 'shop')
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Add this database' }).press('Enter')

    await page.getByRole('heading', { name: 'When should it be backed up?' }).waitFor()
    await page.getByText(/^Next: .* 02:30, then/).waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Save and make the first backup' }).press('Enter')

    await page.getByText('Your first backup is proven: 1 table, 1,000 rows').waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Go to the overview' }).press('Enter')
    await page.waitForURL(`${site.url}/`)
  })

  test('what was made is what was chosen', async () => {
    const page = await site.enter('/welcome')
    await page.getByText('Your first backup is proven').waitFor()
    const answer = await page.context().request.get('/api/v1/schedules')
    const { schedules } = (await answer.json()) as {
      schedules: { cron: string; timeZone: string; keep: unknown }[]
    }
    assert.deepEqual(
      schedules.map(({ timeZone, keep }) => ({ timeZone, keep })),
      [{ timeZone: 'Europe/Berlin', keep: { daily: 7, weekly: 4, monthly: 12 } }],
    )
    // Steps that are done can be looked at again.
    await page.getByRole('link', { name: /Where backups are kept/ }).click()
    await page.getByText(`${site.dataDir}/repositories/main`).waitFor()
    assert.equal(new URL(page.url()).search, '?step=repository')
    await page.getByRole('button', { name: 'Go on to the database' }).click()
    await page.getByRole('heading', { name: 'One database is added' }).waitFor()
  })

  test('the steps are told in Vietnamese, too', async () => {
    const page = await site.enter('/welcome?step=database', ADMIN, { locale: 'vi-VN' })
    await page.getByRole('heading', { name: 'Đã thêm 1 cơ sở dữ liệu' }).waitFor()
    await page.getByText('Điền từng mục').click()
    await page.getByLabel('Mã hóa kết nối (TLS)').waitFor()
    await page.getByRole('link', { name: /Kiểm chứng đầu tiên/ }).click()
    await page.getByText('đã được kiểm chứng: 1 bảng, 1.000 dòng').waitFor()
    await assertAccessible(page)
  })

  test('whoever comes later is led to the login', async () => {
    const page = await site.newPage()
    await page.goto('/setup')
    await page.getByRole('heading', { name: 'This server is set up' }).waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Go to the login' }).click()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
  })
})

/** The key can be copied and kept as a file. */
async function keepsTheKey(page: Page, groups: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: 'Copy the key' }).press('Enter')
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), groups.join('-'))
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download as a text file' }).press('Enter'),
  ])
  assert.equal(file.suggestedFilename(), 'holdfast-recovery-key-main.txt')
  assert.ok((await readFile(await file.path(), 'utf8')).includes(groups.join('-')))
}

/** Wrong groups are refused; the key can be looked at again; nobody leaves by mistake. */
async function keyIsAskedFor(page: Page, groups: readonly string[]): Promise<void> {
  const confirm = page.getByRole('button', { name: 'Confirm the key' })
  for (const { field } of await askedGroups(page)) await field.fill('AAAAAAA')
  await confirm.press('Enter')
  await page
    .getByText(/^That is not group \d/)
    .first()
    .waitFor()
  await assertAccessible(page)
  await page.getByRole('link', { name: 'Runs', exact: true }).press('Enter')
  await page.getByRole('dialog', { name: 'You have not confirmed the recovery key' }).waitFor()
  await page.getByRole('button', { name: 'Stay and keep the key' }).press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Show the key again' }).press('Enter')
  assert.deepEqual(await groupsOn(page), groups)
  await page.getByRole('button', { name: 'I have kept it' }).press('Enter')
  // As one types what one reads.
  for (const { field, at } of await askedGroups(page)) {
    await field.fill((groups[at] ?? '').toLowerCase())
  }
  await page.keyboard.press('Enter')
}
