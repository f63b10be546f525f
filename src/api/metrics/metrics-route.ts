import type { FastifyInstance } from 'fastify'
import { Networks } from '../../core/network.ts'
import type { WebRules } from '../../core/web.ts'
import type { Door } from '../admission.ts'
import { requireAllowed } from '../policy.ts'
import type { Reception } from '../reception.ts'
import type { Metrics } from './metrics.ts'

const POLICY = {
  method: 'GET',
  path: '/metrics',
  area: 'metrics',
  needs: 'viewer',
  stepUp: false,
} as const

interface MetricsRoute {
  readonly door: Door
  readonly metrics: Metrics
  readonly rules: WebRules
  readonly reception: Reception
}

/** Adds the metrics, outside of the API: a monitoring system knows this path and no other. */
export function addMetrics(
  app: FastifyInstance,
  { door, metrics, rules, reception }: MetricsRoute,
): void {
  const { metrics: access, metricsFrom } = rules
  if (door.is === 'port' && access === 'off') return
  const open = Networks.parse(access === 'open' ? metricsFrom : [])
  app.get('/metrics', async (request, reply) => {
    if (!open.contains(request.ip)) requireAllowed(POLICY, await reception.receive(request))
    return await reply.type(metrics.contentType).send(await metrics.text())
  })
}
