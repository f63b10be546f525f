import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { addApiKey } from '../src/catalog/api-keys.ts'
import type { Catalog } from '../src/catalog/db.ts'
import { openTestCatalog } from '../support/catalog.ts'
import type { Delivery } from './live-viewers.ts'
import { Notebook, type Samples } from './results.ts'
import { cpuSeconds } from './schedules.ts'
import { startServer, stopServer } from './serve.ts'

export const VIEWERS = 1000
/** How many runs are at work, each of which tells its progress once a second. */
export const WATCHED_RUNS = 10
/** A caller may have so many connections. */
const VIEWERS_PER_KEY = 100
const SECONDS = 20
const IDLE_SECONDS = 10
const CHILD = join(import.meta.dirname, 'live-viewers.ts')

/** Runs as a worker holds them, for longer than this takes. */
const FILL = `
  with place as (
    insert into repositories (id, name, repository, place, url_sealed, key_sealed, key_slot)
    values (gen_random_uuid(), 'bench', '', '', '', '', '') returning id
  ), node as (
    insert into nodes (id, host, pid, version, max_runs)
    values (gen_random_uuid(), 'bench', 1, '', 100) returning id
  )
  insert into runs (id, kind, state, repository_id, trigger, triggered_by, lock_key, retry, node_id,
    lease_until, started_at, attempt)
  select gen_random_uuid(), 'check', 'running', place.id, 'manual', 'bench', 'repository:' || n,
    '{"delays": [], "networkDelays": []}', node.id, clock_now() + interval '1 day', clock_now(), 1
  from place, node, generate_series(1, $1::int) n`

/** Writes the time of writing where a runner names the table that it is at. */
const PROGRESS = `
  update runs set progress = jsonb_build_object('stage', 'dumping', 'bytes', n * 1e6, 'total', 1e9,
    'rate', 1e6, 'secondsLeft', 100, 'seconds', n, 'item', $2::text)
  from (select $1::int as n) as step where state = 'running'`
const CHANGE = `
  insert into sources (id, name, engine, url_sealed, host, database, label)
  values (gen_random_uuid(), 'bench ' || $1::text, '', '', '', '', '')`

/** Adds runs that somebody seems to work on. */
export async function addRunning(catalog: Catalog, count: number): Promise<void> {
  await catalog.query(FILL, [count])
}

/** Lets all that run say how far they are. */
export async function tellProgress(catalog: Catalog, step: number): Promise<void> {
  await catalog.query(PROGRESS, [step, String(Date.now())])
}

/** Measures how soon many who watch hear of what happens, and what that costs the server. */
export async function measureLive(runs: number): Promise<Samples> {
  const book = new Notebook()
  for (let run = 0; run < runs; run += 1) {
    const { catalog, url, close } = await openTestCatalog()
    const { server, port } = await startServer({ HOLDFAST_DATABASE_URL: url })
    try {
      await watchOnce(book, catalog, server.pid ?? 0, port)
    } finally {
      await stopServer(server)
      await close()
    }
  }
  return book.samples()
}

async function watchOnce(
  book: Notebook,
  catalog: Catalog,
  pid: number,
  port: number,
): Promise<void> {
  await addRunning(catalog, WATCHED_RUNS)
  const before = residentBytes(pid)
  const viewers = await startViewers(catalog, port)
  try {
    const idle = cpuSeconds([pid])
    await sleep(IDLE_SECONDS * 1000)
    book.add('cpu idle', { seconds: (cpuSeconds([pid]) - idle) / IDLE_SECONDS })
    const busy = cpuSeconds([pid])
    for (let second = 1; second <= SECONDS; second += 1) {
      await tellProgress(catalog, second)
      await sleep(500)
      await catalog.query(CHANGE, [second])
      await sleep(500)
    }
    book.add('cpu', { seconds: (cpuSeconds([pid]) - busy) / SECONDS })
    const resident = residentBytes(pid)
    book.add('memory alone', { seconds: 0, bytes: before })
    book.add('memory watched', { seconds: 0, bytes: resident })
    book.add('memory per viewer', { seconds: 0, bytes: (resident - before) / VIEWERS })
    const answered = once(viewers, 'message')
    viewers.send('how was it')
    const [{ progress, change }] = (await answered) as [Delivery]
    for (const [name, { heard, p50, p99 }] of Object.entries({ progress, change })) {
      // A server that is busy may pass over progress that is old already, and over nothing else.
      const expected = (VIEWERS * SECONDS) / (name === 'progress' ? 2 : 1)
      if (heard < expected) throw new Error(`${name}: ${heard} of ${expected} were delivered`)
      book.add(`${name} p50`, { seconds: p50 / 1000 })
      book.add(`${name} p99`, { seconds: p99 / 1000 })
    }
  } finally {
    const exited = once(viewers, 'exit')
    viewers.disconnect()
    await exited
  }
}

/** All who watch, in a process of their own; each was welcomed. */
async function startViewers(catalog: Catalog, port: number): Promise<ChildProcess> {
  const keys: string[] = []
  for (let at = 0; at < VIEWERS / VIEWERS_PER_KEY; at += 1) {
    const about = { name: `bench ${at}`, role: 'viewer', days: null } as const
    keys.push((await addApiKey(catalog, about)).key.reveal())
  }
  const child = fork(CHILD, [JSON.stringify({ port, keys, each: VIEWERS_PER_KEY })])
  await Promise.race([once(child, 'message'), once(child, 'exit').then(failed)])
  return child
}

function failed(): never {
  throw new Error('those who watch were not let in')
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}
