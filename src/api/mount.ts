import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { audit } from '../catalog/audit.ts'
import { cameFrom } from '../catalog/origin.ts'
import type { Caller } from '../core/access.ts'
import { Fault } from '../core/fault.ts'
import { InvalidInput, NotFound, TooManyRequests } from '../core/faults.ts'
import type { Log } from '../core/log.ts'
import { Shared } from '../core/shared.ts'
import { Budget } from './budget.ts'
import { understood } from './faults.ts'
import { Gate } from './gate.ts'
import { requireOwnPage } from './login/forgery.ts'
import { requireAllowed, requireKnown } from './policy.ts'
import { isSecure, type Reception } from './reception.ts'
import type { Answer, Call, Deps, Route } from './route.ts'
import { ROUTES } from './routes/index.ts'
import { Takers } from './takers.ts'

/** Where all routes are, in this version of the API. */
export const PREFIX = '/api/v1'
/** No request of ours comes near it. */
const MOST_BODY_BYTES = 1024 * 1024
const LONGEST_IDEMPOTENCY_KEY = 200
const FORM = 'application/x-www-form-urlencoded'

type FileAnswer = Extract<Answer<unknown>, { readonly file: unknown }>

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null until the door has found it out. */
    caller: Caller | null
  }
}

/** What the API is behind. */
interface Mount {
  readonly deps: Deps
  readonly reception: Reception
  /** Ends what goes on for long. */
  readonly stopping: AbortSignal
  readonly log: Log
}

/** Adds the API to a server. */
export async function mountApi(
  app: FastifyInstance,
  { deps, reception, stopping, log }: Mount,
): Promise<void> {
  const takers = new Takers(deps.catalog, log)
  await takers.start()
  app.addHook('preClose', () => takers.stop())
  await app.register(
    async api => {
      api.decorateRequest('caller', null)
      api.addHook('onRequest', async request => {
        request.caller = await reception.receive(request)
      })
      // The bytes of an upload are the route's to read.
      api.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null))
      api.setNotFoundHandler(async request => {
        requireKnown(callerOf(request))
        throw new NotFound({ kind: 'route', name: `${request.method} ${request.url}` })
      })
      const behind = {
        deps,
        stopping,
        takers,
        strangers: new Budget(STRANGERS_RECORDED_PER_MINUTE),
      }
      for (const one of ROUTES) if (!one.takesForm) addRoute(api, one, behind)
      // Within a scope of its own: no other route understands what a form sends.
      await api.register(async scope => {
        scope.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, done) => {
          done(null, Object.fromEntries(new URLSearchParams(String(body))))
        })
        for (const one of ROUTES) if (one.takesForm) addRoute(scope, one, behind)
      })
    },
    { prefix: PREFIX },
  )
}

/** What all routes share. */
interface Behind {
  readonly deps: Deps
  readonly stopping: AbortSignal
  readonly takers: Takers
  /** How much of what strangers try is recorded. */
  readonly strangers: Budget
}

function addRoute(api: FastifyInstance, one: Route, behind: Behind): void {
  const { deps, stopping, strangers } = behind
  const answers = one.shared ? new Shared<Buffer>() : undefined
  const gate = one.atOnce && new Gate(`${one.method} ${one.path}`, one.atOnce)
  api.route({
    method: one.method,
    url: one.path,
    bodyLimit: one.mostUploadBytes ?? MOST_BODY_BYTES,
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const signal = AbortSignal.any([gone.signal, stopping])
      let place: Disposable | undefined
      return await cameFrom({ address: caller.address, requestId: request.id }, async () => {
        try {
          requireOwnPage(caller, request, one.takesForm)
          requireAllowed(one, caller)
          place = gate?.enter(caller)
          const call = callOf(one, request, caller, signal)
          if (answers === undefined) return await perform(one, call, behind, reply)
          const answer = await answers.ask(request.url, () => documentOf(one, call, deps))
          reply.header('cache-control', 'no-store').type('application/json')
          return await reply.send(answer)
        } catch (error) {
          if (one.action !== undefined)
            await auditRefusal(deps, strangers, one.action, request, error)
          throw error
        } finally {
          leaveAfter(reply, place)
        }
      })
    },
  })
}

/** Gives a place back once the answer is sent, or whoever asked has gone, and the handler has ended. */
function leaveAfter({ raw }: FastifyReply, place: Disposable | undefined): void {
  if (place === undefined) return
  // A route that waits for its answer to be sent may come here after that.
  if (raw.closed || raw.destroyed) place[Symbol.dispose]()
  else raw.once('close', () => place[Symbol.dispose]())
}

function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === null) throw new Error('a request came past the door')
  return caller
}

const callOf = (
  one: Route,
  request: FastifyRequest,
  caller: Caller,
  signal: AbortSignal,
): Call<unknown, unknown, unknown> => ({
  params: understood(one.params, request.params),
  query: understood(one.query, request.query),
  body: understood(one.body, request.body),
  caller,
  actor: caller.actor,
  from: {
    agent: request.headers['user-agent'] ?? '',
    isSecure: isSecure(request),
    headers: request.headers,
    path: request.url,
  },
  idempotencyKey: idempotencyKeyOf(request, caller),
  signal,
  upload: request.raw,
})

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`

async function perform(
  one: Route,
  call: Call<unknown, unknown, unknown>,
  { deps, takers }: Behind,
  reply: FastifyReply,
): Promise<unknown> {
  const answer = await one.handle(call, deps)
  reply.header('cache-control', 'no-store')
  if ('lines' in answer) return reply.type('application/x-ndjson').send(answer.lines)
  if ('file' in answer) {
    takers.add(call.caller, reply.raw)
    return sendFile(answer, reply)
  }
  if ('redirect' in answer) {
    return reply.headers(answer.headers ?? {}).redirect(answer.redirect, 303)
  }
  return reply
    .code(answer.status ?? 200)
    .headers(answer.headers ?? {})
    .type('application/json')
    .send(JSON.stringify(one.answer.encode(answer.document)))
}

/** What a route answers with success, as it is sent. */
async function documentOf(
  one: Route,
  call: Call<unknown, unknown, unknown>,
  deps: Deps,
): Promise<Buffer> {
  const answer = await one.handle(call, deps)
  if ('document' in answer) return Buffer.from(JSON.stringify(one.answer.encode(answer.document)))
  throw new Error(`${one.method} ${one.path} answers what cannot be shared`)
}

function sendFile(answer: FileAnswer, reply: FastifyReply): FastifyReply {
  if (answer.bytes !== undefined) reply.header('content-length', answer.bytes)
  // Names hold what people typed: RFC 8187 says how any character travels in a header.
  const name = encodeURIComponent(answer.name).replace(/['()*]/g, percent)
  reply.header('content-disposition', `attachment; filename*=UTF-8''${name}`)
  reply.header('x-content-type-options', 'nosniff')
  return reply.type(answer.type).send(answer.file)
}

function idempotencyKeyOf(request: FastifyRequest, { actor }: Caller): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (
    typeof key === 'string' &&
    /^[\x21-\x7e]+$/.test(key) &&
    key.length <= LONGEST_IDEMPOTENCY_KEY
  )
    // Two who happen to choose the same key do not get each other's runs.
    return `${actor}/${key}`
  const why = `it is not 1 to ${LONGEST_IDEMPOTENCY_KEY} printable characters without spaces`
  throw new InvalidInput({ problems: [{ field: 'Idempotency-Key', why }] })
}

/** Some of what strangers try is enough to see that they do. */
const STRANGERS_RECORDED_PER_MINUTE = 100

/**
 * What somebody tried to change and was not let belongs into the record, too; but for who is unknown and
 * only told to wait, and no more of what strangers try than `strangers` has room for: the record is kept for
 * ever, and anybody could fill it.
 */
async function auditRefusal(
  { catalog }: Deps,
  strangers: Budget,
  action: string,
  request: FastifyRequest,
  error: unknown,
): Promise<void> {
  const caller = callerOf(request)
  if (caller.kind === 'nobody') {
    if (error instanceof TooManyRequests || !strangers.trySpend('strangers')) return
  }
  const code = error instanceof Fault ? error.code : 'UNEXPECTED'
  // Whose account somebody tried to get into; never what they typed, which may be a password.
  const account = error instanceof Fault ? error.details.account : undefined
  const [name = account] = Object.values(request.params as Record<string, string>)
  const entry = {
    actor: caller.actor,
    action,
    objectKind: action.split('.')[0] ?? action,
    // PostgreSQL keeps no NUL; what was tried with one is written down all the same.
    objectName: typeof name === 'string' ? name.replaceAll('\0', '\ufffd') : undefined,
    result: 'refused',
    details: { code },
  }
  // The refusal is what must reach whoever asked, even where it cannot be written down.
  await audit(catalog, entry).catch((cause: unknown) => request.log.error(cause))
}
