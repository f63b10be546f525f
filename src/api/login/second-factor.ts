import { createHash, randomBytes } from 'node:crypto'
import { Secret as OtpSecret, TOTP } from 'otpauth'
import type { Sql } from '../../catalog/db.ts'
import {
  putRecoveryCodes,
  readTwoFactor,
  spendRecoveryCode,
  spendStep,
  totpPlace,
} from '../../catalog/two-factor.ts'
import type { Vault } from '../../catalog/vault.ts'
import { Secret } from '../../core/secret.ts'
import { triedCode } from './tries.ts'

const ISSUER = 'Holdfast'
/** 160 bits, as RFC 4226 wants. */
const SECRET_BYTES = 20
const RECOVERY_CODES = 10
/** 80 bits: nobody guesses them, so a plain hash will do. */
const RECOVERY_BYTES = 10
/** A clock may be half a minute off. */
const STEPS_OFF = 1

/** A new secret for an authenticator, as text to type and as an address to scan. */
export function newTotp(email: string): { readonly secret: Secret; readonly uri: string } {
  const totp = totpOf(new OtpSecret({ size: SECRET_BYTES }), email)
  return { secret: new Secret(totp.secret.base32), uri: totp.toString() }
}

const totpOf = (secret: OtpSecret, label = ''): TOTP => new TOTP({ issuer: ISSUER, label, secret })

/** Recovery codes for people to keep, `ABCD-EFGH-JKLM-NPQR`, in the place of those there were. */
export async function newRecoveryCodes(sql: Sql, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const { base32 } = OtpSecret.fromHex(randomBytes(RECOVERY_BYTES).toString('hex'))
    return base32.match(/.{4}/g)?.join('-') ?? base32
  })
  await putRecoveryCodes(sql, userId, codes.map(recoveryHash))
  return codes
}

const recoveryHash = (code: string): Buffer =>
  createHash('sha256')
    .update(code.toUpperCase().replace(/[^A-Z2-7]/g, ''))
    .digest()

/** Uses a code of the authenticator up; false: it is wrong, or it, or a later one, was used before. */
export async function codeOpens(
  sql: Sql,
  vault: Vault,
  userId: string,
  code: string,
): Promise<boolean> {
  const { sealed } = await readTwoFactor(sql, userId)
  if (sealed === null) return false
  const secret = OtpSecret.fromBase32(vault.unseal(sealed, totpPlace(userId)).reveal())
  const timestamp = Date.now()
  const off = totpOf(secret).validate({ token: code, timestamp, window: STEPS_OFF })
  if (off === null) return false
  return await spendStep(sql, userId, TOTP.counter({ timestamp }) + off)
}

/** Checks what stands for the second factor: a code of the authenticator, or a recovery code. Throws TooManyRequests. */
export async function secondFactorFits(
  sql: Sql,
  vault: Vault,
  { userId, address, code }: { userId: string; address: string; code: string },
): Promise<'code' | 'recovery code' | undefined> {
  const digits = code.replaceAll(' ', '')
  const isCode = /^\d{6}$/.test(digits)
  return await triedCode(sql, { userId, address }, isCode, async () => {
    if (isCode) return (await codeOpens(sql, vault, userId, digits)) ? 'code' : undefined
    const isRight = await spendRecoveryCode(sql, userId, recoveryHash(code))
    return isRight ? 'recovery code' : undefined
  })
}
