import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { PREFIX } from '../../../src/api/mount.ts'
import { openApiDocument } from '../../../src/api/openapi/document.ts'
import type { Operation } from '../../../src/api/openapi/operation.ts'
import type { Route } from '../../../src/api/route.ts'
import { ROUTES } from '../../../src/api/routes/index.ts'
import { Problem } from '../../../src/api/schema/common.ts'
import { requestsFor, type Sender, type Sent } from './requests.ts'
import type { Known } from './values.ts'

/** A server to send everything to. */
export interface Target {
  /** Where who sends; `headers` show who it is. */
  readonly doors: Readonly<
    Record<Sender, { readonly options: RequestOptions; readonly headers: Record<string, string> }>
  >
  readonly known: Known
  /** Puts back what the requests took away: things, keys and sessions. */
  restock(): Promise<void>
}

export interface Plan {
  readonly seed: number
  readonly requests: number
  /** Ends earlier when so much time has passed. */
  readonly seconds: number
  /** Only operations whose name holds this. */
  readonly only?: string | undefined
}

/** Something that must not be. */
export interface Finding {
  readonly what: string
  readonly operation: string
  readonly sent: Sent
  readonly status: number
  readonly answer: string
}

export interface Outcome {
  readonly sent: number
  readonly byStatus: ReadonlyMap<number, number>
  /** Operations that were carried out at least once. */
  readonly done: ReadonlySet<string>
  readonly findings: readonly Finding[]
}

interface Answered {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly ms: number
}

interface Subject {
  readonly id: string
  readonly route: Route
  readonly operation: Operation
  readonly requests: fc.Arbitrary<Sent>
}

const AT_ONCE = 8
const PER_ROUND = 6
const MOST_MS = 5_000
/** A stream that goes on is left after that. */
const STREAM_MS = 150
const ENOUGH = 100_000
const LINES = 'application/x-ndjson'
const RESTOCK_MS = 500
const STACK = /\n? {2,}at |node:internal|\/src\/|node_modules/

/** Sends requests of every kind to every operation, in rounds, and tells what was answered wrongly. */
export async function fuzz(target: Target, plan: Plan): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const byStatus = new Map<number, number>()
  const done = new Set<string>()
  const findings: Finding[] = []
  let sent = 0
  const perform = async ({ id, route, operation }: Subject, one: Sent) => {
    const answered = await send(target, one, agent)
    byStatus.set(answered.status, (byStatus.get(answered.status) ?? 0) + 1)
    if (answered.status >= 200 && answered.status < 400) done.add(id)
    const isBroken = [0, 400].includes(answered.status) && 'content-length' in one.headers
    // What is no HTTP has no answer of ours.
    const what = isBroken ? undefined : wrongWith(answered, route, operation)
    if (what !== undefined) {
      const { status, body } = answered
      findings.push({ what, operation: id, sent: one, status, answer: body.slice(0, 500) })
    }
  }
  const jobs = jobsOf(target.known, plan)
  const until = performance.now() + plan.seconds * 1000
  const lane = async () => {
    for (const [subject, one] of jobs) {
      if (sent >= plan.requests || performance.now() > until) return
      sent += 1
      await perform(subject, one)
    }
  }
  const over = new AbortController()
  const stocked = restocking(target, over.signal)
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  over.abort()
  await stocked
  agent.destroy()
  return { sent, byStatus, done, findings }
}

async function restocking(target: Target, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await target.restock()
    await sleep(RESTOCK_MS, undefined, { signal: over }).catch(() => undefined)
  }
}

/** Every request that follows from a seed, round after round, a few of each operation. */
function* jobsOf(known: Known, { seed, only = '' }: Plan): Generator<[Subject, Sent], void> {
  const subjects = subjectsOf(known).filter(({ id }) => id.includes(only))
  for (let round = 0; ; round += 1) {
    for (const subject of subjects) {
      const samples = fc.sample(subject.requests, { seed: seed + round, numRuns: PER_ROUND })
      for (const one of samples) yield [subject, one]
    }
  }
}

function subjectsOf(known: Known): Subject[] {
  const { paths, components } = openApiDocument(PREFIX)
  const words = { components: components.schemas, known }
  return ROUTES.map(route => {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    const operation = paths[path]?.[route.method.toLowerCase()]
    if (operation === undefined) throw new Error(`${route.method} ${path} is not described`)
    const requests = requestsFor(path, route.method, operation, words)
    return { id: operation.operationId, route, operation, requests }
  })
}

async function send({ doors }: Target, one: Sent, agent: Agent): Promise<Answered> {
  const { options, headers } = doors[one.sender]
  const start = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  // What a header spoils on a connection must not meet the request after it.
  const isOdd = 'content-length' in one.headers || 'expect' in one.headers
  const sending = request(
    {
      ...options,
      agent: isOdd ? false : agent,
      method: one.method,
      path: PREFIX + one.path,
      headers: { ...lengthOf(one), ...headers, ...one.headers },
      signal: AbortSignal.timeout(MOST_MS),
    },
    resolve,
  )
  sending.once('error', reject)
  sending.end(one.body)
  const ms = () => performance.now() - start
  try {
    const response = await promise
    const type = response.headers['content-type'] ?? ''
    const body = await bodyOf(response, type)
    return { status: response.statusCode ?? 0, type, body, ms: ms() }
  } catch (error) {
    return { status: 0, type: '', body: String(error), ms: ms() }
  }
}

/** Node leaves it out where it thinks that a request has no body. */
const lengthOf = ({ body }: Sent): Record<string, string> =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }

/** A stream that may go on for ever is left, and a file that is long enough. */
async function bodyOf(response: IncomingMessage, type: string): Promise<string> {
  if (/^application\/(problem\+)?json/.test(type)) return await text(response)
  let body = ''
  const { promise: enough, resolve: leave } = Promise.withResolvers<void>()
  response.on('data', (part: Buffer) => {
    body += part.toString()
    if (body.length > ENOUGH) leave()
  })
  response.on('error', () => leave())
  response.once('end', () => leave())
  await Promise.race(type.startsWith(LINES) ? [enough, sleep(STREAM_MS)] : [enough])
  response.destroy()
  return type.startsWith(LINES) ? body.slice(0, body.lastIndexOf('\n') + 1) : body
}

/** What is wrong with an answer; undefined: nothing. */
function wrongWith(
  { status, type, body, ms }: Answered,
  route: Route,
  { responses }: Operation,
): string | undefined {
  if (status === 0) return ms >= MOST_MS ? 'it hangs' : 'no answer'
  if (ms >= MOST_MS) return 'it takes too long'
  if (STACK.test(body)) return 'a stack trace'
  if (status >= 400) return wrongRefusal(status, type, body, responses)
  if (!(String(status) in responses)) return 'a status that is not described'
  if (status === 303) return undefined
  if (type !== '' && !type.startsWith(route.media.replace(/;.*/s, '')))
    return `another type: ${type}`
  return wrongDocument(type, body, route)
}

function wrongRefusal(
  status: number,
  type: string,
  body: string,
  responses: Operation['responses'],
): string | undefined {
  if (!type.startsWith('application/problem+json')) return `no problem: ${type}`
  const problem = Problem.safeParse(JSON.parse(body))
  if (!problem.success) return 'not as problems are described'
  const { code, detail, hint } = problem.data
  if (code === 'UNEXPECTED' || detail === '' || hint === '') return 'an error that was not foreseen'
  return String(status) in responses ? undefined : `a status that is not described: ${code}`
}

function wrongDocument(type: string, body: string, { answer }: Route): string | undefined {
  const isLines = type.startsWith(LINES)
  if (!isLines && !type.startsWith('application/json')) return undefined
  const texts = isLines ? body.split('\n').filter(line => line !== '') : [body]
  for (const one of texts) {
    const { success, error } = answer.safeParse(JSON.parse(one))
    if (!success) return `not as it is described: ${error.message.slice(0, 300)}`
  }
  return undefined
}

/** Findings, each kind once, with how often and how to send it again. */
export function summary(findings: readonly Finding[]): string {
  const kinds = new Map<string, Finding[]>()
  for (const one of findings) {
    const kind = `${one.operation}: ${one.status} ${one.what}`
    kinds.set(kind, [...(kinds.get(kind) ?? []), one])
  }
  return [...kinds]
    .map(([kind, [first, ...more]]) => {
      const { method, path, body, headers, sender } = first?.sent ?? {}
      const shown = {
        sender,
        method,
        path: path?.slice(0, 300),
        headers,
        body: body?.slice(0, 300),
      }
      return `${kind} (${more.length + 1})\n  ${JSON.stringify(shown)}\n  ${first?.answer.slice(0, 300)}`
    })
    .join('\n')
}
