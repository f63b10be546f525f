import { userInfo } from 'node:os'
import { isAbsolute } from 'node:path'
import { WrongUse } from '../../core/faults.ts'
import type { ReachRules } from '../../core/network.ts'
import { Secret } from '../../core/secret.ts'
import { type DatabaseParts, TLS_MODES, type TlsMode } from '../engine.ts'

const SSL_MODES = TLS_MODES
export type SslMode = TlsMode

/** One database on one server. Every field is taken literally wherever it is used. */
export interface Settings {
  /** A name, an address, or the directory of a unix socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: Secret | undefined
  readonly database: string
  readonly sslMode: SslMode
  /** File with the certificates that are trusted. */
  readonly sslRootCert: string | undefined
  /** To which addresses it may lead; undefined: to any, as whoever names it could connect there themselves. */
  readonly reach?: ReachRules | undefined
  /** Where a login without a password finds one; undefined: where libpq would look. */
  readonly passwordFile?: string | undefined
}

const DEFAULT_PORT = 5432
/** PostgreSQL cuts longer names silently, and would then connect to another database. */
const MAX_NAME_BYTES = 63
const NO_HOST = 'host.invalid'
const PARAMETERS = ['host', 'sslmode', 'sslrootcert']

const refuse = (why: string, hint?: string) =>
  new WrongUse(hint === undefined ? { why } : { why, hint })
const EXAMPLE = 'write it like postgres://user:password@host:5432/database'
const ENCODING_HINT =
  'write every special character of user, password and database as percent and two digits: %40 for @, %25 for %'

/** The URL of a database that is given in parts; the host is a parameter, where no character has a meaning. */
export function urlOf(parts: DatabaseParts): Secret {
  const { host, port = DEFAULT_PORT, database, user, password, tls, caFile } = parts
  const text = encodeURIComponent
  const secret = password === undefined || password.isEmpty ? '' : `:${text(password.reveal())}`
  const login = user === undefined ? '' : `${text(user)}${secret}@`
  const query = new URLSearchParams({
    host,
    ...(tls !== undefined && { sslmode: tls }),
    ...(caFile !== undefined && { sslrootcert: caFile }),
  })
  if (user === undefined && secret !== '') throw refuse('a password needs a user')
  const url = new Secret(`postgres://${login}:${port}/${text(database)}?${query.toString()}`)
  settingsOf(url)
  return url
}

/** The reverse of {@link urlOf}. */
export function partsOf(url: Secret): DatabaseParts {
  const { sslMode, sslRootCert, ...parts } = settingsOf(url)
  return { ...parts, tls: sslMode, caFile: sslRootCert }
}

/** Takes a URL apart; its messages never show any of it but host, port, user and database. */
export function settingsOf(secretUrl: Secret): Settings {
  const url = parsed(secretUrl.reveal())
  const query = url.searchParams
  for (const name of query.keys()) {
    if (!PARAMETERS.includes(name)) {
      throw refuse(
        `a PostgreSQL URL has no parameter called ${name}`,
        `it may have ${PARAMETERS.join(', ')}`,
      )
    }
  }
  const password = decoded('password', url.password)
  const sslRootCert = query.get('sslrootcert') ?? undefined
  return {
    host: hostOf(url),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    user: named('user', decoded('user', url.username)) || userInfo().username,
    password: password === '' ? undefined : new Secret(password),
    database: databaseOf(url),
    sslMode: sslModeOf(query.get('sslmode'), sslRootCert),
    sslRootCert,
  }
}

/** The same login on another database of the server. */
export const onDatabase = (settings: Settings, database: string): Settings => ({
  ...settings,
  database,
})

/** `name` with a suffix, cut so that it stays a name of at most 63 bytes and of whole characters. */
export function withSuffix(name: string, suffix: string): string {
  const characters = Array.from(name)
  while (Buffer.byteLength(characters.join('') + suffix) > MAX_NAME_BYTES) characters.pop()
  return characters.join('') + suffix
}

/** What a database is called that a restored one took the place of at a time. */
export const nameAside = (name: string, time: string): string => withSuffix(name, `_before_${time}`)

/** What the restored one is called when the one kept under a name has its place again; no longer than that. */
export const nameUndone = (kept: string): string => kept.replace(/_before_([0-9_]+)$/, '_undone_$1')

/** The server for people: `db.example.org:5432`. */
export const serverName = ({ host, port }: Settings): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** The database for people and manifests: `shop@db.example.org:5432`. */
export const databaseName = (settings: Settings): string =>
  `${settings.database}@${serverName(settings)}`

function parsed(text: string): URL {
  if (hasControl(text)) throw refuse('the database URL holds a line break or a NUL', EXAMPLE)
  // PostgreSQL's own URLs may leave the host out behind a login; the standard for URLs has no such form.
  const whole = text.replace(/^(\w+:\/\/(?:[^/?#]*@)?)(?=[:/?])/, `$1${NO_HOST}`)
  if (!URL.canParse(whole)) {
    throw refuse('the database URL cannot be read', `${EXAMPLE}; ${ENCODING_HINT}`)
  }
  const url = new URL(whole)
  if (url.hash !== '') throw refuse('the database URL holds a bare #', ENCODING_HINT)
  return url
}

function hostOf(url: URL): string {
  const fromQuery = url.searchParams.get('host')
  const hasHost = url.hostname !== NO_HOST && url.hostname !== ''
  if (fromQuery !== null && hasHost) {
    throw refuse('the database URL names two hosts', 'leave one of them out')
  }
  const fromUrl = hasHost ? decoded('host', url.hostname) : 'localhost'
  const host = named('host', fromQuery ?? fromUrl).replace(/^\[(.*)\]$/, '$1')
  // libpq reads a comma as a list of hosts, and would choose another server than our own connection.
  if (host === '' || host.includes(',')) {
    throw refuse('the database URL does not name one host', 'name the one to use')
  }
  return host
}

function databaseOf(url: URL): string {
  const database = named('database', decoded('database', url.pathname.replace(/^\//, '')))
  if (database === '') throw refuse('the database URL names no database', EXAMPLE)
  if (Buffer.byteLength(database) > MAX_NAME_BYTES) {
    throw refuse(`the name of the database is longer than ${MAX_NAME_BYTES} bytes`)
  }
  return database
}

function sslModeOf(text: string | null, rootCert: string | undefined): SslMode {
  if (rootCert !== undefined && !isAbsolute(named('sslrootcert', rootCert))) {
    throw refuse('sslrootcert is not an absolute path')
  }
  // Whoever names the certificates to trust wants them checked.
  const mode = text ?? (rootCert === undefined ? 'prefer' : 'verify-full')
  const known = SSL_MODES.find(one => one === mode)
  if (known === undefined)
    throw refuse(`there is no sslmode ${mode}`, `use ${SSL_MODES.join(', ')}`)
  if (known.startsWith('verify') && rootCert === undefined) {
    throw refuse(
      `sslmode ${known} needs the certificates to trust`,
      'add sslrootcert=/path/of/ca.pem to the URL',
    )
  }
  return known
}

function decoded(what: string, text: string): string {
  try {
    return named(what, decodeURIComponent(text))
  } catch (error) {
    if (error instanceof WrongUse) throw error
    throw refuse(`the ${what} in the database URL is not percent-encoded`, ENCODING_HINT)
  }
}

/** A line break would end a line of the password file, and a NUL every text handed to a program. */
function named(what: string, text: string): string {
  if (hasControl(text)) throw refuse(`the ${what} in the database URL holds a line break or a NUL`)
  return text
}

const hasControl = (text: string): boolean =>
  ['\0', '\n', '\r'].some(character => text.includes(character))
