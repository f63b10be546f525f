import { z } from 'zod'
import type { Area } from '../../core/access.ts'
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
  414: { name: 'TooLong', description: 'A name in the path is longer than any can be.' },
  415: { name: 'OtherType', description: 'The body is not of the type that is taken.' },
  421: {
    name: 'OtherHost',
    description: 'It was sent to a name that this server does not go by.',
  },
  422: {
    name: 'NotUnderstood',
    description: 'A field is missing, unknown or wrong; `problems` names each, and why.',
  },
  429: { name: 'TooMany', description: 'Too many requests; `retry-after` says when to try again.' },
  431: { name: 'TooMuchAhead', description: 'Its address and headers are longer than 16 kB.' },
  502: {
    name: 'NoAnswer',
    description: 'The database or the repository that it is about does not answer, or refuses.',
  },
  503: { name: 'Unreachable', description: 'The catalog database cannot be reached.' },
  507: { name: 'Full', description: 'There is no room left where it would be written.' },
}

/** Whose changes reach databases and repositories. */
const OUTSIDE: ReadonlySet<Area> = new Set(['sources', 'repositories', 'backups'])

/** The statuses with which a route can refuse, by what it takes and who may call it. */
export function refusalsOf(one: Route): number[] {
  // A key that does not hold is refused wherever it is shown.
  const found = [401, 421, 422, 429, 431, 503]
  if (one.needs !== 'nobody' || one.method !== 'GET') found.push(403)
  if (takes(one.params)) found.push(400, 414)
  // A name in a path, a filter or a body may be of nothing that there is.
  if (takes(one.params) || takes(one.query) || takes(one.body)) found.push(404)
  // What somebody else takes away at the same moment is not there any more, either.
  if (one.method !== 'GET') found.push(400, 404, 409, 413, 415)
  if (one.method !== 'GET' && OUTSIDE.has(one.area)) found.push(502, 507)
  return [...new Set(found)].sort((a, b) => a - b)
}

/** Whether a schema takes anything: what a route does not mention is an object without fields. */
export const takes = (schema: z.ZodType): boolean =>
  !(schema instanceof z.ZodObject) || Object.keys(schema.shape).length > 0
