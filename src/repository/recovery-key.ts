import { createHash } from 'node:crypto'
import { Secret } from '../core/secret.ts'

/** Crockford's base 32: no I, L, O or U, so that a key survives being read aloud and typed. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const KEY_BYTES = 32
const CHECK_BYTES = 3
const GROUP = 7

const checksum = (key: Uint8Array): Buffer =>
  createHash('sha256').update('holdfast recovery key').update(key).digest().subarray(0, CHECK_BYTES)

/** 32 random bytes as 8 groups of 7 characters, the last 24 bits being a checksum. */
export function recoveryKeyText(key: Uint8Array): Secret {
  let bits = 0n
  for (const byte of Buffer.concat([key, checksum(key)])) bits = (bits << 8n) | BigInt(byte)
  const digits = ((KEY_BYTES + CHECK_BYTES) * 8) / 5
  let text = ''
  for (let digit = 0; digit < digits; digit++) {
    text = ALPHABET.charAt(Number(bits & 31n)) + text
    bits >>= 5n
  }
  return new Secret((text.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-'))
}

/** The 32 bytes again, or undefined when the text is not a recovery key or has a typing mistake. */
export function parseRecoveryKey(text: Secret): Buffer | undefined {
  const digits = text
    .reveal()
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  if (digits.length !== ((KEY_BYTES + CHECK_BYTES) * 8) / 5) return undefined
  let bits = 0n
  for (const digit of digits) {
    const value = ALPHABET.indexOf(digit)
    if (value < 0) return undefined
    bits = (bits << 5n) | BigInt(value)
  }
  const bytes = Buffer.from(bits.toString(16).padStart((KEY_BYTES + CHECK_BYTES) * 2, '0'), 'hex')
  const key = bytes.subarray(0, KEY_BYTES)
  return checksum(key).equals(bytes.subarray(KEY_BYTES)) ? key : undefined
}
