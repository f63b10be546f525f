import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { type Client, createClient } from '../src/client/index.ts'
import { sessionFetch } from '../support/session-fetch.ts'
import { DemoSite } from './support/demo.ts'
import { eventually, freePort } from './support/server.ts'

const DAY_MS = 86_400_000

describe('the demo', () => {
  let site: DemoSite

  beforeEach(() => {
    site = new DemoSite()
  })
  afterEach(() => site.remove())

  async function start() {
    const port = await freePort()
    return { port, ...site.start('demo/main.ts', '--scale', '0.001', '--port', String(port)) }
  }

  /** Starts it and waits for its last line. */
  async function show() {
    const { child, exit } = await start()
    let said = ''
    let trouble = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (trouble += text))
    await Promise.race([
      eventually('the end of its welcome', () => said.includes('Ctrl-C'), 120_000),
      exit.then(() => assert.fail(trouble)),
    ])
    return { child, exit, said }
  }

  async function enter(said: string, who: string): Promise<Client> {
    const url = /http:\S+/.exec(said)?.[0] ?? ''
    const password = new RegExp(`${who} +(\\S+)`).exec(said)?.[1] ?? ''
    const client = createClient({ server: url, fetch: sessionFetch(url) })
    await client.logIn({ email: who, password })
    return client
  }

  test('is alive, and its old backups restore', async () => {
    const { child, exit, said } = await show()
    const client = await enter(said, 'ada@demo.example')
    await assertHistory(client)
    await assertRestores(client)
    await assertMended(client, said)
    const begun = Date.now()
    const hasFired = async () => {
      const { runs } = await client.listRuns({ source: 'shop', trigger: 'schedule', limit: 1 })
      return runs.some(({ state, slot }) => state === 'completed' && Date.parse(slot ?? '') > begun)
    }
    await eventually('a backup by the schedule of every minute', hasFired, 100_000, 200)
    const viewer = await enter(said, 'vera@demo.example')
    await assert.rejects(viewer.startRun({ kind: 'backup', source: 'shop' }), /role|may/)
    child.kill('SIGINT')
    assert.deepEqual(await exit, [0, null])
    await site.assertNothingIsLeft()
  })

  test('leaves nothing behind when it is killed while it makes its two weeks', async () => {
    const { port, child, exit } = await start()
    await eventually('a server that answers', () => answers(port), 120_000)
    child.kill('SIGKILL')
    assert.deepEqual(await exit, [null, 'SIGKILL'])
    await site.assertNothingIsLeft()
  })
})

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  )

async function assertHistory(client: Client): Promise<void> {
  const { sources } = await client.getSummary()
  const verdicts = Object.fromEntries(sources.map(({ name, verdict }) => [name, verdict]))
  assert.deepEqual(Object.keys(verdicts).sort(), NAMES)
  assert.match(verdicts.invoices ?? '', /overdue|failing/)
  assert.equal(verdicts.people, 'good')
  const signs = new Set(
    sources.flatMap(({ strip }) => strip.split('').map(sign => parseInt(sign, 32))),
  )
  for (const sign of [1, 2, 4, 8, 16]) {
    assert.ok(
      [...signs].some(signs => (signs & sign) !== 0),
      `no day has sign ${sign}`,
    )
  }
}

const NAMES = ['articles', 'invoices', 'measurements', 'people', 'shop']

/** The oldest backup of the shop into a new database, and that one is what the backup holds. */
async function assertRestores(client: Client): Promise<void> {
  const { backups } = await client.listBackups({ source: 'shop', limit: 100 })
  const oldest = backups.at(-1) ?? assert.fail('no backups')
  const age = Date.now() - Date.parse(oldest.startedAt)
  assert.ok(age > 13 * DAY_MS && age < 16 * DAY_MS, `${age / DAY_MS} days`)
  const run = await client.startRun({
    kind: 'restore',
    backup: oldest.id,
    repository: oldest.repository.id,
    source: 'shop',
    target: 'source',
    database: 'shop_of_old',
  })
  for await (const news of client.followRun(run.id)) void news
  const { run: ended } = await client.getRun(run.id)
  assert.equal(ended.state, 'completed', JSON.stringify(ended.failure))
}

/** What the demo proposes to do about the source that needs attention is what helps. */
async function assertMended(client: Client, said: string): Promise<void> {
  const password = /new one, (\S+),/.exec(said)?.[1] ?? ''
  await client.editSource('invoices', { password })
  const run = await client.startRun({ kind: 'backup', source: 'invoices' })
  for await (const news of client.followRun(run.id)) void news
  assert.equal((await client.getRun(run.id)).run.state, 'completed')
}
