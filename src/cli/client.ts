import type { IncomingMessage, RequestOptions } from 'node:http'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { z } from 'zod'
import { Problem } from '../api/schema/common.ts'
import { Fault, reason } from '../core/fault.ts'
import { Interrupted, ServerUnreachable, WrongUse } from '../core/faults.ts'
import type { Secret } from '../core/secret.ts'
import type { Terminal } from './terminal/terminal.ts'

const PREFIX = '/api/v1'
/** A server that says nothing for so long is not there; one that follows a run speaks every ten seconds. */
const SILENCE_MS = 60_000

/** Where a server is. */
export interface Place {
  /** For people. */
  readonly name: string
  readonly isLocal: boolean
  readonly options: RequestOptions
  readonly isSecure: boolean
  readonly key: Secret | undefined
}

/** What to send with a request. */
export interface Sending {
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: object
  readonly idempotencyKey?: string | undefined
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** The server of this machine and this user. */
export const socketPlace = (socketPath: string): Place => ({
  name: socketPath,
  isLocal: true,
  options: { socketPath },
  isSecure: false,
  key: undefined,
})

/** A server named by its URL. Throws WrongUse. */
export function remotePlace(url: string, key: Secret | undefined, terminal: Terminal): Place {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new WrongUse({
      why: 'HOLDFAST_SERVER is no URL of a server',
      hint: 'write it as https://backup.example.org or http://127.0.0.1:7420',
    })
  }
  const isSecure = parsed.protocol === 'https:'
  const hostname = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  if (!isSecure && !/^(localhost|127\..*|::1)$/.test(hostname)) {
    terminal.warn(
      `the API key and the answers of ${parsed.host} can be read on their way: use https`,
    )
  }
  return {
    name: parsed.origin,
    isLocal: false,
    options: { hostname, port: parsed.port, path: parsed.pathname.replace(/\/$/, '') },
    isSecure,
    key,
  }
}

/** Talks to a server. */
export class Client {
  readonly #place: Place
  readonly #signal: AbortSignal

  constructor(place: Place, signal: AbortSignal) {
    this.#place = place
    this.#signal = signal
  }

  /** Whether the server's files are this machine's. */
  get isLocal(): boolean {
    return this.#place.isLocal
  }

  /** Calls a route; throws the fault that the server answers, or ServerUnreachable. */
  async call<Answer extends z.ZodType>(
    answer: Answer,
    method: Method,
    path: string,
    sending: Sending = {},
  ): Promise<z.output<Answer>> {
    const response = await this.#send(method, path, sending)
    const body = await this.#received(text(response))
    return this.#understood(answer, body)
  }

  /** The documents of a route that answers lines of JSON. */
  async *follow<Line extends z.ZodType>(
    line: Line,
    path: string,
    query: Sending['query'],
  ): AsyncGenerator<z.output<Line>> {
    const response = await this.#send('GET', path, query === undefined ? {} : { query })
    const lines = createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY })
    try {
      for await (const one of lines) yield this.#understood(line, one)
    } catch (error) {
      throw this.#lost(error)
    } finally {
      response.destroy()
    }
    // A body that was cut off ends its lines, too, without an error.
    if (!response.complete) throw this.#lost(new Error('the connection broke'))
  }

  /** Writes what a route answers, however long it is, as it comes. */
  async copy(path: string, query: Sending['query'], to: NodeJS.WritableStream): Promise<void> {
    const response = await this.#send('GET', path, query === undefined ? {} : { query })
    await this.#received(pipeline(response, to, { end: false }))
  }

  async #send(method: Method, path: string, sending: Sending): Promise<IncomingMessage> {
    const response = await this.#received(this.#request(method, path, sending))
    if (response.statusCode !== undefined && response.statusCode < 400) return response
    throw await this.#refusal(response)
  }

  async #request(method: Method, path: string, sending: Sending): Promise<IncomingMessage> {
    const { options, isSecure, key } = this.#place
    const { query = {}, body, idempotencyKey } = sending
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    // Not at the top: they take longer to load than all of ours, and most commands ask no server.
    const http = isSecure ? await import('node:https') : await import('node:http')
    const request = http.request(
      {
        ...options,
        method,
        path: `${options.path ?? ''}${PREFIX}${path}${searchOf(query)}`,
        signal: this.#signal,
        timeout: SILENCE_MS,
        headers: {
          accept: 'application/json, application/x-ndjson',
          ...(body && { 'content-type': 'application/json' }),
          ...(key && { authorization: `Bearer ${key.reveal()}` }),
          ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
        },
      },
      resolve,
    )
    request.once('timeout', () => request.destroy(new Error('it says nothing')))
    request.once('error', reject)
    request.end(body && JSON.stringify(body))
    return await promise
  }

  async #received<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise
    } catch (error) {
      throw this.#lost(error)
    }
  }

  #understood<Answer extends z.ZodType>(answer: Answer, body: string): z.output<Answer> {
    try {
      return answer.parse(JSON.parse(body))
    } catch (error) {
      if (error instanceof Fault) throw error
      const why = 'what answers there is no holdfast server of this version'
      const hint = 'check HOLDFAST_SERVER, and that command and server are of the same version'
      throw new ServerUnreachable({ server: this.#place.name, why, hint }, error)
    }
  }

  async #refusal(response: IncomingMessage): Promise<Fault> {
    const body = await this.#received(text(response))
    return new Refused(this.#understood(Problem, body))
  }

  #lost(error: unknown): Fault {
    if (error instanceof Fault) return error
    if (this.#signal.aborted) return new Interrupted({ what: 'waiting for the server' }, error)
    const { code } = error as NodeJS.ErrnoException
    const why = (code !== undefined && TROUBLE[code]) || reason(error)
    return new ServerUnreachable({ server: this.#place.name, why }, error)
  }
}

function searchOf(query: NonNullable<Sending['query']>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value))
  }
  return given.size === 0 ? '' : `?${given.toString()}`
}

const TROUBLE: Readonly<Record<string, string>> = {
  ENOENT: 'none runs in this data directory',
  ECONNREFUSED: 'nothing listens there',
  EACCES: 'it belongs to another user',
  ECONNRESET: 'the connection broke',
  ABORT_ERR: 'the connection was closed',
}

/** What the server refused, as it said it. */
class Refused extends Fault {
  constructor({ code, status, exit, retry, detail, hint }: Problem) {
    super(code, { status, exit, retry, text: () => detail, hint: () => hint }, {})
  }
}

/** A part of a path. */
export const segment = (text: string): string => encodeURIComponent(text)
