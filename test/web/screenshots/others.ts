import type { Page } from 'playwright-core'
import { PHONE } from '../phone.ts'
import { ADMIN, SETUP_TOKEN, WebSite } from '../site.ts'
import type { Camera, Shot } from './camera.ts'

/** Every page that needs no name of something. */
const PLAIN: readonly Shot[] = [
  { name: 'overview', path: '/' },
  { name: 'sources', path: '/sources' },
  { name: 'source-new', path: '/sources/new' },
  { name: 'backups', path: '/backups' },
  { name: 'compare', path: '/compare' },
  { name: 'restore', path: '/restore' },
  { name: 'runs', path: '/runs' },
  { name: 'schedules', path: '/schedules' },
  { name: 'schedules-week', path: '/schedules?view=week' },
  { name: 'schedule-new', path: '/schedules/new' },
  { name: 'repositories', path: '/repositories' },
  { name: 'repository-new', path: '/repositories/new' },
  { name: 'users', path: '/users' },
  { name: 'users-keys', path: '/users?tab=keys' },
  { name: 'audit', path: '/audit' },
  { name: 'settings', path: '/settings' },
  { name: 'account', path: '/account' },
]

/** A new machine: the first start, and then every page with nothing on it. */
export async function takeEmpty(camera: Camera): Promise<void> {
  const site = await WebSite.open({ isNew: true })
  try {
    await camera.take(site, '', [{ name: 'setup', path: '/setup', isOpen: true }])
    if (camera.wantsAny('welcome')) await takeWelcome(camera, site)
    else await site.setUp()
    await camera.take(site, '-empty', PLAIN, ['', '-narrow'])
  } finally {
    await site.close()
  }
}

/** From the first account to the recovery key; the rest of the way is that of adding a source. */
async function takeWelcome(camera: Camera, site: WebSite): Promise<void> {
  const page = await site.newPage({ reducedMotion: 'reduce' })
  await page.goto(`/setup#${SETUP_TOKEN}`)
  await page.getByLabel('Your name').fill(ADMIN.name)
  await page.getByLabel('E-mail address').fill(ADMIN.email)
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Where should backups be kept?' }).waitFor()
  await camera.snap(page, 'welcome-repository')
  await page.getByLabel('Directory').press('Enter')
  await page.getByRole('heading', { name: 'The recovery key', exact: true }).waitFor()
  await camera.snap(page, 'welcome-key')
  await page.setViewportSize(PHONE.viewport)
  await camera.snap(page, 'welcome-key-narrow')
  await site.closePages()
  site.assertNoFaults()
}

const LONG = 'The accounting database of the northern warehouses, second half of the year 2026'
const LONG_DATABASE = 'accounting_of_the_northern_warehouses_in_the_second_half_of_202'
const LONG_NOTE = `Taken before ${'the migration of all customers to the new way of counting, '.repeat(20)}which is over now.`

/** Names, notes and errors as long as they may be. */
export async function takeLong(camera: Camera): Promise<void> {
  const site = await WebSite.open()
  try {
    const { api } = site
    const home = `${site.dataDir}-a-directory-of-backups-with-a-name-that-is-much-longer-than-usual`
    const { repository } = await api.createRepository({ name: `${LONG} (repository)`, url: home })
    const url = await site.newDatabase(LONG_DATABASE)
    const source = await api.addSource({ name: LONG, url })
    const away = await api.addSource({
      name: `${LONG}, away`,
      url: `postgres://somebody@127.0.0.1:1/${LONG_DATABASE}`,
    })
    const backup = await site.backUp(source.id, repository.id)
    await api.editBackup(backup, { note: LONG_NOTE.slice(0, 2000), pinned: true })
    const keep = { last: 3, hourly: 24, daily: 14, weekly: 8, monthly: 12, yearly: 10 }
    const how = { repository: repository.id, cron: 'weekdays at 02:30', keep }
    const schedule = await api.addSchedule({
      source: source.id,
      ...how,
      timeZone: 'America/Argentina/Buenos_Aires',
    })
    await api.addSchedule({ source: away.id, ...how })
    const email = `${'a.long.address.of.somebody'.repeat(2)}@${'department.'.repeat(6)}example.org`
    await api.addUser({ email, name: LONG, role: 'operator' })
    await api.addApiKey({ name: LONG, role: 'viewer' })
    const run = await api.startRun({ kind: 'backup', source: away.id, repository: repository.id })
    const shots: Shot[] = [
      ...PLAIN,
      { name: 'source', path: `/sources/${source.id}` },
      { name: 'source-failing', path: `/sources/${away.id}` },
      { name: 'backup', path: `/backups/${backup}?repository=${repository.id}` },
      { name: 'run', path: `/runs/${run.id}` },
      { name: 'schedule', path: `/schedules/${schedule.id}` },
      { name: 'repository', path: `/repositories/${repository.id}` },
    ]
    await camera.take(site, '-long', shots, ['', '-narrow'])
  } finally {
    await site.close()
  }
}

/** What is shown when something is not as it should be. */
export async function takeErrors(camera: Camera): Promise<void> {
  const site = await WebSite.open()
  try {
    await site.newRepository('main')
    const nothing = '00000000-0000-4000-8000-000000000000'
    await camera.take(
      site,
      '-missing',
      [
        { name: 'source', path: `/sources/${nothing}` },
        { name: 'backup', path: '/backups/00000000' },
        { name: 'run', path: `/runs/${nothing}` },
        { name: 'schedule', path: `/schedules/${nothing}` },
        { name: 'repository', path: `/repositories/${nothing}` },
        { name: 'page', path: '/nowhere' },
      ],
      ['', '-narrow'],
    )
    const wrong = { name: 'source-new', path: '/sources/new', act: connectToNothing }
    await camera.take(site, '-error', [wrong])
    await camera.take(site, '-over', [{ name: 'session', path: '/runs', act: endSessions }])
    if (camera.wantsAny('server')) await takeGone(camera, site)
  } finally {
    await site.close()
  }
}

async function connectToNothing(page: Page): Promise<void> {
  const url = page.getByLabel('URL of the database')
  await url.fill('postgres://postgres@127.0.0.1:1/shop')
  await url.press('Enter')
  await page.getByRole('alert').first().waitFor()
}

/** Somebody ends the session while its page is open. */
async function endSessions(page: Page): Promise<void> {
  const origin = new URL(page.url()).origin
  await page.context().request.post('/api/v1/account/logout', { headers: { origin } })
  await page.getByRole('dialog').waitFor()
}

/** The server ends while a page is open. */
async function takeGone(camera: Camera, site: WebSite): Promise<void> {
  const page = await site.enter('/', ADMIN, { reducedMotion: 'reduce' })
  await page.getByRole('heading', { level: 1 }).waitFor()
  await site.stop()
  await page.getByRole('status').first().waitFor()
  await camera.snap(page, 'server-gone', true)
  await page.setViewportSize(PHONE.viewport)
  await camera.snap(page, 'server-gone-narrow', true)
}
