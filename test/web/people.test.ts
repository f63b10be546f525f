import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { WebSite } from './site.ts'

const OTTO = { email: 'otto@example.org', password: 'seven bridges over quiet water' }
const PASSWORD = 'grey geese fly before the rain'

/** Opens what can be done with somebody. */
async function actOn(page: Page, name: string, act: string): Promise<void> {
  await page.getByRole('button', { name: `What can be done: ${name}` }).click()
  await page.getByRole('menuitem', { name: act }).click()
}

describe('users and keys', () => {
  let site: WebSite
  before(async () => {
    site = await WebSite.open()
    await site.api.addUser({ ...OTTO, name: 'Otto Operator', role: 'operator' })
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('somebody invited sets a password elsewhere, and may what their role may', async () => {
    const page = await site.enter('/users')
    await page.getByRole('button', { name: 'Invite somebody' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('E-mail address').fill(OTTO.email)
    await dialog.getByLabel('Name', { exact: true }).fill('Vera Viewer')
    await dialog.getByRole('radio', { name: 'Viewer' }).check()
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('aria-invalid') === 'true',
    )
    await dialog.getByLabel('E-mail address').fill('vera@example.org')
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    const link = dialog.getByLabel('Link')
    await link.waitFor()
    await assertAccessible(page)
    const address = await link.inputValue()
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/invitation#./)
    await dialog.getByRole('button', { name: 'I have copied the link' }).click()
    const row = page.getByRole('row').filter({ hasText: 'vera@example.org' })
    await row.getByText('Invited').waitFor()

    const hers = await site.newPage()
    await hers.goto(address)
    await hers.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await hers.getByRole('button', { name: 'Set the password and log in' }).click()
    await hers.getByRole('heading', { level: 1 }).waitFor()
    await hers.getByRole('link', { name: 'Sources' }).first().click()
    await hers.getByRole('heading', { name: 'Sources', level: 1 }).waitFor()
    assert.equal(await hers.getByRole('link', { name: 'Add a source' }).count(), 0)
    assert.equal(await hers.getByRole('link', { name: 'Users and keys' }).count(), 0)
    await hers.getByRole('link', { name: 'Settings' }).click()
    await hers.getByText('Undo window for deleted backups').waitFor()
    assert.equal(await hers.getByRole('button', { name: 'Save the settings' }).count(), 0)
    await row.getByText('Active').waitFor()
  })

  test('are changed, disabled, let in again and removed', async () => {
    await site.api.addUser({
      email: 'paul@example.org',
      name: 'Paul',
      role: 'viewer',
      password: PASSWORD,
    })
    const page = await site.enter('/users')
    const row = page.getByRole('row').filter({ hasText: 'paul@example.org' })
    await row.waitFor()
    await assertAccessible(page)
    await actOn(page, 'Paul', 'Change name or role')
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Paul Porter')
    await page.getByRole('radio', { name: 'Operator' }).check()
    await page.getByRole('button', { name: 'Save the changes' }).click()
    await row.getByRole('cell', { name: 'Operator' }).waitFor()
    await actOn(page, 'Paul Porter', 'Disable')
    await page.getByRole('button', { name: 'Disable this account' }).click()
    await row.getByText('Disabled').waitFor()
    await actOn(page, 'Paul Porter', 'Enable again')
    await row.getByText('Active').waitFor()
    await actOn(page, 'Paul Porter', 'Reset the password')
    await page.getByRole('button', { name: 'Reset the password' }).click()
    const reset = page.getByRole('dialog', { name: 'The password has been reset' })
    assert.match(await reset.getByLabel('Link').inputValue(), /\/invitation#./)
    await reset.getByRole('button', { name: 'I have copied the link' }).click()
    await actOn(page, 'Paul Porter', 'Remove')
    const question = page.getByRole('dialog', { name: 'Remove Paul Porter?' })
    await question.getByLabel(/^Type/).fill('paul@example.org')
    await assertAccessible(page)
    await question.getByRole('button', { name: 'Remove this account' }).click()
    await row.waitFor({ state: 'detached' })
    // Nobody locks themselves out.
    await page.getByRole('button', { name: 'What can be done: Ada Admin' }).click()
    await page.getByRole('menuitem', { name: 'Change name or role' }).waitFor()
    assert.equal(await page.getByRole('menuitem').count(), 1)
  })

  test('an API key is shown once, does what it is for, and nothing once it is removed', async () => {
    const page = await site.enter('/users?tab=keys')
    await page.getByRole('button', { name: 'Make an API key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name', { exact: true }).fill('watcher')
    assert.ok(await dialog.getByRole('radio', { name: 'Viewer' }).isChecked())
    await dialog.getByRole('radio', { name: 'Only some areas' }).check()
    const make = dialog.getByRole('button', { name: 'Make the key' })
    assert.ok(await make.isDisabled())
    const sources = dialog.getByRole('radiogroup', { name: 'Sources' })
    await sources.getByText('Read', { exact: true }).click()
    await assertAccessible(page)
    await make.click()
    const field = dialog.getByRole('textbox', { name: 'API key' })
    await field.waitFor()
    const key = await field.inputValue()
    await dialog.getByText(`Bearer ${key}`).waitFor()
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'I have kept the key' }).click()
    const row = page.getByRole('row').filter({ hasText: 'watcher' })
    await row.getByText('sources:read').waitFor()
    assert.equal(await page.getByText(key).count(), 0)

    const ask = async (path: string) => {
      const headers = { authorization: `Bearer ${key}` }
      return (await fetch(`${site.url}/api/v1/${path}`, { headers })).status
    }
    assert.deepEqual([await ask('sources'), await ask('runs')], [200, 403])
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Remove the key watcher' }).click()
    await page.getByRole('button', { name: 'Remove this key' }).click()
    await row.waitFor({ state: 'detached' })
    assert.equal(await ask('sources'), 401)
  })

  test('an operator sees the own keys only', async () => {
    const page = await site.enter('/users', OTTO)
    await page.getByText('No API keys').waitFor()
    assert.equal(await page.getByRole('tab').count(), 0)
    await page.getByRole('button', { name: 'Make an API key' }).click()
    const dialog = page.getByRole('dialog')
    assert.equal(await dialog.getByRole('radio', { name: 'Administrator' }).count(), 0)
    await dialog.getByLabel('Name', { exact: true }).fill('of Otto')
    await dialog.getByRole('button', { name: 'Make the key' }).click()
    await dialog.getByRole('button', { name: 'I have kept the key' }).click()
    await page.getByRole('row').filter({ hasText: 'of Otto' }).waitFor()
    assert.equal(await page.getByRole('row').filter({ hasText: 'Everything' }).count(), 1)
    await assertAccessible(page)
  })

  test('fits on a phone', async () => {
    const page = await site.enter('/users', undefined, { viewport: { width: 390, height: 800 } })
    await page.getByText('otto@example.org').waitFor()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(wide <= 390, `${wide} px`)
    await assertAccessible(page)
  })
})
