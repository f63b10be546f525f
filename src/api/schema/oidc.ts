import { z } from 'zod'

/** The server that vouches for people. */
export const OidcStatus = z.object({
  /** What the button says; null: there is none. */
  name: z.nullable(z.string()),
})

const HERE = 'http://here.invalid'
const FIRST_PAGE = '/'

/** A page of ours, as a browser understands it; whatever leads elsewhere leads to the first one. */
function ownPage(text: string): string {
  if (!text.startsWith('/') || !URL.canParse(text, HERE)) return FIRST_PAGE
  const { origin, pathname, search, hash } = new URL(text, HERE)
  return origin === HERE && !pathname.startsWith('//') ? pathname + search + hash : FIRST_PAGE
}

export const OidcStart = z.strictObject({
  again: z
    .enum(['true', 'false'])
    .default('false')
    .transform(again => again === 'true')
    .describe('the other server asks for the password anew: a proof that it is still you'),
  back: z
    .string()
    .max(2000)
    .default(FIRST_PAGE)
    .transform(ownPage)
    .describe(
      'the page of the dashboard to end at: `/runs?state=failed`; any other address is `/`',
    ),
})

const Said = z.string().max(4000).optional()

/** What the other server sends back; it may say more. */
export const OidcCallback = z.looseObject({ code: Said, state: Said, iss: Said, error: Said })

export const Redirect = z.null().describe('the answer leads elsewhere')
