import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  STATUS_CODES,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { FastifyServerFactory } from 'fastify'
import type { Certificate } from './certificate.ts'
import type { Front } from './front.ts'

/** What a connection may cost us before we know who is behind it. */
const LIMITS: ServerOptions = {
  /** Of all headers and the URL together. */
  maxHeaderSize: 16 * 1024,
  /** Until the last header has come; bodies have their own time. */
  headersTimeout: 10_000,
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
const BROKEN: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Answers what is no HTTP, or comes too slowly to be one of ours; nothing of it is told again. */
export function answerBroken({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return
  const status = BROKEN[code ?? ''] ?? 400
  if (socket.writable) {
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n\r\n`)
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
