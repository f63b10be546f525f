import type { Route } from '../route.ts'
import { ROUTES } from '../routes/index.ts'
import { Redirect } from '../schema/oidc.ts'
import type { JsonSchema } from './components.ts'
import { REFUSALS, refusalsOf, takes } from './refusals.ts'

/** The JSON Schemas of what a route takes and answers. */
export interface Taken {
  readonly params: JsonSchema
  readonly query: JsonSchema
  readonly body: JsonSchema
  readonly answer: JsonSchema
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string | undefined
  readonly schema: JsonSchema
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>

/** One operation of an OpenAPI document, as far as we write one. */
export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<
    Record<
      string,
      { readonly $ref?: string; readonly description?: string; readonly content?: Content }
    >
  >
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly 'x-role': string
  readonly 'x-scope'?: string
  readonly 'x-step-up'?: true
  readonly 'x-audit'?: string
}

const BYTES: JsonSchema = { type: 'string', contentMediaType: 'application/octet-stream' }
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** Describes a route. */
export function operationOf(id: string, one: Route, schemas: Taken): Operation {
  const parameters = [
    ...parametersIn('path', schemas.params),
    ...parametersIn('query', schemas.query),
    ...(isRepeatable(one) ? [IDEMPOTENCY_KEY] : []),
  ]
  const body = bodyOf(one, schemas.body)
  return {
    operationId: id,
    tags: [one.area],
    summary: one.summary,
    description: conditionsOf(one),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: isNeeded(one), content: body } }),
    responses: responsesOf(one, schemas.answer),
    ...(one.needs === 'nobody' && { security: [] }),
    'x-role': one.needs,
    ...(one.needs !== 'nobody' && { 'x-scope': scopeOf(one) }),
    ...(one.stepUp && { 'x-step-up': true as const }),
    ...(one.action !== undefined && { 'x-audit': one.action }),
  }
}

const scopeOf = ({ area, method }: Route): string =>
  `${area}:${method === 'GET' ? 'read' : 'write'}`

/** Who may call it, and what that leaves behind. */
function conditionsOf(one: Route): string {
  if (one.needs === 'nobody') return 'For everybody, also before logging in.'
  const parts = [`Role: **${one.needs}**. Scope of a key: \`${scopeOf(one)}\`.`]
  if (one.stepUp) {
    parts.push('A session must have proven within the last 5 minutes that it is you.')
  }
  if (one.action !== undefined) parts.push(`In the audit log: \`${one.action}\`.`)
  return parts.join(' ')
}

const parametersIn = (
  where: 'path' | 'query',
  { properties = {}, required = [] }: JsonSchema,
): Parameter[] =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    description: schema.description,
    schema,
  }))

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Sent again with the same key, the request means what it meant the first time.',
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[!-~]+$' },
}

function statusesOf(one: Route): readonly number[] {
  if (one.answer === Redirect) return [303]
  return one.success ?? [one.method === 'POST' && isCollection(one) ? 201 : 200]
}

/** What it makes is new the first time, and the same after that. */
const isRepeatable = (one: Route): boolean => {
  const statuses = statusesOf(one)
  return statuses.includes(201) && statuses.includes(200)
}

const isCollection = ({ path }: Route): boolean =>
  ROUTES.some(one => one.method === 'GET' && one.path === path)

function bodyOf(one: Route, schema: JsonSchema): Content | undefined {
  if (one.mostUploadBytes !== undefined) return { 'application/octet-stream': { schema: BYTES } }
  if (!takes(one.body)) return undefined
  return { [JSON_TYPE]: { schema }, ...(one.takesForm && { [FORM_TYPE]: { schema } }) }
}

/** A body whose every field may be left out may be left out itself. */
const isNeeded = (one: Route): boolean =>
  one.mostUploadBytes !== undefined || !one.body.safeParse({}).success

function responsesOf(one: Route, answer: JsonSchema): Operation['responses'] {
  const done = statusesOf(one).map(status => [
    status,
    {
      description: WORDS[status] ?? '',
      ...(status !== 303 && { content: contentOf(one, answer) }),
    },
  ])
  const refused = refusalsOf(one).map(status => [
    status,
    { $ref: `#/components/responses/${REFUSALS[status]?.name}` },
  ])
  return Object.fromEntries([...done, ...refused]) as Operation['responses']
}

function contentOf({ media }: Route, answer: JsonSchema): Content {
  const type = media.replace(/;.*/s, '')
  const isDocument = type === JSON_TYPE || type === 'application/x-ndjson'
  return { [type]: { schema: isDocument ? answer : BYTES } }
}

const WORDS: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Accepted; it goes on.',
  303: 'Where to go.',
}
