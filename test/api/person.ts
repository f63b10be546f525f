import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { PREFIX } from '../../src/api/mount.ts'
import type { Catalog } from '../../src/catalog/db.ts'
import { beginSession } from '../../src/catalog/sessions.ts'
import { insertUser } from '../../src/catalog/users.ts'
import type { Role } from '../../src/core/access.ts'
import type { Answer, Method, ProblemBody } from './site.ts'

/** Somebody at a browser: keeps the cookies that the port gives, and says that its own page asks. */
export class Person {
  readonly #port: FastifyInstance
  readonly #cookies = new Map<string, string>()
  readonly #enter: (() => Promise<string>) | undefined
  #entered: Promise<this> | undefined
  /** The network address that their requests come from. */
  address = '127.0.0.1'

  /** `enter` logs them in before their first request, and answers the cookie. */
  constructor(port: FastifyInstance, enter?: () => Promise<string>) {
    this.#port = port
    this.#enter = enter
  }

  /** Logged in, where they are to be: from then on `cookie` and `headers` hold. */
  entered(): Promise<this> {
    this.#entered ??= (async () => {
      if (this.#enter !== undefined) this.keep(await this.#enter())
      return this
    })()
    return this.#entered
  }

  /** The header by which the server knows the session. */
  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** What a browser sends with a request of the server's own page. */
  get headers(): Record<string, string> {
    return {
      'sec-fetch-site': 'same-origin',
      ...(this.#cookies.size > 0 && { cookie: this.cookie }),
    }
  }

  keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split('; ')
    const [name = '', value = ''] = pair.split('=')
    if (attributes.includes('Max-Age=0')) this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }

  async send<Body = ProblemBody>(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    await this.entered()
    const response = await this.#port.inject({
      method,
      url: PREFIX + path,
      remoteAddress: this.address,
      headers: { ...this.headers, ...headers },
      ...(body !== undefined && { payload: body as object }),
    })
    for (const cookie of [response.headers['set-cookie'] ?? []].flat()) this.keep(cookie)
    const isJson = String(response.headers['content-type']).includes('json')
    return {
      status: response.statusCode,
      body: isJson ? response.json() : (undefined as Body),
      headers: response.headers,
    }
  }
}

/** Somebody with an account and a session that was proven just now, without the cost of a password. */
export class Member extends Person {
  readonly id: string
  readonly email: string

  constructor(site: { readonly catalog: Catalog; readonly port: FastifyInstance }, role: Role) {
    const id = randomUUID()
    const email = `${role}-${id.slice(0, 8)}@example.org`
    super(site.port, async () => {
      await insertUser(site.catalog, { id, email, name: `Some ${role}`, role })
      const where = { address: '127.0.0.1', agent: 'test' }
      return `holdfast=${(await beginSession(site.catalog, id, where)).reveal()}`
    })
    this.id = id
    this.email = email
  }
}
