import { randomBytes } from 'node:crypto'

/** A name that cannot be mistaken for the name of another kind of thing. */
export type Id<Kind extends string> = string & { readonly kind: Kind }

/** A new random name: 128 bits as 32 hexadecimal digits, so that a short prefix is unambiguous. */
export const newId = <Kind extends string>(): Id<Kind> =>
  randomBytes(16).toString('hex') as Id<Kind>

const WHOLE_ID = /^[0-9a-f]{32}$/

/** True when `text` has the form of a whole id. */
export const isId = (text: string): boolean => WHOLE_ID.test(text)

/** What people see of an id: enough to tell a few thousand apart. */
export const shortId = (id: string): string => id.slice(0, 8)
