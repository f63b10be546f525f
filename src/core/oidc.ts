import { ROLES, type Role } from './access.ts'
import { WrongUse } from './faults.ts'
import type { Secret } from './secret.ts'

/** Another server that vouches for people (OpenID Connect), and what those may do here. */
export interface OidcSettings {
  readonly issuer: string
  readonly clientId: string
  /** Undefined: a public client, which has PKCE alone. */
  readonly clientSecret: Secret | undefined
  /** What the button says. */
  readonly name: string
  readonly scopes: string
  /** The claim that says what somebody may do; undefined: it says nothing of that. */
  readonly roleClaim: string | undefined
  /** The values of that claim that mean each role. */
  readonly roleValues: Readonly<Record<Role, readonly string[]>>
  /** Whoever has no role by a claim: a viewer, or refused. */
  readonly others: 'viewer' | 'refuse'
}

/** The highest role that the claims give; undefined where they give none. */
export function roleByClaims(
  { roleClaim, roleValues }: OidcSettings,
  claims: Readonly<Record<string, unknown>>,
): Role | undefined {
  if (roleClaim === undefined) return undefined
  const claim = Object.hasOwn(claims, roleClaim) ? claims[roleClaim] : undefined
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim]
  return ROLES.findLast(role => roleValues[role].some(value => values.includes(value)))
}

type Lookup = (name: string) => string | undefined

/** What the environment says of such a server; undefined: nothing. Throws WrongUse where it makes no sense. */
export function readOidc(text: Lookup, clientSecret: Secret | undefined): OidcSettings | undefined {
  const issuer = text('HOLDFAST_OIDC_ISSUER')
  if (issuer === undefined) return undefined
  const clientId = text('HOLDFAST_OIDC_CLIENT_ID')
  if (clientId === undefined || text('HOLDFAST_URL') === undefined) {
    throw new WrongUse({
      why: 'HOLDFAST_OIDC_ISSUER is set without HOLDFAST_OIDC_CLIENT_ID and HOLDFAST_URL',
      hint: 'set both: the one is what the issuer calls this server, the other where it sends people back to',
    })
  }
  const others = text('HOLDFAST_OIDC_OTHERS') ?? 'refuse'
  if (others !== 'viewer' && others !== 'refuse') {
    const hint = 'say viewer or refuse'
    throw new WrongUse({ why: `HOLDFAST_OIDC_OTHERS is ${others}`, hint })
  }
  const values = (name: string) => (text(name) ?? '').split(',').map(trim).filter(Boolean)
  return {
    issuer: safeIssuer(issuer),
    clientId,
    clientSecret,
    name: text('HOLDFAST_OIDC_NAME') ?? new URL(issuer).hostname,
    scopes: text('HOLDFAST_OIDC_SCOPES') ?? 'openid email profile',
    roleClaim: text('HOLDFAST_OIDC_ROLE_CLAIM'),
    roleValues: {
      viewer: values('HOLDFAST_OIDC_VIEWERS'),
      operator: values('HOLDFAST_OIDC_OPERATORS'),
      admin: values('HOLDFAST_OIDC_ADMINS'),
    },
    others,
  }
}

const trim = (one: string): string => one.trim()

/** Whoever is on the way to the issuer could say anything about anybody: without TLS it is on this machine. */
function safeIssuer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHere = url !== undefined && /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere)) return text
  throw new WrongUse({
    why: `HOLDFAST_OIDC_ISSUER is ${text}`,
    hint: 'write it as https://login.example.org, just as its own configuration says it',
  })
}
