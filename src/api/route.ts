import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { Catalog } from '../catalog/db.ts'
import type { Vault } from '../catalog/vault.ts'
import type { Outside } from './outside.ts'
import type { RunFeed } from './run-feed.ts'

/** What routes work with. */
export interface Deps {
  readonly catalog: Catalog
  readonly vault: Vault
  readonly outside: Outside
  /** Tells when a run may have changed. */
  readonly feed: RunFeed
}

/** A request that was let in and understood. */
export interface Call<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** Who asks: `local user ops`, `api key deploy`. */
  readonly actor: string
  /** Given twice, it means one request. */
  readonly idempotencyKey: string | undefined
  /** Fires when whoever asked has gone, or the server stops. */
  readonly signal: AbortSignal
}

/** What a route answers: a document, or lines of JSON that go on. */
export type Answer<Document> =
  | { readonly status?: 200 | 201; readonly document: Document }
  | { readonly lines: Readable }

interface Spec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below /api/v1. */
  readonly path: string
  readonly summary: string
  /** What the audit log calls it; every route that changes something has one. */
  readonly action?: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly answer: A
  handle(
    call: Call<z.output<P>, z.output<Q>, z.output<B>>,
    deps: Deps,
  ): Promise<Answer<z.output<A>>>
}

/** A route of the API, whatever it takes and answers. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly action: string | undefined
  readonly params: z.ZodType
  readonly query: z.ZodType
  readonly body: z.ZodType
  readonly answer: z.ZodType
  handle(call: Call<unknown, unknown, unknown>, deps: Deps): Promise<Answer<unknown>>
}

const Nothing = z.strictObject({})
type Nothing = typeof Nothing

/** Declares a route; what it takes is checked before it is called, what it answers is encoded after. */
export function route<
  A extends z.ZodType,
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
>(spec: Spec<P, Q, B, A>): Route {
  return {
    method: spec.method,
    path: spec.path,
    summary: spec.summary,
    action: spec.action,
    params: spec.params ?? Nothing,
    query: spec.query ?? Nothing,
    body: spec.body ?? Nothing,
    answer: spec.answer,
    // The only caller has put the call through these very schemas.
    handle: (call, deps) => spec.handle(call as Call<z.output<P>, z.output<Q>, z.output<B>>, deps),
  }
}
