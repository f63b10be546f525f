import * as fc from 'fast-check'
import type { Operation } from '../../../src/api/openapi/operation.ts'
import { fitting, hostile, nearly, TEXTS, type Vocabulary } from './values.ts'

/** Who sends it. */
export const SENDERS = ['local', 'admin', 'key', 'viewer', 'nobody', 'garbage'] as const
export type Sender = (typeof SENDERS)[number]

/** A request as it goes out. */
export interface Sent {
  readonly sender: Sender
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** A text within a path or a query, with what no encoder would let through. */
const encoded = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return [...Buffer.from(text.slice(0, 4_000), 'utf8')]
    .map(byte =>
      /[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : hex(byte),
    )
    .join('')
}

const hex = (byte: number) => `%${byte.toString(16).padStart(2, '0')}`

const RAW = ['%', '%zz', '%ed%a0%80', '%c0%80', '%ff', '..', '.', '%2e%2e%2f', '%00', ';x=1', ' ']
const rawText = fc.constantFrom(...RAW.map(text => (text === ' ' ? '+' : text)))

const sender: fc.Arbitrary<Sender> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Sender>('local') },
  { weight: 3, arbitrary: fc.constant<Sender>('admin') },
  { weight: 2, arbitrary: fc.constant<Sender>('key') },
  { weight: 1, arbitrary: fc.constant<Sender>('viewer') },
  { weight: 1, arbitrary: fc.constant<Sender>('nobody') },
  { weight: 1, arbitrary: fc.constant<Sender>('garbage') },
)

const TYPES = [
  ['text/plain', 'application/xml', 'application/json; charset=utf-16', 'multipart/form-data'],
  ['', 'application/octet-stream', 'x', 'application/x-www-form-urlencoded', 'application/json;'],
].flat()
const BROKEN = [
  ['', '{', '{"a":', '[1,]', 'null', '"x"', '1', 'true', '\ufeff{}', '{"a":1}{"b":2}', '\0'],
  ['{"__proto__":{"x":1}}', '{"constructor":{"prototype":{"x":1}}}', '{"a":1,"a":2}', '﻿'],
  [`{"name":"\\ud800"}`, `{"name":"\\u0000"}`, `[${'['.repeat(100_000)}`, '1e99999', '{"a":1e999}'],
].flat()
/** Headers that no client of ours sends. */
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'idempotency-key': 'x'.repeat(201) },
  { 'idempotency-key': 'a b' },
  { 'idempotency-key': 'same' },
  { 'content-length': '5' },
  { accept: 'image/png' },
  { 'x-filler': 'x'.repeat(12_000) },
  { 'x-forwarded-for': '1.2.3.4, ::ffff:0' },
  { 'x-http-method-override': 'DELETE' },
  { 'content-encoding': 'gzip' },
  { range: 'bytes=0-' },
  { origin: 'null' },
  { host: 'evil.example' },
  { cookie: `holdfast=${'x'.repeat(200)}; __proto__=1` },
  { expect: '100-continue' },
  { 'user-agent': '\u00ff'.repeat(300) },
]

/** Requests for one operation, from right to outrageous. */
export function requestsFor(
  path: string,
  method: string,
  one: Operation,
  words: Vocabulary,
): fc.Arbitrary<Sent> {
  return fc
    .record({
      sender,
      path: fc.oneof(
        { weight: 5, arbitrary: pathOf(path, one, words, 'right') },
        { weight: 2, arbitrary: pathOf(path, one, words, 'wrong') },
      ),
      search: fc.oneof(
        { weight: 4, arbitrary: searchOf(one, words, 'right') },
        { weight: 3, arbitrary: searchOf(one, words, 'wrong') },
      ),
      body: bodyOf(one, words),
      headers: fc.oneof(
        { weight: 9, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: fc.constantFrom(...HEADERS) },
      ),
    })
    .map(made => ({
      sender: made.sender,
      method,
      path: made.path + made.search,
      headers: { ...made.body.headers, ...made.headers },
      body: method === 'GET' ? undefined : made.body.text,
    }))
}

function pathOf(
  path: string,
  one: Operation,
  words: Vocabulary,
  how: 'right' | 'wrong',
): fc.Arbitrary<string> {
  const parameters = (one.parameters ?? []).filter(each => each.in === 'path')
  const names = parameters.map(({ name, schema }) =>
    how === 'right'
      ? fitting(schema, words, name).map(encoded)
      : fc.oneof(fc.constantFrom(...TEXTS).map(encoded), rawText),
  )
  return fc
    .tuple(...names)
    .map(given =>
      parameters.reduce((text, { name }, at) => text.replace(`{${name}}`, given[at] ?? ''), path),
    )
}

function searchOf(one: Operation, words: Vocabulary, how: 'right' | 'wrong'): fc.Arbitrary<string> {
  const parameters = (one.parameters ?? []).filter(each => each.in === 'query')
  const right = fc.record(
    Object.fromEntries(parameters.map(({ name, schema }) => [name, fitting(schema, words, name)])),
    { requiredKeys: parameters.filter(each => each.required).map(each => each.name) },
  )
  const text = (given: object) => {
    const pairs = Object.entries(given).map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    return pairs.length === 0 ? '' : `?${pairs.join('&')}`
  }
  if (how === 'right') return right.map(text)
  const odd = fc.constantFrom(
    '?',
    '?=',
    '?&&&',
    '?__proto__=1',
    '?limit=1&limit=2',
    '?a[b]=1',
    '?%ff',
  )
  if (parameters.length === 0) return odd
  return fc.oneof(
    nearly(right).map(given => text(given as object)),
    odd,
  )
}

interface Body {
  readonly headers: Readonly<Record<string, string>>
  readonly text: string | undefined
}

function bodyOf(one: Operation, words: Vocabulary): fc.Arbitrary<Body> {
  const json = { 'content-type': 'application/json' }
  const schema = one.requestBody?.content['application/json']?.schema
  const broken = fc.constantFrom(...BROKEN).map((text): Body => ({ headers: json, text }))
  const bytes = { 'content-type': 'application/octet-stream' }
  const upload = fc
    .string({ unit: 'binary', maxLength: 500 })
    .map(text => ({ headers: bytes, text }))
  if (schema === undefined) {
    const isUpload = one.requestBody !== undefined
    return fc.oneof(
      { weight: isUpload ? 6 : 1, arbitrary: upload },
      { weight: isUpload ? 1 : 5, arbitrary: fc.constant<Body>({ headers: {}, text: undefined }) },
      broken,
    )
  }
  const right = fitting(schema, words)
  const sent = (value: unknown): Body => ({ headers: json, text: JSON.stringify(value) ?? '' })
  return fc.oneof(
    { weight: 5, arbitrary: right.map(sent) },
    { weight: 5, arbitrary: nearly(right).map(sent) },
    { weight: 2, arbitrary: hostile.map(sent) },
    { weight: 1, arbitrary: broken },
    {
      weight: 1,
      arbitrary: fc.tuple(right, fc.constantFrom(...TYPES)).map(
        ([value, type]): Body => ({
          headers: { 'content-type': type },
          text: JSON.stringify(value),
        }),
      ),
    },
  )
}
