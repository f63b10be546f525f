import { createClient, HoldfastError } from '../../../src/client/index.ts'

const metaOf = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''

/** What stands before every path of ours: `/backup`, or nothing. */
export const BASE = metaOf('holdfast-base')
/** By this the page's policy knows styles that we make. */
export const NONCE = metaOf('holdfast-nonce')
/** Where the API is. */
export const SERVER = `${location.origin}${BASE}`

/** Every operation of the API, as the person who is logged in. */
export const client = createClient({ server: SERVER })

export const isFault = (error: unknown, ...codes: readonly string[]): error is HoldfastError =>
  error instanceof HoldfastError && (codes.length === 0 || codes.includes(error.code))
