import { AREAS } from '../../core/access.ts'
import { ROUTES } from '../routes/index.ts'
import { Problem } from '../schema/common.ts'
import { LiveEvent } from '../schema/live.ts'
import { type Components, type JsonSchema, jsonSchemas, reached, resolved } from './components.ts'
import { EXAMPLES } from './examples.ts'
import { operationId } from './names.ts'
import { type Operation, operationOf, type Taken } from './operation.ts'
import { REFUSALS } from './refusals.ts'
import { TAGS } from './tags.ts'

/** An OpenAPI 3.1 document, as far as we write one. */
export interface OpenApi {
  readonly openapi: string
  readonly info: Readonly<Record<string, unknown>>
  readonly servers: readonly { readonly url: string }[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Components
    readonly responses: Readonly<Record<string, unknown>>
    readonly securitySchemes: Readonly<Record<string, unknown>>
  }
}

const ABOUT = `Everything the server does: the commands, the dashboard and the client of this package all use it.

**Who asks.** A program shows an API key as \`Authorization: Bearer hf_…\`; a browser logs in and has a session. A role may
do all that the roles before it may: **viewer** sees, **operator** runs things, **admin** changes what is set up. A key can be
limited to scopes such as \`runs:read\`.

**Names.** A source, a repository or a key stands in a path by its name, its id, or the beginning of its id.

**Values.** Times are ISO 8601 in UTC, sizes are bytes. An unknown field of a request is refused; fields may be added to
answers, so pass over those you do not know. Secrets go in and never come out.

**Refusals** are \`application/problem+json\` (RFC 9457). Programs go by \`code\`; \`retry\` says whether the same
request may work later.

**Live events** come over Socket.IO at \`/api/v1/live\`, each as an event called \`live\` with one LiveEvent.`

/** Describes every route there is. */
export function openApiDocument(prefix: string): OpenApi {
  const { of, components } = jsonSchemas({
    ...Object.fromEntries(
      ROUTES.flatMap(({ method, path, params, query, body, answer }) => [
        [`${method} ${path} params`, params],
        [`${method} ${path} query`, query],
        [`${method} ${path} body`, body],
        [`${method} ${path} answer`, answer],
      ]),
    ),
    problem: Problem,
    live: LiveEvent,
  })
  const schemaOf = (key: string): JsonSchema => of[key] ?? {}
  const paths: Record<string, Record<string, Operation>> = {}
  for (const one of ROUTES) {
    const key = `${one.method} ${one.path}`
    const schemas: Taken = {
      params: resolved(schemaOf(`${key} params`), components),
      query: resolved(schemaOf(`${key} query`), components),
      body: schemaOf(`${key} body`),
      answer: schemaOf(`${key} answer`),
    }
    const path = one.path.replaceAll(/:(\w+)/g, '{$1}')
    const operation = operationOf(operationId(one), one, schemas)
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operation }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Holdfast', version: prefix.replace(/^.*\/v/, ''), description: ABOUT },
    servers: [{ url: prefix }],
    security: [{ key: [] }, { session: [] }],
    tags: AREAS.filter(area => ROUTES.some(one => one.area === area)).map(name => ({
      name,
      description: TAGS[name],
    })),
    paths,
    components: {
      schemas: withExamples(reached([paths, schemaOf('problem'), schemaOf('live')], components)),
      responses: refusalsOver(schemaOf('problem')),
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key: `holdfast api-key add NAME`, or POST /api-keys.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-holdfast',
          description: 'What logging in gives a browser; without TLS, its name is `holdfast`.',
        },
      },
    },
  }
}

const withExamples = (components: Components): Components =>
  Object.fromEntries(
    Object.entries(components).map(([name, schema]) => {
      const example = EXAMPLES[name]
      return [name, example === undefined ? schema : { ...schema, examples: [example] }]
    }),
  )

const refusalsOver = (schema: JsonSchema): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(REFUSALS).map(([status, { name, description }]) => [
      name,
      {
        description,
        ...(status === '429' && {
          headers: { 'Retry-After': { description: 'In seconds', schema: { type: 'integer' } } },
        }),
        content: { 'application/problem+json': { schema } },
      },
    ]),
  )
