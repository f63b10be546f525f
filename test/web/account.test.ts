import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, afterEach, before, describe, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { WebSite } from './site.ts'

const FREDA = { email: 'freda@example.org', password: 'seven bridges over quiet water' }
const SAM = { email: 'sam@example.org', password: 'grey geese fly before the rain' }
const STEP_MS = 30_000

/** Types e-mail address and password of somebody with a second factor. */
async function logIn(page: Page, { email, password }: typeof FREDA): Promise<void> {
  await page.goto('/login')
  await page.getByLabel('E-mail address', { exact: true }).fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

describe('one’s own account', () => {
  let site: WebSite
  before(async () => {
    site = await WebSite.open()
    await site.api.addUser({ ...FREDA, name: 'Freda Factor', role: 'operator' })
    await site.api.addUser({ ...SAM, name: 'Sam Session', role: 'viewer' })
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('has a second factor: turned on, asked for, replaced by a recovery code, turned off', async () => {
    const page = await site.enter('/account', FREDA)
    const section = page.getByRole('region', { name: 'Second factor' })
    await section.getByRole('button', { name: 'Set up a second factor' }).click()
    await section.getByRole('img', { name: 'Code to scan with an authenticator app' }).waitFor()
    await assertAccessible(page)
    const secret = (await section.locator('code').first().textContent()) ?? assert.fail()
    const totp = new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) })
    const code = section.getByLabel('Code that the app shows')
    await code.fill(String((Number(totp.generate()) + 1) % 1_000_000).padStart(6, '0'))
    await section.getByRole('button', { name: 'Turn it on' }).click()
    await section.getByText('This is not the code').waitFor()
    await code.fill(totp.generate())
    await section.getByRole('button', { name: 'Turn it on' }).click()
    const list = section.getByRole('list', { name: 'Recovery codes' })
    await list.waitFor()
    const codes = await list.getByRole('listitem').allTextContents()
    assert.equal(codes.length, 10)
    await assertAccessible(page)
    const file = page.waitForEvent('download')
    await section.getByRole('button', { name: 'Download as a text file' }).click()
    assert.ok(readFileSync(await (await file).path(), 'utf8').includes(codes[9] ?? 'none'))
    await section.getByRole('button', { name: 'I have kept them' }).click()
    await section.getByText('10 recovery codes are left.').waitFor()

    const other = await site.newPage()
    await logIn(other, FREDA)
    // The code that turned it on is used up: the next one.
    const next = totp.generate({ timestamp: Date.now() + STEP_MS })
    await other.getByLabel('Code of your authenticator').fill(next)
    await other.getByRole('button', { name: 'Log in' }).click()
    await other.getByRole('link', { name: 'Overview' }).waitFor()

    const third = await site.newPage()
    await logIn(third, FREDA)
    await third.getByRole('button', { name: 'Use a recovery code' }).click()
    await third.getByLabel('Recovery code', { exact: true }).fill(codes[0] ?? '')
    await third.getByRole('button', { name: 'Log in' }).click()
    await third.getByRole('link', { name: 'Overview' }).waitFor()
    await third.goto('/account')
    await third.getByText('9 recovery codes are left.').waitFor()
    await third.getByRole('button', { name: 'Make new recovery codes' }).click()
    await third.getByRole('button', { name: 'Make new codes' }).click()
    const anew = third.getByRole('list', { name: 'Recovery codes' })
    await anew.waitFor()
    const newer = await anew.getByRole('listitem').allTextContents()
    assert.equal(newer.filter(one => codes.includes(one)).length, 0)
    await third.getByRole('button', { name: 'I have kept them' }).click()
    await third.getByRole('button', { name: 'Turn it off' }).click()
    const question = third.getByRole('dialog', { name: 'Turn the second factor off?' })
    await question.getByRole('button', { name: 'Turn it off' }).click()
    await third.getByRole('button', { name: 'Set up a second factor' }).waitFor()
  })

  test('ends sessions elsewhere', async () => {
    site.forgetSessions()
    const agents = { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' }
    const other = await site.enter('/sources', SAM, agents)
    await other.getByRole('heading', { level: 1 }).waitFor()
    site.forgetSessions()
    const third = await site.enter('/sources', SAM)
    await third.getByRole('heading', { level: 1 }).waitFor()
    site.forgetSessions()
    const page = await site.enter('/account', SAM)
    const section = page.getByRole('region', { name: 'Where you are logged in' })
    await section.getByRole('row').filter({ hasText: 'This browser' }).waitFor()
    await assertAccessible(page)
    await section.getByRole('button', { name: 'Log out: Firefox on Linux' }).click()
    await section.getByText('Firefox on Linux').waitFor({ state: 'detached' })
    await other.goto('/runs')
    await other.getByRole('heading', { name: 'Log in' }).waitFor()
    await section.getByRole('button', { name: 'Log out everywhere else' }).click()
    await page.getByText('1 other session has ended').waitFor()
    await section
      .getByRole('button', { name: /^Log out/ })
      .first()
      .waitFor({ state: 'detached' })
    await third.goto('/runs')
    await third.getByRole('heading', { name: 'Log in' }).waitFor()
  })

  test('has a name, another password, a language and an appearance', async () => {
    const page = await site.enter('/account', SAM)
    await page.getByLabel('Your name').fill('Sam Said')
    await page.getByRole('button', { name: 'Save the name' }).click()
    await page.getByText('Your name has been changed').waitFor()
    const change = page.getByRole('button', { name: 'Change the password' })
    await page.getByLabel('Password that holds now').fill('not this one')
    await page.getByLabel('New password').fill('eleven oars and a song at night')
    await change.click()
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('aria-invalid') === 'true',
    )
    await page.getByLabel('Password that holds now').fill(SAM.password)
    await change.click()
    await page.getByText('The password has been changed').waitFor()
    await page.getByText('Tiếng Việt').click()
    await page.getByRole('heading', { name: 'Tài khoản của bạn', level: 1 }).waitFor()
    await assertAccessible(page)
    await page.getByText('Tối', { exact: true }).click()
    await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === 'dark')
    const anew = await site.enter('/account', {
      ...SAM,
      password: 'eleven oars and a song at night',
    })
    await anew.getByLabel('Your name').waitFor()
    assert.equal(await anew.getByLabel('Your name').inputValue(), 'Sam Said')
  })

  test('fits on a phone', async () => {
    const page = await site.enter('/account', undefined, { viewport: { width: 390, height: 800 } })
    await page.getByRole('heading', { name: 'Language and appearance' }).waitFor()
    await page.getByRole('list', { name: 'Where you are logged in' }).waitFor()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(wide <= 390, `${wide} px`)
  })
})
