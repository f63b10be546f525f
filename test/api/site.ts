import assert from 'node:assert/strict'
import { join } from 'node:path'
import process from 'node:process'
import { Writable } from 'node:stream'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { type AppOptions, createApp } from '../../src/api/app.ts'
import type { Certificate } from '../../src/api/certificate.ts'
import { LiveHub } from '../../src/api/live/hub.ts'
import { Metrics } from '../../src/api/metrics/metrics.ts'
import { PREFIX } from '../../src/api/mount.ts'
import type { Deps } from '../../src/api/route.ts'
import { RunFeed } from '../../src/api/run-feed.ts'
import { addApiKey } from '../../src/catalog/api-keys.ts'
import { CatalogMemory } from '../../src/catalog/memory.ts'
import { Vault } from '../../src/catalog/vault.ts'
import type { Role } from '../../src/core/access.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { Log } from '../../src/core/log.ts'
import { Secret } from '../../src/core/secret.ts'
import { USUAL_WEB, type WebRules } from '../../src/core/web.ts'
import { openLog } from '../../src/log.ts'
import { outsideOf } from '../../src/outside.ts'
import type { Transfers } from '../../src/outside-backups.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import { openTestCatalog, type TestCatalog } from '../../support/catalog.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { childEnv } from '../support/processes.ts'
import { Member, Person } from './person.ts'

const say = () => undefined
const SILENT: Log = { debug: say, info: say, warn: say, error: say }

export const PASSPHRASE = 'correct horse canary staple'

export interface Answer<Body> {
  readonly status: number
  readonly body: Body
  readonly headers: Record<string, unknown>
}

export interface ProblemBody {
  readonly code: string
  readonly detail: string
  readonly hint: string
  readonly status: number
  readonly problems?: readonly { field: string; why: string }[]
  readonly run?: string
}

/** Bytes of repositories are read and written by processes of their own, as in life. */
export const transfersIn = (dir: string): Transfers => ({
  command: {
    program: process.execPath,
    args: [join(import.meta.dirname, '..', '..', 'src', 'transfer.ts')],
    env: childEnv(dir),
  },
  madeBy: { holdfast: '0.0.0', host: 'test' },
  // Longer than a process takes to start while many others do.
  stallMs: 5_000,
})

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** The API before a real catalog, with a real database and a real repository behind it. */
export class ApiSite {
  readonly test: TestCatalog
  readonly dir = tempDir()
  readonly vault: Vault
  /** Everything that was logged and answered, to be searched for what must not be there. */
  readonly said: string[] = []
  readonly #stopping = new AbortController()
  readonly #feed: RunFeed
  readonly #live: LiveHub
  readonly #ports: FastifyInstance[] = []
  #options: AppOptions | undefined
  readonly #members = new Map<Role, Member>()
  /** Of the repositories made here, by their place; each opens its own faster than the passphrase. */
  readonly #recoveryKeys = new Map<string, Secret>()
  socket!: FastifyInstance
  port!: FastifyInstance
  /** What lets requests in on the port. */
  key!: Secret

  private constructor(test: TestCatalog) {
    this.test = test
    this.vault = Vault.open(join(this.dir, 'secret.key'))
    this.#feed = new RunFeed(test.catalog)
    this.#live = new LiveHub({ catalog: test.catalog, log: SILENT })
  }

  static async open(): Promise<ApiSite> {
    const site = new ApiSite(await openTestCatalog())
    await site.#start()
    return site
  }

  async #start(): Promise<void> {
    const { catalog, server } = this.test
    await this.#feed.start()
    await this.#live.start()
    const output = new Writable({
      write: (part: Buffer, _, done) => {
        this.said.push(part.toString())
        done()
      },
    })
    const options = {
      deps: {
        catalog,
        memory: new CatalogMemory(catalog),
        vault: this.vault,
        feed: this.#feed,
        outside: outsideOf(
          { path: server.bin, pgBin: server.bin, reach: {} },
          transfersIn(this.dir),
          { home: join(this.dir, 'repositories') },
        ),
        login: { url: undefined, oidc: undefined },
      },
      live: this.#live,
      checks: [],
      log: openLog(output, 'debug', {}),
      stopping: this.#stopping.signal,
      metrics: new Metrics({ catalog, checks: [], version: '0.0.0' }),
      // No test is as slow as the usual budget of requests.
      web: { ...USUAL_WEB, requestsPerMinute: 0 },
    }
    this.#options = options
    this.socket = await createApp({ is: 'socket', localUser: 'ops' }, options)
    this.port = await createApp({ is: 'port' }, options)
    this.key = (await addApiKey(catalog, { name: 'test', role: 'admin', days: null })).key
  }

  /** Another port, with rules of its own; it is closed with the site. */
  async openPort(
    rules: Partial<WebRules>,
    certificate?: Certificate,
    { dashboard, ...others }: Partial<Deps> & Pick<AppOptions, 'dashboard'> = {},
  ): Promise<FastifyInstance> {
    assert.ok(this.#options)
    const web = { ...USUAL_WEB, requestsPerMinute: 0, ...rules }
    const deps = { ...this.#options.deps, ...others }
    const options = { ...this.#options, deps, web, certificate }
    const app = await createApp({ is: 'port' }, { ...options, ...(dashboard && { dashboard }) })
    this.#ports.push(app)
    return app
  }

  /** Somebody with this role, who logs in on the port at their first request; the same each time. */
  as(role: Role): Member {
    const member = this.#members.get(role) ?? this.member(role)
    this.#members.set(role, member)
    return member
  }

  /** Somebody else with this role. */
  member(role: Role): Member {
    return new Member({ catalog: this.test.catalog, port: this.port }, role)
  }

  /** Somebody who has not logged in, at a browser. */
  stranger(): Person {
    return new Person(this.port)
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.socket.close()
    for (const port of [this.port, ...this.#ports]) await port.close()
    await this.#feed.stop()
    await this.#live.stop()
    await this.test.close()
  }

  async send<Body = ProblemBody>(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    app: FastifyInstance = this.socket,
  ): Promise<Answer<Body>> {
    const response = await app.inject({
      method,
      url: PREFIX + path,
      headers,
      ...(body !== undefined && { payload: body as NonNullable<InjectOptions['payload']> }),
    })
    this.said.push(response.payload)
    return {
      status: response.statusCode,
      body: response.json(),
      headers: response.headers,
    }
  }

  /** A request that must be answered with this status. */
  async expect<Body = ProblemBody>(
    status: number,
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Body> {
    const answer = await this.send<Body>(method, path, body, headers)
    assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  /** A request that must be refused with this fault. */
  async refuse(
    code: string,
    status: number,
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ProblemBody> {
    const answer = await this.send(method, path, body, headers)
    const { body: problem } = answer
    assert.equal(`${answer.status} ${problem.code}`, `${status} ${code}`, JSON.stringify(problem))
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
    assert.equal(problem.status, status)
    assert.ok(problem.detail !== '' && problem.hint !== '')
    return problem
  }

  /** Makes a repository that the server does not know; answers where it is. */
  async makeRepository(name: string): Promise<string> {
    const place = join(this.dir, name)
    const { signal } = new AbortController()
    const about = { passphrase: new Secret(PASSPHRASE), clock: systemClock }
    const { recoveryKey } = await Repository.init(openStorage(place), about, signal)
    this.#recoveryKeys.set(place, recoveryKey)
    return place
  }

  recoveryKey(place: string): Secret {
    return this.#recoveryKeys.get(place) ?? assert.fail(`no repository was made in ${place}`)
  }

  /** Makes a repository that the server knows. */
  async addRepository(name: string): Promise<void> {
    const url = await this.makeRepository(name)
    const recoveryKey = this.recoveryKey(url).reveal()
    await this.expect(201, 'POST', '/repositories', { name, url, recoveryKey })
  }

  /** A source and a repository that the server knows. */
  async addShop(source = 'shop', repository = 'main'): Promise<void> {
    await this.addRepository(repository)
    await this.addSource(source)
  }

  /** A source whose database is there, and empty. */
  async addSource(name: string): Promise<void> {
    await this.test.server.query('postgres', `create database "${name}"`)
    await this.expect(201, 'POST', '/sources', { name, url: this.test.server.url(name) })
  }

  /** What was written down of an action, newest first. */
  async audited(
    action: string,
  ): Promise<
    { actor: string; result: string; objectName: string | null; details: Record<string, unknown> }[]
  > {
    return await this.test.catalog.query(
      `select actor, result, object_name as "objectName", details from audit_log
       where action = $1 order by id desc`,
      [action],
    )
  }
}
