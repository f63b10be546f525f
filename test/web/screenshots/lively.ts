import assert from 'node:assert/strict'
import { Client as PostgresClient } from 'pg'
import type { Page } from 'playwright-core'
import { type Client, createClient } from '../../../src/client/index.ts'
import { sessionFetch } from '../../../support/session-fetch.ts'
import { makeDatabases } from '../../../support/world/databases.ts'
import { furnish } from '../../../support/world/furnish.ts'
import { makePastBackups } from '../../../support/world/past-backups.ts'
import { ADMIN, WebSite } from '../site.ts'
import type { Camera, Shot } from './camera.ts'

const SCALE = 0.004
const NEVER = { signal: new AbortController().signal, version: '0.1.0' }

/** The world of the demo, as it is some minutes after its start. */
export async function takeLively(camera: Camera): Promise<void> {
  const site = await WebSite.open()
  try {
    const client = await furnished(site)
    const shots = await shotsOf(client)
    await camera.take(site, '', shots)
    const still = shots.filter(({ act }) => act === undefined)
    await camera.take(site, '-vi', still, [''], { locale: 'vi-VN' })
    if (camera.wantsAny('active')) await takeActive(camera, site, client)
    if (camera.wantsAny('restore')) await takeRestore(camera, site)
  } finally {
    await site.close()
  }
}

async function furnished(site: WebSite): Promise<Client> {
  const now = new Date()
  await makeDatabases(site.database, SCALE)
  const past = await makePastBackups(site.database, `${site.dataDir}-main`, { now, ...NEVER })
  const client = createClient({ server: site.url, fetch: sessionFetch(site.url) })
  await client.logIn({ email: ADMIN.email, password: ADMIN.password })
  const catalog = { connectionString: site.catalogUrl }
  const by = `user ${ADMIN.email}`
  const passwords = { old: 'what it was', new: 'what it is' }
  await furnish({ client, by, catalog, databases: site.database, past, now, passwords })
  const people = [
    { email: 'otto@example.org', name: 'Otto Operator', role: 'operator' },
    { email: 'vera@example.org', name: 'Vera Viewer', role: 'viewer' },
  ] as const
  for (const one of people)
    await client.addUser({ ...one, password: 'a long walk along the river' })
  await client.addUser({ email: 'iris@example.org', name: 'Iris Invited', role: 'viewer' })
  await client.addApiKey({ name: 'deployment', role: 'operator' })
  const proof = await client.startRun({ kind: 'verify', source: 'people' })
  await site.finished(proof)
  await site.finished(await client.startRun({ kind: 'backup', source: 'articles' }))
  return client
}

async function shotsOf(client: Client): Promise<Shot[]> {
  const { sources } = await client.listSources()
  const idOf = (name: string) => sources.find(one => one.name === name)?.id ?? assert.fail(name)
  const { backups } = await client.listBackups({ source: 'shop', limit: 100 })
  const { runs: failed } = await client.listRuns({ state: 'failed', source: 'invoices', limit: 1 })
  const { runs: retried } = await client.listRuns({ source: 'shop', state: 'failed', limit: 1 })
  const { runs: verified } = await client.listRuns({ kind: 'verify', source: 'people', limit: 1 })
  const { runs: done } = await client.listRuns({ source: 'articles', state: 'completed', limit: 1 })
  const { schedules } = await client.listSchedules()
  const { repositories } = await client.listRepositories()
  const [newest, older] = [backups.at(0), backups.at(10)]
  const repository = repositories[0]?.id
  const schedule = schedules.find(one => one.source === 'measurements')?.id
  const compare = `before=${older?.id}&beforeRepository=${repository}&after=${newest?.id}&afterRepository=${repository}`
  return [
    { name: 'login', path: '/login', isOpen: true },
    { name: 'overview', path: '/' },
    { name: 'palette', path: '/', act: openPalette, isWindow: true },
    { name: 'sources', path: '/sources' },
    { name: 'source', path: `/sources/${idOf('shop')}` },
    { name: 'source-failing', path: `/sources/${idOf('invoices')}` },
    ...['backups', 'runs', 'schedules', 'trends', 'settings'].map(tab => ({
      name: `source-${tab}`,
      path: `/sources/${idOf('shop')}?tab=${tab}`,
    })),
    { name: 'source-new', path: '/sources/new' },
    { name: 'backups', path: '/backups' },
    { name: 'backup', path: `/backups/${newest?.id}?repository=${repository}` },
    { name: 'compare', path: `/compare?${compare}` },
    { name: 'runs', path: '/runs' },
    { name: 'run', path: `/runs/${done[0]?.id}` },
    { name: 'run-failed', path: `/runs/${failed[0]?.id}` },
    { name: 'run-retried', path: `/runs/${retried[0]?.id}` },
    { name: 'run-verify', path: `/runs/${verified[0]?.id}` },
    { name: 'schedules', path: '/schedules' },
    { name: 'schedules-week', path: '/schedules?view=week' },
    { name: 'schedule', path: `/schedules/${schedule}` },
    { name: 'schedule-new', path: '/schedules/new' },
    { name: 'repositories', path: '/repositories' },
    { name: 'repository', path: `/repositories/${repository}` },
    { name: 'repository-new', path: '/repositories/new' },
    { name: 'users', path: '/users' },
    { name: 'users-keys', path: '/users?tab=keys' },
    { name: 'audit', path: '/audit' },
    { name: 'settings', path: '/settings' },
    { name: 'account', path: '/account' },
    { name: 'restore', path: '/restore' },
    { name: 'welcome', path: '/welcome' },
  ]
}

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').waitFor()
}

/** One run that waits for a table, and one that is tried again. */
async function takeActive(camera: Camera, site: WebSite, client: Client): Promise<void> {
  const holder = new PostgresClient({ connectionString: site.database.url('articles') })
  holder.on('error', () => undefined)
  await holder.connect()
  await holder.query('begin; lock table articles in access exclusive mode')
  const away = 'postgres://backup@127.0.0.1:1/archive'
  await client.addSource({ name: 'archive', url: away })
  const { repositories } = await client.listRepositories()
  const repository = repositories[0]?.id ?? assert.fail('no repository')
  await client.startRun({ kind: 'backup', source: 'archive', repository })
  const run = await client.startRun({ kind: 'backup', source: 'articles' })
  await camera.take(site, '', [
    { name: 'active', path: '/', act: openActive, isWindow: true },
    { name: 'active-overview', path: '/', isWindow: true },
    { name: 'active-run', path: `/runs/${run.id}` },
  ])
  await holder.end()
  await site.finished(run)
}

async function openActive(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /active run/i })
    .first()
    .click()
  await page.getByRole('dialog').waitFor()
}

/** A restore, from the choice of the backup to its end. */
async function takeRestore(camera: Camera, site: WebSite): Promise<void> {
  const { sources } = await site.api.listSources()
  const shop = sources.find(({ name }) => name === 'shop')?.id
  const page = await site.enter(`/restore?source=${shop}`, ADMIN, { reducedMotion: 'reduce' })
  const next = () => page.getByRole('button', { name: 'Next', exact: true }).click()
  await page.getByText('Latest good backup').waitFor()
  await camera.snap(page, 'restore-backup')
  await next()
  await page.getByLabel('Name of the new database').fill('shop_restored')
  await camera.snap(page, 'restore-target')
  await next()
  await page.getByRole('button', { name: 'Check again' }).waitFor()
  await camera.snap(page, 'restore-check')
  await next()
  await camera.snap(page, 'restore-confirm')
  await page.getByRole('button', { name: 'Restore into shop_restored' }).click()
  await page.getByText(/^Done, verified/).waitFor()
  await camera.snap(page, 'restore-done')
  await page.goto(`/restore?source=${shop}`)
  await next()
  await page.getByRole('radio', { name: 'In place of shop' }).click()
  await next()
  await page.getByRole('button', { name: 'Check again' }).waitFor()
  await camera.snap(page, 'restore-replace-check')
  await next()
  await camera.snap(page, 'restore-replace-confirm')
  await site.closePages()
  site.assertNoFaults()
}
