import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import process from 'node:process'
import { listenOnPort, listenOnSocket } from '../../../src/api/app.ts'
import { addApiKey } from '../../../src/catalog/api-keys.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { ApiSite, PASSPHRASE } from '../site.ts'
import type { Target } from './fuzz.ts'

/** A server with one of each thing, and who may send to it. */
export async function openTarget(): Promise<{ site: ApiSite; target: Target }> {
  // What takes any text for the path of a repository makes one here.
  process.chdir(tempDir())
  const site = await ApiSite.open()
  await site.addShop('shop', 'main')
  await site.addSource('walk')
  const socketPath = join(site.dir, 'fuzz.sock')
  await listenOnSocket(site.socket, socketPath)
  const port = Number(new URL(await listenOnPort(site.port, '127.0.0.1', 0)).port)
  const onPort = (headers: Record<string, string>) => ({
    options: { host: '127.0.0.1', port },
    headers,
  })
  const doors = {
    local: { options: { socketPath }, headers: {} },
    admin: onPort({}),
    key: onPort({}),
    viewer: onPort({}),
    nobody: onPort({}),
    garbage: onPort({ authorization: 'Bearer hf_\u00ff', cookie: 'holdfast=%00; a' }),
  }
  const restock = async () => {
    doors.admin = onPort((await site.member('admin').entered()).headers)
    doors.viewer = onPort((await site.member('viewer').entered()).headers)
    const name = randomUUID()
    const { key } = await addApiKey(site.test.catalog, { name, role: 'admin', days: null })
    doors.key = onPort({ authorization: `Bearer ${key.reveal()}` })
    for (const [path, body] of stock(site)) await site.send('POST', path, body)
  }
  return { site, target: { doors, known: await known(site), restock } }
}

/** What is needed for most operations; a second one of the same name is refused. */
const stock = (site: ApiSite): readonly (readonly [path: string, body: object])[] => [
  ['/repositories', { name: 'main', url: join(site.dir, 'main'), passphrase: PASSPHRASE }],
  ['/sources', { name: 'shop', url: site.test.server.url('shop') }],
  ['/sources', { name: 'walk', url: site.test.server.url('walk') }],
  ['/scheduler/start', {}],
  ['/resume-all', {}],
]

async function known(site: ApiSite): Promise<Target['known']> {
  const schedule = await site.expect<{ id: string }>(201, 'POST', '/schedules', {
    source: 'shop',
    repository: 'main',
    cron: 'daily at 02:30',
  })
  const runs: string[] = []
  for (let at = 0; at < 20; at += 1) {
    const kind =
      at === 0 ? { kind: 'backup', source: 'shop' } : { kind: 'check', repository: 'main' }
    runs.push((await site.expect<{ id: string }>(201, 'POST', '/runs', kind)).id)
    if (at > 0 && at < 19) await site.expect(200, 'POST', `/runs/${runs.at(-1)}/cancel`)
  }
  const people = [await site.as('viewer').entered(), await site.as('operator').entered()]
  const urls = [
    site.test.server.url('walk'),
    'postgres://a:b@127.0.0.1:1/x',
    join(site.dir, 'main'),
    join(site.dir, 'new'),
    's3://bucket/x?endpoint=http://127.0.0.1:1',
    'sftp://a@127.0.0.1:1/x',
  ]
  return {
    source: ['shop', 'walk'],
    repository: ['main'],
    schedule: [schedule.id, 'shop'],
    after: [schedule.id, 0, 1],
    run: runs,
    lock: ['shop', ...runs],
    user: people.flatMap(({ id, email }) => [id, email]),
    name: ['shop', 'main', 'new one'],
    url: urls,
    target: ['source', ...urls],
    passphrase: [PASSPHRASE],
    cron: ['daily at 02:30', '*/5 * * * *', '0 0 29 2 *'],
    timeZone: ['UTC', 'Europe/Berlin', 'America/St_Johns'],
    // Names of hosts elsewhere would be looked up.
    host: ['127.0.0.1', '[::1]', '127.0.0.1:1'],
    engine: ['postgres'],
    state: ['queued', 'completed,failed'],
    kind: ['backup', 'backup,check', 'restore', 'verify', 'check'],
    trigger: ['manual', 'schedule'],
    backup: ['latest'],
    before: ['latest'],
  }
}
