import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import process from 'node:process'
import { reason } from './core/fault.ts'
import { WrongUse } from './core/faults.ts'
import { Networks } from './core/network.ts'
import { type OidcSettings, readOidc } from './core/oidc.ts'
import { Secret } from './core/secret.ts'
import { METRICS_ACCESS, type TlsFiles, USUAL_WEB, type WebRules } from './core/web.ts'

/** Everything the environment may say, read once. `.env.example` lists the same names for people. */
export interface Config {
  readonly repository: string | undefined
  readonly passphrase: Secret | undefined
  readonly passphraseFile: string | undefined
  readonly newPassphrase: Secret | undefined
  readonly newPassphraseFile: string | undefined
  readonly recoveryKey: Secret | undefined
  /** Directory with pg_dump and pg_restore, looked into before the well-known places. */
  readonly pgBin: string | undefined
  /** The PATH that programs are looked for in. */
  readonly path: string
  /** PGPASSWORD and PGPASSFILE, which mean to commands what they mean to PostgreSQL's own programs. */
  readonly password: Secret | undefined
  readonly passwordFile: string | undefined
  /** Show the stack of an unexpected error. */
  readonly debug: boolean
  readonly noColor: boolean
  /** The terminal cannot move its cursor. */
  readonly dumbTerminal: boolean
  /** The server that commands talk to; undefined: the one on this machine. */
  readonly serverUrl: string | undefined
  readonly apiKey: Secret | undefined
  /** Any other variable, for `--source env:NAME`. */
  variable(name: string): Secret | undefined
  /** What is for the server; throws WrongUse where it makes no sense. */
  server(): ServerConfig
  /** Variables that are called HOLDFAST_… and that nobody has read: most likely misspelt. */
  unread(): string[]
}

/** How the server runs. */
export interface ServerConfig {
  /** Where it keeps its catalog, its key and its socket. */
  readonly dataDir: string
  /** Where commands of the same user talk to it. */
  readonly socket: string
  readonly host: string
  readonly port: number
  /** Its catalog's database; undefined: the embedded server. */
  readonly databaseUrl: Secret | undefined
  readonly secretKeyFile: string
  /** How many runs this process performs at once. */
  readonly maxRuns: number
  /** When it stops, what runs may come to its end for so long; then others take it up. */
  readonly stopSeconds: number
  readonly logLevel: LogLevel
  readonly web: WebRules
  /** Where databases may be, when it is somebody's wish to connect to one; undefined: anywhere. */
  readonly reach: readonly string[] | undefined
  /** The directories below which repositories may be, when it is somebody's wish to open one; undefined: anywhere. */
  readonly repositoryRoots: readonly string[] | undefined
  /** What lets somebody make the first account; undefined: one is made at each start. */
  readonly setupToken: Secret | undefined
  /** The server that vouches for people; undefined: none. */
  readonly oidc: OidcSettings | undefined
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const MOST_RUNS = 100
const MOST_STOP_SECONDS = 86_400
const MOST_REQUESTS = 1_000_000

/** Reads an environment; process.env is read nowhere else. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const read = new Set<string>()
  // An empty variable counts as unset: that is what `NAME= command` means to whoever types it.
  const text = (name: string) => {
    read.add(name)
    return env[name] || undefined
  }
  const secret = (name: string) => {
    const value = text(name)
    return value === undefined ? undefined : new Secret(value)
  }
  return Object.freeze<Config>({
    repository: text('HOLDFAST_REPOSITORY'),
    passphrase: secret('HOLDFAST_PASSPHRASE'),
    passphraseFile: text('HOLDFAST_PASSPHRASE_FILE'),
    newPassphrase: secret('HOLDFAST_NEW_PASSPHRASE'),
    newPassphraseFile: text('HOLDFAST_NEW_PASSPHRASE_FILE'),
    recoveryKey: secret('HOLDFAST_RECOVERY_KEY'),
    pgBin: text('HOLDFAST_PG_BIN'),
    password: secret('PGPASSWORD'),
    passwordFile: text('PGPASSFILE'),
    serverUrl: text('HOLDFAST_SERVER'),
    apiKey: secret('HOLDFAST_API_KEY'),
    path: text('PATH') ?? '',
    debug: text('HOLDFAST_DEBUG') === '1',
    noColor: text('NO_COLOR') !== undefined,
    dumbTerminal: text('TERM') === 'dumb',
    variable: secret,
    server: () => readServerConfig(text),
    unread: () => Object.keys(env).filter(name => name.startsWith('HOLDFAST_') && !read.has(name)),
  })
}

function readServerConfig(text: (name: string) => string | undefined): ServerConfig {
  const dataDir = resolve(text('HOLDFAST_DATA_DIR') ?? defaultDataDir(text))
  const url = text('HOLDFAST_DATABASE_URL')
  const number = (name: string, usual: number, from: number, to: number) =>
    numberOf(name, text(name) ?? String(usual), from, to)
  return Object.freeze<ServerConfig>({
    dataDir,
    socket: join(dataDir, 'holdfast.sock'),
    host: text('HOLDFAST_HOST') ?? '127.0.0.1',
    port: number('HOLDFAST_PORT', 7420, 0, 65_535),
    databaseUrl: url === undefined ? undefined : new Secret(databaseUrl(url)),
    secretKeyFile: resolve(text('HOLDFAST_SECRET_KEY_FILE') ?? join(dataDir, 'secret.key')),
    maxRuns: number('HOLDFAST_MAX_RUNS', 3, 1, MOST_RUNS),
    stopSeconds: number('HOLDFAST_STOP_SECONDS', 20, 0, MOST_STOP_SECONDS),
    logLevel: oneOf('HOLDFAST_LOG_LEVEL', text('HOLDFAST_LOG_LEVEL') ?? 'info', LOG_LEVELS),
    web: readWebRules(text, number),
    reach: networks('HOLDFAST_ALLOWED_NETWORKS', text('HOLDFAST_ALLOWED_NETWORKS')),
    repositoryRoots: directories(text('HOLDFAST_REPOSITORY_ROOTS')),
    setupToken: setupToken(text('HOLDFAST_SETUP_TOKEN')),
    oidc: readOidc(text, oidcSecret(text)),
  })
}

function readWebRules(
  text: (name: string) => string | undefined,
  number: (name: string, usual: number, from: number, to: number) => number,
): WebRules {
  const usual = USUAL_WEB
  return Object.freeze<WebRules>({
    url: publicUrl(text('HOLDFAST_URL')),
    hosts: hostNames(text('HOLDFAST_ALLOWED_HOSTS')) ?? usual.hosts,
    proxies:
      networks('HOLDFAST_TRUSTED_PROXIES', text('HOLDFAST_TRUSTED_PROXIES')) ?? usual.proxies,
    tls: tlsFiles(text('HOLDFAST_TLS_CERT_FILE'), text('HOLDFAST_TLS_KEY_FILE')),
    metrics: oneOf('HOLDFAST_METRICS', text('HOLDFAST_METRICS') ?? usual.metrics, METRICS_ACCESS),
    metricsFrom:
      networks('HOLDFAST_METRICS_FROM', text('HOLDFAST_METRICS_FROM')) ?? usual.metricsFrom,
    requestsPerMinute: number(
      'HOLDFAST_REQUESTS_PER_MINUTE',
      usual.requestsPerMinute,
      0,
      MOST_REQUESTS,
    ),
  })
}

function defaultDataDir(text: (name: string) => string | undefined): string {
  if (process.getuid?.() === 0) return '/var/lib/holdfast'
  return join(text('XDG_DATA_HOME') ?? join(homedir(), '.local', 'share'), 'holdfast')
}

function numberOf(name: string, text: string, from: number, to: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= from && value <= to) return value
  const hint = `give a number from ${from} to ${to}`
  throw new WrongUse({ why: `${name} is ${text}`, hint })
}

function oneOf<One extends string>(name: string, text: string, known: readonly One[]): One {
  const one = known.find(each => each === text.toLowerCase())
  if (one !== undefined) return one
  throw new WrongUse({ why: `${name} is ${text}`, hint: `use one of ${known.join(', ')}` })
}

const listed = (text: string): string[] => text.split(/[\s,]+/).filter(one => one !== '')

function networks(name: string, text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  const list = listed(text)
  try {
    Networks.parse(list)
  } catch (error) {
    const hint = 'give addresses and networks, with commas between: 10.0.0.0/8, 192.0.2.7'
    throw new WrongUse({ why: `${name} makes no sense: ${reason(error)}`, hint })
  }
  return list
}

/** Names of directories may have spaces, so that only commas part them. */
function directories(text: string | undefined): readonly string[] | undefined {
  const list = text?.split(',').map(one => one.trim())
  const wrong = list?.find(one => !isAbsolute(one))
  if (wrong === undefined) return list?.map(one => resolve(one))
  const hint = 'give absolute paths, with commas between: /srv/backups, /mnt/archive'
  throw new WrongUse({ why: `HOLDFAST_REPOSITORY_ROOTS has "${wrong}"`, hint })
}

function hostNames(text: string | undefined): readonly string[] | undefined {
  const names = text === undefined ? undefined : listed(text)
  const wrong = names?.find(name => !URL.canParse(`http://${name}/`) || /[:/?#@*]/.test(name))
  if (wrong === undefined) return names?.map(name => new URL(`http://${name}/`).hostname)
  const hint = 'give names without port, with commas between: backup.example.org, backup'
  throw new WrongUse({ why: `HOLDFAST_ALLOWED_HOSTS has ${wrong}, which is no name`, hint })
}

function publicUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain =
    url !== undefined && `${url.username}${url.password}${url.search}${url.hash}` === ''
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    const hint = 'write what people open, such as https://backup.example.org'
    throw new WrongUse({ why: 'HOLDFAST_URL is no address of a web server', hint })
  }
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

function tlsFiles(certFile: string | undefined, keyFile: string | undefined): TlsFiles | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined
  if (certFile !== undefined && keyFile !== undefined) {
    return { certFile: resolve(certFile), keyFile: resolve(keyFile) }
  }
  const missing = certFile === undefined ? 'HOLDFAST_TLS_CERT_FILE' : 'HOLDFAST_TLS_KEY_FILE'
  const hint = 'a certificate and its key are given together, or neither'
  throw new WrongUse({ why: `${missing} is not set, but the other one is`, hint })
}

/** As long as those that are made at the start. */
const SHORTEST_SETUP_TOKEN = 32

function setupToken(text: string | undefined): Secret | undefined {
  if (text === undefined) return undefined
  if (text.length >= SHORTEST_SETUP_TOKEN) return new Secret(text)
  throw new WrongUse({
    why: `HOLDFAST_SETUP_TOKEN is shorter than ${SHORTEST_SETUP_TOKEN} characters`,
    hint: 'make one with: openssl rand -hex 32',
  })
}

function oidcSecret(text: (name: string) => string | undefined): Secret | undefined {
  const path = text('HOLDFAST_OIDC_CLIENT_SECRET_FILE')
  const value = text('HOLDFAST_OIDC_CLIENT_SECRET')
  if (path === undefined) return value === undefined ? undefined : new Secret(value)
  try {
    return new Secret(readFileSync(path, 'utf8').trim())
  } catch (error) {
    const why = `could not read HOLDFAST_OIDC_CLIENT_SECRET_FILE: ${reason(error)}`
    throw new WrongUse({ why, hint: 'check the path and its rights' }, error)
  }
}

/** The URL is not shown where it makes no sense: it holds a password. */
function databaseUrl(text: string): string {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return text
  const hint = 'write it as postgres://user:password@host:port/database'
  throw new WrongUse({ why: 'HOLDFAST_DATABASE_URL is no URL of a PostgreSQL database', hint })
}

export const config: Config = readConfig(process.env)
