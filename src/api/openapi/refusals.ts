import { z } from 'zod'
import type { Route } from '../route.ts'

interface Refusal {
  readonly name: string
  readonly description: string
}

/** Why a request is refused, by status. */
export const REFUSALS: Readonly<Record<number, Refusal>> = {
  400: { name: 'Unreadable', description: 'The request or its JSON cannot be read.' },
  401: { name: 'NotKnown', description: 'It shows no key and no session, or none that is valid.' },
  403: {
    name: 'NotAllowed',
    description:
      'Whoever asks may not do this, or must prove first to be there (STEP_UP_REQUIRED).',
  },
  404: { name: 'NotFound', description: 'There is no such thing.' },
  409: {
    name: 'InTheWay',
    description: 'The state of things forbids it; with RUN_IN_THE_WAY, `run` names the run.',
  },
  413: { name: 'TooLarge', description: 'The body is larger than is taken.' },
  415: { name: 'OtherType', description: 'The body is not of the type that is taken.' },
  422: {
    name: 'NotUnderstood',
    description: 'A field is missing, unknown or wrong; `problems` names each, and why.',
  },
  429: { name: 'TooMany', description: 'Too many requests; `retry-after` says when to try again.' },
  503: { name: 'Unreachable', description: 'The catalog database cannot be reached.' },
}

/** The statuses with which a route can refuse, by what it takes and who may call it. */
export function refusalsOf(one: Route): number[] {
  const found = [422, 429, 503]
  if (one.needs !== 'nobody') found.push(401, 403)
  // A name in a path, a filter or a body may be of nothing that there is.
  if (takes(one.params) || takes(one.query) || takes(one.body)) found.push(404)
  if (one.method !== 'GET') found.push(400, 409, 413, 415)
  return found.sort((a, b) => a - b)
}

/** Whether a schema takes anything: what a route does not mention is an object without fields. */
export const takes = (schema: z.ZodType): boolean =>
  !(schema instanceof z.ZodObject) || Object.keys(schema.shape).length > 0
