import type { FastifyInstance } from 'fastify'
import { reason } from '../core/fault.ts'
import type { Log } from '../core/log.ts'
import type { Door } from './admission.ts'

/** How long a check may think. */
const CHECK_MS = 3_000

/** One thing without which the server is not ready; throws, with the reason, where it is missing. */
export interface Check {
  readonly name: string
  check(): Promise<void>
}

interface HealthOptions {
  readonly checks: readonly Check[]
  readonly log: Log
  readonly stopping: AbortSignal
}

/** Health is for machines that watch, without a key: what is inside is told only to the user of the server. */
export function addHealth(
  app: FastifyInstance,
  door: Door,
  { checks, log, stopping }: HealthOptions,
): void {
  app.get('/health/live', async () => ({ status: 'live' }))
  app.get('/health/ready', async (_request, reply) => {
    const found = await Promise.all(
      checks.map(async one => [one.name, await failureOf(one)] as const),
    )
    const failed = found.filter(([, why]) => why !== undefined)
    for (const [name, why] of failed) log.warn({}, `not ready: ${name}: ${why}`)
    const ready = failed.length === 0 && !stopping.aborted
    const status = stopping.aborted ? 'stopping' : ready ? 'ready' : 'not ready'
    const states = found.map(([name, why]) => [name, why === undefined ? 'ok' : 'failed'] as const)
    const isInside = door.is === 'socket' && failed.length > 0
    return await reply.code(ready ? 200 : 503).send({
      status,
      checks: Object.fromEntries(states) as Record<string, string>,
      ...(isInside && { problems: Object.fromEntries(failed) as Record<string, string> }),
    })
  })
}

/** Why a check fails; undefined where it passes. */
export async function failureOf(one: Check): Promise<string | undefined> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('no answer in time')), CHECK_MS)
  try {
    await Promise.race([one.check(), late.promise])
    return undefined
  } catch (error) {
    return reason(error)
  } finally {
    clearTimeout(timer)
  }
}
