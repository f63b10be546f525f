import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { hold } from './run-hold.ts'
import { WebSite } from './site.ts'

const OTTO = { email: 'otto@example.org', password: 'seven bridges over quiet water' }

describe('settings', () => {
  let site: WebSite
  before(async () => {
    site = await WebSite.open()
    await site.api.addUser({ ...OTTO, name: 'Otto Operator', role: 'operator' })
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('are saved and kept, also that there is no limit', async () => {
    const page = await site.enter('/settings')
    await page.getByText('Nothing is locked.').waitFor()
    await assertAccessible(page)
    const save = page.getByRole('button', { name: 'Save the settings' })
    assert.ok(await save.isDisabled())
    await page.getByLabel('Runs on one database server at a time').fill('4')
    await page.getByLabel('Backups by hand, per source and minute').fill('')
    await page.getByLabel('Undo window for deleted backups').fill('48')
    await page.getByLabel('Largest dump that may be brought in').fill('2.5')
    await save.click()
    await page.getByText('The settings have been saved').waitFor()
    assert.deepEqual(await site.api.getSettings(), {
      maxRunsPerHost: 4,
      manualBackupsPerMinute: null,
      deleteGraceHours: 48,
      maxUploadBytes: 2_500_000_000,
    })
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    const undo = page.getByLabel('Undo window for deleted backups')
    assert.equal(await undo.inputValue(), '48 hours')
    await undo.fill('')
    assert.ok(await save.isEnabled())
  })

  test('are told to those who may not change them', async () => {
    const page = await site.enter('/settings', OTTO, { viewport: { width: 390, height: 800 } })
    await page.getByText('48 hours').waitFor()
    await page.getByRole('link', { name: 'Reference of the API' }).waitFor()
    assert.equal(await page.getByRole('textbox').count(), 0)
    assert.equal(await page.getByRole('button', { name: 'Save the settings' }).count(), 0)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(wide <= 390, `${wide} px`)
    await assertAccessible(page)
  })

  test('a lock is taken away after a question, and its run fails', async () => {
    const repository = await site.newRepository('main')
    await site.newSource('shop')
    const held = await hold(site, 'shop')
    const run = await site.api.startRun({ kind: 'backup', source: 'shop', repository })
    const page = await site.enter('/settings')
    const row = page.getByRole('row').filter({ hasText: 'shop' })
    await row.getByText('Running').waitFor()
    await assertAccessible(page)
    await row.getByRole('button', { name: 'Release shop' }).click()
    const question = page.getByRole('dialog', { name: 'Take the lock away?' })
    await question.getByText(/The run that holds shop fails at once/).waitFor()
    await question.getByRole('button', { name: 'Take the lock away' }).click()
    await row.waitFor({ state: 'detached' })
    assert.equal((await site.finished(run)).state, 'failed')
    await held.letGo()
  })
})
