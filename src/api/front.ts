import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { HostUnknown } from '../core/faults.ts'
import { addressBytes, Networks } from '../core/network.ts'
import type { WebRules } from '../core/web.ts'
import type { Door } from './admission.ts'

/** The names by which a machine calls itself. */
const OWN_NAMES = ['localhost', '127.0.0.1', '::1']
const REQUEST_ID = /^[\w.-]{8,64}$/

/** Where a request comes from, as far as it can be trusted. */
export interface Sender {
  readonly address: string
  readonly host: string
  readonly isSecure: boolean
}

/** Whom the server believes, and by which names it is called. */
export class Front {
  readonly #door: Door
  readonly #proxies: Networks
  readonly #names: ReadonlySet<string>
  readonly #isHttps: boolean
  /** What stands before every path: `/backup`, or nothing. */
  readonly basePath: string

  constructor(door: Door, rules: WebRules) {
    this.#door = door
    this.#proxies = Networks.parse(rules.proxies)
    const own = rules.url === undefined ? [] : [bare(rules.url.host)]
    this.#names = new Set([...OWN_NAMES, ...rules.hosts, ...own].map(name => name.toLowerCase()))
    this.#isHttps = rules.url?.protocol === 'https:'
    this.basePath = (rules.url?.pathname ?? '').replace(/\/$/, '')
  }

  /** Whether what the sender says about others is believed. */
  trusts(address: string | undefined): boolean {
    return address !== undefined && this.#proxies.contains(address)
  }

  /**
   * Whether a request may call the server so: a page of somebody else's that has its own name point here (DNS
   * rebinding) calls it by that name. The address that was connected to is always right.
   */
  knows(host: string, localAddress: string | undefined): boolean {
    if (this.#door.is === 'socket') return true
    const name = bare(host).toLowerCase()
    return this.#names.has(name) || isSame(name, localAddress)
  }

  /** Whether a request calls us by two names: a proxy may have looked at the other one. */
  isAmbiguous({ rawHeaders }: IncomingMessage): boolean {
    return rawHeaders.filter((one, at) => at % 2 === 0 && one.toLowerCase() === 'host').length > 1
  }

  /** Whether people reach the server by HTTPS, as its administrator said. */
  get isHttps(): boolean {
    return this.#isHttps
  }

  /** Who sends a request, by which name they call us and whether nobody can read along, as far as that is known. */
  sender(request: IncomingMessage): Sender {
    const { headers, socket } = request
    const isProxied = this.trusts(socket.remoteAddress)
    const told = (name: string) => (isProxied ? last(headers[name]) : undefined)
    return {
      address: this.#addressOf(request),
      host: told('x-forwarded-host') ?? headers.host ?? '',
      isSecure:
        (told('x-forwarded-proto') ?? ('encrypted' in socket ? 'https' : 'http')) === 'https',
    }
  }

  /** The last address in the chain that no proxy of ours has. */
  #addressOf({ headers, socket }: IncomingMessage): string {
    const chain = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
    const hops = [...chain.map(hop => hop.trim()), socket.remoteAddress ?? ''].filter(Boolean)
    return hops.findLast((hop, at) => at === 0 || !this.trusts(hop)) ?? ''
  }

  /** The id that a proxy gave a request, or a new one. */
  requestId({ headers, socket }: IncomingMessage): string {
    const given = headers['x-request-id']
    const isOurs = this.#door.is === 'socket' || this.trusts(socket.remoteAddress)
    return isOurs && typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
  }

  /** The path below the base path, whether or not the proxy has cut that off. */
  pathOf({ url = '/' }: IncomingMessage): string {
    const base = this.basePath
    if (base === '' || !url.startsWith(base)) return url
    const rest = url.slice(base.length)
    if (rest === '' || rest.startsWith('?')) return `/${rest}`
    return rest.startsWith('/') ? rest : url
  }
}

/** Refuses requests that call the server by a name it does not have, before anything else looks at them. */
export function addHostCheck(app: FastifyInstance, front: Front): void {
  app.addHook('onRequest', async request => {
    const isKnown = front.knows(request.host, request.socket.localAddress)
    if (!isKnown || front.isAmbiguous(request.raw)) {
      throw new HostUnknown({ host: bare(request.host).slice(0, 100) })
    }
  })
}

/** The value that the nearest one added. */
const last = (header: string | string[] | undefined): string | undefined =>
  header === undefined ? undefined : [header].flat().join(',').split(',').at(-1)?.trim()

/** A host without its port, an IPv6 address without its brackets. */
function bare(host: string): string {
  const inBrackets = /^\[([^\]]*)\](?::\d+)?$/.exec(host)?.[1]
  return inBrackets ?? host.replace(/:\d+$/, '')
}

function isSame(name: string, address: string | undefined): boolean {
  const [one, other] = [addressBytes(name), addressBytes(address ?? '')]
  return one !== undefined && one.join('.') === other?.join('.')
}
