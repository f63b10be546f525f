import type { IncomingHttpHeaders } from 'node:http'
import { Secret } from '../../core/secret.ts'

/** What a cookie of ours is for: the session, or a login at another server that is under way. */
type Use = 'session' | 'oidc'

const NAMES: Readonly<Record<Use, string>> = { session: 'holdfast', oidc: 'holdfast-oidc' }

/**
 * A browser sends and takes `__Host-` cookies over TLS only, and from this very host. Without TLS, which is
 * for one's own machine, the name is another one, so that the one is never taken for the other.
 */
const nameOf = (use: Use, isSecure: boolean): string => `${isSecure ? '__Host-' : ''}${NAMES[use]}`

/** The cookie that a request shows; undefined where it shows none. */
export function cookieShown(
  use: Use,
  { cookie = '' }: IncomingHttpHeaders,
  isSecure: boolean,
): Secret | undefined {
  const start = `${nameOf(use, isSecure)}=`
  const found = cookie.split(/; */).find(one => one.startsWith(start))
  const value = found?.slice(start.length)
  return value === undefined || value === '' ? undefined : new Secret(value)
}

/** The header that gives a browser a cookie; it keeps it until it is closed, or the server ends it. */
export const givenCookie = (use: Use, value: Secret, isSecure: boolean): string =>
  `${nameOf(use, isSecure)}=${value.reveal()}${attributes(isSecure)}`

/** The header that takes a cookie away. */
export const takenCookie = (use: Use, isSecure: boolean): string =>
  `${nameOf(use, isSecure)}=${attributes(isSecure)}; Max-Age=0`

const attributes = (isSecure: boolean): string =>
  `; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
