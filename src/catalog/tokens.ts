import { createHash, randomBytes } from 'node:crypto'
import { Secret } from '../core/secret.ts'

const TOKEN_BYTES = 32

/** Something that nobody can guess; the catalog keeps only its hash. */
export const newToken = (prefix = ''): Secret =>
  new Secret(prefix + randomBytes(TOKEN_BYTES).toString('base64url'))

/** What of a token is kept. 256 random bits need no salt and no slow hash. */
export const tokenHash = (token: Secret): Buffer =>
  createHash('sha256').update(token.reveal()).digest()
