import type { Sql } from '../../catalog/db.ts'
import { countTry, forgetTries, forgiveTry, type TryLimit } from '../../catalog/login-tries.ts'
import { TooManyRequests } from '../../core/faults.ts'
import { addressKey } from '../caller-key.ts'

/** Somebody who mistypes a few times waits for nothing. */
const OWN = { free: 5, hours: 1 }
/** Behind one address there may be a whole office. */
const OF_ADDRESS = { free: 20, hours: 1 }
/** Counted only: what waits here would keep the rightful owner out. */
const OF_ACCOUNT = { free: 2 ** 31 - 1, hours: 1 }
/** So many wrong tries on one account, from wherever: somebody guesses from many addresses. */
const ATTACKED = 100
const WHILE_ATTACKED = { free: 1, hours: 1 }
/** Of 10^6 codes three are right: whoever has the password and tries all year finds one with 2 %. */
const CODES = { free: 20, hours: 24 }

const WHAT = 'logins: after several wrong ones the next has to wait'

/**
 * Looks at a password or token that may be wrong: `attempt` answers undefined where it is. Wrong ones make the
 * next wait, by account and address and by address. No number of tries from elsewhere keeps out whoever gives
 * the right one at first: an attacked account only has fewer free tries from each address. Throws TooManyRequests.
 */
export async function tried<T>(
  sql: Sql,
  { account, address }: { readonly account: string; readonly address: string },
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const place = ['address', addressKey(address)]
  const whole = ['account', account.toLowerCase()]
  const pair = [...whole, ...place]
  await count(sql, place, OF_ADDRESS)
  const isAttacked = (await count(sql, whole, OF_ACCOUNT)) > ATTACKED
  await count(sql, pair, isAttacked ? WHILE_ATTACKED : OWN)
  const found = await attempt()
  if (found === undefined) return undefined
  await forgiveTry(sql, place)
  await forgiveTry(sql, whole)
  await forgetTries(sql, pair)
  return found
}

/**
 * The same for a code of somebody whose password was right. Codes are few, so the tries from everywhere count
 * together; recovery codes, which nobody can guess, open even then.
 */
export async function triedCode<T>(
  sql: Sql,
  { userId, address }: { readonly userId: string; readonly address: string },
  isGuessable: boolean,
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const whole = ['code', userId]
  return await tried(sql, { account: `code ${userId}`, address }, async () => {
    if (isGuessable) await count(sql, whole, CODES)
    const found = await attempt()
    if (found !== undefined && isGuessable) await forgiveTry(sql, whole)
    return found
  })
}

async function count(sql: Sql, parts: readonly string[], limit: TryLimit): Promise<number> {
  const counted = await countTry(sql, parts, limit)
  if (counted.is === 'free') return counted.tries
  throw new TooManyRequests({ what: WHAT, retryAfterSeconds: counted.seconds })
}
