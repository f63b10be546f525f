import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { hold } from './run-hold.ts'
import { WebSite } from './site.ts'

const VIEWER = { email: 'vera@example.org', password: 'seven seas and one small boat' }

/** Opens the panel of active runs; answers it. */
async function openPanel(page: Page) {
  await page.getByRole('button', { name: /active run|Nothing is running/ }).click()
  const panel = page.getByRole('dialog', { name: 'Active runs' })
  await panel.getByText(/places taken/).waitFor()
  return panel
}

describe('the panel of active runs', () => {
  let site: WebSite
  let repository: string

  before(async () => {
    site = await WebSite.open()
    repository = await site.newRepository('main')
    await site.newSource('shop')
    await site.newSource('books')
    await site.api.addSource({ name: 'gone', url: 'postgres://nobody:nothing@127.0.0.1:1/none' })
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('shows two people how far a run is; one pauses and resumes it, the other sees that', async () => {
    const [ada, other] = await Promise.all([site.enter('/runs'), site.enter('/')])
    const held = await hold(site, 'shop')
    const run = await site.api.startRun({ kind: 'backup', source: 'shop', repository })
    const [here, there] = await Promise.all([openPanel(ada), openPanel(other)])
    const name = 'Backup of shop into main'
    for (const panel of [here, there]) {
      await panel.getByRole('link', { name }).waitFor()
      await panel.getByText('Dumping').waitFor()
      await panel.getByRole('progressbar', { name: `Progress: ${name}` }).waitFor()
      await panel.getByText('1 running').waitFor()
    }
    await here.getByRole('button', { name: `Pause: ${name}` }).click()
    for (const panel of [here, there]) {
      await panel.getByText('Paused', { exact: true }).waitFor()
      await panel.getByText('Stands still until it is resumed').waitFor()
    }
    // No tip of a button is in the way.
    await ada.mouse.move(5, 400)
    await here.getByText('1 paused').waitFor()
    await assertAccessible(ada)
    await there.getByRole('button', { name: `Resume: ${name}` }).click()
    await here.getByText('Running', { exact: true }).waitFor()
    await held.letGo()
    for (const panel of [here, there]) await panel.getByText('Completed', { exact: true }).waitFor()
    assert.equal((await site.finished(run)).state, 'completed')
    await here.getByText('Nothing is running').waitFor()
  })

  test('counts down to the next attempt of a failed run, and tries it at once', async () => {
    const page = await site.enter('/')
    const run = await site.api.startRun({ kind: 'backup', source: 'gone', repository })
    const panel = await openPanel(page)
    const sign = panel.getByText(/^Attempt 2 in \d+/)
    await sign.waitFor()
    await panel.getByText(/Could not connect to 127.0.0.1:1/).waitFor()
    const first = await sign.textContent()
    await panel
      .getByText(/^Attempt 2 in \d+/)
      .and(panel.locator(`:not(:text-is("${first}"))`))
      .waitFor()
    await panel.getByRole('button', { name: 'Try now: Backup of gone into main' }).click()
    await panel.getByText(/^Attempt 3 in \d+/).waitFor()
    await panel.getByRole('button', { name: 'Cancel run: Backup of gone into main' }).click()
    await panel.getByText('Cancelled', { exact: true }).waitFor()
    assert.equal((await site.api.getRun(run.id)).run.attempt, 2)
  })

  test('pauses everything, says so on every page, and lets it go on', async () => {
    const page = await site.enter('/runs')
    const panel = await openPanel(page)
    await panel.getByRole('button', { name: 'Pause everything' }).click()
    const question = page.getByRole('dialog', { name: 'Pause everything?' })
    await question.getByRole('button', { name: 'Pause everything' }).click()
    await page.getByText('Everything is paused: nothing new is started.').waitFor()
    const run = await site.api.startRun({ kind: 'backup', source: 'books', repository })
    await panel.getByText('No. 1 in the queue: Everything is paused').waitFor()
    await panel.getByText('1 queued').waitFor()
    await panel.getByRole('button', { name: 'Resume everything' }).click()
    assert.equal((await site.finished(run)).state, 'completed')
    await page
      .getByText('Everything is paused: nothing new is started.')
      .waitFor({ state: 'hidden' })
  })

  test('shows a viewer what runs, and no button that changes it', async () => {
    await site.api.addUser({ ...VIEWER, name: 'Vera Viewer', role: 'viewer' })
    const held = await hold(site, 'books')
    const run = await site.api.startRun({ kind: 'verify', source: 'books', repository })
    const page = await site.enter('/', VIEWER)
    const panel = await openPanel(page)
    const link = panel.getByRole('link', { name: 'Proof of books in main' })
    await link.waitFor()
    const dangerous = /pause|resume|cancel|try/i
    assert.equal(await page.getByRole('button', { name: dangerous }).count(), 0)
    await link.click()
    await page.getByRole('heading', { name: 'Proof of books in main', level: 1 }).waitFor()
    await page.getByText('Verifying').first().waitFor()
    assert.equal(await page.getByRole('button', { name: dangerous }).count(), 0)
    await held.letGo()
    await site.finished(run)
  })
})
