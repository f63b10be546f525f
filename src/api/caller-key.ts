import { isIPv6 } from 'node:net'
import type { Caller } from '../core/access.ts'

/** Under which name requests of a caller are counted: an account with all its sessions and keys, or a network address. */
export function callerKey({ kind, actor, userId, address }: Caller): string {
  if (kind === 'nobody') return addressKey(address)
  return userId === undefined ? actor : `user ${userId}`
}

/** Whoever has one IPv6 address has a whole network of them: its first 64 bits count as one. */
export function addressKey(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail = ''] = address.split('::')
  const front = head.split(':').filter(Boolean)
  const back = tail.split(':').filter(Boolean)
  const zeros = address.includes('::') ? 8 - front.length - back.length : 0
  return [...front, ...Array.from({ length: zeros }, () => '0'), ...back].slice(0, 4).join(':')
}
