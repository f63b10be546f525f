import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../../core/access.ts'
import { ForgedRequest } from '../../core/faults.ts'

/** What a request to change something says of the page it was sent from. */
export interface Sent {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** The host, with port, that it was sent to. */
  readonly host: string
}

/** No form can send these; the scripts of other sites could only if we allowed it, which we never do. */
const TYPES = /^application\/(json|octet-stream)\s*(;|$)/i
/** For the one route that a page of ours sends a form to, so that the browser saves what comes back. */
const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i

/**
 * Refuses what another site may have had a browser send: a cookie goes along with any request, whoever thought
 * it up. Browsers say where a request comes from, and pages cannot change that. Keys and the socket are shown
 * by programs only. Throws ForgedRequest.
 */
export function requireOwnPage({ kind }: Caller, sent: Sent, takesForm = false): void {
  if (/^(GET|HEAD|OPTIONS)$/.test(sent.method) || kind === 'key' || kind === 'local') return
  const type = sent.headers['content-type']
  const isFit = type === undefined || TYPES.test(type) || (takesForm && FORM.test(type))
  if (kind === 'user' && !isFit) {
    throw new ForgedRequest({ why: 'its body is not JSON' })
  }
  const isOwn = isFromOwnPage(sent)
  if (isOwn === false) throw new ForgedRequest({ why: 'it comes from a page of another site' })
  // Who has no session yet has nothing that a forger could use: they may be a program that says nothing.
  if (isOwn === undefined && kind === 'user') {
    throw new ForgedRequest({ why: 'it has neither Origin nor Sec-Fetch-Site' })
  }
}

/** Undefined: it does not say. */
function isFromOwnPage({ headers, host }: Sent): boolean | undefined {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = headers
  if (origin === undefined) return undefined
  // `null` is what sandboxed pages and files say.
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}
