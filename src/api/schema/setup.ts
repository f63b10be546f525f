import { z } from 'zod'
import { Email, PasswordText } from './account.ts'
import { Name } from './common.ts'

export const SetupStatus = z.object({
  /** Nobody has an account yet. */
  needed: z.boolean(),
})

/** The first administrator. */
export const Setup = z.strictObject({
  token: z.string().max(1000).default('').describe('from the log of the server'),
  email: Email,
  name: Name,
  password: PasswordText,
})

/** What somebody does with the link that an administrator gave them. */
export const Invitation = z.strictObject({
  token: z.string().min(1).max(200),
  password: PasswordText,
})
