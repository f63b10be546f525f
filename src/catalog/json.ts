/** What JSON writes behind a backslash: half of a character, a NUL, or anything else. */
const ESCAPE = /\\(u0000|ud[89a-f][0-9a-f]{2}|.)/gs

/**
 * A value as PostgreSQL keeps it. What comes from dumps, repositories and other servers may hold a NUL or half of a
 * character, which it refuses: they become the sign for what is no character.
 */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(ESCAPE, (whole, what: string) =>
    /^u[0d]/.test(what) ? String.raw`\ufffd` : whole,
  )

/** The same for a text; of halves of characters the encoder takes care. */
export const plainText = (text: string): string => text.replaceAll('\0', '\ufffd')
