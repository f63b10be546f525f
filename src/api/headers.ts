import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Front } from './front.ts'

/**
 * Of a page: everything from here, nothing written into it, no frame around it. Where a nonce is named, styles that
 * carry it count, too.
 */
export const pagePolicy = (nonce?: string): string =>
  [
    "default-src 'self'",
    ...(nonce === undefined ? [] : [`style-src 'self' 'nonce-${nonce}'`]),
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
/** Of everything else: should a browser take it for a page, it loads and runs nothing. */
const OTHER_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
const ONE_YEAR_SECONDS = 31_536_000

/** Tells browsers what they may do with what they get. No other origin is ever given leave to read it. */
export function addHeaders(app: FastifyInstance, front: Front): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onSend', async (request, reply) => {
    addHeadersTo(reply)
    if (front.isHttps || request.protocol === 'https') {
      reply.header('strict-transport-security', `max-age=${ONE_YEAR_SECONDS}`)
    }
  })
}

/** For an answer that passes no hook. */
export function addHeadersTo(reply: FastifyReply): void {
  const isPage = String(reply.getHeader('content-type')).startsWith('text/html')
  reply.headers(ALWAYS)
  if (!reply.hasHeader('content-security-policy')) {
    reply.header('content-security-policy', isPage ? pagePolicy() : OTHER_POLICY)
  }
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
}
