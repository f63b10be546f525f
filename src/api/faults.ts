import { STATUS_CODES } from 'node:http'
import type { FastifyError } from 'fastify'
import type { z } from 'zod'
import { Fault } from '../core/fault.ts'
import { InvalidInput, TwoFactorRequired } from '../core/faults.ts'
import type { Problem } from './schema/common.ts'

/** Put through a schema what came from outside. Throws InvalidInput, which names every field. */
export function understood<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(given ?? {})
  if (parsed.success) return parsed.data
  throw new InvalidInput({ problems: parsed.error.issues.flatMap(problemsOf) })
}

function problemsOf(issue: z.core.$ZodIssue): { field: string; why: string }[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      field: [...path, key].join('.'),
      why: 'there is no such field',
    }))
  }
  return [{ field: path.join('.') || 'request', why: sentence(issue.message) }]
}

/** Our sentences begin in lower case, as they stand inside others. */
const sentence = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** How any error is answered. What was not foreseen says nothing of itself: that goes to the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Fault) return faultProblem(error)
  if (isClientError(error)) {
    return problem(error.statusCode, error.code ?? 'BAD_REQUEST', sentence(error.message), {
      hint: 'send what the reference of the API describes',
      exit: 2,
    })
  }
  return problem(500, 'UNEXPECTED', 'the server met an error that was not foreseen', {
    hint: 'the log of the server has the details',
    exit: 1,
  })
}

function faultProblem(fault: Fault): Problem {
  const { problems, run, challenge } = fault.details
  return {
    ...problem(fault.status, fault.code, fault.message, fault),
    retry: fault.retry,
    ...(fault instanceof InvalidInput && { problems: problems as Problem['problems'] }),
    ...(typeof run === 'string' && { run }),
    ...(fault instanceof TwoFactorRequired && { challenge: String(challenge) }),
  }
}

const problem = (
  status: number,
  code: string,
  detail: string,
  { hint, exit }: { readonly hint: string; readonly exit: number },
): Problem => ({
  type: 'about:blank',
  // 499: whoever asked has gone; 507 and others are known to Node.
  title: STATUS_CODES[status] ?? 'Stopped',
  status,
  detail,
  code,
  hint,
  retry: false,
  exit,
})

/** What the web server itself refused: a body too large, no JSON, another type. */
function isClientError(error: unknown): error is FastifyError & { statusCode: number } {
  const status: unknown = (error as FastifyError | undefined)?.statusCode
  return typeof status === 'number' && status >= 400 && status < 500
}
