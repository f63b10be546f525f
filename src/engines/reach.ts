import { type LookupAddress, lookup as lookUp } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction, Socket } from 'node:net'
import { AddressRefused } from '../core/faults.ts'
import { type ReachRules, unreachable } from '../core/network.ts'

/** Refuses a host that is an address, or a socket of this machine, to which the rules let nobody connect. */
export function refuseUnreachable(host: string, rules: ReachRules): void {
  const address = host.startsWith('/') ? '127.0.0.1' : host
  const why = isIP(address) === 0 ? undefined : unreachable(address, rules)
  if (why !== undefined) throw new AddressRefused({ host, why })
}

/** The addresses of a host to which the rules let us connect. Throws AddressRefused where there is none. */
export async function reachableAddresses(host: string, rules: ReachRules): Promise<string[]> {
  return permitted(host, await lookup(host, { all: true }), rules).map(one => one.address)
}

/**
 * A socket that looks a host up and connects to what it found there only where the rules let it: between a check
 * and a connection of their own, the name could have come to mean another address.
 */
export function checkedSocket(rules: ReachRules): Socket {
  const socket = new Socket()
  const connect = socket.connect.bind(socket)
  const checked = (port: number, host: string) =>
    connect({ port, host, lookup: checkedLookup(rules) })
  // What pg calls it with: a port and a host.
  socket.connect = checked as Socket['connect']
  return bounded(socket)
}

/** What we ask by such a connection is answered in kilobytes; data goes by programs of its own. */
const MOST_ANSWERED_BYTES = 16 * 1024 * 1024
const LOOK_MS = 50

/** A server may answer without end, and all of it would be kept: the connection ends before the memory does. */
function bounded(socket: Socket): Socket {
  const timer = setInterval(() => {
    if (socket.bytesRead > MOST_ANSWERED_BYTES) socket.destroy()
  }, LOOK_MS).unref()
  return socket.once('close', () => clearInterval(timer))
}

const checkedLookup =
  (rules: ReachRules): LookupFunction =>
  (host, options, done) => {
    lookUp(host, { ...options, all: true }, (error, found) => {
      try {
        if (error !== null) throw error
        const addresses = permitted(host, found, rules)
        const [{ address, family }] = addresses as [LookupAddress]
        if (options.all) done(null, addresses)
        else done(null, address, family)
      } catch (refused) {
        done(refused as NodeJS.ErrnoException, [])
      }
    })
  }

function permitted(host: string, found: readonly LookupAddress[], rules: ReachRules) {
  const open = found.filter(({ address }) => unreachable(address, rules) === undefined)
  if (open.length > 0) return open
  const why = found.map(({ address }) => unreachable(address, rules)).find(one => one !== undefined)
  throw new AddressRefused({ host, why: why ?? 'its name has no address' })
}
