import type { Oidc } from './oidc.ts'

/** What logging in works with besides the catalog. */
export interface LoginDeps {
  /** Where browsers reach the server: `https://backup.example.org`; undefined: nobody said. */
  readonly url: string | undefined
  /** The server that vouches for people; undefined: none is set up. */
  readonly oidc: Oidc | undefined
}
