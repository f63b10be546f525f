import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { addApiKey } from '../src/catalog/api-keys.ts'
import { median } from './figures.ts'
import { openHistory, pathOf } from './history.ts'
import { Notebook, type Samples } from './results.ts'
import { startServer, stopServer } from './serve.ts'

const REQUESTS = 200
const WARM_UP = 20
/** How often it is asked right after a run has ended. */
const ENDINGS = 20

/** What people and dashboards ask for; words in capitals stand for ids. */
export const QUESTIONS: Readonly<Record<string, string>> = {
  'newest runs': '/runs',
  'a page in the middle': '/runs?after=OLD',
  'failed runs of a source': '/runs?state=failed&source=SOURCE',
  'failed runs of a repository': '/runs?state=failed,cancelled&repository=REPOSITORY',
  'restores by hand': '/runs?kind=restore&trigger=manual',
  'a search': '/runs?text=refused',
  'one run': '/runs/RUN',
  'active runs': '/runs/active',
  summary: '/summary',
  'summary in a time zone': '/summary?timeZone=Europe/Berlin',
  'statistics since ever': '/stats',
  'statistics of a year': '/stats?days=400',
  'statistics of a source': '/stats?source=SOURCE',
  'statistics of a week': '/stats?since=WEEK',
  'statistics by source': '/stats/sources',
  backups: '/backups',
  'backups of a source': '/backups?source=SOURCE',
  schedules: '/schedules',
  'a week of firings': '/schedules/calendar?from=FROM&until=UNTIL',
  'storage of a year': '/stats/storage?days=365',
  'storage of a repository': '/repositories/REPOSITORY/history',
  'a search for a name': '/search?text=source%201',
  'a search for an id': '/search?text=BEGINNING',
}

/** The slower half of what was measured has names of its own. */
export const p95Name = (question: string): string => `${question} p95`

/** What has to be read again because something happened. */
export const afterName = (question: string): string => `${question} after a run`

/** A run that ends at this moment, as the newest backup that completed. */
const END_ONE = `insert into runs (id, kind, state, source_id, repository_id, trigger, triggered_by, lock_key, host,
    retry, fence, attempt, result, queued_at, started_at, finished_at)
  select gen_random_uuid(), kind, state, source_id, repository_id, trigger, triggered_by, lock_key, host, retry, fence,
    attempt, result, now(), now() - interval '1 minute', now()
  from runs where kind = 'backup' and state = 'completed' order by queued_at desc limit 1`

/** Measures how soon a server answers that has so many runs behind it. */
export async function measureApi(runs: number, historyRuns: number): Promise<Samples> {
  const book = new Notebook()
  const { catalog, url, ids, close } = await openHistory(historyRuns)
  const { key } = await addApiKey(catalog, { name: 'bench', role: 'viewer', days: null })
  const { server, port } = await startServer({
    HOLDFAST_DATABASE_URL: url,
    HOLDFAST_REQUESTS_PER_MINUTE: '0',
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { authorization: `Bearer ${key.reveal()}` }
  try {
    for (let run = 0; run < runs; run += 1) {
      for (const [question, path] of Object.entries(QUESTIONS)) {
        const ask = () => answer({ port, path: `/api/v1${pathOf(path, ids)}`, agent, headers })
        const times = await timed(ask, REQUESTS)
        book.add(question, { seconds: median(times) })
        book.add(p95Name(question), { seconds: times[Math.floor(times.length * 0.95)] ?? 0 })
        const anew = await timed(ask, ENDINGS, () => catalog.query(END_ONE))
        book.add(afterName(question), { seconds: median(anew) })
      }
    }
  } finally {
    agent.destroy()
    await stopServer(server)
    await close()
  }
  return book.samples()
}

/** Seconds of each request, the quickest first; `before` happens in front of each, and is not timed. */
async function timed(
  ask: () => Promise<void>,
  count: number,
  before?: () => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = []
  for (let at = -WARM_UP; at < count; at += 1) {
    await before?.()
    const began = performance.now()
    await ask()
    if (at >= 0) times.push((performance.now() - began) / 1000)
  }
  return times.sort((a, b) => a - b)
}

/** Asks once, and reads the answer to its end. */
async function answer(options: {
  readonly port: number
  readonly path: string
  readonly agent: Agent
  readonly headers: Readonly<Record<string, string>>
}): Promise<void> {
  const asked = request({ ...options, host: '127.0.0.1' }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  await once(response.resume(), 'end')
  if (response.statusCode !== 200) {
    throw new Error(`${options.path} was answered with ${response.statusCode}`)
  }
}
