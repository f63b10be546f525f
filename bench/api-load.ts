import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { addApiKey } from '../src/catalog/api-keys.ts'
import type { Catalog } from '../src/catalog/db.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { loadShop } from '../support/shop.ts'
import { KINDS, type Kind, type LoadReport, type LoadTask } from './api-mix.ts'
import { type History, openHistory } from './history.ts'
import { run } from './measure.ts'
import type { Load } from './options.ts'
import { Notebook, type Samples } from './results.ts'
import { HOLDFAST, loopDelay, type Server, startServer, stopServer } from './serve.ts'

const CHILD = join(import.meta.dirname, 'api-load-child.ts')
/** What a server does first takes longer: it is not measured. */
const WARM_UP_MS = 3_000

/** Names of what is measured of one kind of request, or of all of them. */
export const loadName = (kind: Kind | 'all', what: string): string => `${kind}: ${what}`

/** Measures how soon a server answers many requests a second while it backs a database up. */
export async function measureApiLoad(scale: number, runs: number, load: Load): Promise<Samples> {
  const book = new Notebook()
  const shop = await startPostgres({ settings: { autovacuum: 'off' } })
  await loadShop(shop, 'shop', scale)
  const history = await openHistory(load.history)
  try {
    for (let round = 1; round <= runs; round += 1) await loadOnce(book, shop, history, round, load)
  } finally {
    await history.close()
    await shop.stop()
  }
  return book.samples()
}

async function loadOnce(
  book: Notebook,
  shop: PostgresServer,
  { catalog, url, ids }: History,
  round: number,
  load: Load,
): Promise<void> {
  const name = `bench ${round}`
  const { key } = await addApiKey(catalog, { name, role: 'admin', days: null })
  // A server of a new data directory has a new key for the secrets of its catalog.
  await catalog.query(`delete from settings where name = 'secretKey'`)
  const served = await startServer({
    HOLDFAST_DATABASE_URL: url,
    HOLDFAST_REQUESTS_PER_MINUTE: '0',
    HOLDFAST_PASSPHRASE: 'a passphrase for the bench',
    HOLDFAST_PG_BIN: shop.bin,
    SHOP: shop.url('shop'),
  })
  try {
    const backUp = await preparedBackup(served, catalog, round)
    book.add('backup alone', { seconds: await backUp('alone') })
    const task = { port: served.port, key: key.reveal(), rate: load.rate, ids }
    const child = await startLoad(task)
    try {
      await sleep(WARM_UP_MS)
      await loopDelay(served.server)
      child.send('begin')
      book.add('backup', { seconds: await whileLoaded(load.seconds, backUp) })
      const { p99, max } = await loopDelay(served.server)
      book.add('event loop p99', { seconds: p99 / 1000 })
      book.add('event loop max', { seconds: max / 1000 })
      note(book, await reportOf(child))
    } finally {
      child.kill()
    }
  } finally {
    await stopServer(served.server)
  }
}

/** A source and two new repositories; answers how to back up into one of them, which takes so many seconds. */
async function preparedBackup({ env }: Server, catalog: Catalog, round: number) {
  const source = `shop_${round}`
  for (const place of ['alone', 'loaded']) {
    const repository = {
      ...env,
      HOLDFAST_REPOSITORY: join(env.HOLDFAST_DATA_DIR ?? '', '..', place),
    }
    await run(`${HOLDFAST} init && ${HOLDFAST} repo add ${place}_${round}`, repository)
  }
  await run(`${HOLDFAST} source add ${source} --source env:SHOP`, env)
  return async (place: 'alone' | 'loaded'): Promise<number> => {
    await run(`${HOLDFAST} run ${source} -r ${place}_${round}`, env)
    const [last] = await catalog.query<{ seconds: number }>(
      `select extract(epoch from finished_at - started_at)::float8 as seconds from runs
       where source_id = (select id from sources where name = $1) order by queued_at desc limit 1`,
      [source],
    )
    return last?.seconds ?? Number.NaN
  }
}

/** Backs up for so long; answers the seconds of the first backup, into an empty repository as the one alone. */
async function whileLoaded(
  seconds: number,
  backUp: (place: 'loaded') => Promise<number>,
): Promise<number> {
  const end = performance.now() + seconds * 1000
  const first = await backUp('loaded')
  while (performance.now() < end) await backUp('loaded')
  return first
}

/** Whoever asks, in a process of its own, which asks a little already, so that both sides are warm. */
async function startLoad(task: LoadTask): Promise<ChildProcess> {
  const child = fork(CHILD, [JSON.stringify(task)])
  process.once('exit', () => child.kill())
  await once(child, 'message')
  return child
}

async function reportOf(child: ChildProcess): Promise<LoadReport> {
  const answered = once(child, 'message')
  child.send('end')
  const [report] = (await answered) as [LoadReport]
  return report
}

function note(book: Notebook, { seconds, faults, times }: LoadReport): void {
  for (const fault of faults) console.log(`  failed: ${fault}`)
  for (const kind of [...KINDS, 'all'] as const) {
    const { count, failed, ...shares } = times[kind]
    book.add(loadName(kind, 'asked'), { seconds, count })
    book.add(loadName(kind, 'failed'), { seconds, count: failed })
    for (const [share, ms] of Object.entries(shares)) {
      book.add(loadName(kind, share), { seconds: ms / 1000 })
    }
  }
}
