import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from 'playwright-core'
import type { Catalog } from '../src/catalog/db.ts'
import { startBrowser } from '../support/browser.ts'
import { openHistory } from './history.ts'
import { addRunning, tellProgress } from './live.ts'
import { Notebook, type Samples } from './results.ts'
import { startServer, stopServer } from './serve.ts'

/** How many runs are at work before the eyes of whoever looks. */
export const ACTIVE_RUNS = 200
export const WATCHED_SECONDS = 20
/** Twice a second, as a runner tells it. */
const PROGRESS_MS = 500
const WHEEL_PX = 120
const WHEEL_MS = 50
const TOKEN = 'a-token-of-forty-letters-for-the-bench-01'
const ADMIN = { email: 'ada@example.org', password: 'nine lives of the harbour cat' }

/** Counts frames, and the tasks that kept the page from answering for more than 50 ms. */
const WATCH = `
  globalThis.bench = { frames: 0, longest: 0, tasks: [] }
  new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) globalThis.bench.tasks.push(duration)
  }).observe({ type: 'longtask' })
  let last = performance.now()
  const frame = now => {
    globalThis.bench.frames += 1
    globalThis.bench.longest = Math.max(globalThis.bench.longest, now - last)
    last = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)`
const RESET =
  'globalThis.bench.frames = globalThis.bench.longest = globalThis.bench.tasks.length = 0'
const IDLE = 'new Promise(done => requestIdleCallback(() => done(performance.now())))'

interface Watched {
  readonly frames: number
  readonly longest: number
  readonly tasks: readonly number[]
}

/** Measures the dashboard in a browser, on a server that has so many runs behind it and many at work. */
export async function measureWeb(runs: number, historyRuns: number): Promise<Samples> {
  const book = new Notebook()
  execFileSync('npm', ['run', '--silent', 'build:web'], { cwd: join(import.meta.dirname, '..') })
  const { catalog, url, close } = await openHistory(historyRuns)
  const { server, port } = await startServer({
    HOLDFAST_DATABASE_URL: url,
    HOLDFAST_REQUESTS_PER_MINUTE: '0',
    HOLDFAST_SETUP_TOKEN: TOKEN,
  })
  const browser = await startBrowser()
  try {
    const origin = `http://127.0.0.1:${port}`
    await setUp(origin)
    for (let run = 0; run < runs; run += 1) await measureHistory(book, browser, origin)
    await addRunning(catalog, ACTIVE_RUNS)
    for (let run = 0; run < runs; run += 1) await measureActive(book, browser, origin, catalog)
  } finally {
    await browser.close()
    await stopServer(server)
    await close()
  }
  return book.samples()
}

async function setUp(origin: string): Promise<void> {
  const answer = await fetch(`${origin}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...ADMIN, name: 'Ada', token: TOKEN }),
  })
  if (!answer.ok) throw new Error(`the set-up was answered with ${answer.status}`)
}

/** A page of somebody who has logged in, and whose browser has nothing of the dashboard yet. */
async function enter(browser: Browser, origin: string): Promise<Page> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 900 },
  })
  await context.request.post('/api/v1/account/login', { data: ADMIN })
  const page = await context.newPage()
  await page.addInitScript(WATCH)
  return page
}

/** Milliseconds until the list of runs is there and the page has nothing left to do. */
async function openRuns(page: Page): Promise<number> {
  await page.goto('/runs', { waitUntil: 'commit' })
  await page.locator('tbody tr').first().waitFor()
  return await page.evaluate<number>(IDLE)
}

async function measureHistory(book: Notebook, browser: Browser, origin: string): Promise<void> {
  const page = await enter(browser, origin)
  book.add('runs page, first visit', { seconds: (await openRuns(page)) / 1000 })
  book.add('runs page, again', { seconds: (await openRuns(page)) / 1000 })
  const first = page.locator('tbody tr a').first()
  const before = await first.getAttribute('href')
  const began = performance.now()
  await page.getByRole('link', { name: 'Older' }).click()
  await page.locator(`tbody tr:first-child a:not([href="${before}"])`).waitFor()
  await page.evaluate(IDLE)
  book.add('older runs', { seconds: (performance.now() - began) / 1000 })
  await page.context().close()
}

/** While all of them tell how far they are: scrolls through the list, and looks at the panel. */
async function measureActive(
  book: Notebook,
  browser: Browser,
  origin: string,
  catalog: Catalog,
): Promise<void> {
  const page = await enter(browser, origin)
  const session = await page.context().newCDPSession(page)
  const isDone = new AbortController()
  const told = tellUntil(catalog, isDone.signal)
  try {
    await openRuns(page)
    await page.evaluate(RESET)
    for (let ms = 0; ms < WATCHED_SECONDS * 1000; ms += WHEEL_MS) {
      // Down for a while, and up again.
      await page.mouse.wheel(0, Math.floor(ms / 2_000) % 2 === 0 ? WHEEL_PX : -WHEEL_PX)
      await sleep(WHEEL_MS)
    }
    await note(book, 'list', page)
    await page.getByRole('button', { name: /active runs/ }).click()
    await page.getByText(/places taken/).waitFor()
    const before = await heapBytes(session)
    await page.evaluate(RESET)
    await sleep(WATCHED_SECONDS * 1000)
    await note(book, 'panel', page)
    book.add('heap', { seconds: 0, bytes: before })
    book.add('heap, later', { seconds: 0, bytes: await heapBytes(session) })
  } finally {
    isDone.abort()
    await told
    await page.context().close()
  }
}

async function tellUntil(catalog: Catalog, signal: AbortSignal): Promise<void> {
  for (let step = 1; !signal.aborted; step += 1) {
    await tellProgress(catalog, step)
    await sleep(PROGRESS_MS)
  }
}

/** What the page did since it was reset: frames in a second, and the longest of what kept it from answering. */
async function note(book: Notebook, name: string, page: Page): Promise<void> {
  const { frames, longest, tasks } = await page.evaluate<Watched>('globalThis.bench')
  book.add(`${name}, longest frame`, { seconds: longest / 1000, count: frames })
  book.add(`${name}, long tasks`, {
    seconds: Math.max(0, ...tasks) / 1000,
    count: tasks.length,
  })
}

/** Of what the page still needs. */
async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize
}
