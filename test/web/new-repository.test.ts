import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { holdfast } from '../support/holdfast.ts'
import { assertAccessible } from './axe.ts'
import { press, type } from './keyboard.ts'
import { WebSite, WORK } from './site.ts'

const REPOSITORY_PAGE = /\/repositories\/[0-9a-f-]{36}$/
const PASSPHRASE = 'nobody guesses this one'
describe('adding a repository', () => {
  let site: WebSite
  before(async () => {
    site = await WebSite.open()
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('a new one has the passphrase that was chosen, and its key is confirmed', async () => {
    const page = await site.enter('/repositories/new')
    await page.getByLabel('Name').fill('Büro & Lager')
    const place = page.getByLabel('Directory')
    assert.equal(await place.inputValue(), `${site.dataDir}/repositories/büro-lager`)
    await place.fill('relative/path')
    await page.getByLabel('Choose my own').check()
    await page.getByLabel('Your passphrase').fill(PASSPHRASE)
    await page.getByRole('button', { name: 'Make the repository' }).click()
    await page.getByText('It is neither a URL nor an absolute path').waitFor()
    assert.ok(await place.evaluate(field => field === document.activeElement))
    await assertAccessible(page)
    await place.fill(`${site.dataDir}-own`)
    await page.getByRole('button', { name: 'Make the repository' }).click()

    const list = page.getByRole('list', { name: 'Recovery key' })
    await list.waitFor()
    const groups = await list.getByRole('listitem').allTextContents()
    assert.equal(await page.getByRole('button', { name: 'Copy the passphrase' }).count(), 0)
    await page.getByRole('button', { name: 'I have kept it' }).click()
    for (const field of await page.getByLabel(/^Group \d of the key$/).all()) {
      const id = await field.getAttribute('id')
      const label = (await page.locator(`label[for="${id}"]`).textContent()) ?? ''
      await field.fill(groups[Number(/\d/.exec(label)?.[0]) - 1] ?? '')
    }
    await page.getByRole('button', { name: 'Confirm the key' }).click()
    await page.waitForURL(REPOSITORY_PAGE)
    const { repositories } = await site.api.listRepositories()
    assert.deepEqual(
      repositories.map(one => one.name),
      ['Büro & Lager'],
    )
    // What was shown opens it where there is no server.
    const listed = await holdfast(['list', '--repository', `${site.dataDir}-own`, '--json'], {
      HOLDFAST_RECOVERY_KEY: groups.join('-'),
    })
    assert.equal(listed.code, 0, listed.stderr)
  })

  test('one that is there is opened by its recovery key, and what is in it goes back to a server that nobody knows', async () => {
    const place = `${site.dataDir}-there`
    const made = await holdfast(['init', '--repository', place, '--json'], {
      HOLDFAST_PASSPHRASE: PASSPHRASE,
    })
    const { recoveryKey } = JSON.parse(made.stdout) as { recoveryKey: string }
    const source = await site.newDatabase('lost', 300)
    const backup = await holdfast(['backup', '--repository', place, '--source', source], {
      HOLDFAST_PASSPHRASE: PASSPHRASE,
      HOLDFAST_PG_BIN: site.database.bin,
    })
    assert.equal(backup.code, 0, backup.stderr)
    const page = await site.enter('/repositories/new')
    await page.getByText('Open one that is there').click()
    await page.getByLabel('Name').fill('from before')
    await page.getByLabel('Directory').fill(place)
    await page.getByRole('textbox', { name: 'Passphrase' }).fill('not this one')
    await page.getByRole('button', { name: 'Open the repository' }).click()
    await page.locator('[aria-invalid="true"]').waitFor()
    await assertAccessible(page)
    await page.getByText('Recovery key', { exact: true }).click()
    await page.getByRole('textbox', { name: 'Recovery key' }).fill(recoveryKey.toLowerCase())
    await page.getByRole('button', { name: 'Open the repository' }).click()
    await page.waitForURL(REPOSITORY_PAGE)
    const { repositories } = await site.api.listRepositories()
    assert.ok(repositories.some(one => one.name === 'from before'))

    const { host, port, user, password = '' } = site.database
    await page.goto('/backups')
    await page.getByRole('button', { name: /^What to do with/ }).click()
    await page.getByRole('menuitem', { name: 'Restore …' }).click()
    await page.getByText(`lost@${host}:${port} is no source here`).waitFor()
    await assertAccessible(page)
    const next = page.getByRole('button', { name: 'Next', exact: true })
    await press(page, next)
    const database = page.getByLabel('Database', { exact: true })
    await database.waitFor()
    assert.deepEqual(
      [await page.getByLabel('Host').inputValue(), await page.getByLabel('Port').inputValue()],
      [host, String(port)],
    )
    assert.equal(await database.inputValue(), 'lost')
    await assertAccessible(page)
    await type(page, database, 'found')
    await type(page, page.getByLabel('User'), user)
    await type(page, page.getByLabel('Password', { exact: true }), password)
    await page.keyboard.press('Enter')
    await page.getByText('Everything is ready.').waitFor(WORK)
    await press(page, next)
    await press(page, page.getByRole('button', { name: 'Restore into found' }))
    await page.getByText('Done, verified: 1 table equal').waitFor(WORK)
    await assertAccessible(page)
    const [{ count } = { count: 0 }] = await site.database.query<{ count: number }>(
      'found',
      'select count(*)::int as count from items',
    )
    assert.equal(count, 300)
    // Whoever begins at the wizard finds it as well.
    await page.goto('/restore')
    await page.getByText('Latest good backup').waitFor()
    assert.match(page.url(), /label=lost/)
  })
})
