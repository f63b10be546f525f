import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { CLIENT, OidcProvider } from '../support/oidc-provider.ts'
import { freePort } from '../support/server.ts'
import { assertAccessible } from './axe.ts'
import { ADMIN, WebSite } from './site.ts'

const ANN = { email: 'ann@example.org', password: 'quiet rivers carry heavy boats' }

async function typeLogin(page: Page, { email, password }: typeof ANN | typeof ADMIN) {
  await page.getByLabel('E-mail address', { exact: true }).fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
}

describe('logging in', () => {
  let site: WebSite
  let provider: OidcProvider

  before(async () => {
    provider = await OidcProvider.start()
    const port = await freePort()
    site = await WebSite.open({
      env: {
        HOLDFAST_PORT: String(port),
        HOLDFAST_URL: `http://127.0.0.1:${port}`,
        HOLDFAST_OIDC_ISSUER: provider.issuer,
        HOLDFAST_OIDC_CLIENT_ID: CLIENT.id,
        HOLDFAST_OIDC_CLIENT_SECRET: CLIENT.secret,
        HOLDFAST_OIDC_NAME: 'Example',
      },
    })
  })
  after(async () => {
    await site.close()
    await provider.stop()
  })
  afterEach(() => site.leave())

  test('leads to the page that was asked for', async () => {
    const page = await site.newPage()
    await page.goto('/runs?state=failed')
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    await typeLogin(page, ADMIN)
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
    const { pathname, searchParams } = new URL(page.url())
    assert.deepEqual([pathname, searchParams.get('state')], ['/runs', 'failed'])
  })

  test('leads to no page of somebody else', async () => {
    for (const back of [
      '//evil.example/',
      '/\\evil.example/',
      'https://evil.example/',
      '/\t/evil.example/',
    ]) {
      const page = await site.newPage()
      await page.goto(`/login?back=${encodeURIComponent(back)}`)
      await typeLogin(page, ADMIN)
      await page.waitForURL(`${site.url}/`)
      await site.closePages()
    }
  })

  test('says what is wrong and keeps what was typed', async () => {
    const page = await site.newPage()
    await page.goto('/login')
    await typeLogin(page, { ...ADMIN, password: 'not this one' })
    await page.getByRole('alert').waitFor()
    assert.equal(await page.getByLabel('E-mail address', { exact: true }).inputValue(), ADMIN.email)
    await assertAccessible(page)
  })

  test('an invitation lets somebody set their password, once', async () => {
    const { invitation } = await site.api.addUser({
      email: ANN.email,
      name: 'Ann',
      role: 'operator',
    })
    const page = await site.newPage()
    await page.goto(invitation?.link ?? assert.fail('no invitation'))
    await page.getByRole('heading', { name: 'Set your password' }).waitFor()
    await page.waitForURL(`${site.url}/invitation`)
    const password = page.getByLabel('Password', { exact: true })
    await password.fill('ann ann ann')
    await page.keyboard.press('Enter')
    await page.getByText('This password is not taken').waitFor()
    assert.ok(await password.evaluate(field => field === document.activeElement))
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Show or hide the text' }).click()
    assert.equal(await password.getAttribute('type'), 'text')
    await password.fill(ANN.password)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${site.url}/`)
    await page.getByRole('link', { name: 'Sources', exact: true }).first().waitFor()

    const again = await site.newPage()
    await again.goto(invitation?.link ?? '')
    await again.getByLabel('Password', { exact: true }).fill(ANN.password)
    await again.keyboard.press('Enter')
    await again.getByRole('alert').getByText('was used already or has expired').waitFor()
  })

  test('a second factor is asked for: a code, or a recovery code', async () => {
    const person = await site.enter('/account', ANN)
    const { request } = person.context()
    const post = async <Answer>(path: string, data: object = {}): Promise<Answer> => {
      const answer = await request.post(`/api/v1/account${path}`, {
        data,
        headers: { origin: site.url },
      })
      assert.ok(answer.ok(), await answer.text())
      return (await answer.json()) as Answer
    }
    const { secret } = await post<{ secret: string }>('/two-factor')
    const totp = new TOTP({ secret: Secret.fromBase32(secret) })
    const { recoveryCodes } = await post<{ recoveryCodes: string[] }>('/two-factor/confirm', {
      code: totp.generate(),
    })

    const page = await site.newPage()
    await page.goto('/login?back=%2Fbackups')
    await typeLogin(page, ANN)
    const code = page.getByLabel('Code of your authenticator')
    await code.fill('000000')
    await page.keyboard.press('Enter')
    await page.getByText('This code is not right').waitFor()
    await assertAccessible(page)
    // The code of the next 30 seconds: that of these was used to switch it on.
    await code.fill(totp.generate({ timestamp: Date.now() + 30_000 }))
    await page.keyboard.press('Enter')
    await page.waitForURL(`${site.url}/backups`)

    const other = await site.newPage()
    await other.goto('/login')
    await typeLogin(other, ANN)
    await other.getByRole('button', { name: 'Use a recovery code' }).click()
    await other.getByLabel('Recovery code').fill(recoveryCodes[0] ?? '')
    await other.keyboard.press('Enter')
    await other.waitForURL(`${site.url}/`)
  })

  test('another server can vouch for people; what it refuses is said in words', async () => {
    const page = await site.newPage()
    await page.goto('/runs?state=failed')
    await page.getByRole('link', { name: 'Log in with Example' }).click()
    await page.waitForURL(`${provider.issuer}/authorize**`)
    const stranger = { sub: 's-1', email: 'nobody@example.org', email_verified: true }
    await page.goto(provider.approve(page.url(), stranger).href)
    await page.getByRole('alert').getByText('The login came to nothing').waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Log in with Example' }).click()
    await page.waitForURL(`${provider.issuer}/authorize**`)
    const ada = { sub: 'a-1', email: ADMIN.email, email_verified: true }
    await page.goto(provider.approve(page.url(), ada).href)
    await page.waitForURL(`${site.url}/runs?state=failed`)
  })

  test('the problem is told in Vietnamese, too', async () => {
    const page = await site.newPage({ locale: 'vi-VN' })
    await page.goto('/login?problem=OIDC_UNREACHABLE')
    await page.getByRole('alert').getByText('Không liên lạc được').waitFor()
    await page.getByRole('link', { name: 'Đăng nhập bằng Example' }).waitFor()
  })
})
