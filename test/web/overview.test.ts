import assert from 'node:assert/strict'
import { renameSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { assertNoSideways, PHONE } from './phone.ts'
import { hold } from './run-hold.ts'
import { ADMIN, WebSite } from './site.ts'

const VIEWER = { email: 'vera@example.org', password: 'a lighthouse without a keeper' }

const ASSETS = join(import.meta.dirname, '../../web/dist/assets')

describe('the overview', () => {
  let site: WebSite
  let repository: string
  let shop: string

  before(async () => {
    site = await WebSite.open()
  })
  after(async () => {
    await site.close()
  })
  afterEach(() => site.leave())

  const schedule = (source: string) =>
    site.api.addSchedule({ source, repository, cron: 'daily at 02:30' })
  /** As if the schedule of a source had been there for so many days. */
  const scheduledFor = (source: string, days: number) =>
    site.catalog.query(
      `update schedules set created_at = clock_now() - $2 * interval '1 day' where source_id = $1`,
      [source, days],
    )

  test('leads to the first backup where nothing is protected', async () => {
    const page = await site.enter('/')
    await page.getByText('Nothing is protected yet').waitFor()
    const next = page.getByRole('link', { name: 'Set up the first backup' })
    assert.equal(await next.getAttribute('href'), '/welcome')
    await assertAccessible(page)
  })

  test('says that all is well, and shows what else is told', async () => {
    repository = await site.newRepository('main')
    shop = await site.newSource('shop')
    await site.backUp(shop, repository)
    await schedule(shop)
    const page = await site.enter('/')
    await page.getByRole('heading', { name: 'Your source is protected' }).waitFor()
    await page.getByText('No backup of shop has been proven in the last 30 days').waitFor()
    await page.getByRole('button', { name: 'Prove the latest backup: shop' }).waitFor()
    await page
      .getByRole('img', { name: 'shop, the last 30 days: completed on 1' })
      .first()
      .waitFor()
    await page.getByText('1 of 1 backups completed').waitFor()
    await assertAccessible(page)
  })

  test('takes less than 250 kB of scripts until it stands', async () => {
    const page = await site.newPage()
    const scripts: string[] = []
    page.on('response', response => {
      if (response.url().endsWith('.js')) scripts.push(basename(response.url()))
    })
    await page.context().request.post('/api/v1/account/login', {
      data: { email: ADMIN.email, password: ADMIN.password },
    })
    await page.goto('/', { waitUntil: 'networkidle' })
    await page.getByRole('heading', { name: 'Your source is protected' }).waitFor()
    assert.ok(scripts.length > 5, scripts.join(' '))
    // The server sends what brotli leaves of them, which is less.
    const sizes = scripts.map(name => [name, statSync(join(ASSETS, `${name}.gz`)).size] as const)
    const total = sizes.reduce((sum, [, size]) => sum + size, 0)
    assert.ok(total < 250_000, `${total} bytes: ${sizes.join(' ')}`)
  })

  test('shows a year of days, and every chart as a table, too', async () => {
    const page = await site.enter('/')
    await page.getByRole('heading', { name: 'Sources', level: 2 }).waitFor()
    await page.mouse.wheel(0, 4000)
    const chart = page.getByRole('slider', { name: /^Mean duration of a backup/ })
    await chart.focus()
    await page.keyboard.press('Home')
    assert.match((await chart.getAttribute('aria-valuetext')) ?? '', /: [\d.]+ s$/)
    await page.getByRole('button', { name: 'Show “Success rate” as a table' }).click()
    await page.getByRole('cell', { name: '100%' }).waitFor()
    await page.getByRole('img', { name: /Backups on 1 of 365 days/ }).waitFor()
    await page.mouse.move(0, 0)
    await page.getByRole('tooltip').waitFor({ state: 'hidden' })
    await assertAccessible(page)
  })

  test('says who needs attention, why, and what mends it', async () => {
    const url = site.database.url('shop').replace(/\/\/[^@]*@/, '//nobody:wrong@')
    const failing = (await site.api.addSource({ name: 'failing', url })).id
    await schedule(failing)
    const failed = await site.finished(
      await site.api.startRun({ kind: 'backup', source: failing, repository }),
    )
    assert.equal(failed.state, 'failed')
    const never = await site.newSource('never')
    await schedule(never)
    await scheduledFor(never, 3)
    const overdue = await site.newSource('overdue')
    await site.backUp(overdue, repository)
    await schedule(overdue)
    await site.catalog.query(
      `update backups set finished_at = finished_at - interval '3 days' where source_id = $1`,
      [overdue],
    )
    await site.newSource('unscheduled')
    const fresh = await site.newSource('fresh')
    await schedule(fresh)

    const page = await site.enter('/')
    await page.getByRole('heading', { name: '5 of 6 sources need attention' }).waitFor()
    const needs = page.getByRole('list', { name: 'What needs attention' })
    const need = (name: string) => needs.getByRole('listitem').filter({ hasText: name })
    await need('never')
      .getByText('has never been backed up, though a backup is due every day.')
      .waitFor()
    await need('overdue')
      .getByText('is overdue: its last good backup was made 3 days ago')
      .waitFor()
    await need('failing').getByText('could not be backed up the last time').waitFor()
    await need('failing').getByRole('link', { name: 'See why it failed' }).click()
    await page.waitForURL(`**/runs/${failed.id}`)
    await page.goBack()
    await needs.getByRole('link', { name: '1 more source needs attention' }).click()
    await page.waitForURL('**/sources?verdict=attention')
    await page.getByRole('link', { name: 'unscheduled' }).waitFor()
    await page.goBack()
    await need('fresh').getByText('has no backup yet; the first one is due').waitFor()
    await assertAccessible(page)

    const phone = await site.enter('/', undefined, PHONE)
    await phone.getByRole('heading', { name: '5 of 6 sources need attention' }).waitFor()
    await assertNoSideways(phone)
    await assertAccessible(phone)
  })

  test('backs up before the eyes of everybody; who may only look has no button', async () => {
    await site.api.addUser({ ...VIEWER, name: 'Vera Viewer', role: 'viewer' })
    const viewer = await site.enter('/', VIEWER)
    const sentence = (page: typeof viewer, count: number) =>
      page.getByRole('heading', { name: `${count} of 6 sources need attention` }).waitFor()
    await sentence(viewer, 5)
    assert.equal(await viewer.getByRole('button', { name: /Back up now|Prove/ }).count(), 0)
    assert.equal(await viewer.getByRole('link', { name: /Add a schedule/ }).count(), 0)

    const held = await hold(site, 'never')
    const page = await site.enter('/')
    await page.getByRole('button', { name: 'Back up now: never' }).first().click()
    for (const one of [page, viewer]) {
      await one.getByRole('heading', { name: 'Running now' }).waitFor()
      await one.getByRole('progressbar', { name: 'Backup of never' }).first().waitFor()
    }
    await assertAccessible(viewer)
    await held.letGo()
    await sentence(page, 4)
    await sentence(viewer, 4)
  })

  test('says that nothing goes on while the scheduler is stopped, and starts it', async () => {
    await site.api.stopScheduler()
    await site.api.pauseAll()
    const page = await site.enter('/')
    const needs = page.getByRole('list', { name: 'What needs attention' })
    await needs.getByText('The scheduler is stopped').waitFor()
    await page.getByRole('button', { name: 'Start the scheduler' }).click()
    await needs.getByText('The scheduler is stopped').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Resume everything' }).click()
    await needs.getByText('Everything is paused').waitFor({ state: 'detached' })
  })

  test('says by itself that a repository cannot be reached, and that it is back', async () => {
    const place = `${site.dataDir}-main`
    const page = await site.enter('/')
    await page.getByRole('heading', { name: '4 of 6 sources need attention' }).waitFor()
    renameSync(place, `${place}-away`)
    // A run that meets it has it looked at.
    await site.finished(await site.api.startRun({ kind: 'check', repository }))
    const now = 'sources need attention, and a repository cannot be reached'
    await page.getByRole('heading', { name: now }).waitFor()
    const needs = page.getByRole('list', { name: 'What needs attention' })
    await needs.getByText(`There is no repository in ${place}.`).waitFor()
    await assertAccessible(page)
    await needs.getByRole('link', { name: 'main', exact: true }).click()
    const alert = page.getByRole('alert').filter({ hasText: 'It cannot be reached' })
    await alert.getByText('check that its disk is mounted').waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Repositories' }).first().click()
    await page.getByRole('table').getByText('cannot be reached').waitFor()
    await assertAccessible(page)
    renameSync(`${place}-away`, place)
    await site.catalog.query('update repository_reach set looked_at = null')
    await page.getByRole('table').getByText('cannot be reached').waitFor({ state: 'detached' })
  })

  test('stays fast with 200 sources, the neediest first', async t => {
    const url = site.database.url('shop')
    await Promise.all(
      Array.from({ length: 194 }, (_, at) => site.api.addSource({ name: `zone ${at}`, url })),
    )
    const page = await site.enter('/runs')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.goto('/')
    await page.getByRole('heading', { name: /of 200 sources need attention/ }).waitFor()
    const ready = await page.evaluate<number>('performance.now()')
    t.diagnostic(`overview with 200 sources stands after ${Math.round(ready)} ms`)
    const table = page.getByRole('table', { name: 'Sources' })
    assert.equal(await table.getByRole('row').count(), 16)
    await table.getByRole('row').nth(1).getByText('overdue').first().waitFor()
    await page
      .getByRole('navigation', { name: 'Parts of the list' })
      .getByText('1–15 of 200')
      .waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('16–30 of 200').waitFor()
  })
})
