// Asks at a fixed rate, whatever the answers take: `node api-load-child.ts {"port", "key", "rate", "ids"}`. It says
// when it asks, a tenth as often as it will, begins in earnest when it is told to, and at the end how soon it was
// answered.
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { KINDS, type Kind, type LoadReport, type LoadTask, MIX, type Times } from './api-mix.ts'
import { pathOf } from './history.ts'

const TICK_MS = 2
const WARM_SHARE = 0.1
const MOST_FAULTS = 10
const MOST_CONNECTIONS = 100
const LONGEST_MS = 30_000

interface Asked {
  readonly kind: Kind
  readonly ms: number
  readonly failed: boolean
}

const { port, key, rate, ids } = JSON.parse(process.argv[2] ?? '') as LoadTask
// Every connection is used in turn: none of them is idle until the server closes it.
const agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, scheduling: 'fifo' })
const faults: string[] = []
const drawn = KINDS.flatMap(kind => Array.from({ length: MIX[kind].share }, () => kind))

/** Sends one request that was due at `due`. */
async function ask(due: number): Promise<Asked> {
  const kind = drawn[randomInt(drawn.length)] ?? 'lists and details'
  const { questions } = MIX[kind]
  const question = questions[randomInt(questions.length)] ?? questions[0]
  const { path, method = 'GET', body } = question ?? { path: '/runs' }
  const wrong = await failure(pathOf(`/api/v1${path}`, ids, randomInt(1e6)), method, body)
  if (wrong !== undefined && faults.length < MOST_FAULTS) faults.push(`${method} ${path}: ${wrong}`)
  return { kind, ms: performance.now() - due, failed: wrong !== undefined }
}

/** What was wrong with an answer. */
async function failure(
  path: string,
  method: string,
  body: object | undefined,
): Promise<string | undefined> {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  try {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent })
    asked.setTimeout(LONGEST_MS, () => asked.destroy(new Error('no answer')))
    asked.end(body && JSON.stringify(body))
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    const isGood = response.statusCode === 200
    let text = ''
    response.setEncoding('utf8').on('data', (part: string) => {
      if (!isGood) text += part
    })
    await once(response, 'end')
    return isGood ? undefined : `${response.statusCode} ${text}`
  } catch (error) {
    return String(error)
  }
}

/** Asks so often until `end` fires; answers once the last answer is there. */
async function askUntil(end: AbortSignal, perSecond: number): Promise<Asked[]> {
  const under: Promise<Asked>[] = []
  const began = performance.now()
  while (!end.aborted) {
    const due = ((performance.now() - began) / 1000) * perSecond
    while (under.length < due) under.push(ask(began + (under.length / perSecond) * 1000))
    await sleep(TICK_MS)
  }
  return await Promise.all(under)
}

function timesOf(asked: readonly Asked[]): Times {
  const sorted = asked.map(one => one.ms).sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
  const failed = asked.filter(one => one.failed).length
  return { count: asked.length, failed, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

const ending = () => {
  const end = new AbortController()
  process.once('message', () => end.abort())
  return end.signal
}

const begin = ending()
process.send?.('asks')
const warm = askUntil(begin, rate * WARM_SHARE)
await once(begin, 'abort')
const end = ending()
const began = performance.now()
const asking = askUntil(end, rate)
await once(end, 'abort')
const seconds = (performance.now() - began) / 1000
const asked = await asking
await warm
const times = Object.fromEntries(
  KINDS.map(kind => [kind, timesOf(asked.filter(one => one.kind === kind))]),
) as Record<Kind, Times>
process.send?.({ seconds, faults, times: { ...times, all: timesOf(asked) } } satisfies LoadReport)
agent.destroy()
process.disconnect()
