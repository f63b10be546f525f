import { createServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { FastifyServerFactory } from 'fastify'
import { RequestTooSlow } from '../core/faults.ts'
import type { Certificate } from './certificate.ts'
import { problemOf } from './faults.ts'
import type { Front } from './front.ts'

/** Until the last header has come; bodies have their own time. */
const HEADERS_SECONDS = 10
/** What a connection may cost us before we know who is behind it. */
const LIMITS: ServerOptions = {
  /** Of all headers and the URL together. */
  maxHeaderSize: 16 * 1024,
  headersTimeout: HEADERS_SECONDS * 1000,
  requestTimeout: 0,
  connectionsCheckingInterval: 2_000,
  /** Longer than the minute after which proxies close what they do not need: they know first. */
  keepAliveTimeout: 65_000,
}
/** Every one that watches keeps one open. */
const MOST_CONNECTIONS = 4_000

/** Makes the server beneath the app: with TLS where there is a certificate, with limits in any case. */
export const webServer =
  (certificate: Certificate | undefined): FastifyServerFactory =>
  handler => {
    const server: Server =
      certificate === undefined
        ? createServer(LIMITS, handler)
        : certificate.keepOn(createTlsServer({ ...LIMITS, ...certificate.pair }, handler))
    server.maxConnections = MOST_CONNECTIONS
    return server
  }

/** What the parser of HTTP itself refuses. */
const BROKEN: Readonly<Record<string, Error>> = {
  HPE_HEADER_OVERFLOW: refused(431, 'the address and the headers are longer than 16 kB'),
  ERR_HTTP_REQUEST_TIMEOUT: new RequestTooSlow({ seconds: HEADERS_SECONDS }),
}
const NO_HTTP = refused(400, 'what came is no request of HTTP')

function refused(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode })
}

/** Answers what is no HTTP, or comes too slowly to be one of ours; nothing of it is told again. */
export function answerBroken({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return
  const said = problemOf(BROKEN[code ?? ''] ?? NO_HTTP)
  const body = JSON.stringify(said)
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${said.status} ${said.title}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  }
  socket.destroySoon()
}

/** Takes the base path off the URLs of requests, before whatever listens on the server sees them. */
export function cutBasePath(server: Server, front: Front): void {
  if (front.basePath === '') return
  for (const event of ['request', 'upgrade']) {
    const listeners = server.listeners(event)
    server.removeAllListeners(event)
    server.on(event, (request: IncomingMessage, ...rest: unknown[]) => {
      request.url = front.pathOf(request)
      for (const listener of listeners) Reflect.apply(listener, server, [request, ...rest])
    })
  }
}
