import { chmodSync, rmSync } from 'node:fs'
import process from 'node:process'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { reason } from '../core/fault.ts'
import { ListenFailed, NotFound } from '../core/faults.ts'
import { USUAL_WEB, type WebRules } from '../core/web.ts'
import type { Door } from './admission.ts'
import { Budgets } from './budget.ts'
import type { Certificate } from './certificate.ts'
import { addDashboard } from './dashboard.ts'
import { addHostCheck, Front } from './front.ts'
import { addHeaders, addHeadersTo } from './headers.ts'
import { addHealth, type Check } from './health.ts'
import { mountLive } from './live/door.ts'
import type { LiveHub } from './live/hub.ts'
import type { Metrics } from './metrics/metrics.ts'
import { addMetrics } from './metrics/metrics-route.ts'
import { mountApi, PREFIX } from './mount.ts'
import { addReference } from './openapi/reference.ts'
import { addPatience } from './patience.ts'
import { Reception } from './reception.ts'
import { refuse } from './refusal.ts'
import { addRequestLog } from './request-log.ts'
import type { Deps } from './route.ts'
import { answerBroken, cutBasePath, webServer } from './web-server.ts'

/** A name of 100 characters, each of them percent-encoded. */
const LONGEST_PARAMETER = 1200
/** How long answers under way may take once the server stops. */
const CLOSE_MS = 5_000

export interface AppOptions {
  readonly deps: Deps
  /** Tells those who watch. */
  readonly live: LiveHub
  readonly checks: readonly Check[]
  readonly log: FastifyBaseLogger
  /** Where answers are counted; without them nothing is told of it. */
  readonly metrics?: Metrics
  /** Default: a server for its own machine. */
  readonly web?: WebRules
  /** Where the built dashboard lies. Default: where `npm run build:web` puts it. */
  readonly dashboard?: string
  /** Without one it speaks plain HTTP. */
  readonly certificate?: Certificate | undefined
  /** Fires when the server stops: it is not ready any more, and answers that go on end. */
  readonly stopping: AbortSignal
}

/** The web server behind one door. */
export async function createApp(door: Door, options: AppOptions): Promise<FastifyInstance> {
  const web = options.web ?? USUAL_WEB
  const front = new Front(door, web)
  const { metrics } = options
  const app: FastifyInstance = fastify({
    // What the web server says by itself at info would bury what an operator looks for.
    loggerInstance: options.log.child(
      {},
      { level: options.log.level === 'debug' ? 'debug' : 'warn' },
    ),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: request => front.requestId(request),
    // Who asks while it closes is answered by a route, which knows what is still there.
    return503OnClosing: false,
    trustProxy: address => door.is === 'port' && front.trusts(address),
    serverFactory: webServer(options.certificate),
    clientErrorHandler: answerBroken,
    // A path that is no text, or has a part that is too long, passes no hook.
    frameworkErrors: (error, request, reply) => {
      addHeadersTo(reply)
      void refuse(error, request, reply)
    },
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
  })
  addHeaders(app, front)
  addRequestLog(app, metrics)
  addHostCheck(app, front)
  addPatience(app)
  app.setErrorHandler(refuse)
  const pages = door.is === 'port' ? await addDashboard(app, front, options.dashboard) : undefined
  app.setNotFoundHandler(async (request, reply) => {
    const { method, url } = request
    const answered = pages?.(request, reply)
    if (answered === undefined) throw new NotFound({ kind: 'route', name: `${method} ${url}` })
    return answered
  })
  addHealth(app, door, options)
  await addReference(app, PREFIX)
  const budgets = new Budgets(web.requestsPerMinute)
  const reception = new Reception(options.deps.catalog, door, budgets)
  if (metrics !== undefined) addMetrics(app, { door, metrics, rules: web, reception })
  const { live: hub, log, stopping } = options
  await mountApi(app, { deps: options.deps, reception, stopping, log })
  await mountLive(app, { catalog: options.deps.catalog, hub, log, front, reception })
  cutBasePath(app.server, front)
  return app
}

/** Listens where only this user can connect. Whoever calls it holds the lock of the data directory. */
export async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  rmSync(path, { force: true })
  const before = process.umask(0o177)
  try {
    await app.listen({ path })
    chmodSync(path, 0o600)
  } catch (error) {
    const hint = 'check the rights of the directory it is in, and that its path is not too long'
    throw new ListenFailed({ where: path, why: reason(error), hint }, error)
  } finally {
    process.umask(before)
  }
}

/** Listens on a port; answers the address for people. */
export async function listenOnPort(
  app: FastifyInstance,
  host: string,
  port: number,
): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ListenFailed(
      {
        where: `${host}:${port}`,
        why: code === 'EADDRINUSE' ? 'another program listens there' : reason(error),
        hint: 'choose another port (HOLDFAST_PORT) or address (HOLDFAST_HOST), or stop that program',
      },
      error,
    )
  }
}

/** Closes a web server; answers that do not end are cut off. */
export async function closeApp(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
  }
}
