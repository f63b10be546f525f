import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, afterEach, before, describe, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { WebSite } from './site.ts'

const VIEWER = { email: 'vera@example.org', password: 'seven bridges over quiet water' }

describe('repositories', () => {
  let site: WebSite
  before(async () => {
    site = await WebSite.open()
    await site.api.addUser({ ...VIEWER, name: 'Vera Viewer', role: 'viewer' })
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('where there is none, the first step is taught', async () => {
    const page = await site.enter('/repositories')
    await page.getByText('No repository yet').waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Add a repository' }).click()
    await page.getByRole('heading', { name: 'Add a repository', level: 1 }).waitFor()
  })

  test('are listed with what they hold, and each with what it saves', async () => {
    const main = await site.newRepository('main')
    await site.newSource('shop', 5000)
    await site.backUp('shop', main)
    await site.api.addSchedule({ source: 'shop', repository: main, cron: 'daily at 02:30' })
    const page = await site.enter('/repositories')
    const row = page.getByRole('table', { name: 'Repositories' }).getByRole('row', { name: /main/ })
    await row.getByText('-main').waitFor()
    await assertAccessible(page)
    await row.getByRole('link', { name: 'main' }).click()
    await page.getByRole('heading', { name: 'main', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Measure now' }).click()
    await page.getByText('The repository has been measured', { exact: true }).waitFor()
    const figures = page.getByRole('region', { name: 'Figures' })
    await figures.getByText(/^[\d.]+×$/).waitFor()
    await page.getByRole('slider', { name: /Used on storage, day by day/ }).waitFor()
    await assertAccessible(page)
    await page.getByRole('tab', { name: 'Schedules' }).click()
    assert.equal(new URL(page.url()).search, '?tab=schedules')
    await page
      .getByRole('table', { name: 'Schedules' })
      .getByRole('link', { name: 'shop' })
      .waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Show its backups' }).click()
    await page.getByRole('heading', { name: 'Backups', level: 1 }).waitFor()
    assert.equal(new URL(page.url()).search, '?repository=main')
  })

  test('are checked while one looks on', async () => {
    const page = await site.enter('/repositories')
    await page.getByRole('link', { name: 'main' }).click()
    await page.getByRole('tab', { name: 'Checks' }).click()
    await page.getByText('It has never been checked here.').waitFor()
    await site.api.pauseAll()
    await page.getByRole('button', { name: 'Check now' }).click()
    const now = page.getByRole('group', { name: 'The check at work' })
    await now.waitFor()
    assert.ok(await page.getByRole('button', { name: 'Check now' }).isDisabled())
    await site.api.resumeAll()
    const last = page.getByRole('group', { name: 'Last check' })
    await last.getByText(/^Everything is as it was written: 1 backup/).waitFor()
    await now.waitFor({ state: 'detached' })
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Read all data' }).click()
    const question = page.getByRole('dialog', { name: 'Read all data?' })
    await question.getByText(/Reads every byte/).waitFor()
    await assertAccessible(page)
    await question.getByRole('button', { name: 'Read and check everything' }).click()
    await last.getByText('Every byte was read.').waitFor()
  })

  test('tell what opens them, and how one restores without the server', async () => {
    const page = await site.enter('/repositories')
    await page.getByRole('link', { name: 'main' }).click()
    await page.getByRole('tab', { name: 'Keys and emergency' }).click()
    const keys = page.getByRole('table', { name: 'What opens it' })
    const servers = keys.getByRole('row').filter({ hasText: 'Of this server' })
    await servers.getByText(/^holdfast server/).waitFor()
    assert.equal(await servers.count(), 1)
    await keys.getByRole('cell', { name: 'Passphrase', exact: true }).waitFor()
    await page.getByText(`holdfast keys recovery -r ${site.dataDir}-main`).waitFor()
    await page
      .getByRole('region', { name: 'Restore without this server' })
      .getByText(/holdfast restore BACKUP/)
      .waitFor()
    await assertAccessible(page)
  })

  test('get a new recovery key, which must be kept before one goes on', async () => {
    const page = await site.enter('/repositories')
    await page.getByRole('link', { name: 'main' }).click()
    await page.getByRole('tab', { name: 'Keys and emergency' }).click()
    await page.getByRole('button', { name: 'Make a new recovery key' }).click()
    const dialog = page.getByRole('dialog', { name: 'The new recovery key' })
    const shown = dialog.getByRole('list', { name: 'Recovery key' })
    await shown.waitFor()
    const groups = await shown.getByRole('listitem').allInnerTexts()
    await assertAccessible(page)
    await page.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'I have kept it' }).click()
    const fields = dialog.getByRole('textbox')
    await fields.first().waitFor()
    for (const field of await fields.all()) {
      const label = await field.evaluate((one: HTMLInputElement) => one.labels?.[0]?.textContent)
      const [at = ''] = /\d+/.exec(label ?? '') ?? []
      await field.fill(groups[Number(at) - 1] ?? '')
    }
    await dialog.getByRole('button', { name: 'Confirm the key' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page
      .getByRole('table', { name: 'What opens it' })
      .getByText('by user ada@example.org')
      .waitFor()
  })

  test('are called something else, given a limit, and read anew', async () => {
    const page = await site.enter('/repositories')
    await page.getByRole('link', { name: 'main' }).click()
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByLabel('Name', { exact: true }).fill('harbour')
    await page.getByLabel('Runs at a time').fill('3')
    await page.getByRole('button', { name: 'Save the changes' }).click()
    await page.getByRole('heading', { name: 'harbour', level: 1 }).waitFor()
    const [one] = (await site.api.listRepositories()).repositories
    assert.deepEqual([one?.name, one?.maxRuns], ['harbour', 3])
    await page.getByRole('button', { name: 'Read it now' }).click()
    await page.getByRole('status').getByText('Everything was known already').waitFor()
    await page.getByText('Have it write elsewhere, or remove it, first.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Remove the repository' }).count(), 0)
    await assertAccessible(page)
  })

  test('are removed by their typed name, and stay on the storage', async () => {
    const spare = await site.newRepository('spare')
    const page = await site.enter(`/repositories/${spare}?tab=settings`)
    await page.getByRole('button', { name: 'Remove the repository' }).click()
    const question = page.getByRole('dialog', { name: 'Remove “spare”?' })
    await question.getByText(/On the storage everything stays/).waitFor()
    await assertAccessible(page)
    const yes = question.getByRole('button', { name: 'Remove the repository' })
    assert.ok(await yes.isDisabled())
    await question.getByLabel('Type “spare” to confirm').fill('spare')
    await yes.click()
    await page.getByRole('heading', { name: 'Repositories', level: 1 }).waitFor()
    await page.getByText('“spare” has been removed from this server.').waitFor()
    await page.getByRole('link', { name: 'spare' }).waitFor({ state: 'detached' })
    assert.ok(existsSync(`${site.dataDir}-spare`))
  })

  test('show those who may only look no button, and fit on a phone', async () => {
    const page = await site.enter('/repositories', VIEWER, {
      viewport: { width: 390, height: 800 },
    })
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth)
    await page.getByRole('link', { name: 'harbour' }).waitFor()
    assert.ok((await wide()) <= 390)
    assert.equal(await page.getByRole('link', { name: 'Add a repository' }).count(), 0)
    await page.getByRole('link', { name: 'harbour' }).click()
    await page.getByRole('slider').first().waitFor()
    assert.ok((await wide()) <= 390)
    assert.equal(await page.getByRole('tab', { name: 'Settings' }).count(), 0)
    assert.equal(await page.getByRole('button', { name: 'Measure now' }).count(), 0)
    await page.getByRole('tab', { name: 'Checks' }).click()
    await page.getByRole('group', { name: 'Last check' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Check now' }).count(), 0)
    await page.getByRole('tab', { name: 'Keys and emergency' }).click()
    await page.getByRole('heading', { name: 'Restore without this server' }).waitFor()
    assert.equal(await page.getByRole('heading', { name: 'What opens it' }).count(), 0)
    assert.ok((await wide()) <= 390)
  })
})
