import { z } from 'zod'
import { Email, PasswordText, RoleName } from './account.ts'
import { Name, Time } from './common.ts'

/** Somebody who may log in. */
export const User = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: RoleName,
  /** False: they have not set one yet, or log in by another server. */
  hasPassword: z.boolean(),
  twoFactor: z.boolean(),
  createdAt: Time,
  lastLoginAt: z.nullable(Time),
  /** Null: they may log in. */
  disabledAt: z.nullable(Time),
})
export type User = z.output<typeof User>

export const UserList = z.object({ users: z.array(User) })

export const NewUser = z.strictObject({
  email: Email,
  name: Name,
  role: RoleName,
  password: PasswordText.optional().describe('absent: they set it themselves, by a link'),
})

export const UserChange = z.strictObject({ name: Name.optional(), role: RoleName.optional() })

/** Shown once: by it somebody sets their password. */
export const UserInvitation = z.object({
  token: z.string(),
  /** The address to open; only its path where the server was not told its own address. */
  link: z.string(),
  expiresAt: Time,
})

export const InvitedUser = z.object({
  user: User,
  /** Null: a password was given. */
  invitation: z.nullable(UserInvitation),
})
export type InvitedUser = z.output<typeof InvitedUser>

export const PasswordReset = z.strictObject({
  password: PasswordText.optional().describe('absent: they set it themselves, by a link'),
})
