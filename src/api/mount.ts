import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { apiKeyShown } from '../catalog/api-keys.ts'
import { audit } from '../catalog/audit.ts'
import { Fault } from '../core/fault.ts'
import { InvalidInput, KeyRequired, NotFound } from '../core/faults.ts'
import { Secret } from '../core/secret.ts'
import { problemOf, understood } from './faults.ts'
import type { Call, Deps, Route } from './route.ts'
import { ROUTES } from './routes/index.ts'

/** Where all routes are, in this version of the API. */
export const PREFIX = '/api/v1'
/** No request of ours comes near it. */
const MOST_BODY_BYTES = 1024 * 1024
const LONGEST_IDEMPOTENCY_KEY = 200

/** How a request comes in: only we can open the socket, and everybody may try the port. */
export type Door = { readonly is: 'socket'; readonly localUser: string } | { readonly is: 'port' }

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; empty until the door has let the request in. */
    actor: string
  }
}

/** Adds the API to a server; `stopping` ends what goes on for long. */
export async function mountApi(
  app: FastifyInstance,
  deps: Deps,
  door: Door,
  stopping: AbortSignal,
): Promise<void> {
  await app.register(
    async api => {
      api.decorateRequest('actor', '')
      api.addHook('onRequest', async request => {
        request.actor = await letIn(request, deps, door)
      })
      api.setErrorHandler(async (error, request, reply) => await refuse(error, request, reply))
      api.setNotFoundHandler(async request => {
        throw new NotFound({ kind: 'route', name: `${request.method} ${request.url}` })
      })
      for (const one of ROUTES) addRoute(api, one, deps, stopping)
    },
    { prefix: PREFIX },
  )
}

async function letIn(request: FastifyRequest, deps: Deps, door: Door): Promise<string> {
  if (door.is === 'socket') return `local user ${door.localUser}`
  const shown = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (shown === undefined) throw new KeyRequired({ why: 'it shows no API key' })
  const key = await apiKeyShown(deps.catalog, new Secret(shown))
  if (key === undefined) throw new KeyRequired({ why: 'its API key is unknown or was removed' })
  return `api key ${key.name}`
}

function addRoute(api: FastifyInstance, one: Route, deps: Deps, stopping: AbortSignal): void {
  api.route({
    method: one.method,
    url: one.path,
    bodyLimit: MOST_BODY_BYTES,
    handler: async (request, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const signal = AbortSignal.any([gone.signal, stopping])
      try {
        return await perform(one, callOf(one, request, signal), deps, reply)
      } catch (error) {
        if (one.action !== undefined) await auditRefusal(deps, one.action, request, error)
        throw error
      }
    },
  })
}

const callOf = (
  one: Route,
  request: FastifyRequest,
  signal: AbortSignal,
): Call<unknown, unknown, unknown> => ({
  params: understood(one.params, request.params),
  query: understood(one.query, request.query),
  body: understood(one.body, request.body),
  actor: request.actor,
  idempotencyKey: idempotencyKeyOf(request),
  signal,
})

async function perform(
  one: Route,
  call: Call<unknown, unknown, unknown>,
  deps: Deps,
  reply: FastifyReply,
): Promise<unknown> {
  const answer = await one.handle(call, deps)
  reply.header('cache-control', 'no-store')
  if ('lines' in answer) return reply.type('application/x-ndjson').send(answer.lines)
  return reply
    .code(answer.status ?? 200)
    .type('application/json')
    .send(JSON.stringify(one.answer.encode(answer.document)))
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (
    typeof key === 'string' &&
    /^[\x21-\x7e]+$/.test(key) &&
    key.length <= LONGEST_IDEMPOTENCY_KEY
  )
    // Two who happen to choose the same key do not get each other's runs.
    return `${request.actor}/${key}`
  const why = `it is not 1 to ${LONGEST_IDEMPOTENCY_KEY} printable characters without spaces`
  throw new InvalidInput({ problems: [{ field: 'Idempotency-Key', why }] })
}

/** What somebody tried to change and was not let belongs into the record, too. */
async function auditRefusal(
  { catalog }: Deps,
  action: string,
  request: FastifyRequest,
  error: unknown,
): Promise<void> {
  const code = error instanceof Fault ? error.code : 'UNEXPECTED'
  const [name] = Object.values(request.params as Record<string, string>)
  const entry = {
    actor: request.actor,
    action,
    objectKind: action.split('.')[0] ?? action,
    objectName: name,
    result: 'refused',
    details: { code },
  }
  // The refusal is what must reach whoever asked, even where it cannot be written down.
  await audit(catalog, entry).catch((cause: unknown) => request.log.error(cause))
}

async function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const problem = problemOf(error)
  if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, problem.detail)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="holdfast"')
  return await reply
    .code(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify(problem))
}
