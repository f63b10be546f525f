import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { PostgresServer } from '../../support/postgres.ts'
import { eventually, type TestServer } from '../support/server.ts'

/** Every secret that is given to the server or learnt from it, by the field it is in. */
export const secrets = new Map<string, string>()

/** A secret that nobody else has, good enough for any rule there is. */
export function secret(field: string): string {
  const value = `Canary-${randomBytes(24).toString('base64url')}`
  secrets.set(field, value)
  return value
}

/** Everything that may be read somewhere, by where. */
export const readable = new Map<string, string[]>()
export const note = (where: string, text: string) => {
  readable.set(where, [...(readable.get(where) ?? []), text])
}

/** A server, the databases around it, and somebody at a browser. */
export class Scene {
  readonly database: PostgresServer
  readonly server: TestServer
  readonly dir: string
  cookie = ''
  key = ''

  constructor(database: PostgresServer, server: TestServer) {
    this.database = database
    this.server = server
    this.dir = server.dataDir
  }

  /** A request that works. `learns`: the fields of the answer that show a secret, this once. */
  async send<Body = Record<string, string>>(
    request: string,
    body?: Content,
    learns: readonly string[] = [],
  ): Promise<Body> {
    const { status, document } = await this.#ask(request, body, learns)
    assert.ok(status < 400, `${request}: ${status} ${JSON.stringify(document)}`)
    return document as Body
  }

  /** A request that does not. */
  async refuse(request: string, body?: Content, learns: readonly string[] = []): Promise<void> {
    const { status } = await this.#ask(request, body, learns)
    assert.ok(status >= 400 && status < 600, `${request}: ${status}`)
  }

  async #ask(
    request: string,
    body: Content | undefined,
    learns: readonly string[],
  ): Promise<{ status: number; document: Record<string, unknown> }> {
    const [method, path] = request.split(' ') as [string, string]
    const origin = `http://127.0.0.1:${this.server.port}`
    const isFile = body instanceof Uint8Array
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      redirect: 'manual',
      headers: {
        origin,
        ...(this.key === '' ? { cookie: this.cookie } : { authorization: `Bearer ${this.key}` }),
        ...(body && { 'content-type': `application/${isFile ? 'octet-stream' : 'json'}` }),
      },
      ...(body && { body: isFile ? body : JSON.stringify(body) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      if (pair.endsWith('=')) continue
      this.cookie = pair
      secrets.set(`cookie of ${request}`, pair.slice(pair.indexOf('=') + 1))
    }
    const text = await response.text()
    note('headers', JSON.stringify([...response.headers].filter(([name]) => name !== 'set-cookie')))
    if (learns.length === 0) note('answers', `${request}: ${text}`)
    const isJson = /\/(problem\+)?json/.test(response.headers.get('content-type') ?? '')
    const document = (isJson && text !== '' ? JSON.parse(text) : {}) as Record<string, unknown>
    for (const field of learns) {
      const found = field.split('.').reduce<unknown>((at, name) => {
        return (at as Record<string, unknown> | null)?.[name]
      }, document)
      assert.ok(found, `${request} answers no ${field}: ${text}`)
      const all = [found as string | readonly string[]].flat()
      for (const [at, one] of all.entries()) secrets.set(`${field} of ${request} ${at}`, one)
    }
    return { status: response.status, document }
  }

  url(user: string, password: string, database = 'shop'): string {
    return `postgres://${user}:${password}@127.0.0.1:${this.database.port}/${database}`
  }
}

export type Content = object | Uint8Array<ArrayBuffer>

export type Step = (scene: Scene) => Promise<void>

/** Asks for a run and waits for its end. */
export async function perform(scene: Scene, body: object): Promise<{ state: string }> {
  const { id } = await scene.send('POST /runs', body)
  assert.ok(id, JSON.stringify(body))
  return await ended(scene, id)
}

export async function ended(scene: Scene, id: string): Promise<{ state: string }> {
  let run = { state: '' }
  await eventually(`the end of run ${id}`, async () => {
    run = (await scene.send<{ run: { state: string } }>(`GET /runs/${id}`)).run
    return ['completed', 'failed', 'cancelled'].includes(run.state)
  })
  await scene.send(`GET /runs/${id}/log`)
  await scene.send(`GET /runs/${id}/follow`)
  return run
}
