import type { CallOptions, FileDownload, FileUpload } from './call.ts'
import { HoldfastError, problemOf, unreachable } from './problem.ts'
import { OPERATIONS, type Operations } from './types.ts'

const PREFIX = '/api/v1'

export interface ClientOptions {
  /** Where the server is: `https://backup.example.org`. Default: where the page came from. */
  readonly server?: string
  /** An API key; without one a browser shows its session. */
  readonly key?: string
  /** Default: the fetch of the platform. */
  readonly fetch?: typeof fetch
}

/** How an operation is asked for. */
export interface Operation {
  readonly method: string
  readonly path: string
  /** What its arguments are after those of its path. */
  readonly takes: readonly ('body' | 'upload' | 'query')[]
  readonly answers: 'document' | 'lines' | 'file'
}

/** Every operation of the API; a refusal is a HoldfastError. */
export type Client = Operations

/** Talks to a server, from Node 20 on as in browsers. */
export function createClient(options: ClientOptions = {}): Client {
  const made = Object.entries<Operation>(OPERATIONS).map(([name, one]) => [
    name,
    (...given: unknown[]) => perform(one, given, options),
  ])
  return Object.fromEntries(made) as Client
}

function perform(one: Operation, given: readonly unknown[], options: ClientOptions): unknown {
  const rest = [...given]
  const path = one.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(String(rest.shift())))
  const taken: Record<string, unknown> = {}
  for (const what of one.takes) taken[what] = rest.shift()
  const call = (rest.shift() ?? {}) as CallOptions
  const url = `${serverOf(options)}${PREFIX}${path}${searchOf(taken.query)}`
  const asked = () => send(url, requestOf(one, taken, call, options), options)
  if (one.answers === 'lines') return linesOf(asked)
  return asked().then(response => (one.answers === 'file' ? download(response) : response.json()))
}

const serverOf = ({ server = '' }: ClientOptions): string => server.replace(/\/+$/, '')

function searchOf(query: unknown): string {
  const given = Object.entries((query ?? {}) as Record<string, string | number | undefined>)
  const search = new URLSearchParams()
  for (const [name, value] of given) if (value !== undefined) search.set(name, String(value))
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

function requestOf(
  one: Operation,
  { body, upload }: Record<string, unknown>,
  { signal, idempotencyKey }: CallOptions,
  { key }: ClientOptions,
): RequestInit {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (upload !== undefined) headers['content-type'] = 'application/octet-stream'
  if (key !== undefined) headers.authorization = `Bearer ${key}`
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey
  return {
    method: one.method,
    headers,
    ...(signal && { signal }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    // A stream goes out while its answer is not there yet; fetch wants to hear that this is known.
    ...(upload !== undefined && { body: upload as FileUpload, duplex: 'half' as const }),
  }
}

async function send(url: string, request: RequestInit, options: ClientOptions): Promise<Response> {
  let response: Response
  try {
    response = await (options.fetch ?? fetch)(url, request)
  } catch (error) {
    // Whoever ended it knows why.
    if (request.signal?.aborted === true) throw error
    throw unreachable(serverOf(options), error)
  }
  if (response.ok) return response
  throw await problemOf(response)
}

/** The documents of an answer of lines, each as it comes. */
async function* linesOf(asked: () => Promise<Response>): AsyncGenerator {
  const { body } = await asked()
  if (body === null) return
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    let text = ''
    for (;;) {
      const { value, done } = await reader.read()
      const lines = `${text}${value ?? ''}`.split('\n')
      text = done ? '' : (lines.pop() ?? '')
      for (const line of lines) if (line.trim() !== '') yield JSON.parse(line)
      if (done) return
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function download({ headers, body }: Response): FileDownload {
  const length = headers.get('content-length')
  const [, name = 'download'] =
    /filename\*=UTF-8''([^;]+)/i.exec(headers.get('content-disposition') ?? '') ?? []
  if (body === null) throw new HoldfastError(EMPTY)
  return {
    name: decodeURIComponent(name),
    type: headers.get('content-type') ?? 'application/octet-stream',
    bytes: length === null ? undefined : Number(length),
    body,
  }
}

const EMPTY = {
  code: 'UNEXPECTED_ANSWER',
  status: 200,
  detail: 'the server sent no file',
  hint: 'try again',
  retry: true,
}
