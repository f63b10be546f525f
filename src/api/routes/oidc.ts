import type { IDToken } from 'openid-client'
import { audit } from '../../catalog/audit.ts'
import { issueToken, spendToken } from '../../catalog/one-time-tokens.ts'
import { endSession } from '../../catalog/sessions.ts'
import { Fault } from '../../core/fault.ts'
import { OidcOff, OidcRefused } from '../../core/faults.ts'
import type { Secret } from '../../core/secret.ts'
import { cookieShown, givenCookie, takenCookie } from '../login/cookies.ts'
import { enter } from '../login/login.ts'
import type { Oidc } from '../login/oidc.ts'
import { userByClaims } from '../login/oidc-user.ts'
import { type Call, type Deps, type Route, route } from '../route.ts'
import { OidcCallback, OidcStart, OidcStatus, Redirect } from '../schema/oidc.ts'

/** How long somebody may take to log in at the other server. */
const MINUTES = 10

export const oidcRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/account/oidc',
    summary: 'Whether people log in by another server, and what it is called',
    area: 'account',
    needs: 'nobody',
    answer: OidcStatus,
    handle: async (_, { login }) => ({ document: { name: login.oidc?.settings.name ?? null } }),
  }),

  route({
    method: 'GET',
    path: '/account/oidc/start',
    summary: 'Go to the other server to log in there (OpenID Connect)',
    area: 'account',
    needs: 'nobody',
    query: OidcStart,
    answer: Redirect,
    handle: async ({ query, from }, { catalog, login }) => {
      const { state, nonce, verifier, location } = await required(login.oidc).begin(query.again)
      const details = { state, nonce, again: String(query.again), back: query.back }
      await issueToken(catalog, { kind: 'oidc', minutes: MINUTES, details }, verifier)
      const cookie = givenCookie('oidc', verifier, from.isSecure)
      return { redirect: location, headers: { 'set-cookie': cookie } }
    },
  }),

  route({
    method: 'GET',
    path: '/account/oidc/callback',
    summary: 'Where the other server sends people back to; ends in a session or on the login page',
    area: 'account',
    needs: 'nobody',
    query: OidcCallback,
    answer: Redirect,
    handle: async (call, deps) => {
      const oidc = required(deps.login.oidc)
      const taken = takenCookie('oidc', call.from.isSecure)
      const begun = await whatBegan(call, deps)
      const { back = '/' } = begun?.details ?? {}
      try {
        const session = await finish(call, deps, oidc, begun)
        const given = givenCookie('session', session, call.from.isSecure)
        return { redirect: `${deps.login.url}${back}`, headers: { 'set-cookie': [given, taken] } }
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        await auditRefusal(deps, call.actor, error)
        // Somebody sits before it: they are shown a page, which knows what the code means.
        const query = new URLSearchParams({ problem: error.code, ...(back !== '/' && { back }) })
        const redirect = `${deps.login.url}/login?${query.toString()}`
        return { redirect, headers: { 'set-cookie': taken } }
      }
    },
  }),
]

function required(oidc: Oidc | undefined): Oidc {
  if (oidc === undefined) throw new OidcOff({})
  return oidc
}

type Anything = Call<unknown, unknown, unknown>

interface Began {
  readonly verifier: Secret
  readonly details: Readonly<Record<string, string>>
}

/** The login that began in this browser, which can be finished once. */
async function whatBegan({ from }: Anything, { catalog }: Deps): Promise<Began | undefined> {
  const verifier = cookieShown('oidc', from.headers, from.isSecure)
  const token = verifier && (await spendToken(catalog, 'oidc', verifier))
  return verifier && token && { verifier, details: token.details }
}

async function finish(
  { caller, from }: Anything,
  { catalog }: Deps,
  oidc: Oidc,
  begun: Began | undefined,
): Promise<Secret> {
  if (begun === undefined) {
    throw new OidcRefused({ why: 'it did not begin in this browser, or took too long' })
  }
  const { verifier, details } = begun
  const { state = '', nonce = '', again } = details
  const query = from.path.slice(from.path.indexOf('?'))
  const claims = await oidc.finish(query, { state, nonce, verifier })
  const user = await catalog.transaction(sql => userByClaims(sql, oidc.settings, claims))
  const place = { address: caller.address, agent: from.agent }
  const provenAt = provenTime(claims, again === 'true')
  const session = await enter(catalog, user, place, oidc.settings.name, provenAt)
  if (caller.userId && caller.sessionId) {
    await endSession(catalog, caller.userId, caller.sessionId)
  }
  return session
}

/**
 * When somebody last gave the other server their password; undefined: just now. Without its word for it, one who
 * was only sent there and back has proven nothing: whoever sits before an open browser can have that done.
 */
function provenTime({ auth_time: seconds }: IDToken, again: boolean): Date | undefined {
  if (typeof seconds === 'number') return new Date(Math.min(seconds * 1000, Date.now()))
  return again ? undefined : new Date(0)
}

async function auditRefusal({ catalog }: Deps, actor: string, { code, message }: Fault) {
  await audit(catalog, {
    actor,
    action: 'account.login',
    objectKind: 'account',
    result: 'refused',
    details: { code, why: message },
  })
}
