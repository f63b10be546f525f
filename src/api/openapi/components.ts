import { z } from 'zod'
import { NAMED } from './named.ts'

/** A JSON Schema of draft 2020-12, as OpenAPI 3.1 holds it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly enum?: readonly unknown[]
  readonly description?: string
  readonly default?: unknown
}

const WHERE = '#/components/schemas/'

/** The JSON Schemas of `schemas`, as their values travel, and all named ones that they may point to. */
export function jsonSchemas(schemas: Readonly<Record<string, z.ZodType>>): {
  readonly of: Readonly<Record<string, JsonSchema>>
  readonly components: Components
} {
  const registry = z.registry<{ id: string }>()
  const names = new Map(Object.entries(NAMED).map(([name, schema]) => [schema, name]))
  // Routes may share what has no name, too.
  const ids = new Map(Object.entries(schemas).map(([id, schema]) => [schema, id]))
  for (const [schema, id] of [...ids, ...names]) registry.add(schema, { id })
  const made = z.toJSONSchema(registry, {
    // A codec's input is what travels: of a time its text, in requests and in answers alike.
    io: 'input',
    unrepresentable: 'any',
    uri: id => WHERE + id,
    override: ({ jsonSchema }) => tidy(jsonSchema as Record<string, unknown>),
  }).schemas as Record<string, JsonSchema>
  const components = Object.fromEntries(
    Object.entries(made).map(([name, schema]) => [name, without(schema, ['$id', '$schema'])]),
  )
  const of = Object.entries(schemas).map(([key, schema]) => {
    const name = names.get(schema)
    const made = components[ids.get(schema) ?? key]
    return [key, name === undefined ? made : { $ref: WHERE + name }] as const
  })
  return { of: Object.fromEntries(of) as Record<string, JsonSchema>, components }
}

export type Components = Readonly<Record<string, JsonSchema>>

/** What a schema points to; itself, where it is no pointer. */
export function resolved(schema: JsonSchema, components: Components): JsonSchema {
  const found = schema.$ref === undefined ? schema : components[schema.$ref.slice(WHERE.length)]
  if (found === undefined) throw new Error(`nothing is called ${schema.$ref}`)
  return found
}

/** The named schemas that a document points to, directly or through each other. */
export function reached(document: unknown, components: Components): Components {
  const found = new Map<string, JsonSchema>()
  const visit = (value: unknown) => {
    for (const name of pointers(value)) {
      const target = components[name]
      if (target === undefined || found.has(name)) continue
      found.set(name, target)
      visit(target)
    }
  }
  visit(document)
  return Object.fromEntries([...found].sort(([a], [b]) => a.localeCompare(b, 'en')))
}

function pointers(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner.slice(WHERE.length)] : pointers(inner),
  )
}

const without = (schema: JsonSchema, keywords: readonly string[]): JsonSchema =>
  Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)))

/** Leaves out what is true anyway and only takes a reader's time. */
function tidy(schema: Record<string, unknown>): void {
  // The format says it; zod's pattern for it takes four lines.
  if (schema.format === 'date-time' || schema.format === 'uuid') delete schema.pattern
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  const { propertyNames } = schema
  if (JSON.stringify(propertyNames) === '{"type":"string"}') delete schema.propertyNames
  // Here zod means that TypeScript may not change it, and OpenAPI that it may not be sent.
  delete schema.readOnly
}
