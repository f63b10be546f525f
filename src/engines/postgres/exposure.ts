import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { TlsState } from '../../core/backup.ts'
import { LOOPBACK } from '../../core/network.ts'
import { type Finding, found } from '../../core/preflight.ts'
import { type Settings, serverName } from './settings.ts'

/** How a connection that was made is protected: certificates are held against what the settings name, or against nothing. */
export function tlsState(stream: Socket, { sslRootCert }: Settings): TlsState {
  if (!(stream instanceof TLSSocket)) return 'none'
  return sslRootCert === undefined ? 'encrypted' : 'verified'
}

/** The two ends of a connection; a socket of the file system has neither. */
export interface Ends {
  readonly remoteAddress?: string | undefined
  readonly localAddress?: string | undefined
}

/**
 * What to say of a connection that fell back to no encryption; undefined where it is encrypted, where nobody
 * wants it to be, and where it never leaves this machine.
 */
export function exposureOf(tls: TlsState, settings: Settings, ends: Ends): Finding | undefined {
  const fellBack = settings.sslMode === 'prefer' || settings.sslMode === 'allow'
  if (tls !== 'none' || !fellBack || isWithin(settings, ends)) return undefined
  const hasPassword = settings.password !== undefined
  return found('warning', 'CONNECTION_EXPOSED', { server: serverName(settings), hasPassword })
}

function isWithin({ host }: Settings, { remoteAddress, localAddress }: Ends): boolean {
  if (host.startsWith('/')) return true
  if (remoteAddress === undefined) return false
  return LOOPBACK.contains(remoteAddress) || remoteAddress === localAddress
}
