import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { TooManyRequests } from '../../core/faults.ts'
import type { Secret } from '../../core/secret.ts'

const derive = promisify<Buffer | string, Buffer, number, ScryptOptions, Buffer>(scrypt)

/** 0.15 s and 32 MB on a core of 2024. A stronger setting here holds for hashes made from then on. */
const COST = { N: 2 ** 15, r: 8, p: 2 }
const SALT_BYTES = 16
const HASH_BYTES = 32
const MEMORY_LIMIT = 256 * 1024 * 1024

/** Two cores and 64 MB are what guesses may take from those who work. */
const MOST_AT_ONCE = 2
/** More wait no longer than somebody at a screen would. */
const MOST_WAITING = 20
const RETRY_AFTER_SECONDS = 5

let working = 0
const waiting: (() => void)[] = []

/** The hash of a password: `scrypt$15$8$2$salt$hash`. Throws TooManyRequests. */
export async function hashPassword(password: Secret): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await slowHash(password, salt, COST)
  return ['scrypt', Math.log2(COST.N), COST.r, COST.p, text(salt), text(hash)].join('$')
}

/**
 * Whether it is the password that `kept` is the hash of. Without one it takes as long to say no, so that
 * nobody learns by the clock who has an account. Throws TooManyRequests.
 */
export async function passwordFits(password: Secret, kept: string | null): Promise<boolean> {
  const [name, logN, r, p, salt = '', hash = ''] = (kept ?? '').split('$')
  if (name !== 'scrypt') {
    await slowHash(password, randomBytes(SALT_BYTES), COST)
    return false
  }
  const cost = { N: 2 ** Number(logN), r: Number(r), p: Number(p) }
  const is = await slowHash(password, Buffer.from(salt, 'base64url'), cost)
  return timingSafeEqual(is, Buffer.from(hash, 'base64url'))
}

/** The same letter may be typed as one character or as two; keyboards differ in that. */
const bytesOf = (password: Secret): Buffer => Buffer.from(password.reveal().normalize('NFC'))

async function slowHash(password: Secret, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  await enter()
  try {
    return await derive(bytesOf(password), salt, HASH_BYTES, { ...cost, maxmem: MEMORY_LIMIT })
  } finally {
    // A place is handed on, not given back, where somebody waits for it.
    const next = waiting.shift()
    if (next === undefined) working -= 1
    else next()
  }
}

async function enter(): Promise<void> {
  if (working < MOST_AT_ONCE) {
    working += 1
    return
  }
  if (waiting.length >= MOST_WAITING) {
    const what = 'logins: so many are being looked at that this one would wait too long'
    throw new TooManyRequests({ what, retryAfterSeconds: RETRY_AFTER_SECONDS })
  }
  await new Promise<void>(resolve => waiting.push(resolve))
}

const text = (bytes: Buffer): string => bytes.toString('base64url')
