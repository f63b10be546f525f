import { z } from 'zod'

/** The server that vouches for people. */
export const OidcStatus = z.object({
  /** What the button says; null: there is none. */
  name: z.nullable(z.string()),
})

export const OidcStart = z.strictObject({
  again: z
    .enum(['true', 'false'])
    .default('false')
    .transform(again => again === 'true')
    .describe('the other server asks for the password anew: a proof that it is still you'),
})

const Said = z.string().max(4000).optional()

/** What the other server sends back; it may say more. */
export const OidcCallback = z.looseObject({ code: Said, state: Said, iss: Said, error: Said })

export const Redirect = z.null().describe('the answer leads elsewhere')
