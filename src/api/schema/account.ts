import { z } from 'zod'
import { ROLES, SCOPES } from '../../core/access.ts'
import { Name, SecretText, Time } from './common.ts'

export const RoleName = z
  .enum(ROLES)
  .describe('viewer sees, operator runs things, admin changes what is set up')

export const ScopeName = z
  .enum(SCOPES as [(typeof SCOPES)[number], ...(typeof SCOPES)[number][]])
  .describe('what a key is for: reading one area, or reading and changing it')

export const Email = z
  .string()
  .trim()
  .max(254, 'it is longer than 254 characters')
  .pipe(z.email('it is no e-mail address'))

/** Somebody's password as they type it; whether it is good enough, the server says. */
export const PasswordText = z.string().min(1, 'it is empty').max(1000)

/** Of the authenticator (six digits), or a recovery code. */
export const Code = z.string().trim().min(6).max(40)

/** Who asks, and what they may. */
export const Account = z.object({
  kind: z.enum(['user', 'key', 'local']),
  /** The name in records: `user ann@example.org`, `api key deploy`, `local user ops`. */
  actor: z.string(),
  role: RoleName,
  /** Null: everything that the role may do. */
  scopes: z.nullable(z.array(ScopeName)),
  /** The account behind it; null on the socket and for keys that were made there. */
  user: z.nullable(
    z.object({
      id: z.uuid(),
      email: z.string(),
      name: z.string(),
      hasPassword: z.boolean(),
      twoFactor: z.boolean(),
      recoveryCodesLeft: z.number().int(),
    }),
  ),
  /** Null: a key, or the socket. */
  session: z.nullable(
    z.object({
      id: z.uuid(),
      /** When password or second factor were last given. */
      provenAt: Time,
      /** What cannot be taken back asks for them anew from then on. */
      freshUntil: Time,
    }),
  ),
})
export type Account = z.output<typeof Account>

/** The first step of a login, or both at once; or the second one, with the challenge that the first answered. */
export const Login = z.union([
  z.strictObject({ email: Email, password: PasswordText, code: Code.optional() }),
  z.strictObject({ challenge: SecretText.max(200), code: Code }),
])
export type Login = z.output<typeof Login>

/** A proof that it is still you: by a code where the account has a second factor, else by the password. */
export const Proof = z.union([
  z.strictObject({ password: PasswordText }),
  z.strictObject({ code: Code }),
])
export type Proof = z.output<typeof Proof>

export const AccountChange = z.strictObject({ name: Name })

export const PasswordChange = z.strictObject({
  password: PasswordText.describe('the one that holds'),
  newPassword: PasswordText,
})

export const LoggedOut = z.object({ loggedOut: z.literal(true) })

/** A place where somebody is logged in. */
export const Session = z.object({
  id: z.uuid(),
  /** The one that asks. */
  current: z.boolean(),
  createdAt: Time,
  seenAt: Time,
  expiresAt: Time,
  address: z.string(),
  /** What the browser calls itself. */
  agent: z.string(),
})

export const SessionList = z.object({ sessions: z.array(Session) })

export const EndedSessions = z.object({ ended: z.number().int() })

/** Shown once: the secret for an authenticator. It counts once a code of it was sent. */
export const TwoFactorOffer = z.object({
  /** To type. */
  secret: z.string(),
  /** To scan: `otpauth://totp/…`. */
  uri: z.string(),
})

export const TwoFactorConfirm = z.strictObject({ code: Code })

/** Shown once: each opens once where the device is lost. */
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) })

export const TwoFactorOff = z.object({ twoFactor: z.literal(false) })
