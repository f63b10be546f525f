import type { ChildProcess } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { startPostgres } from '../support/postgres.ts'
import { loadShop } from '../support/shop.ts'
import { tempDir } from '../support/temp-dir.ts'
import type { LoopDelay } from './loop-watch.ts'
import { run } from './measure.ts'
import { Notebook, type Samples } from './results.ts'
import { HOLDFAST, loopDelay, startServer, stopServer } from './serve.ts'

/** How many backups stream at the same time. */
export const STREAMS = 3

/** Measures how fast a server starts from nothing, and how free its event loop is while backups stream. */
export async function measureServer(scale: number, runs: number): Promise<Samples> {
  const book = new Notebook()
  const database = await startPostgres({ settings: { autovacuum: 'off' } })
  await loadShop(database, 'shop_1', scale)
  for (let at = 2; at <= STREAMS; at += 1) {
    await database.query('postgres', `create database shop_${at} template shop_1`)
  }
  for (let round = 0; round < runs; round += 1) {
    const dir = tempDir()
    chmodSync(dir, 0o711)
    const env: Record<string, string> = {
      HOLDFAST_DATA_DIR: join(dir, 'data'),
      HOLDFAST_PASSPHRASE: 'a passphrase for the bench',
      HOLDFAST_REPOSITORY: join(dir, 'repository'),
      HOLDFAST_PG_BIN: database.bin,
    }
    for (let at = 1; at <= STREAMS; at += 1) env[`SHOP_${at}`] = database.url(`shop_${at}`)
    const began = performance.now()
    const { server } = await startServer(env)
    try {
      book.add('ready', { seconds: (performance.now() - began) / 1000 })
      const { p99, max } = await whileStreaming(server, env)
      book.add('event loop p99', { seconds: p99 / 1000 })
      book.add('event loop max', { seconds: max / 1000 })
    } finally {
      await stopServer(server)
    }
  }
  await database.stop()
  return book.samples()
}

/** Backs all databases up at the same time; answers how the event loop of the server fared meanwhile. */
async function whileStreaming(
  server: ChildProcess,
  env: Readonly<Record<string, string>>,
): Promise<LoopDelay> {
  const shops = Array.from({ length: STREAMS }, (_, index) => index + 1)
  await run(`${HOLDFAST} init && ${HOLDFAST} repo add main`, env)
  for (const at of shops) {
    await run(`${HOLDFAST} source add shop_${at} --source env:SHOP_${at}`, env)
  }
  await loopDelay(server) // what was before does not count
  await Promise.all(shops.map(at => run(`${HOLDFAST} run shop_${at} -r main`, env)))
  return await loopDelay(server)
}
