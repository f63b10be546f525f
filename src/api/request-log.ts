import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics/metrics.ts'

/** Whoever waits longer for the beginning of an answer notices. */
const SLOW_MS = 2_000

declare module 'fastify' {
  interface FastifyRequest {
    /** Milliseconds until the answer began; undefined before that. */
    answeredMs: number | undefined
  }
}

/**
 * Counts each answer, and writes one line for each request at debug, and at warn for a slow one. It names the route and not the address that
 * was asked for, which may hold anything.
 */
export function addRequestLog(app: FastifyInstance, metrics: Metrics | undefined): void {
  app.decorateRequest('answeredMs', undefined)
  app.addHook('onSend', async (request, reply) => {
    request.answeredMs = reply.elapsedTime
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, answeredMs = reply.elapsedTime } = request
    const ms = Math.round(answeredMs)
    const route = routeOptions.url ?? '(none)'
    metrics?.answered({ method, route, status: reply.statusCode, seconds: answeredMs / 1000 })
    const about = { method, route, status: reply.statusCode, ms, address: request.ip }
    const line = `${method} ${route} ${reply.statusCode} in ${ms} ms`
    if (ms >= SLOW_MS) request.log.warn(about, `slow: ${line}`)
    else request.log.debug(about, line)
  })
}
