import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { setScheduler } from '../src/catalog/slots.ts'
import { openTestCatalog, type TestCatalog } from '../support/catalog.ts'
import { Notebook, type Samples } from './results.ts'

export const DUE = 2000
export const IDLE = 10_000
const DISPATCHERS = [1, 2]
const IDLE_SECONDS = 20
const GIVE_UP_MS = 60_000
const TICKS_PER_SECOND = 100
const CHILD = join(import.meta.dirname, 'scheduler-child.ts')

/** Schedules as they are made, without asking for each: all of them due, or all of them far from it. */
const FILL = `
  with place as (
    insert into repositories (id, name, repository, place, url_sealed, key_sealed, key_slot)
    values (gen_random_uuid(), 'bench', '', '', '', '', '') returning id
  ), made as (
    insert into sources (id, name, engine, url_sealed, host, database, label)
    select gen_random_uuid(), 'bench ' || n, 'postgres', '', 'db' || n % 50, 'shop', 'bench ' || n
    from generate_series(1, $1::int) n returning id
  )
  insert into schedules (id, source_id, repository_id, cron, time_zone, retry, next_slot, next_fire)
  select gen_random_uuid(), made.id, place.id, 'daily at 02:30', 'Europe/Berlin',
    '{"delays": [30, 60, 120], "networkDelays": [60, 120, 300]}', $2::timestamptz, $2::timestamptz
  from made, place`
const SLOT = '2025-06-03T00:30:00Z'

/** Measures how long it takes to fire many schedules, and what it costs to wait for very many. */
export async function measureSchedules(runs: number): Promise<Samples> {
  const book = new Notebook()
  for (let run = 0; run < runs; run += 1) {
    for (const count of DISPATCHERS) {
      book.add(firingName(count), { seconds: await withCatalog(site => fire(site, count)) })
    }
  }
  book.add('idle', { seconds: await withCatalog(idle) })
  return book.samples()
}

export const firingName = (dispatchers: number): string => `fired by ${dispatchers}`

async function withCatalog<T>(work: (site: TestCatalog) => Promise<T>): Promise<T> {
  const site = await openTestCatalog()
  try {
    return await work(site)
  } finally {
    await site.close()
  }
}

/** Seconds from the moment in which the schedules may fire until the last one has its record. */
async function fire({ catalog, setClock, url }: TestCatalog, count: number): Promise<number> {
  await setClock(SLOT)
  await catalog.query(FILL, [DUE, SLOT])
  await catalog.query('analyze')
  await catalog.transaction(sql => setScheduler(sql, 'stopped'))
  const dispatchers = await Promise.all(Array.from({ length: count }, () => start(url)))
  try {
    await catalog.transaction(sql => setScheduler(sql, 'running'))
    const began = performance.now()
    for (;;) {
      const [row] = await catalog.query<{ fired: number }>(
        'select count(*)::int as fired from runs',
      )
      const elapsed = performance.now() - began
      if (row?.fired === DUE) return elapsed / 1000
      if (elapsed > GIVE_UP_MS) throw new Error(`only ${row?.fired} of ${DUE} schedules fired`)
      await sleep(20)
    }
  } finally {
    await Promise.all(dispatchers.map(end))
  }
}

/** Seconds of a core that one dispatcher and its connections in the server take in each second of waiting. */
async function idle({ catalog, url }: TestCatalog): Promise<number> {
  await catalog.query(FILL, [IDLE, '2125-06-03T00:30:00Z'])
  await catalog.query('analyze')
  const dispatcher = await start(url)
  try {
    await sleep(3000) // the start itself is not waiting
    const backends = await catalog.query<{ pid: number }>(
      'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    const pids = [dispatcher.pid ?? 0, ...backends.map(one => one.pid)]
    const before = cpuSeconds(pids)
    const began = performance.now()
    await sleep(IDLE_SECONDS * 1000)
    return (cpuSeconds(pids) - before) / ((performance.now() - began) / 1000)
  } finally {
    await end(dispatcher)
  }
}

async function start(url: string): Promise<ChildProcess> {
  const child = fork(CHILD, { env: { ...process.env, CATALOG_URL: url } })
  await once(child, 'message')
  return child
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.disconnect()
  await exited
}

/** User and system time of processes of this machine. */
export function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.map(pid => {
    const [, afterName = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?=[A-Z] )/)
    const fields = afterName.split(' ')
    return Number(fields[11]) + Number(fields[12])
  })
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND
}
