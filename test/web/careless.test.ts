import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { ADMIN, SETUP_TOKEN, WebSite, WORK } from './site.ts'

describe('somebody who clicks everything twice', () => {
  let site: WebSite
  before(async () => {
    site = await WebSite.open({ isNew: true })
    await site.newDatabase('shop')
    await site.newDatabase('stock')
  })
  after(() => site.close())
  afterEach(() => site.leave())

  test('makes each thing once', async () => {
    const page = await site.newPage()
    const asked: string[] = []
    page.on('request', request => {
      if (request.method() === 'POST') asked.push(new URL(request.url()).pathname)
    })
    const twice = (name: string) => page.getByRole('button', { name, exact: true }).dblclick()

    await page.goto(`/setup#${SETUP_TOKEN}`)
    await page.getByLabel('Your name').fill(ADMIN.name)
    await page.getByLabel('E-mail address').fill(ADMIN.email)
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
    await twice('Make the account')
    await page.getByRole('link', { name: /Open it instead/ }).dblclick()
    await page.getByRole('button', { name: 'Open the repository' }).waitFor()
    await page.goBack()
    await twice('Make the repository')
    await page.getByRole('heading', { name: 'The recovery key', exact: true }).waitFor()
    // The key is on no other page: whoever loads this one anew goes on with the next step.
    await page.reload()
    await page.getByLabel('URL of the database').fill(site.database.url('shop'))
    await twice('Connect')
    await page.getByRole('checkbox', { name: 'stock' }).check()
    await twice('Add these 2 databases')
    await twice('Save and make the first backup')
    await page.getByText('Your first 2 backups are proven').waitFor(WORK)

    const count = (path: string) => asked.filter(one => one === `/api/v1${path}`).length
    assert.deepEqual(
      ['/repositories/create', '/sources', '/schedules', '/runs'].map(count),
      [1, 2, 2, 4],
    )
  })
})
