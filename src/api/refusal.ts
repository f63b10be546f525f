import type { FastifyReply, FastifyRequest } from 'fastify'
import { TooManyRequests } from '../core/faults.ts'
import { problemOf } from './faults.ts'

/** Answers a request with the problem that an error is. */
export async function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const problem = problemOf(error)
  const about = { err: error, code: problem.code }
  if (problem.status >= 500) request.log.error(about, problem.detail)
  else request.log.debug(about, problem.detail)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="holdfast"')
  if (error instanceof TooManyRequests) {
    reply.header('retry-after', String(error.details.retryAfterSeconds))
  }
  return await reply
    .code(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify(problem))
}
