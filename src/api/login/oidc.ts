import type { Configuration, IDToken } from 'openid-client'
import { reason } from '../../core/fault.ts'
import { OidcRefused, OidcUnreachable } from '../../core/faults.ts'
import type { OidcSettings } from '../../core/oidc.ts'
import { Secret } from '../../core/secret.ts'

const TIMEOUT_SECONDS = 10
/** Where the other server sends people back to, below our own address. */
const CALLBACK = '/api/v1/account/oidc/callback'

/** A login at the other server that has begun. */
export interface OidcBegun {
  readonly state: string
  readonly nonce: string
  /** Only the browser that began the login keeps it (PKCE). */
  readonly verifier: Secret
  /** Where the browser goes now. */
  readonly location: string
}

/** The server that vouches for people, by OpenID Connect: code flow with PKCE, state and nonce. */
export class Oidc {
  readonly settings: OidcSettings
  readonly #redirectUri: string
  #asked: Promise<Configuration> | undefined

  /** `url`: where browsers reach us. */
  constructor(settings: OidcSettings, url: string) {
    this.settings = settings
    this.#redirectUri = `${url}${CALLBACK}`
  }

  /** Begins a login; `again`: the password is asked for whoever is logged in there. Throws OidcUnreachable. */
  async begin(again: boolean): Promise<OidcBegun> {
    const client = await import('openid-client')
    const configuration = await this.#configuration()
    const state = client.randomState()
    const nonce = client.randomNonce()
    const verifier = client.randomPKCECodeVerifier()
    const location = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri,
      scope: this.settings.scopes,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(again && { prompt: 'login', max_age: '0' }),
    })
    return { state, nonce, verifier: new Secret(verifier), location: location.href }
  }

  /**
   * What the other server says of whoever it sent back with `query`. Throws OidcRefused where state, nonce,
   * issuer, audience, time, signature or code are not what they must be; OidcUnreachable.
   */
  async finish(query: string, begun: Omit<OidcBegun, 'location'>): Promise<IDToken> {
    const client = await import('openid-client')
    const configuration = await this.#configuration()
    try {
      const tokens = await client.authorizationCodeGrant(
        configuration,
        new URL(`${this.#redirectUri}${query}`),
        {
          expectedState: begun.state,
          expectedNonce: begun.nonce,
          pkceCodeVerifier: begun.verifier.reveal(),
          idTokenExpected: true,
        },
      )
      const claims = tokens.claims()
      if (claims === undefined) throw new OidcRefused({ why: 'it says nothing of who you are' })
      return claims
    } catch (error) {
      if (isNoAnswer(error)) throw this.#unreachable(error)
      if (error instanceof OidcRefused) throw error
      throw new OidcRefused({ why: reason(error) }, error)
    }
  }

  async #configuration(): Promise<Configuration> {
    this.#asked ??= this.#discover()
    try {
      return await this.#asked
    } catch (error) {
      // Next time it may answer.
      this.#asked = undefined
      throw this.#unreachable(error)
    }
  }

  async #discover(): Promise<Configuration> {
    const client = await import('openid-client')
    const { issuer, clientId, clientSecret } = this.settings
    const url = new URL(issuer)
    const configuration = await client.discovery(
      url,
      clientId,
      {},
      clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret.reveal()),
      {
        timeout: TIMEOUT_SECONDS,
        // Without TLS only where nobody is between: the settings take such an issuer on this machine alone.
        execute: url.protocol === 'http:' ? [client.allowInsecureRequests] : [],
      },
    )
    // The token comes straight from the issuer; its signature is checked all the same.
    client.enableNonRepudiationChecks(configuration)
    return configuration
  }

  #unreachable(error: unknown): Error {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return new OidcUnreachable({ issuer: this.settings.issuer, why: reason(cause) }, error)
  }
}

/** Nothing that could be judged came back. */
const isNoAnswer = (error: unknown): boolean =>
  error instanceof Error && ['OAUTH_TIMEOUT', 'OAUTH_ABORT'].includes(codeOf(error))

const codeOf = (error: Error): string => String((error as NodeJS.ErrnoException).code)
