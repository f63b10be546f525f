import { isIP } from 'node:net'

/** Addresses that stand side by side: `10.0.0.0/8`, or one of them: `192.0.2.7`. */
interface Network {
  readonly bytes: readonly number[]
  /** How many leading bits they share. */
  readonly bits: number
}

/** Some networks, and whether an address is in one of them. */
export class Networks {
  readonly #networks: readonly Network[]

  private constructor(networks: readonly Network[]) {
    this.#networks = networks
  }

  /** Reads addresses and networks (`10.0.0.0/8`, `fd00::/8`, `192.0.2.7`). Throws where one is none. */
  static parse(texts: readonly string[]): Networks {
    return new Networks(texts.map(networkOf))
  }

  contains(address: string): boolean {
    const bytes = addressBytes(address)
    return bytes !== undefined && this.#networks.some(one => isIn(bytes, one))
  }
}

function networkOf(text: string): Network {
  const [address = '', length, ...rest] = text.split('/')
  const bytes = addressBytes(address)
  const most = (bytes?.length ?? 0) * 8
  const bits = length === undefined ? most : Number(length)
  if (bytes === undefined || rest.length > 0 || !/^\d*$/.test(length ?? '') || length === '') {
    throw new Error(`${text} is no address and no network such as 10.0.0.0/8`)
  }
  if (bits > most) throw new Error(`${text} has more than the ${most} bits of an address`)
  return { bytes, bits }
}

function isIn(bytes: readonly number[], { bytes: network, bits }: Network): boolean {
  if (bytes.length !== network.length) return false
  return network.every((byte, at) => {
    const mask = (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))) & 0xff
    return ((bytes[at] ?? 0) & mask) === (byte & mask)
  })
}

/** The 4 or 16 bytes of an address; an IPv4 address within an IPv6 one counts as itself. */
export function addressBytes(text: string): readonly number[] | undefined {
  const [address = ''] = text.split('%')
  if (isIP(address) === 4) return address.split('.').map(Number)
  if (isIP(address) !== 6) return undefined
  const bytes = bytesOfIPv6(address)
  return EMBEDDING.some(prefix => prefix.every((byte, at) => bytes[at] === byte))
    ? bytes.slice(12)
    : bytes
}

const zeros = (count: number) => Array.from({ length: count }, () => 0)
/** Mapped addresses (::ffff:0:0/96) and those that a gateway translates (64:ff9b::/96) reach the IPv4 address. */
const EMBEDDING: readonly (readonly number[])[] = [
  [...zeros(10), 0xff, 0xff],
  [0, 0x64, 0xff, 0x9b, ...zeros(8)],
]

function bytesOfIPv6(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const front = groups(head)
  if (tail === undefined) return front
  const back = groups(tail)
  return [...front, ...zeros(16 - front.length - back.length), ...back]
}

const groups = (text: string): number[] =>
  text
    .split(':')
    .filter(group => group !== '')
    .flatMap(group =>
      group.includes('.')
        ? group.split('.').map(Number)
        : [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff],
    )

/** Where clouds tell a machine who it is and what it may: nobody's database. */
const METADATA = Networks.parse([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::/32',
  'fd20:ce::254',
])
const LINK_LOCAL = Networks.parse(['169.254.0.0/16', 'fe80::/10'])
/** No host, every host, or hosts to come: an address of this kind is a mistake or a trick. */
const NO_HOST = Networks.parse(['0.0.0.0/8', '::/128', '224.0.0.0/3', 'ff00::/8'])

/** To which addresses a server connects because somebody asked it to. */
export interface ReachRules {
  /** Nowhere else but there; undefined: anywhere but where it never connects to. */
  readonly only?: readonly string[] | undefined
}

/** Why an address is not connected to; undefined where it may be. */
export function unreachable(address: string, rules: ReachRules): string | undefined {
  if (METADATA.contains(address)) return 'it belongs to the metadata service of a cloud'
  if (LINK_LOCAL.contains(address)) return 'it is link-local'
  if (NO_HOST.contains(address)) return 'it is not the address of one host'
  if (rules.only === undefined || Networks.parse(rules.only).contains(address)) return undefined
  return 'it is in none of the networks that this server may connect to'
}

/** This machine, as it calls itself. */
export const LOOPBACK = Networks.parse(['127.0.0.0/8', '::1'])
