import assert from 'node:assert/strict'
import {
  createHash,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export const CLIENT = { id: 'holdfast-test', secret: 'secret-of-the-client' }

interface Grant {
  readonly challenge: string
  readonly redirectUri: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly key: KeyObject
}

const KEY_ID = 'first'
const base64url = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url')
const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A server that vouches for whomever a test likes, with real signatures, PKCE and codes that open once. */
export class OidcProvider {
  readonly #keys = newKey()
  readonly #grants = new Map<string, Grant>()
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })

  static async start(): Promise<OidcProvider> {
    const provider = new OidcProvider()
    provider.#server.listen(0, '127.0.0.1')
    await once(provider.#server, 'listening')
    return provider
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /**
   * Somebody logs in where `location` sent them: answers the address that the browser is sent back to. `claims`
   * go before what is true; `isForged`: somebody else signs.
   */
  approve(location: string, claims: Readonly<Record<string, unknown>>, isForged = false): URL {
    const asked = new URL(location)
    assert.equal(asked.origin + asked.pathname, `${this.issuer}/authorize`)
    const say = (name: string) => asked.searchParams.get(name) ?? ''
    assert.deepEqual(
      [say('response_type'), say('client_id'), say('code_challenge_method')],
      ['code', CLIENT.id, 'S256'],
    )
    const now = Math.floor(Date.now() / 1000)
    const code = randomUUID()
    this.#grants.set(code, {
      challenge: say('code_challenge'),
      redirectUri: say('redirect_uri'),
      key: isForged ? newKey().privateKey : this.#keys.privateKey,
      claims: {
        iss: this.issuer,
        aud: CLIENT.id,
        iat: now,
        exp: now + 300,
        nonce: say('nonce'),
        ...claims,
      },
    })
    const back = new URL(say('redirect_uri'))
    back.searchParams.set('code', code)
    back.searchParams.set('state', say('state'))
    return back
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const say = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (request.url === '/.well-known/openid-configuration') return say(200, this.#configuration())
    if (request.url === '/jwks') {
      const key = this.#keys.publicKey.export({ format: 'jwk' })
      return say(200, { keys: [{ ...key, kid: KEY_ID, alg: 'RS256', use: 'sig' }] })
    }
    if (request.url !== '/token') return say(404, {})
    const tokens = this.#tokens(new URLSearchParams(await text(request)))
    return tokens === undefined ? say(400, { error: 'invalid_grant' }) : say(200, tokens)
  }

  #configuration(): object {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }
  }

  #tokens(sent: URLSearchParams): object | undefined {
    const code = sent.get('code') ?? ''
    const grant = this.#grants.get(code)
    this.#grants.delete(code)
    const challenge = createHash('sha256')
      .update(sent.get('code_verifier') ?? '')
      .digest('base64url')
    const isRight =
      grant?.challenge === challenge &&
      grant.redirectUri === sent.get('redirect_uri') &&
      sent.get('client_id') === CLIENT.id &&
      sent.get('client_secret') === CLIENT.secret
    if (!isRight) return undefined
    const head = base64url({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' })
    const signed = `${head}.${base64url(grant.claims)}`
    const signature = createSign('RSA-SHA256').update(signed).sign(grant.key, 'base64url')
    return { access_token: 'unused', token_type: 'Bearer', id_token: `${signed}.${signature}` }
  }
}
