import type { Caller } from '../core/access.ts'
import { addressBytes } from '../core/network.ts'

/** Under which name requests of a caller are counted: an account with all its sessions and keys, or a network address. */
export function callerKey({ kind, actor, userId, address }: Caller): string {
  if (kind === 'nobody') return addressKey(address)
  return userId === undefined ? actor : `user ${userId}`
}

/** Whoever has one IPv6 address has a whole network of them: its first 64 bits count as one. */
export function addressKey(address: string): string {
  const bytes = addressBytes(address)
  return bytes === undefined ? address : bytes.slice(0, 8).join('.')
}
