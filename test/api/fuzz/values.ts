import * as fc from 'fast-check'
import { type Components, type JsonSchema, resolved } from '../../../src/api/openapi/components.ts'

/** What there is on the server, by the name of the field that may name it. */
export type Known = Readonly<Record<string, readonly unknown[]>>

export interface Vocabulary {
  readonly components: Components
  readonly known: Known
}

const deep = (levels: number): unknown => {
  let value: unknown = 'bottom'
  for (let at = 0; at < levels; at += 1) value = at % 2 === 0 ? [value] : { a: value }
  return value
}

/** An object whose own field is called so, whatever that means to JavaScript. */
const holding = (key: string, value: unknown): object => Object.fromEntries([[key, value]])

/** Texts that have broken programs before. */
export const TEXTS: readonly string[] = [
  ['', ' ', '\0', 'a\0b', '\u0007', '\ud800', 'x\udfff', '\ufeff', '\u202eabc', '\u{1f4be}'],
  ['__proto__', 'constructor', 'prototype', 'toString', 'null', 'undefined', 'NaN', 'true'],
  ['0', '-1', '1e999', '2147483648', '9223372036854775808', '0x10', '１２'],
  [`' or 1=1 --`, `"; drop table runs; --`, '$1', '%', '%s%n', '_', '\\', '%00', '%ff'],
  ['../../etc/passwd', '/dev/null/x', 'file:///dev/null/x', 'C:\\x', '~', '$(id)', '`id`'],
  ['postgres://', 'postgres://%', 'postgres://a:b@127.0.0.1:99999/x', 'postgres://[::1', 's3://'],
  ['<script>alert(1)</script>', 'a\r\nset-cookie: x=1', '{{7*7}}', '\u0130', 'ß', 'é'],
  ['2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '+275760-09-13'],
  ['2026-05-01T00:00:00+14:00', '1970-01-01T00:00:00.000000001Z', '-000001-01-01T00:00:00Z'],
  ['* * * * *', '*/0 * * * *', '99 99 99 99 99', '0 0 31 2 *', 'every 0 hours', 'L', '@reboot'],
  ['Europe/Berlin', 'Mars/Olympus', '../UTC', '00000000-0000-0000-0000-000000000000'],
  ['x'.repeat(101), 'x'.repeat(10_001), '\u{1f4be}'.repeat(60), 'e\u0301'.repeat(50)],
].flat()

const NUMBERS: readonly number[] = [
  [0, -0, -1, 1, 0.5, 1e-320, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2 ** 53, 2 ** 63, 1e21, 1e308],
  [-1e308, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 200, 201, 86_401],
].flat()

const ODD: readonly unknown[] = [
  [null, true, false, [], {}, [[]], [null], { length: -1 }, holding('__proto__', { a: 1 })],
  [holding('constructor', { prototype: {} }), holding('toJSON', 1), holding('', '')],
].flat()

/** Whatever can stand in JSON. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 3, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(...ODD),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(100, 1_000, 3_000).map(deep),
  },
  { weight: 1, arbitrary: fc.constantFrom(20_000, 300_000).map(size => 'y'.repeat(size)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1_000, 20_000).map(size => Array.from({ length: size }, () => 1)),
  },
)

/** Values that a schema allows, of things that there are where it can. */
export function fitting(schema: JsonSchema, words: Vocabulary, name = ''): fc.Arbitrary<unknown> {
  const one = resolved(schema, words.components)
  const known = words.known[name]
  const free = () => freely(one, words, name)
  if (known === undefined || known.length === 0) return free()
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: free() },
  )
}

function freely(one: JsonSchema, words: Vocabulary, name: string): fc.Arbitrary<unknown> {
  if ('const' in one) return fc.constant(one.const)
  if (one.enum !== undefined) return fc.constantFrom(...one.enum)
  const choices = one.anyOf ?? one.oneOf
  if (choices !== undefined) return fc.oneof(...choices.map(each => fitting(each, words, name)))
  const types: readonly string[] = typeof one.type === 'string' ? [one.type] : (one.type ?? [])
  if (types.length === 0) return fc.jsonValue({ maxDepth: 2 })
  return fc.oneof(...types.map(type => ofType(type, one, words)))
}

function ofType(type: string, one: JsonSchema, words: Vocabulary): fc.Arbitrary<unknown> {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer' || type === 'number') return numbers(one)
  if (type === 'array') {
    const items = fitting(one.items ?? {}, words)
    return fc.array(items, { minLength: Number(one.minItems ?? 0), maxLength: 4 })
  }
  if (type === 'object') return objects(one, words)
  return texts(one)
}

function numbers({ minimum, maximum, exclusiveMinimum }: JsonSchema): fc.Arbitrary<number> {
  const least = Math.max(Number(minimum ?? Number(exclusiveMinimum ?? -2) + 1), -(2 ** 31))
  const most = Math.min(Number(maximum ?? 2 ** 31 - 1), 2 ** 31 - 1)
  return fc.oneof(fc.constantFrom(least, most), fc.integer({ min: least, max: most }))
}

function texts({ format, minLength = 0, maxLength = 60 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time') {
    const between = { min: new Date('2020-01-01'), max: new Date('2030-01-01') }
    return fc.date({ ...between, noInvalidDate: true }).map(time => time.toISOString())
  }
  if (format === 'uuid') return fc.uuid()
  const lengths = { minLength: Number(minLength), maxLength: Math.min(Number(maxLength), 60) }
  return fc.oneof(fc.string(lengths), fc.string({ ...lengths, unit: 'grapheme' }))
}

function objects(one: JsonSchema, words: Vocabulary): fc.Arbitrary<object> {
  const { properties, required = [], additionalProperties } = one
  if (properties === undefined) {
    const value = typeof additionalProperties === 'object' ? additionalProperties : {}
    return fc.dictionary(fc.string({ maxLength: 20 }), fitting(value, words), { maxKeys: 4 })
  }
  const fields = Object.entries(properties).map(
    ([name, schema]) => [name, fitting(schema, words, name)] as const,
  )
  return fc.record(Object.fromEntries(fields), {
    requiredKeys: [...required],
    noNullPrototype: true,
  })
}

/** What a schema almost allows: a value of it with one thing changed. */
export function nearly(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const key = fc.constantFrom('__proto__', 'constructor', 'nix', '', 'id', '\0')
  return fc
    .tuple(value, fc.nat(), fc.constantFrom('drop', 'add', 'spoil'), key, hostile)
    .map(([whole, which, how, added, bad]) => {
      if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return bad
      const entries = Object.entries(whole)
      const at = entries.length === 0 ? -1 : which % entries.length
      if (how === 'add' || at < 0) return Object.fromEntries([...entries, [added, bad]])
      if (how === 'drop') return Object.fromEntries(entries.filter((_, index) => index !== at))
      return Object.fromEntries(
        entries.map(([name, old], index) => [name, index === at ? bad : old]),
      )
    })
}
