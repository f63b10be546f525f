import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { Catalog } from '../catalog/db.ts'
import type { CatalogMemory } from '../catalog/memory.ts'
import type { Vault } from '../catalog/vault.ts'
import type { Area, Caller, Role } from '../core/access.ts'
import type { GateLimits } from './gate.ts'
import type { LoginDeps } from './login/deps.ts'
import type { Outside } from './outside.ts'
import type { RunFeed } from './run-feed.ts'

/** What routes work with. */
export interface Deps {
  readonly catalog: Catalog
  readonly memory: CatalogMemory
  readonly vault: Vault
  readonly outside: Outside
  /** Tells when a run may have changed. */
  readonly feed: RunFeed
  readonly login: LoginDeps
}

/** What a request says of the program it comes from. */
export interface From {
  /** What it calls itself. */
  readonly agent: string
  /** It came over TLS, as far as that can be trusted. */
  readonly isSecure: boolean
  readonly headers: IncomingHttpHeaders
  /** The path with its query, as it was asked for. */
  readonly path: string
}

/** A request that was let in and understood. */
export interface Call<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** Who asks, and what they may. */
  readonly caller: Caller
  /** The caller's name for records: `local user ops`, `api key deploy`. */
  readonly actor: string
  readonly from: From
  /** Given twice, it means one request. */
  readonly idempotencyKey: string | undefined
  /** Fires when whoever asked has gone, or the server stops. */
  readonly signal: AbortSignal
  /** The bytes of an upload, as they arrive; empty for a route that takes none. */
  readonly upload: Readable
}

/** What a route answers: a document, lines of JSON that go on, a file to keep, or where else to go. */
export type Answer<Document> =
  | {
      readonly status?: 200 | 201 | 202
      readonly document: Document
      readonly headers?: Readonly<Record<string, string | string[]>>
    }
  | { readonly lines: Readable }
  | { readonly redirect: string; readonly headers?: Readonly<Record<string, string | string[]>> }
  | {
      readonly file: Readable
      readonly name: string
      readonly type: string
      readonly bytes?: number | undefined
    }

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** What everybody must know of a route before it is called. */
interface Policy {
  readonly method: Method
  /** Below /api/v1. */
  readonly path: string
  readonly summary: string
  readonly area: Area
  /** The role it takes; `nobody`: it is for those who have not logged in, too. */
  readonly needs: Role | 'nobody'
}

interface Choices {
  /** What the audit log calls it; every route that changes something has one. */
  readonly action?: string
  /** Only for those who proved a moment ago that they are there (a session's age does not matter to keys). */
  readonly stepUp?: boolean
  /** It is costly: no more of these requests are worked on at the same time. */
  readonly atOnce?: GateLimits
  /** Its answer depends on its path and its query alone: those who ask at the same time get the same one. */
  readonly shared?: boolean
  /** Its body may also come from a form of a page of ours. */
  readonly takesForm?: boolean
  /** It takes a file as application/octet-stream, of up to so many bytes, instead of a body. */
  readonly mostUploadBytes?: number
  /** What success answers, where it is not 201 for a POST to a collection and 200 for all else. */
  readonly success?: readonly (200 | 201 | 202)[]
  /** What it answers in, where that is not one JSON document: application/x-ndjson for lines, a file's type. */
  readonly media?: string
}

interface Spec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>
  extends Policy,
    Choices {
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
export interface Route extends Policy {
  readonly action: string | undefined
  readonly stepUp: boolean
  readonly atOnce: GateLimits | undefined
  readonly shared: boolean
  readonly takesForm: boolean
  readonly mostUploadBytes: number | undefined
  readonly success: readonly number[] | undefined
  readonly media: string
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
    area: spec.area,
    needs: spec.needs,
    action: spec.action,
    stepUp: spec.stepUp ?? false,
    atOnce: spec.atOnce,
    shared: spec.shared ?? false,
    takesForm: spec.takesForm ?? false,
    mostUploadBytes: spec.mostUploadBytes,
    success: spec.success,
    media: spec.media ?? 'application/json',
    params: spec.params ?? Nothing,
    query: spec.query ?? Nothing,
    body: spec.body ?? Nothing,
    answer: spec.answer,
    // The only caller has put the call through these very schemas.
    handle: (call, deps) => spec.handle(call as Call<z.output<P>, z.output<Q>, z.output<B>>, deps),
  }
}
